"""A document's sections as blocks, for a page that is made once and then left to people.

It lays out what it is given: what a document says, and where it goes, is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.blocks.kinds import Block, Bullet, Heading, Paragraph, Table
from app.blocks.rich_text import Run
from app.domain.page import Cell, CoursePoint, Figure, Section, Tone
from app.domain.page import Table as PageTable

_SIGNS = {Tone.GOOD: "🟢 ", Tone.WATCH: "🟡 ", Tone.BAD: "🔴 ", Tone.PLAIN: ""}


def section_blocks(section: Section) -> tuple[Block, ...]:
    """A section: its title as H3, its text, key figures, course, tables and points."""
    return (Heading(words=_line(section.title), level=3), *_inside(section))


def _inside(section: Section) -> Iterator[Block]:
    if section.text:
        yield Paragraph(words=_line(section.text))
    for figure in section.figures:
        yield _figure(figure)
    if section.course:
        yield Table(rows=(("Day", "Score of 100"), *map(_step, section.course)))
    for table in section.tables:
        yield from _table(table)
    if section.points and section.points_title:
        yield _bold(section.points_title)
    for point in section.points:
        yield Bullet(words=_line(point))


def _figure(figure: Figure) -> Block:
    note = f" ({figure.note})" if figure.note else ""
    label = Run(text=f"{_SIGNS[figure.tone]}{_line(figure.label)}: ", bold=True)
    return Bullet(words=[label, Run(text=_line(f"{figure.value}{note}"))])


def _step(point: CoursePoint) -> tuple[str, str]:
    return (point.on.isoformat(), f"{_SIGNS[point.tone]}{point.score}")


def _table(table: PageTable) -> Iterator[Block]:
    rows = tuple(tuple(map(_cell, row)) for row in table.rows)
    head = (tuple(map(_line, table.columns)),) if table.columns else ()
    if table.title:
        yield _bold(table.title)
    if rows or head:
        yield Table(rows=(*head, *rows), has_column_header=bool(head), has_row_header=True)


def _cell(cell: Cell) -> str:
    return f"{_SIGNS[cell.tone]}{_line(cell.text)}"


def _bold(words: str) -> Block:
    return Paragraph(words=[Run(text=_line(words), bold=True)])


def _line(text: str) -> str:
    """The text on one line: what other people wrote does not look like lines of ours."""
    return " ".join(text.split())
