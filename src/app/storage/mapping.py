"""What ties outside records to accounts, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from app.ports.rows import ExternalId, UnresolvedTicket
from app.storage.fact_tables import accounts
from app.storage.record_tables import external_ids, unresolved_tickets
from app.storage.repository import Repository, in_lists


class SqlTicketMapping(Repository):
    """`TicketMapping` on SQL."""

    def add_external_ids(self, ids: Sequence[ExternalId]) -> None:
        """Remember that a system's id means an account; the later word wins."""
        latest = {(known.system, known.external_id): known.account_id for known in ids}
        self._put(
            external_ids,
            [
                {"system": system, "external_id": external_id, "account_id": account_id}
                for (system, external_id), account_id in latest.items()
            ],
        )

    def external_ids(self) -> tuple[ExternalId, ...]:
        """All of them, in order of system and id."""
        order = (external_ids.c.system, external_ids.c.external_id)
        return tuple(ExternalId(**row) for row in self._rows(external_ids, order=order))

    def accounts_of(self, system: str, names: Collection[str]) -> Mapping[str, str]:
        """The accounts that these ids of a system mean; unknown ids are left out."""
        found: dict[str, str] = {}
        for some in in_lists(names):
            same = (external_ids.c.system == system, external_ids.c.external_id.in_(some))
            rows = self._rows(external_ids, *same)
            found.update({row["external_id"]: row["account_id"] for row in rows})
        return found

    def domains(self) -> Mapping[str, tuple[str, ...]]:
        """E-mail domain (lower case) to the accounts that name it, in order of id."""
        statement = (
            select(accounts.c.account_id, accounts.c.domains)
            .where(self._mine(accounts), accounts.c.domains != ())
            .order_by(accounts.c.account_id)
        )
        found: dict[str, tuple[str, ...]] = {}
        for account_id, domains in self._connection.execute(statement):
            for domain in dict.fromkeys(name.lower() for name in domains):
                found[domain] = (*found.get(domain, ()), account_id)
        return found

    def keep_unresolved(self, tickets: Sequence[UnresolvedTicket]) -> None:
        """Put tickets that no rule could place on the list; one row per ticket id."""
        latest = {ticket.ticket_id: ticket for ticket in tickets}
        self._put(
            unresolved_tickets,
            [
                {
                    "ticket_id": ticket.ticket_id,
                    "source": ticket.source,
                    "hints": ticket.hints,
                    "row": ticket.row,
                }
                for ticket in latest.values()
            ],
        )

    def forget_unresolved(self, ticket_ids: Collection[str]) -> None:
        """Take tickets off the list: they have an account now."""
        for ids in in_lists(ticket_ids):
            gone = unresolved_tickets.c.ticket_id.in_(ids)
            self._connection.execute(self._delete(unresolved_tickets, gone))

    def unresolved(self) -> tuple[UnresolvedTicket, ...]:
        """The list, in order of ticket id."""
        rows = self._rows(unresolved_tickets, order=(unresolved_tickets.c.ticket_id,))
        return tuple(UnresolvedTicket(**row) for row in rows)
