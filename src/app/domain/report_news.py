"""Which reported signals are worth a row: what is new, and once a week what is still the same.

It is handed what the store has; reading and writing it are the store's affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias

from app.domain.fact_rows import FactRow, FactValue
from app.domain.reported import FIGURES, ReportedSignals

ReportKey: TypeAlias = tuple[str, date, str]
"""Account, day and source: what identifies a row."""
_Figures: TypeAlias = Mapping[str, FactValue]

REPEAT_DAYS = 7
"""The same figures again are written down once a week: it bounds the rows and keeps the words of a
score the same from day to day, and is little against the days that a figure counts for."""

_NOTHING: _Figures = dict.fromkeys(FIGURES)


def without_repeats(
    rows: Mapping[ReportKey, FactRow], known: Iterable[ReportedSignals]
) -> dict[ReportKey, FactRow]:
    """The rows that say something new, by their keys.

    Left out is a row of a new day whose figures are all those of its source's newest word before
    it, where that is less than `REPEAT_DAYS` old. `known` is what the store has of these accounts
    from `REPEAT_DAYS` before the first of the rows to the last of them.
    """
    said: dict[tuple[str, str], dict[date, _Figures]] = {}
    for one in known:
        days = said.setdefault((one.account_id, one.source), {})
        days[one.reported_on] = {name: getattr(one, name) for name in FIGURES}
    given: dict[tuple[str, str], dict[date, FactRow]] = {}
    for (account_id, on, source), row in rows.items():
        given.setdefault((account_id, source), {})[on] = row
    return {
        (account_id, on, source): row
        for (account_id, source), days in given.items()
        for on, row in _news(days, said.get((account_id, source), {}))
    }


def _news(
    rows: Mapping[date, FactRow], said: Mapping[date, _Figures]
) -> list[tuple[date, FactRow]]:
    """Of one source's rows of one account, by day."""
    kept: list[tuple[date, FactRow]] = []
    last_on, last = date.min, _NOTHING
    for on in sorted({*rows, *said}):
        figures = said.get(on, _NOTHING)
        if on in rows:
            told = {name: rows[on][name] for name in FIGURES if name in rows[on]}
            figures = {**figures, **told}
            is_same = figures == last and (on - last_on).days < REPEAT_DAYS
            if is_same and on not in said:
                continue
            kept.append((on, rows[on]))
        last_on, last = on, figures
    return kept
