"""A table's rows into the store, in batches, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from app.domain.fact_rows import FactRow, FactValue
from app.domain.feed import FactKind
from app.feeds.account_rows import AccountParts, OwnerNames, part
from app.feeds.cells import is_empty
from app.feeds.csv_rows import CsvRow, joined
from app.feeds.file_report import Tally
from app.feeds.refusals import CellRefused, RefusedRow, excerpt
from app.feeds.row_reader import RowReader
from app.feeds.row_rules import complete
from app.feeds.seen_rows import SeenRows
from app.ports.rows import ExternalId
from app.ports.store import Unit

BATCH_ROWS = 2_000
T = TypeVar("T")

_STANDS_ALONE = frozenset({FactKind.ACCOUNTS, FactKind.REPS})


@dataclass(frozen=True, slots=True)
class _Read:
    source: CsvRow
    row: dict[str, FactValue]


class TableImport:
    """Takes the rows of one file of one kind; keeps what spans batches, never the rows.

    `untold` stands in every row that does not say it itself.
    """

    def __init__(
        self,
        unit: Unit,
        kind: FactKind,
        reader: RowReader,
        tally: Tally,
        now: datetime,
        untold: FactRow,
    ) -> None:
        self._unit = unit
        self._kind = kind
        self._reader = reader
        self._tally = tally
        self._now = now
        self._untold = untold
        self._known: set[str] = set()
        self._seen = SeenRows(kind)
        self._claimed: dict[tuple[str, str], tuple[str, int]] = {}
        self._owners = OwnerNames(unit.people.reps().values() if kind is FactKind.ACCOUNTS else ())
        self.newest_day: date | None = None
        """The newest day of usage that went in."""

    def take(self, rows: Iterable[CsvRow], after_batch: Callable[[], None]) -> None:
        """Read, check and write every row; refusals go to the tally in the order of the file.

        `after_batch` is called after each batch. Raises FileRefused where the rows do.
        """
        for batch in batches(rows, BATCH_ROWS):
            self._tally.rows += len(batch)
            refusals: list[RefusedRow] = []
            accepted = self._with_account(self._read(batch, refusals), refusals)
            if self._kind is FactKind.ACCOUNTS:
                self._write_accounts(accepted, refusals)
            else:
                self._write(self._kind, [read.row for read in accepted])
            for refusal in sorted(refusals, key=lambda r: r.line):
                self._tally.refuse(refusal)
            after_batch()

    def _read(self, batch: Sequence[CsvRow], refusals: list[RefusedRow]) -> list[_Read]:
        kept: list[_Read] = []
        for source in batch:
            if source.trouble:
                refusals.append(self._refusal(source, source.trouble))
                continue
            try:
                row = self._reader.read(source.cells)
                row.update({n: v for n, v in self._untold.items() if row.get(n) is None})
                self._complete(row)
                self._seen.add(row, source.line)
            except CellRefused as exc:
                refusals.append(self._refusal(source, exc.reason, exc.column))
                continue
            kept.append(_Read(source, row))
            if self._kind is FactKind.TICKETS:
                self._remark_priority(source, row)
        return kept

    def _complete(self, row: dict[str, FactValue]) -> None:
        try:
            complete(self._kind, row, self._now)
        except CellRefused as exc:
            theirs = self._reader.their_name.get(exc.column, exc.column)
            raise CellRefused(exc.reason, column=theirs) from exc

    def _with_account(self, reads: list[_Read], refusals: list[RefusedRow]) -> list[_Read]:
        if self._kind in _STANDS_ALONE:
            return reads
        asked = {str(read.row["account_id"]) for read in reads} - self._known
        self._known |= self._unit.facts.known_accounts(asked) if asked else frozenset()
        by_name = self._unit.facts.accounts_named(asked - self._known)
        kept: list[_Read] = []
        for read in reads:
            account_id = str(read.row["account_id"])
            named = by_name.get(account_id, ())
            if account_id in self._known or len(named) == 1:
                read.row["account_id"] = account_id if account_id in self._known else named[0]
                kept.append(read)
                continue
            reason = f"no account {excerpt(account_id)}, by id or name; import the accounts first"
            if named:
                reason = f"{len(named)} accounts are named {excerpt(account_id)}: say the id"
            column = self._reader.their_name.get("account_id", "account_id")
            refusals.append(self._refusal(read.source, reason, column))
        return kept

    def _write(self, kind: FactKind, rows: list[FactRow]) -> None:
        if not rows:
            return
        self._tally.counts = self._tally.counts.plus(self._unit.facts.upsert(kind, rows))
        if kind is FactKind.USAGE:
            days = [row["day"] for row in rows]
            newest = max(day for day in days if isinstance(day, date))
            self.newest_day = max(self.newest_day or newest, newest)

    def _write_accounts(self, reads: list[_Read], refusals: list[RefusedRow]) -> None:
        parts: list[AccountParts] = []
        for read in reads:
            try:
                parted = part(read.row, self._owners)
                self._claim(parted.external_ids, read.source.line)
            except CellRefused as exc:
                theirs = self._reader.their_name.get(exc.column, exc.column)
                refusals.append(self._refusal(read.source, exc.reason, theirs))
                continue
            parts.append(parted)
            if parted.unknown_owner:
                self._tally.remark(
                    f"owner {excerpt(parted.unknown_owner)} is no address and no rep's name: "
                    "left as it was; import reps first to use names"
                )
        self._write(FactKind.ACCOUNTS, [parted.account for parted in parts])
        contracts = [parted.contract for parted in parts if parted.contract is not None]
        if contracts:
            self._tally.add_contracts(self._unit.facts.upsert(FactKind.CONTRACTS, contracts))
        ids = [external for parted in parts for external in parted.external_ids]
        if ids:
            self._unit.mapping.add_external_ids(ids)

    def _claim(self, ids: Sequence[ExternalId], line: int) -> None:
        for external in ids:
            key = (external.system, external.external_id)
            owner, first_line = self._claimed.get(key, (external.account_id, line))
            if owner != external.account_id:
                raise CellRefused(
                    f"{external.system}:{external.external_id} is account {excerpt(owner)} "
                    f"already (line {first_line})",
                    column="external_ids",
                )
        for external in ids:
            self._claimed[external.system, external.external_id] = (external.account_id, line)

    def _remark_priority(self, source: CsvRow, row: dict[str, FactValue]) -> None:
        position = self._reader.position_of.get("priority")
        if position is None or row["priority"] is not None:
            return
        word = source.cells[position]
        if not is_empty(word):
            self._tally.remark(f"priority {excerpt(word)} is not known: left unknown")

    def _refusal(self, source: CsvRow, reason: str, column: str = "") -> RefusedRow:
        return RefusedRow(line=source.line, column=column, reason=reason, raw=joined(source.cells))


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """The rows in lists of at most `size`."""
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch
