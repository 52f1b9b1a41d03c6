"""A bar for files that take a while: on a terminal only, on standard error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from app.feeds.file_import import Progress as Advance
from app.feeds.file_plan import FilePlan

BIG_FILE_BYTES = 4_000_000
"""About a second of work; smaller files need no bar."""


@contextmanager
def progress_of(notes: Console) -> Iterator[Callable[[FilePlan], Advance]]:
    """Gives each file's own way to advance its bar."""
    if not notes.is_terminal:
        yield lambda _plan: _ignore
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TimeRemainingColumn(), console=notes, transient=True) as bars:

        def begin(plan: FilePlan) -> Advance:
            if plan.size < BIG_FILE_BYTES:
                return _ignore
            task = bars.add_task(plan.path.name.replace("[", "("), total=plan.size)
            return lambda position: bars.update(task, completed=position)

        yield begin


def _ignore(position: int) -> None:
    del position
