"""Reads one row's cells by a column map. It knows a row, not the store and not the other rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.fact_rows import FactValue
from app.domain.feed import FactKind
from app.feeds.amounts import split_currency
from app.feeds.cells import is_empty
from app.feeds.column import Reader
from app.feeds.column_map import ColumnMap
from app.feeds.columns import COLUMNS, defaults_of
from app.feeds.formats import Formats
from app.feeds.map_file import folded
from app.feeds.refusals import CellRefused, FileRefused

MONEY: Mapping[FactKind, tuple[str, str]] = {
    FactKind.ACCOUNTS: ("arr", "currency"),
    FactKind.CONTRACTS: ("arr_amount", "arr_currency"),
    FactKind.INVOICES: ("amount", "currency"),
}
"""The amount of each kind, and the column of its currency."""

# Signs that several currencies share: a currency column beside them is the better word.
_SHARED_SIGNS = frozenset("$¥")


@dataclass(frozen=True, slots=True)
class _Step:
    position: int
    theirs: str
    ours: str
    read: Reader
    default: FactValue
    is_required: bool
    words: Mapping[str, str]


class RowReader:
    """Cells to values of one kind's columns; only columns that the file has are in the row."""

    def __init__(self, table: ColumnMap, formats: Formats) -> None:
        self._formats = formats
        self._kind = table.kind
        columns = {column.name: column for column in COLUMNS[table.kind]}
        defaults = defaults_of(table.kind)
        self._steps = tuple(
            _Step(
                use.position,
                use.theirs,
                use.ours,
                columns[use.ours].read,
                defaults[use.ours],
                columns[use.ours].is_required,
                table.words.get(use.ours, {}),
            )
            for use in table.taken
        )
        self.their_name: Mapping[str, str] = {step.ours: step.theirs for step in self._steps}
        """Our column to the file's own name of it."""
        self.position_of: Mapping[str, int] = {step.ours: step.position for step in self._steps}
        """Our column to the place of its cell, from 0."""
        self._constants: dict[str, FactValue] = {}
        for name, text in table.constants.items():
            try:
                self._constants[name] = columns[name].read(text, formats)
            except CellRefused as exc:
                raise FileRefused(f"--map: the constant {name}: {exc.reason}") from exc
        self._money = MONEY.get(table.kind)
        self._money_at = next(
            (s.position for s in self._steps if self._money and s.ours == self._money[0]), None
        )

    def read(self, cells: Sequence[str]) -> dict[str, FactValue]:
        """The row's values by our columns. Raises CellRefused naming the file's column."""
        row = dict(self._constants)
        formats = self._formats
        for step in self._steps:
            text = cells[step.position]
            if step.words:
                text = step.words.get(folded(text), text)
            if is_empty(text):
                if step.is_required:
                    raise CellRefused("is empty, and every row needs it", column=step.theirs)
                row[step.ours] = step.default
                continue
            try:
                value = step.read(text, formats)
            except CellRefused as exc:
                raise CellRefused(exc.reason, column=step.theirs) from exc
            if value == "" and step.is_required:
                raise CellRefused("is empty, and every row needs it", column=step.theirs)
            row[step.ours] = value
        if self._money is not None:
            self._settle_currency(row, cells, *self._money)
        return row

    def _settle_currency(
        self, row: dict[str, FactValue], cells: Sequence[str], amount: str, currency: str
    ) -> None:
        if row.get(amount) is None:
            row.pop(currency, None)
            if amount in row:
                row[currency] = None
            return
        text = "" if self._money_at is None else cells[self._money_at]
        inside = split_currency(text)[0] if text else None
        told = row.get(currency)
        if inside and told and inside != told and not _SHARED_SIGNS & set(text):
            raise CellRefused(
                f"says {inside} where the currency column says {told}",
                column=self.their_name[amount],
            )
        row[currency] = told or inside or self._formats.currency
