"""Blocks stay within what one request to Notion may hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.agents.notion.blocks import batches, bullet, callout, heading, paragraph, rich_text


def contents(text: str) -> list[str]:
    return [
        str(piece["text"]["content"])
        for piece in rich_text(text)
        if isinstance(piece, dict) and isinstance(piece["text"], dict)
    ]


@given(st.text(max_size=40), st.integers(1, 120))
def test_any_text_is_split_without_loss_within_the_limit(text: str, times: int) -> None:
    pieces = contents(text * times)

    assert "".join(pieces) == text * times
    assert all(0 < len(piece.encode("utf-16-le")) // 2 <= 2000 for piece in pieces)


def test_an_endless_text_ends_in_an_ellipsis() -> None:
    pieces = contents("x" * 300_000)

    assert len(pieces) == 100
    assert pieces[-1] == "…"


def test_a_broken_character_is_replaced_because_it_cannot_be_sent() -> None:
    assert contents("a\ud800b") == ["a\ufffdb"]


def test_an_empty_text_is_an_empty_block() -> None:
    assert paragraph("") == {
        "object": "block",
        "type": "paragraph",
        "paragraph": {"rich_text": []},
    }


def test_each_kind_stands_under_its_own_name() -> None:
    blocks = [heading("a", 2), heading("b", 3), bullet("c"), callout("d", "🚨")]

    assert [block["type"] for block in blocks] == [
        "heading_2",
        "heading_3",
        "bulleted_list_item",
        "callout",
    ]
    assert all(str(block["type"]) in block for block in blocks)


def test_blocks_go_a_hundred_at_a_time() -> None:
    assert [len(batch) for batch in batches([bullet("x")] * 250)] == [100, 100, 50]
    assert list(batches([])) == []
