"""What stands in a ticket's row, and of which tickets it is ours to say.

It decides alone: it reads no store and calls nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.notion import NotionColumn, NotionFields, NotionPage
from app.domain.ticket import OPEN_STATUSES, Ticket, TicketStatus
from app.services.notion.fields import Fields

_OPEN_WORDS = frozenset(status.value for status in OPEN_STATUSES)


def ticket_fields(ticket: Ticket, account: NotionPage | None, account_name: str) -> Fields:
    """The fields of a ticket; `account` is its account's row, `account_name` what people call it.

    Its subject is somebody else's words: plain text, of which a title shows one line.
    """
    return {
        "Subject": ticket.subject.strip() or ticket.ticket_id,
        "Account": {"id": "" if account is None else account.page_id, "name": account_name},
        "Priority": None if ticket.priority is None else ticket.priority.value,
        "Status": ticket.status.value,
        "Created Date": ticket.created_at.replace(microsecond=0).isoformat(),
    }


def is_shown(account: NotionPage | None, columns: Mapping[str, NotionColumn]) -> bool:
    """Whether a new row can say whose ticket it is: where it points to a row, that must be there.

    What is left out now is made once the account has its row.
    """
    column = columns.get("Account")
    has_row = account is not None and bool(account.page_id)
    return has_row or (column is not None and column.type != "relation")


def shown_open(known: Iterable[NotionFields]) -> frozenset[str]:
    """The tickets whose row says that they are open."""
    return frozenset(one.key for one in known if one.written.get("Status") in _OPEN_WORDS)


def is_over(ticket: Ticket | None) -> bool:
    """Whether a ticket is resolved or closed; one that the store does not know is not told of."""
    return ticket is not None and ticket.status not in {TicketStatus.OPEN, TicketStatus.PENDING}
