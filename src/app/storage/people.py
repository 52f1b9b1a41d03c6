"""Reps and stakeholders on SQL."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, func, select

from app.domain.account import Rep, Stakeholder
from app.storage.fact_tables import reps, stakeholders
from app.storage.people_tables import maturity_words
from app.storage.repository import Repository, own_columns


class SqlPeople(Repository):
    """`People` on SQL."""

    def reps(self) -> Mapping[str, Rep]:
        """All reps by e-mail (lower case)."""
        rows = self._rows(reps, order=(reps.c.email,))
        return {row["email"].lower(): Rep(**row) for row in rows}

    def stakeholders(self, account_id: str) -> tuple[Stakeholder, ...]:
        """The account's people, primary ones first, then by name.

        A rep's word on their technical maturity stands before what an import says.
        """
        said = and_(
            maturity_words.c.tenant_id == stakeholders.c.tenant_id,
            maturity_words.c.account_id == stakeholders.c.account_id,
            maturity_words.c.email == func.lower(stakeholders.c.email),
        )
        maturity = func.coalesce(maturity_words.c.maturity, stakeholders.c.technical_maturity)
        people = stakeholders.c
        columns = [c for c in own_columns(stakeholders) if c is not people.technical_maturity]
        statement = (
            select(*columns, maturity.label("technical_maturity"))
            .select_from(stakeholders.outerjoin(maturity_words, said))
            .where(self._mine(stakeholders), people.account_id == account_id)
            .order_by(people.is_primary.desc(), people.name, people.email)
        )
        return tuple(Stakeholder(**row) for row in self._connection.execute(statement).mappings())
