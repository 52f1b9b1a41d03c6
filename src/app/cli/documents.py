"""Documents as commands hand them out: written into a file, or printed section by section.

It lays out what it is given; whatever other people wrote comes out as text.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import InvalidInput

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable

    from app.cli.context import CliContext
    from app.domain.page import Page, Section, Table

_LINE = 600
_STYLES = {"good": "green", "watch": "yellow", "bad": "red"}


def write_document(
    cli: CliContext, option: str, file: Path, text: str, *, for_customer: bool
) -> None:
    """Write it and say for whom it is. Raises InvalidInput naming the option."""
    from rich.text import Text

    try:
        file.write_text(text, encoding="utf-8")
    except OSError as exc:
        msg = f"{option} {file}: cannot be written: {exc.strerror}"
        raise InvalidInput(msg) from exc
    whom = "for the customer" if for_customer else "for our own people, not for the customer"
    cli.console.print(Text(f"Written {whom}: {file}"))


def print_page(console: Console, page: Page) -> None:
    """Print a page as text: its title, then its sections."""
    from rich.text import Text

    from app.services.plain_text import one_line

    console.print(Text(one_line(f"{page.title}: {page.kind.lower()}", _LINE), "bold"))
    for line in (*page.facts, page.internal):
        if line:
            console.print(Text(one_line(line, _LINE), "dim"))
    for section in page.sections:
        console.print()
        _print_section(console, section)


def _print_section(console: Console, section: Section) -> None:
    from rich.text import Text

    from app.services.plain_text import one_line

    console.print(Text(one_line(section.title, _LINE), "bold"))
    for figure in section.figures:
        note = f" ({figure.note})" if figure.note else ""
        line = one_line(f"{figure.label}: {figure.value}{note}", _LINE)
        console.print(Text(line, _STYLES.get(figure.tone, "")))
    if section.text:
        console.print(Text(one_line(section.text, _LINE)))
    for table in section.tables:
        console.print(_table(table))
    for point in section.points:
        console.print(Text(f"- {one_line(point, _LINE)}"))


def _table(table: Table) -> RichTable:
    from rich.table import Table as RichTable
    from rich.text import Text

    from app.services.plain_text import one_line

    drawn = RichTable(box=None, pad_edge=False, header_style="dim")
    for column in table.columns:
        drawn.add_column(Text(column))
    for row in table.rows:
        drawn.add_row(
            *(Text(one_line(cell.text, _LINE), _STYLES.get(cell.tone, "")) for cell in row)
        )
    return drawn
