"""What an operator looks at: scans, the work owed by channel, what is parked, flows under way.

It reads and counts; nothing is decided and nothing started here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.assessment import Agent
from app.domain.effect import ChannelWork, EffectKind, EffectRow, EffectState, ParkReason
from app.domain.flow import FlowName, FlowRow, FlowState
from app.domain.scan import Scan, ScanState
from app.jobs.flows.pages import PAGE
from app.ports.store import Unit

MOST_EFFECTS = 100_000
"""More are not looked at; a backlog this long is counted, not listed."""

WHAT_TO_DO: Mapping[ParkReason, str] = {
    ParkReason.ACCESS: "renew the access that was refused; tend doctor then releases it",
    ParkReason.REFUSED: "mend what the error says, then tend runs release KEY",
    ParkReason.TIRED: "see that the channel works (tend doctor), then tend runs release KEY",
}
"""What a person does about each kind of parking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRun:
    """One scan with how far it got."""

    scan: Scan
    pages_done: int
    pages_expected: int | None
    """None: it is recorded, or of one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """The store's side of what goes on."""

    scans: tuple[ScanRun, ...]
    channels: tuple[ChannelWork, ...]
    """Only those with anything left to do."""
    parked: tuple[EffectRow, ...]
    next_tries: Mapping[str, datetime]
    """When effects that failed are tried again, by key; it may have come already."""
    done: int


def read_runs(unit: Unit, now: datetime, *, most_scans: int) -> Runs:
    """Read it all in one snapshot."""
    owed = unit.work.open(states={EffectState.OWED, EffectState.INTENT}, most=MOST_EFFECTS)
    parked = unit.work.open(states={EffectState.PARKED}, most=MOST_EFFECTS)
    return Runs(
        scans=tuple(_scan_run(unit, scan) for scan in unit.scans.recent(most=most_scans)),
        channels=channels_of(owed, parked, now),
        parked=parked,
        next_tries={row.work.key: row.next_try_at for row in owed if row.next_try_at is not None},
        done=unit.work.counts()[EffectState.DONE],
    )


def _scan_run(unit: Unit, scan: Scan) -> ScanRun:
    done, _ = unit.scans.progress(scan.scan_id, Agent.CSM)
    expected = None
    if scan.state is ScanState.RUNNING and scan.account_id is None:
        expected = max(done, -(-unit.book.active_count(scan.local_day) // PAGE))
    return ScanRun(scan=scan, pages_done=done, pages_expected=expected)


def channels_of(
    owed: Sequence[EffectRow], parked: Sequence[EffectRow], now: datetime
) -> tuple[ChannelWork, ...]:
    """The work by channel, in the order in which channels are named."""
    found = []
    for kind in EffectKind:
        mine = [row for row in owed if row.work.kind is kind]
        aside = sum(row.work.kind is kind for row in parked)
        if mine or aside:
            found.append(_channel(kind, mine, aside, now))
    return tuple(found)


def _channel(
    kind: EffectKind, rows: Sequence[EffectRow], parked: int, now: datetime
) -> ChannelWork:
    put_off = [row for row in rows if _is_put_off(row, now)]
    failed = [row for row in rows if row.error and row.taken_at is not None]
    newest = max(failed, key=lambda row: row.taken_at or now, default=None)
    in_hand = sum(row.state is EffectState.INTENT for row in rows)
    return ChannelWork(
        kind=kind,
        owed=len(rows) - in_hand - len(put_off),
        in_hand=in_hand,
        put_off=len(put_off),
        last_error=newest.error if newest is not None else "",
        next_try_at=min((row.next_try_at for row in put_off if row.next_try_at), default=None),
        parked=parked,
    )


def _is_put_off(row: EffectRow, now: datetime) -> bool:
    is_later = row.next_try_at is not None and row.next_try_at > now
    return row.state is EffectState.OWED and is_later


def begins_at(flow: FlowRow, next_tries: Mapping[str, datetime]) -> datetime | None:
    """When a waiting flow is to begin, where the effect it tries again says so.

    A channel flow's id is its effect's key with `channel` after the tenant and its turn at the end.
    """
    if flow.state is not FlowState.WAITING or flow.flow != FlowName.CHANNEL:
        return None
    tenant, _, rest = flow.flow_id.partition(":channel:")
    return next_tries.get(f"{tenant}:{rest.rpartition(':')[0]}")
