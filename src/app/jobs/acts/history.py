"""An account's story: what happened, what was done about it and by whom. Reads only.

It costs the same few statements however long the story is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from app.domain.account import Account
from app.domain.act import Act, ActKind
from app.domain.heartbeat_days import EPOCH
from app.domain.incident import IncidentKind
from app.jobs.acts.drafts import communication_of
from app.jobs.flows.owing import TITLES
from app.ports.store import Unit

TEND = "Tend"
"""Who does what no person did."""
MOST = 500
"""Acts, notes, contacts, letters and turns of incidents that a story is made of, each: years of
work on one account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened."""

    at: datetime
    who: str
    """An e-mail, `os:NAME`, `Tend`; empty: an import does not say."""
    what: str
    """A word for its kind: an act's own, else `contact`, `note`, `draft` or an incident's."""
    about: str
    """The record, such as an incident's or draft's id."""
    text: str


def history(unit: Unit, account: Account, *, now: datetime, most: int) -> tuple[Entry, ...]:
    """The newest entries, newest first; a contact that is planned for later is left out."""
    acts = unit.diary.acts(account_id=account.account_id, most=MOST)
    every = [
        *(_act(act) for act in acts if act.kind not in {ActKind.LOGGED, ActKind.NOTED}),
        *_contacts(unit, account, acts, now),
        *_notes(unit, account),
        *_drafts(unit, account),
        *_incidents(unit, account),
    ]
    every.sort(key=lambda entry: entry.at, reverse=True)
    return tuple(every[:most])


def _act(act: Act) -> Entry:
    return Entry(at=act.at, who=act.by, what=act.kind.value, about=act.about, text=_in_words(act))


def _in_words(act: Act) -> str:
    said = {name: str(value) for name, value in act.after.items()}
    was = {name: str(value) for name, value in act.before.items()}
    match act.kind:
        case ActKind.ACKNOWLEDGED:
            return _incident_of(act)
        case ActKind.SNOOZED:
            return f"{_incident_of(act)} until {said['until']}"
        case ActKind.DISMISSED:
            return f"{_incident_of(act)}: {said['reason']}"
        case ActKind.OUTCOME:
            return ": ".join(said[name] for name in ("state", "note") if name in said)
        case ActKind.EDITED:
            percent = round(100 * float(said["changed"]))
            return f"{percent or 'under 1'} % of its words: {said['subject']}"
        case ActKind.OVERRIDDEN:
            computed = f" (computed: {was['computed']})" if "computed" in was else ""
            return f"{said['band']} until {said['until']}{computed}: {said['reason']}"
        case ActKind.OVERRIDE_CLEARED:
            return f"no longer {was['band']}"
        case ActKind.MATURITY_SET:
            return said["maturity"]
        case ActKind.RELEASED:
            return f"{was['channel']}: {was['error']}"
        case _:
            return ""


def _incident_of(act: Act) -> str:
    """Which one: an account may have several at once."""
    return TITLES[IncidentKind(act.about.partition(":")[0])]


def _contacts(
    unit: Unit, account: Account, acts: tuple[Act, ...], now: datetime
) -> Iterator[Entry]:
    logged = {act.about: act.by for act in acts if act.kind is ActKind.LOGGED}
    for one in unit.detail.contacts(account.account_id, until=now, most=MOST):
        named = f" with {one.stakeholder_email}" if one.stakeholder_email else ""
        counted = "" if one.meaningful else " (not counted)"
        yield Entry(
            at=one.happened_at,
            who=logged.get(one.interaction_id, ""),
            what="contact",
            about=one.interaction_id,
            text=_told(f"{one.kind}{named}{counted}", one.kind, one.summary),
        )


def _told(how: str, kind: str, summary: str) -> str:
    """How and what; what says how by itself, such as `call with Jane: …`, stands alone."""
    if not summary:
        return how
    says_all = how == kind and summary.lower().startswith(kind)
    return summary if says_all else f"{how}: {summary}"


def _notes(unit: Unit, account: Account) -> Iterator[Entry]:
    for note in unit.diary.notes(account.account_id, most=MOST):
        yield Entry(at=note.at, who=note.by, what="note", about=account.account_id, text=note.text)


def _drafts(unit: Unit, account: Account) -> Iterator[Entry]:
    zone = unit.tenant.settings().settings.zone
    for kept in unit.sheet.letters(account.account_id, most=MOST, skip=0):
        draft, kind = kept.draft, kept.draft.communication_type.replace("_", " ")
        outcome = communication_of(draft, kept.outcome, zone).outcome
        yield Entry(
            at=draft.created_at,
            who=TEND,
            what="draft",
            about=draft.draft_id,
            text=f"{kind} to {', '.join(draft.to) or 'nobody yet'}: {draft.subject} ({outcome})",
        )


def _incidents(unit: Unit, account: Account) -> Iterator[Entry]:
    for revision in unit.one_account.revisions(account.account_id, since=EPOCH, most=MOST):
        finding = revision.finding
        score = "" if finding.score is None else f", score {finding.score}"
        why = f": {finding.reasons[0]}" if finding.reasons else ""
        yield Entry(
            at=revision.at,
            who=TEND,
            what=revision.change.value,
            about=revision.incident_id,
            text=f"{TITLES[finding.kind]} ({finding.band}{score}){why}",
        )
