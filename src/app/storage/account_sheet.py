"""One account's rows as a page shows them, on SQL: each by an index, each cut to a page's worth."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import islice

from sqlalchemy import (
    RowMapping,
    Text,
    and_,
    case,
    func,
    or_,
    select,
    type_coerce,
)

from app.domain.act import DraftOutcome
from app.domain.activity import Interaction, Invoice, SurveyResponse
from app.domain.draft import Draft
from app.domain.ticket import OPEN_STATUSES, Priority, Ticket
from app.ports.account_sheet import LetterKept, TicketCounts
from app.storage.fact_tables import (
    interactions,
    invoices,
    survey_responses,
    tickets,
)
from app.storage.people_tables import draft_outcomes
from app.storage.record_tables import drafts
from app.storage.repository import Repository, own_columns

_IS_OPEN = tickets.c.status.in_(sorted(OPEN_STATUSES))
_MOST_NAMED = 500


class SqlAccountSheet(Repository):
    """`AccountSheet` on SQL."""

    def open_tickets(
        self, account_id: str, *, default_priority: Priority, most: int
    ) -> tuple[Ticket, ...]:
        """Open ones: the most urgent first, then the oldest."""
        columns = tickets.c
        urgency = func.coalesce(type_coerce(columns.priority, Text), default_priority.value)
        statement = (
            select(*own_columns(tickets))
            .where(self._mine(tickets), columns.account_id == account_id, _IS_OPEN)
            .order_by(urgency, columns.created_at, columns.ticket_id)
            .limit(most)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def closed_tickets(
        self, account_id: str, *, since: datetime, most: int, skip: int
    ) -> tuple[Ticket, ...]:
        """Those resolved or closed since, the newest first."""
        columns = tickets.c
        statement = (
            select(*own_columns(tickets))
            .where(
                self._mine(tickets),
                columns.account_id == account_id,
                columns.resolved_at >= since,
                ~_IS_OPEN,
            )
            .order_by(columns.resolved_at.desc(), columns.ticket_id)
            .limit(most)
            .offset(skip)
        )
        return tuple(Ticket(**row) for row in self._connection.execute(statement).mappings())

    def tickets_named(self, account_id: str, ticket_ids: Collection[str]) -> tuple[Ticket, ...]:
        """Those of these ids (at most 500) that are the account's, open or not, oldest first."""
        named = list(islice(ticket_ids, _MOST_NAMED))
        rows = self._rows(
            tickets,
            tickets.c.ticket_id.in_(named),
            tickets.c.account_id == account_id,
            order=(tickets.c.created_at, tickets.c.ticket_id),
        )
        return tuple(Ticket(**row) for row in rows)

    def ticket_counts(self, account_id: str, *, since: datetime) -> TicketCounts:
        """How many are open, and how many were closed since."""
        closed = and_(tickets.c.resolved_at >= since, ~_IS_OPEN)
        statement = select(
            func.count(case((_IS_OPEN, 1))),
            func.count(case((closed, 1))),
        ).where(
            self._mine(tickets),
            tickets.c.account_id == account_id,
            or_(tickets.c.resolved_at.is_(None), tickets.c.resolved_at >= since, _IS_OPEN),
        )
        still_open, closed_since = self._connection.execute(statement).one()
        return TicketCounts(still_open=still_open, closed=closed_since)

    def last_contacts(self, account_id: str, *, until: datetime) -> Mapping[str, Interaction]:
        """The newest contact with each person, by e-mail (lower case); "" for nobody named."""
        columns = interactions.c
        person = func.lower(columns.stakeholder_email)
        place = func.row_number().over(
            partition_by=person,
            order_by=(columns.happened_at.desc(), columns.interaction_id),
        )
        told = (
            select(*own_columns(interactions), place.label("place"))
            .where(
                self._mine(interactions),
                columns.account_id == account_id,
                columns.happened_at <= until,
            )
            .subquery()
        )
        chosen = [told.c[column.name] for column in own_columns(interactions)]
        statement = select(*chosen).where(told.c.place == 1)
        rows = self._connection.execute(statement).mappings()
        found = (Interaction(**row) for row in rows)
        return {one.stakeholder_email.lower(): one for one in found}

    def invoices(self, account_id: str, *, most: int) -> tuple[Invoice, ...]:
        """Its bills: the unpaid ones first, then by the day they are due, newest first."""
        columns = invoices.c
        statement = (
            select(*own_columns(invoices))
            .where(self._mine(invoices), columns.account_id == account_id)
            .order_by(columns.paid_on.is_not(None), columns.due_on.desc(), columns.invoice_id)
            .limit(most)
        )
        return tuple(Invoice(**row) for row in self._connection.execute(statement).mappings())

    def surveys(self, account_id: str, *, most: int) -> tuple[SurveyResponse, ...]:
        """Its answers to the recommendation question, newest first."""
        columns = survey_responses.c
        statement = (
            select(*own_columns(survey_responses))
            .where(self._mine(survey_responses), columns.account_id == account_id)
            .order_by(columns.answered_on.desc(), columns.response_id.desc())
            .limit(most)
        )
        found = self._connection.execute(statement).mappings()
        return tuple(SurveyResponse(**row) for row in found)

    def letters(self, account_id: str, *, most: int, skip: int) -> tuple[LetterKept, ...]:
        """Drafts of any state with their outcomes, newest first."""
        said = draft_outcomes.c
        of_it = and_(
            said.tenant_id == drafts.c.tenant_id,
            said.draft_id == drafts.c.draft_id,
        )
        told = (said.state.label("told"), said.note, said.by, said.at)
        statement = (
            select(*own_columns(drafts), *told)
            .select_from(drafts.outerjoin(draft_outcomes, of_it))
            .where(self._mine(drafts), drafts.c.account_id == account_id)
            .order_by(drafts.c.created_at.desc(), drafts.c.draft_id)
            .limit(most)
            .offset(skip)
        )
        return tuple(_letter(row) for row in self._connection.execute(statement).mappings())


def _letter(row: RowMapping) -> LetterKept:
    columns = dict(row)
    state, note, by, at = (columns.pop(name) for name in ("told", "note", "by", "at"))
    draft = Draft(**columns)
    if state is None:
        return LetterKept(draft=draft, outcome=None)
    said = DraftOutcome(
        draft_id=draft.draft_id, account_id=draft.account_id, state=state, note=note, by=by, at=at
    )
    return LetterKept(draft=draft, outcome=said)
