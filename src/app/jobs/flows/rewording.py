"""Letters that wait while the customer has been heard of since: they are owed new words.

A letter that ignores what came after it would be worse than none. What a rep has edited is left to
him by the sink. It reads waiting drafts of live incidents alone, not the book.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.draft import Draft, DraftState
from app.domain.scan import Scan
from app.jobs.flows import owing
from app.ports.store import Unit


def reword_overtaken(unit: Unit, scan: Scan) -> int:
    """Owe new words to letters that were overtaken; returns how many are new.

    The same contact or ticket asks for new words once.
    """
    live = {incident.incident_id for incident in unit.incidents.live()}
    waiting = unit.outbox.drafts(state=DraftState.WAITING, account_id=scan.account_id)
    work = []
    for draft in (one for one in waiting if one.incident_id in live):
        heard_at = _heard_at(unit, draft, scan.now)
        subject = None if heard_at is None else _subject(unit, scan, draft)
        if heard_at is not None and subject is not None:
            work.append(owing.rewording(unit.tenant_id, subject, heard_at))
    return unit.effects.owe(work)


def _heard_at(unit: Unit, draft: Draft, now: datetime) -> datetime | None:
    """When the customer was last heard of after the letter was written; None: not since."""
    contacts = unit.detail.contacts(draft.account_id, until=now, most=1)
    tickets = unit.detail.tickets(draft.account_id, since=draft.created_at, most=1)
    heard = [one.happened_at for one in contacts] + [one.created_at for one in tickets]
    since = [moment for moment in heard if draft.created_at < moment <= now]
    return max(since, default=None)


def _subject(unit: Unit, scan: Scan, draft: Draft) -> owing.Subject | None:
    """What the letter was about; None: its revision is not known any more."""
    for recorded in unit.incidents.revisions(draft.incident_id):
        if recorded.revision.revision == draft.revision:
            accounts = unit.book.accounts([draft.account_id])
            contracts = unit.book.contracts([draft.account_id], scan.local_day)
            return owing.Subject(
                revision=recorded.revision,
                account=accounts.get(draft.account_id),
                contract=contracts.get(draft.account_id),
                rep_email=draft.rep_email,
                day=scan.local_day,
                replaces=None,
                letter=draft.communication_type,
            )
    return None
