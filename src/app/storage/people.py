"""Reps and stakeholders on SQL."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.account import Rep, Stakeholder
from app.storage.fact_tables import reps, stakeholders
from app.storage.repository import Repository


class SqlPeople(Repository):
    """`People` on SQL."""

    def reps(self) -> Mapping[str, Rep]:
        """All reps by e-mail (lower case)."""
        rows = self._rows(reps, order=(reps.c.email,))
        return {row["email"].lower(): Rep(**row) for row in rows}

    def stakeholders(self, account_id: str) -> tuple[Stakeholder, ...]:
        """The account's people, primary ones first, then by name."""
        rows = self._rows(
            stakeholders,
            stakeholders.c.account_id == account_id,
            order=(stakeholders.c.is_primary.desc(), stakeholders.c.name, stakeholders.c.email),
        )
        return tuple(Stakeholder(**row) for row in rows)
