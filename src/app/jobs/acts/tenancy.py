"""What people do to the whole tenant: its settings, the beginning of alerts, facts brought in.

Each is a line of the audit log beside the change itself, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.tenant_settings import TenantSettings
from app.feeds.ticket_assigning import Assigned, By, assign
from app.ports.rows import SettingsVersion
from app.ports.store import Unit

SETTINGS, ALERTS, IMPORT = "settings", "alerts", "import"


def apply_settings(
    unit: Unit, settings: TenantSettings, *, by: str, at: datetime
) -> SettingsVersion:
    """Make these the newest settings; the same again change nothing. The log has what differs."""
    before = unit.tenant.settings()
    applied = unit.tenant.apply_settings(settings, at=at, by=by)
    if applied.version != before.version:
        was, is_now = (_flat(one.settings.model_dump(mode="json")) for one in (before, applied))
        changed = sorted(
            name for name in was.keys() | is_now.keys() if was.get(name) != is_now.get(name)
        )
        _note(
            unit,
            ActKind.SETTINGS_APPLIED,
            SETTINGS,
            by=by,
            at=at,
            before={"version": before.version, **{name: was.get(name) for name in changed}},
            after={"version": applied.version, **{name: is_now.get(name) for name in changed}},
        )
    return applied


def go_live(unit: Unit, *, by: str, at: datetime) -> bool:
    """Begin alerts; False when they had begun already."""
    has_begun = unit.tenant.go_live(at)
    if has_begun:
        _note(unit, ActKind.WENT_LIVE, ALERTS, by=by, at=at, after={"since": at.isoformat()})
    return has_begun


def note_import(unit: Unit, files: Mapping[str, str], *, by: str, at: datetime) -> None:
    """Write down that somebody brought in files: what became of each, by its name."""
    _note(unit, ActKind.IMPORTED, IMPORT, by=by, at=at, after=dict(files))


def assign_ticket(
    unit: Unit, ticket_id: str, account: str, what: By | None, *, by: str, at: datetime
) -> Assigned:
    """Give a waiting ticket its account. Raises NotFound, InvalidInput."""
    done = assign(unit, ticket_id, account, what)
    after: dict[str, JsonValue] = {"account": done.account_id, "also": done.also}
    after |= {known.system: known.external_id for known in done.learnt}
    act = Act(
        at=at,
        by=by,
        kind=ActKind.TICKET_ASSIGNED,
        account_id=done.account_id,
        about=ticket_id,
        after=after,
    )
    unit.diary.add_act(act)
    return done


def _flat(values: Mapping[str, JsonValue], above: str = "") -> dict[str, JsonValue]:
    """The leaves by their dotted names."""
    found: dict[str, JsonValue] = {}
    for name, value in values.items():
        dotted = f"{above}{name}"
        found |= _flat(value, f"{dotted}.") if isinstance(value, dict) else {dotted: value}
    return found


def _note(
    unit: Unit,
    kind: ActKind,
    about: str,
    *,
    by: str,
    at: datetime,
    after: Mapping[str, JsonValue],
    before: Mapping[str, JsonValue] = {},
) -> None:
    unit.diary.add_act(
        Act(at=at, by=by, kind=kind, account_id="", about=about, before=before, after=after)
    )
