"""A bar for files that take a while, and the way to stop one that is half in.

The bar is shown on a terminal only, on standard error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.import_view import shown_path
from app.errors import AppError
from app.feeds.file_import import Progress as Advance
from app.feeds.file_plan import FilePlan

BIG_FILE_BYTES = 4_000_000
"""About a second of work; smaller files need no bar."""


class ImportAbandoned(AppError):
    """The person stopped the import: the file under way is taken back."""


@contextmanager
def progress_of(notes: Console) -> Iterator[Callable[[FilePlan], Advance]]:
    """Gives each file's own way to advance its bar.

    Once this context is left, an import that still runs in the store's thread is stopped at its
    next batch: an interrupted command neither waits for a long file nor commits it.
    """
    left = Event()
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn())
    bars = Progress(*columns, TimeRemainingColumn(), console=notes, transient=True)

    def begin(plan: FilePlan) -> Advance:
        is_big = notes.is_terminal and plan.size >= BIG_FILE_BYTES
        task = bars.add_task(shown_path(plan.path.name), total=plan.size) if is_big else None

        def advance(position: int) -> None:
            if left.is_set():
                raise ImportAbandoned("the import was stopped")
            if task is not None:
                bars.update(task, completed=position)

        return advance

    try:
        if notes.is_terminal:
            with bars:
                yield begin
        else:
            yield begin
    finally:
        left.set()
