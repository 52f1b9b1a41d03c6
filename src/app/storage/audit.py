"""The audit log on SQL: each source asked for its newest lines alone, then put in one order."""

from __future__ import annotations

from sqlalchemy import ColumnElement, RowMapping, and_, literal, or_, select

from app.domain.audit import LogLine, Position
from app.ports.audit import LogAsk
from app.ports.today import Scope
from app.storage.account_names import account_named
from app.storage.audit_source import LogSource
from app.storage.audit_sources import SOURCES
from app.storage.fact_tables import accounts
from app.storage.repository import Repository
from app.storage.today_statements import in_scope


class SqlAuditLog(Repository):
    """`AuditLog` on SQL."""

    def lines(self, ask: LogAsk) -> tuple[LogLine, ...]:
        """The next lines, newest first: one SELECT for each source that can have any."""
        found = [
            _line(source, row)
            for source in SOURCES
            if source.can_have(ask)
            for row in self._rows_of(source, ask)
        ]
        found.sort(key=lambda line: line.position.order, reverse=True)
        return tuple(found[: ask.most])

    def account_named(self, text: str, scope: Scope) -> str:
        """The id of the account in sight that a text names or begins, case ignored."""
        seen = (self._mine(accounts), in_scope(scope))
        exact = select(accounts.c.account_id).where(*seen, accounts.c.account_id == text)
        known: str | None = self._connection.execute(exact).scalar()
        if known is not None:  # as links say it, which spares reading every name
            return known
        names = select(accounts.c.account_id, accounts.c.name).where(*seen)
        found = self._connection.execute(names.order_by(accounts.c.account_id))
        return account_named(text, [(account_id, name) for account_id, name in found])

    def _rows_of(self, source: LogSource, ask: LogAsk) -> list[RowMapping]:
        is_its = and_(
            accounts.c.tenant_id == self._tenant_id, accounts.c.account_id == source.account_id
        )
        statement = (
            select(
                source.at.label("line_at"),
                (literal("") if source.name is None else source.name).label("line_name"),
                (literal(0) if source.number is None else source.number).label("line_number"),
                (literal("") if source.kind is None else source.kind).label("line_kind"),
                source.account_id.label("line_account"),
                source.about.label("line_about"),
                source.is_everybodys.label("is_everybodys"),
                accounts.c.name.label("account_name"),
                *source.more,
            )
            .select_from(source.rows.outerjoin(accounts, is_its))
            .where(source.table.c.tenant_id == self._tenant_id, *source.conditions(ask))
            .where(*self._in_sight(source, ask))
            .order_by(*source.order)
            .limit(ask.most)
        )
        return [*self._connection.execute(statement).mappings()]

    def _in_sight(self, source: LogSource, ask: LogAsk) -> list[ColumnElement[bool]]:
        if ask.scope.owner is not None:
            # a list of his accounts, made once: the index of lines by time tells the rest
            own = select(accounts.c.account_id).where(self._mine(accounts), in_scope(ask.scope))
            return [or_(source.is_everybodys, source.account_id.in_(own))]
        if ask.is_whole or source.is_of_accounts:
            return []
        return [source.account_id != ""]


def _line(source: LogSource, row: RowMapping) -> LogLine:
    before, after = source.told(row)
    fixed = source.kinds if isinstance(source.kinds, str) else ""
    return LogLine(
        position=Position(
            at=row["line_at"],
            source=source.source,
            name=row["line_name"],
            number=row["line_number"],
        ),
        by=source.by(row),
        kind=fixed or row["line_kind"].value,
        account_id="" if row["is_everybodys"] else row["line_account"],
        account_name=row["account_name"] or "",
        about=row["line_about"],
        before=before,
        after=after,
    )
