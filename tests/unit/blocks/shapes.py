"""Blocks of any kind and depth, and what a plan of requests says when it is carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import cast

from hypothesis import strategies as st

from app.blocks.chunks import Append
from app.blocks.kinds import (
    Block,
    Bookmark,
    Bullet,
    Callout,
    Code,
    Divider,
    Heading,
    Image,
    Numbered,
    Paragraph,
    Quote,
    Table,
    ToDo,
    Toggle,
)
from app.blocks.rich_text import NotionObject, Run, shown

WORDS = st.one_of(
    st.text(max_size=12),
    st.builds(lambda word, times: word * times, st.text(max_size=5), st.integers(0, 1500)),
)
RUNS = st.lists(
    st.builds(
        Run,
        text=WORDS,
        bold=st.booleans(),
        italic=st.booleans(),
        link=st.sampled_from(["", "https://x.example/a", "javascript:alert(1)"]),
    ),
    max_size=3,
).map(tuple)
RICH = WORDS | RUNS
LEAVES: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, words=RICH),
    st.builds(Heading, words=RICH, level=st.sampled_from([1, 2, 3])),
    st.builds(Code, words=WORDS),
    st.just(Divider()),
    st.builds(Image, upload_id=st.just("0" * 32), caption=WORDS),
    st.builds(Bookmark, url=st.sampled_from(["https://x.example", "file:///x", ""]), caption=WORDS),
    st.integers(1, 4).flatmap(
        lambda width: st.builds(
            Table,
            rows=st.lists(
                st.lists(WORDS, min_size=width, max_size=width).map(tuple), min_size=1, max_size=4
            ).map(tuple),
        )
    ),
)


def _holding(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
    children = st.lists(inner, max_size=4).map(tuple)
    return st.one_of(
        *(
            st.builds(kind, words=RICH, children=children)
            for kind in (Paragraph, Toggle, Bullet, Numbered, ToDo, Quote)
        ),
        st.builds(Callout, words=RICH, emoji=st.sampled_from(["", "💡"]), children=children),
        st.builds(Heading, words=RICH, is_toggleable=st.just(True), children=children),
    )


BLOCKS = st.lists(st.recursive(LEAVES, _holding, max_leaves=12), max_size=6)


class Tree:
    """A page that requests were appended to, in order."""

    def __init__(self) -> None:
        self.blocks: list[tuple[NotionObject, Tree]] = []

    def add(self, block: NotionObject) -> Tree:
        """Put a block at the end, with all its children."""
        made = Tree()
        self.blocks.append((block, made))
        for child in children_of(block):
            made.add(child)
        return made

    def text(self) -> str:
        """All text in reading order."""
        return "".join(text_of(block) + below.text() for block, below in self.blocks)


def carried_out(plan: Sequence[Append]) -> Tree:
    """The page after all requests."""
    page = Tree()
    answers: list[list[Tree]] = []
    for request in plan:
        below = page
        if request.below is not None:
            below = answers[request.below.request][request.below.index]
        answers.append([below.add(child) for child in request.children])
    return page


def body_of(block: NotionObject) -> NotionObject:
    return cast("NotionObject", block[str(block["type"])])


def children_of(block: NotionObject) -> list[NotionObject]:
    return cast("list[NotionObject]", body_of(block).get("children", []))


def rich_of(block: NotionObject) -> Iterator[list[NotionObject]]:
    """Every array of rich text in the block itself."""
    body = body_of(block)
    for name in ("rich_text", "caption"):
        if name in body:
            yield cast("list[NotionObject]", body[name])
    yield from cast("list[list[NotionObject]]", body.get("cells", []))


def contents(block: NotionObject) -> list[str]:
    """The contents of its text objects."""
    return [
        str(cast("NotionObject", piece["text"])["content"])
        for rich in rich_of(block)
        for piece in rich
    ]


def text_of(block: NotionObject) -> str:
    return "".join(contents(block))


def everything(block: NotionObject) -> Iterator[NotionObject]:
    """The block and all below it."""
    yield block
    for child in children_of(block):
        yield from everything(child)


def depth(block: NotionObject) -> int:
    """How many levels lie below it."""
    return max((1 + depth(child) for child in children_of(block)), default=0)


def plain(words: str | Sequence[Run]) -> str:
    runs = [Run(text=words)] if isinstance(words, str) else words
    return "".join(shown(run.text) for run in runs)


def said(blocks: Sequence[Block]) -> str:
    """The text of blocks in reading order, where no cell of a table goes on in the next row."""
    return "".join(_said(block) for block in blocks)


def _said(block: Block) -> str:
    if isinstance(block, Divider):
        return ""
    if isinstance(block, Table):
        return "".join(plain(cell) for row in block.rows for cell in row)
    if isinstance(block, Image):
        return plain(block.caption)
    if isinstance(block, Bookmark):
        url = "" if block.url.startswith("https://") else plain(block.url)
        return url + plain(block.caption)
    if isinstance(block, Code):
        return plain(block.words)
    return plain(block.words) + said(block.children)
