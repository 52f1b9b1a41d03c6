"""Opportunities on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from pydantic import JsonValue

from app.domain.opportunity import Opportunity, OpportunityState
from app.storage.agent_tables import opportunities
from app.storage.repository import Repository


class SqlOpportunities(Repository):
    """`Opportunities` on SQL."""

    def add(self, opportunity: Opportunity) -> bool:
        """Remember a new one; False when its id is known: it stays as it is."""
        return self._add(opportunities, [asdict(opportunity)]) == 1

    def move(
        self,
        opportunity_id: str,
        *,
        to: OpportunityState,
        come_from: Collection[OpportunityState],
        at: datetime,
        why_held: str = "",
    ) -> bool:
        """Change its state if it is in one of `come_from`; False when it is not."""
        statement = self._update(
            opportunities,
            opportunities.c.opportunity_id == opportunity_id,
            opportunities.c.state.in_(come_from),
        ).values(state=to, updated_at=at, why_held=why_held)
        return self._connection.execute(statement).rowcount == 1

    def renew(
        self,
        opportunity_id: str,
        *,
        name: str,
        body: Mapping[str, JsonValue],
        why_held: str,
        at: datetime,
    ) -> bool:
        """Bring one that is held back up to date; False when it is not held back."""
        statement = self._update(
            opportunities,
            opportunities.c.opportunity_id == opportunity_id,
            opportunities.c.state == OpportunityState.HELD,
        ).values(name=name, body=dict(body), why_held=why_held, updated_at=at)
        return self._connection.execute(statement).rowcount == 1

    def get(self, opportunity_id: str) -> Opportunity | None:
        """One opportunity."""
        row = self._row(opportunities, opportunities.c.opportunity_id == opportunity_id)
        return None if row is None else Opportunity(**row)

    def of(self, account_id: str) -> tuple[Opportunity, ...]:
        """An account's, newest first."""
        rows = self._rows(
            opportunities,
            opportunities.c.account_id == account_id,
            order=(opportunities.c.found_at.desc(), opportunities.c.opportunity_id),
        )
        return tuple(Opportunity(**row) for row in rows)

    def in_state(self, states: Collection[OpportunityState]) -> tuple[Opportunity, ...]:
        """All in these states, newest first."""
        rows = self._rows(
            opportunities,
            opportunities.c.state.in_(states),
            order=(opportunities.c.found_at.desc(), opportunities.c.opportunity_id),
        )
        return tuple(Opportunity(**row) for row in rows)
