"""What became of one file of an import. Every row of it is accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.fact_rows import UpsertCount
from app.domain.feed import FactKind
from app.feeds.refusals import RefusedRow

SHOWN_REFUSALS = 20
_MOST_REASONS, _COMMONEST = 200, 5
"""Different reasons that are counted, and that are told where not every refusal is shown."""


class Outcome(StrEnum):
    """How the file ended."""

    IMPORTED = "imported"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """One file's account: rows = new + changed + unchanged + unresolved + refused."""

    file: str
    kind: FactKind | None
    outcome: Outcome
    noun: str = "rows"
    """What is counted: rows of a table, or issues of a Jira page."""
    rows: int = 0
    counts: UpsertCount = field(default_factory=UpsertCount)
    refused: int = 0
    unresolved: int = 0
    shown: tuple[RefusedRow, ...] = ()
    """The first refused rows."""
    contracts: UpsertCount | None = None
    """Contracts that stood in an accounts file beside the accounts."""
    remarks: tuple[str, ...] = ()
    """What went in otherwise than it might look, in words."""
    error: str = ""
    """Why the file is unusable."""

    @property
    def is_balanced(self) -> bool:
        """Whether every row is accounted for."""
        written = self.counts.inserted + self.counts.updated + self.counts.unchanged
        return self.rows == written + self.unresolved + self.refused


def unusable(file: str, kind: FactKind | None, error: str) -> FileReport:
    """The report of a file of which nothing went in."""
    return FileReport(file=file, kind=kind, outcome=Outcome.UNUSABLE, error=error)


RefusalSink = Callable[[str, RefusedRow], None]
"""Told of every refused row, with its file's name."""


class Tally:
    """Counts along while a file goes in, and ends in its report."""

    def __init__(self, file: str, kind: FactKind, noun: str, sink: RefusalSink) -> None:
        self._file = file
        self._kind = kind
        self._noun = noun
        self._sink = sink
        self._shown: list[RefusedRow] = []
        self._remarks: Counter[str] = Counter()
        self._reasons: Counter[str] = Counter()
        self.rows = 0
        self.refused = 0
        self.unresolved = 0
        self.counts = UpsertCount()
        self.contracts: UpsertCount | None = None

    def refuse(self, refusal: RefusedRow) -> None:
        """Count a refused row and pass it on."""
        self.refused += 1
        if len(self._shown) < SHOWN_REFUSALS:
            self._shown.append(refusal)
        place = f"column {refusal.column}: " if refusal.column else ""
        reason = f"{place}{refusal.reason}"
        if reason in self._reasons or len(self._reasons) < _MOST_REASONS:
            self._reasons[reason] += 1
        self._sink(self._file, refusal)

    def remark(self, text: str) -> None:
        """Note something once, with how often it came; at most 50 different ones are kept."""
        if text in self._remarks or len(self._remarks) < 50:
            self._remarks[text] += 1

    def add_contracts(self, counts: UpsertCount) -> None:
        """Count contracts that came beside accounts."""
        self.contracts = counts if self.contracts is None else self.contracts.plus(counts)

    @property
    def accepted(self) -> int:
        """Rows that went in or wait on the unresolved list."""
        return self.rows - self.refused

    def report(self) -> FileReport:
        """What became of the file."""
        return FileReport(
            file=self._file,
            kind=self._kind,
            outcome=Outcome.IMPORTED,
            noun=self._noun,
            rows=self.rows,
            counts=self.counts,
            refused=self.refused,
            unresolved=self.unresolved,
            shown=tuple(self._shown),
            contracts=self.contracts,
            remarks=(
                *self._why_so_many(),
                *(
                    text if times == 1 else f"{text} ({times:,} times)"
                    for text, times in self._remarks.most_common()
                ),
            ),
        )

    def _why_so_many(self) -> list[str]:
        """The commonest reasons of refusals, where not all of them are shown."""
        if self.refused <= len(self._shown):
            return []
        commonest = self._reasons.most_common(_COMMONEST)
        return [f"refused {n:,} times, {reason}" for reason, n in commonest if n > 1]
