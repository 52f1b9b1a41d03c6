"""Several files, one after the other, each in its own transaction; a broken one stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NoReturn, Protocol, TypeVar

from app.domain.feed import FactKind
from app.feeds.file_import import Progress, check_file, import_file
from app.feeds.file_kind import IMPORT_ORDER
from app.feeds.file_plan import FilePlan, plan_file
from app.feeds.file_report import FileReport, Outcome, RefusalSink, unusable
from app.feeds.import_choices import ImportChoices
from app.feeds.refusals import FileRefused
from app.feeds.unresolved import place_unresolved
from app.ports.store import Unit

T = TypeVar("T")


class WriteNow(Protocol):
    """The store's write transactions, opened for one tenant."""

    def __call__(self, work: Callable[[Unit], T]) -> T:
        """Run `work` in one; an exception rolls it back and comes through."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """All files after a look: those to import, in order, and those that cannot be."""

    plans: tuple[FilePlan, ...]
    unusable: tuple[FileReport, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOutcome:
    """What an import did."""

    reports: tuple[FileReport, ...]
    """One for each file, in the order they were taken; unusable ones last."""
    placed: int
    """Tickets of earlier imports that have an account now."""

    @property
    def exit_code(self) -> int:
        """0: everything went in; 1: rows were refused; 2: a file could not be used."""
        if any(report.outcome is Outcome.UNUSABLE for report in self.reports):
            return 2
        return 1 if any(report.refused for report in self.reports) else 0


def look(paths: Sequence[Path], choices: ImportChoices) -> Looked:
    """Look into every file; the plans come in the order that facts depend on each other."""
    plans: list[FilePlan] = []
    refused: list[FileReport] = []
    for path in paths:
        try:
            plans.append(plan_file(path, choices))
        except FileRefused as exc:
            refused.append(unusable(str(path), choices.kind, str(exc)))
    plans.sort(key=lambda plan: IMPORT_ORDER.index(plan.kind))
    return Looked(plans=tuple(plans), unusable=tuple(refused))


class _Undo(Exception):
    def __init__(self, outcome: ImportOutcome) -> None:
        super().__init__("a rehearsal is taken back")
        self.outcome = outcome


class Importer:
    """Imports what was looked at, through the store's write transactions."""

    def __init__(
        self,
        write: WriteNow,
        choices: ImportChoices,
        sink: RefusalSink,
        progress: Callable[[FilePlan], Progress],
    ) -> None:
        self._write = write
        self._choices = choices
        self._sink = sink
        self._progress = progress

    def run(self, looked: Looked) -> ImportOutcome:
        """Import each file in a transaction of its own."""
        reports: list[FileReport] = []
        for plan in looked.plans:
            try:
                reports.append(self._write(partial(self._one, plan)))
            except FileRefused as exc:
                reports.append(unusable(str(plan.path), plan.kind, str(exc)))
        placed = self._write(place_unresolved) if _tells_of_accounts(reports) else 0
        return ImportOutcome(reports=(*reports, *looked.unusable), placed=placed)

    def rehearse(self, looked: Looked) -> ImportOutcome:
        """Do the same in one transaction, and take all of it back."""
        try:
            self._write(partial(self._all_and_undo, looked))
        except _Undo as undone:
            return undone.outcome

    def _all_and_undo(self, looked: Looked, unit: Unit) -> NoReturn:
        reports: list[FileReport] = []
        for plan in looked.plans:
            try:
                # There is one transaction for all here, so a file that is broken further on has to
                # be found before any of its rows is written.
                check_file(plan, self._choices)
                reports.append(self._one(plan, unit))
            except FileRefused as exc:
                reports.append(unusable(str(plan.path), plan.kind, str(exc)))
        placed = place_unresolved(unit) if _tells_of_accounts(reports) else 0
        raise _Undo(ImportOutcome(reports=(*reports, *looked.unusable), placed=placed))

    def _one(self, plan: FilePlan, unit: Unit) -> FileReport:
        return import_file(unit, plan, self._choices, self._sink, self._progress(plan))


def _tells_of_accounts(reports: Sequence[FileReport]) -> bool:
    return any(
        report.kind is FactKind.ACCOUNTS and report.outcome is Outcome.IMPORTED
        for report in reports
    )
