"""The plan of requests by which blocks are appended, each within every limit of a request.

It sends nothing. A block whose children do not all fit goes alone, and they go below its id.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from app.blocks.built import Built, built
from app.blocks.kinds import Block
from app.blocks.rich_text import NotionObject

# developers.notion.com/reference/request-limits
MOST_CHILDREN = 100
MOST_LEVELS = 2
MOST_BLOCKS = 1_000
MOST_BYTES = 450_000
"""Of 500 KB: what stands around the blocks, and another way to write them, has room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A block that an earlier request of the plan made: the `index`-th of its first level."""

    request: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Append:
    """One request."""

    below: Place | None
    """None: the block or page that the whole plan is for."""
    children: tuple[NotionObject, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A first-level block as it goes into a request, and those of its children that follow."""

    block: Built
    inside: tuple[Built, ...]
    later: tuple[Built, ...]

    @property
    def count(self) -> int:
        """Blocks in the request, itself included."""
        return 1 + sum(child.count for child in self.inside)

    @property
    def size(self) -> int:
        """Bytes in the request."""
        return self.block.size + sum(child.whole_size for child in self.inside)


def planned(blocks: Sequence[Block]) -> tuple[Append, ...]:
    """The requests, in order: a parent's before its children's, siblings in their order."""
    plan: list[Append] = []
    waiting: deque[tuple[Place | None, tuple[Built, ...]]] = deque([(None, built(blocks))])
    while waiting:
        below, siblings = waiting.popleft()
        for group in requests_of(siblings):
            made = tuple(sent.block.as_json(sent.inside) for sent in group)
            waiting += [
                (Place(request=len(plan), index=index), sent.later)
                for index, sent in enumerate(group)
                if sent.later
            ]
            plan.append(Append(below=below, children=made))
    return tuple(plan)


def requests_of(siblings: Sequence[Built]) -> list[list[Sent]]:
    """The siblings by requests, in order; what does not fit below one of them is left for later."""
    groups: list[list[Sent]] = []
    count = size = 0
    for sent in map(_sent, siblings):
        is_full = not groups or len(groups[-1]) == MOST_CHILDREN
        if is_full or count + sent.count > MOST_BLOCKS or size + sent.size > MOST_BYTES:
            groups.append([])
            count = size = 0
        groups[-1].append(sent)
        count += sent.count
        size += sent.size
    return groups


def _sent(block: Built) -> Sent:
    fits = (
        block.height <= MOST_LEVELS
        and block.widest <= MOST_CHILDREN
        and block.count <= MOST_BLOCKS
        and block.whole_size <= MOST_BYTES
    )
    if fits:
        return Sent(block=block, inside=block.children, later=())
    first = _first_rows(block) if block.is_table else 0
    return Sent(block=block, inside=block.children[:first], later=block.children[first:])


def _first_rows(table: Built) -> int:
    """As many rows as its own request takes, at least the one without which there is no table."""
    size, count = table.size, 0
    for row in table.children[:MOST_CHILDREN]:
        size += row.whole_size
        if count and size > MOST_BYTES:
            break
        count += 1
    return count
