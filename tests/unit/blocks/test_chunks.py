"""Whatever is written, no request exceeds a limit and nothing that was said is lost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings

from app.blocks.chunks import Append, planned
from app.blocks.graphemes import units
from app.blocks.kinds import Block, Bullet, Heading, Paragraph, Table, Toggle
from app.errors import InvalidInput
from tests.fakes.schema_check import Json, SchemaCheck
from tests.unit.blocks.shapes import (
    BLOCKS,
    body_of,
    carried_out,
    children_of,
    contents,
    depth,
    everything,
    rich_of,
    said,
)


def nested(levels: int) -> Block:
    block: Block = Bullet(words="0")
    for level in range(1, levels):
        block = Bullet(words=str(level), children=(block,))
    return block


def exceeded(request: Append) -> list[str]:
    found = []
    blocks = [block for child in request.children for block in everything(child)]
    wire = json.dumps({"children": request.children}, ensure_ascii=False).encode()
    if not 0 < len(request.children) <= 100:
        found.append("children")
    if len(blocks) > 1_000:
        found.append("blocks")
    if len(wire) > 500_000:
        found.append("bytes")
    if max(map(depth, request.children)) > 2:
        found.append("levels")
    for block in blocks:
        if len(children_of(block)) > 100:
            found.append("children below")
        if any(len(rich) > 100 for rich in rich_of(block)):
            found.append("texts")
        if any(not 0 < units(text) <= 2_000 for text in contents(block)):
            found.append("content")
    return found


@given(BLOCKS)
@example([nested(9)])
@example([Paragraph(words="x")] * 1234)
@example([Toggle(words="t", children=(Bullet(words="b", children=(Paragraph(words="€"),) * 350),))])
@example([Toggle(words="t", children=tuple(nested(3) for _ in range(90)))] * 20)
@example([Paragraph(words="€" * 700_000), Heading(words="😀" * 150_000, level=1)])
@example([Bullet(words="€" * 300_000, children=(nested(4),))])
@example([Table(rows=(("a", "b"),) * 345)])
@example([Table(rows=(("€" * 3_000,) * 100,) * 3)])
def test_no_request_exceeds_a_limit_and_no_text_is_lost(blocks: list[Block]) -> None:
    plan = planned(blocks)
    assert [exceeded(request) for request in plan] == [[] for _ in plan]
    written = carried_out(plan).text()
    assert sorted(written) == sorted(said(blocks))
    if not any(isinstance(block, Table) for block in flat(blocks)):
        assert written == said(blocks)


def flat(blocks: Sequence[Block]) -> list[Block]:
    return [b for block in blocks for b in (block, *flat(getattr(block, "children", ())))]


@cache
def schemas(path: Path) -> Json:
    return json.loads(path.read_text())


@pytest.mark.needs_shared
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(blocks=BLOCKS)
@example(blocks=[nested(5), Table(rows=(("a", "b"),) * 150)])
def test_every_request_is_one_that_notion_describes(blocks: list[Block], shared_dir: Path) -> None:
    document = schemas(shared_dir / "notion" / "notion-api-schemas.json")
    schema = document["components"]["schemas"]["AppendBlockChildrenBodyParameters"]
    for request in planned(blocks):
        body = {"children": list(request.children)}
        assert SchemaCheck(document).faults(body, schema) == []


def test_a_deep_list_goes_below_the_ids_that_came_back() -> None:
    first, *later = planned([nested(9)])
    assert first.below is None
    assert all(request.below is not None for request in later)


def test_what_fits_is_one_request() -> None:
    blocks: list[Block] = [
        Toggle(words="t", children=(nested(2), Paragraph(words="p"))),
        Heading(words="h"),
    ]
    assert len(planned(blocks)) == 1


def test_nothing_to_write_is_no_request() -> None:
    assert planned([]) == ()


def test_a_table_is_never_sent_without_a_row() -> None:
    for request in planned([Table(rows=(("a", "b"),) * 345)]):
        for block in request.children:
            if block["type"] == "table":
                assert body_of(block)["children"]


def test_a_long_cell_goes_on_in_the_row_below_it() -> None:
    page = carried_out(planned([Table(rows=(("a" * 250_000, "b"),))]))
    _, rows = page.blocks[0]
    assert len(rows.blocks) > 1
    assert {len(list(rich_of(row))) for row, _ in rows.blocks} == {2}


def test_a_table_without_rows_or_of_uneven_rows_is_refused() -> None:
    for rows in ((), ((),), (("a",), ("b", "c"))):
        with pytest.raises(InvalidInput):
            Table(rows=rows)


def test_a_heading_that_does_not_open_holds_nothing() -> None:
    with pytest.raises(InvalidInput):
        Heading(words="h", children=(Paragraph(words="p"),))
