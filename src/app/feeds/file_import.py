"""One file into the store within one transaction: all of its good rows, or nothing of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from app.clock import local_day
from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.feeds.cells import NAME_LIMIT, clean_line
from app.feeds.column_map import ColumnMap
from app.feeds.csv_rows import read_table
from app.feeds.feed_delivery import deliver, feed_of
from app.feeds.file_bytes import OpenedFile, open_file
from app.feeds.file_plan import FilePlan
from app.feeds.file_report import FileReport, RefusalSink, Tally
from app.feeds.import_choices import ImportChoices
from app.feeds.jira_import import import_page
from app.feeds.jira_page import read_page
from app.feeds.row_reader import RowReader
from app.feeds.table_import import TableImport
from app.feeds.text_lines import text_lines
from app.ports.store import Unit

Progress = Callable[[int], None]
"""Told how many bytes of the file on disk have been read."""


def import_file(
    unit: Unit, plan: FilePlan, choices: ImportChoices, sink: RefusalSink, progress: Progress
) -> FileReport:
    """Write a file's rows and its feed's delivery.

    Raises FileRefused when the file turns out to be broken further on; the caller's transaction is
    to be rolled back then. `sink` is told of each refused row.
    """
    with open_file(plan.path) as opened:
        noun = "issues" if plan.is_jira else "rows"
        tally = Tally(str(plan.path), plan.kind, noun, sink)

        def after_batch() -> None:
            progress(opened.position())

        if plan.columns is None:
            page = read_page(opened, choices.mapping.jira)
            source = clean_line(plan.path.name, NAME_LIMIT)
            import_page(unit, page, tally, source, choices.now, after_batch)
            newest = None
        else:
            newest = _take_table(unit, plan.columns, opened, choices, tally, after_batch)
    if tally.accepted or not tally.rows:
        also = [] if tally.contracts is None else [FactKind.CONTRACTS]
        deliver(unit, plan.kind, also, choices, newest)
    return tally.report()


def check_file(plan: FilePlan, choices: ImportChoices) -> None:
    """Read a file to its end without a store. Raises FileRefused when it is broken anywhere."""
    with open_file(plan.path) as opened:
        if plan.is_jira:
            read_page(opened, choices.mapping.jira)
        else:
            for _ in read_table(text_lines(opened, choices.encoding)).rows:
                pass


def _take_table(
    unit: Unit,
    columns: ColumnMap,
    opened: OpenedFile,
    choices: ImportChoices,
    tally: Tally,
    after_batch: Callable[[], None],
) -> date | None:
    table = read_table(text_lines(opened, choices.encoding))
    reader = RowReader(columns, choices.formats)
    untold = _untold(columns.kind, choices)
    taking = TableImport(unit, columns.kind, reader, tally, choices.now, untold)
    taking.take(table.rows, after_batch)
    return taking.newest_day


def _untold(kind: FactKind, choices: ImportChoices) -> FactRow:
    """What the rows do not say, or need not: whose word it is, and of which day."""
    if kind is not FactKind.SIGNALS:
        return {}
    return {
        "source": choices.feed or feed_of(kind),
        "reported_on": local_day(choices.now, choices.formats.zone),
    }
