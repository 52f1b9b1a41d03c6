"""Documents as trees of blocks: a part that opens, its sections, figures, drawings, tables, points.

It lays out what it is given, under keys by which the same thing is found again. It sends nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.blocks.built import Built, built
from app.blocks.kinds import Block, Bullet, Heading, Image, Paragraph, Toggle
from app.blocks.kinds import Table as TableBlock
from app.blocks.layout_tree import Picture, Wanted, words_of
from app.blocks.rich_text import Run
from app.domain.page import Figure, Page, Section, Table, Tone
from app.services.charts import drawn, svg_of
from app.services.plain_text import one_line

NOTICE = (
    "Tend keeps this part up to date. What you write here stays where it is; a line of ours that "
    "you change is yours from then on."
)
INTERNAL = "Internal: not for the customer"
_MOST_KEY = 60
_SIGNS = {Tone.GOOD: "🟢 ", Tone.WATCH: "🟡 ", Tone.BAD: "🔴 ", Tone.PLAIN: ""}


def entry(
    key: str,
    block: Block,
    *,
    below: Sequence[Wanted] = (),
    marks: tuple[str, ...] = (),
    is_passing: bool = False,
) -> tuple[Wanted, ...]:
    """A block under a key; where its words exceed one block, the blocks that go on follow it.

    `below`: what lies in it, under keys of their own; see `Wanted` for the rest.
    """
    first, *more = built((block,))
    wanted = replace(_wanted(key, first), marks=marks, is_passing=is_passing)
    if below:
        wanted = replace(wanted, children=(*wanted.children, *_apart(below)))
    return (wanted, *(_wanted(f"{key} #{at}", piece) for at, piece in enumerate(more, start=2)))


def part(title: str, below: Iterable[Wanted]) -> Wanted:
    """The part of a page that is ours: it opens, says whose it is, and holds all the rest."""
    notice = entry("notice", Paragraph(words=[Run(text=NOTICE, italic=True)]))
    return entry(
        "part", Heading(words=title, level=2, is_toggleable=True), below=(*notice, *below)
    )[0]


def part_of(page: Page) -> Wanted:
    """A document as the part of a page; its internal section closes it, in a toggle of its own."""
    facts = " · ".join(page.facts)
    blocks = [*entry("facts", Paragraph(words=facts))] if facts else []
    for section in page.sections:
        blocks += heading(section.title)
        blocks += _section(section)
    if page.internal_section is not None:
        inside = tuple(_section(page.internal_section))
        blocks += entry("internal", Toggle(words=INTERNAL), below=inside)
    return part(f"{page.title}: {page.kind}", blocks)


def heading(title: str) -> tuple[Wanted, ...]:
    """The title of a section."""
    return entry(f"section {key_of(title)}", Heading(words=title, level=3))


def key_of(text: str) -> str:
    """A text as a key: short, and different for every text."""
    line = one_line(text, _MOST_KEY)
    if line == text:
        return line
    return f"{line} {hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def _section(section: Section) -> Iterator[Wanted]:
    own = key_of(section.title)
    for figure in section.figures:
        yield from entry(f"{own} figure {key_of(figure.label)}", _figure(figure))
    if section.text:
        yield from entry(f"{own} text", Paragraph(words=section.text))
    if section.course:
        yield from _course(own, section)
    for table in section.tables:
        yield from _table(own, table)
    if section.points and section.points_title:
        yield from _bold(f"{own} points", section.points_title)
    for point in section.points:
        yield from entry(f"{own} point {key_of(point)}", Bullet(words=point))


def _figure(figure: Figure) -> Block:
    note = f" ({figure.note})" if figure.note else ""
    label = Run(text=f"{_SIGNS[figure.tone]}{figure.label}: ", bold=True)
    return Bullet(words=[label, Run(text=f"{figure.value}{note}")])


def _course(own: str, section: Section) -> Iterator[Wanted]:
    """A drawing; what it shows stands below it in words too."""
    name = f"course-{hashlib.sha256(own.encode()).hexdigest()[:8]}"
    told = f"{section.title}: {drawn(section.course).told[:1].lower()}"
    told += drawn(section.course).told[1:]
    picture = Picture(name=name, svg=svg_of(section.course))
    for wanted in entry(f"{own} course", Image(upload_id=name, caption=told)):
        yield replace(wanted, picture=picture) if wanted.kind == "image" else wanted


def _table(own: str, table: Table) -> Iterator[Wanted]:
    key = f"{own} table {key_of(table.title or ' '.join(table.columns))}"
    if table.title:
        yield from _bold(f"{key} title", table.title)
    rows = tuple(tuple(cell.text for cell in row) for row in table.rows)
    head = (table.columns,) if table.columns else ()
    if rows or head:
        block = TableBlock(rows=(*head, *rows), has_column_header=bool(head), has_row_header=True)
        yield from entry(key, block)


def _bold(key: str, words: str) -> tuple[Wanted, ...]:
    return entry(key, Paragraph(words=[Run(text=words, bold=True)]))


def _wanted(key: str, piece: Built) -> Wanted:
    """A piece with what lies in it; the rows of a table go by what stands first in them."""
    below = [
        _wanted(_row_key(child) if piece.is_table else f"#{at}", child)
        for at, child in enumerate(piece.children)
    ]
    return Wanted(key=key, built=replace(piece, children=()), children=_apart(below))


def _row_key(row: Built) -> str:
    return f"row {key_of(words_of(row.own).partition(' | ')[0])}"


def _apart(blocks: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """The blocks, each under a key that no other has."""
    met: dict[str, int] = {}
    apart: list[Wanted] = []
    for block in blocks:
        count = met[block.key] = met.get(block.key, 0) + 1
        apart.append(block if count == 1 else replace(block, key=f"{block.key} ~{count}"))
    return tuple(apart)
