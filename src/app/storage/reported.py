"""Reported signals on their way in: what the store has of them already, on SQL."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.domain.fact_rows import FactRow
from app.domain.report_news import REPEAT_DAYS, ReportKey, without_repeats
from app.domain.reported import ReportedSignals
from app.storage.fact_tables import reported_signals
from app.storage.repository import Repository, in_lists


class SqlReported(Repository):
    """Tells news from what is stored; it writes nothing."""

    def news(self, rows: Mapping[ReportKey, FactRow]) -> dict[ReportKey, FactRow]:
        """Those of the rows that are to be written."""
        days = [on for _, on, _ in rows]
        if not days:
            return {}
        first, last = min(days) - timedelta(days=REPEAT_DAYS), max(days)
        table = reported_signals.c
        known = [
            ReportedSignals(**row)
            for ids in in_lists({account_id for account_id, _, _ in rows})
            for row in self._rows(
                reported_signals, table.account_id.in_(ids), table.reported_on.between(first, last)
            )
        ]
        return without_repeats(rows, known)
