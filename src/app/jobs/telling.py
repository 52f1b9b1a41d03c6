"""What a scan told people of an account, read from the store: both agents ask alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.domain.assessment import Agent
from app.domain.effect import EffectKind, EffectRow, EffectState
from app.domain.incident import IncidentKind, Revision
from app.domain.told import Told
from app.ports.store import Unit

_TELLING = (
    EffectKind.DRAFT,
    EffectKind.RECORD,
    EffectKind.EVENT,
    EffectKind.EMAIL,
    EffectKind.CHAT,
)


def told_by_last_scan(
    unit: Unit, account_id: str, agent: Agent, kinds: Sequence[IncidentKind], now: datetime
) -> Told | None:
    """What the agent's last scan of an account told people of it; None: it raised nothing.

    `kinds`: those that it speaks of, the one that speaks for the others first.
    """
    last = unit.health.history(agent, account_id, until=now, most=1)
    found = unit.incidents.latest(kinds, [account_id])
    for kind in kinds if last else ():
        incident = found.get((kind, account_id))
        revisions = () if incident is None else unit.incidents.revisions(incident.incident_id)
        for recorded in reversed(revisions):
            if recorded.scan_id == last[-1].scan_id and recorded.revision.is_loud:
                return _told(unit, account_id, recorded.revision)
    return None


def _told(unit: Unit, account_id: str, revision: Revision) -> Told:
    base = f"{unit.tenant_id}:{revision.incident_id}:{revision.revision}"
    rows = {kind: unit.effects.get(f"{base}:{kind}") for kind in _TELLING}
    owed: Mapping[EffectKind, EffectRow] = {k: row for k, row in rows.items() if row is not None}
    done = frozenset(kind for kind, row in owed.items() if row.state is EffectState.DONE)
    draft = owed.get(EffectKind.DRAFT)
    return Told(
        account_id=account_id,
        done=done,
        is_under_way=len(done) < len(owed),
        draft_id=None if draft is None else draft.remote_id,
    )
