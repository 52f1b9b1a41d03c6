"""Which block that stands on a page is which that we remember.

By its id; where that is not known yet, by what it says and by who made it. It decides nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.blocks.layout_tree import Found, Kept, Standing, Wanted, remembered

_UNNAMED = frozenset({Standing.INTENDED, Standing.MADE})
_APART = frozenset({Standing.LEFT, Standing.DOOMED})
"""What does not stand for its key any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A block that we remember, and where it was found."""

    kept: Kept
    found: Found | None
    is_theirs: bool = False
    """A person edited or moved it, or had before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """All that is remembered of one level."""

    by_key: Mapping[str, Matched]
    """What stands for a key that is wanted."""
    unwanted: tuple[Matched, ...]


def matched(wanted: Sequence[Wanted], kept: Sequence[Kept], found: Sequence[Found]) -> Pairs:
    """The blocks of one level, in their order each, put together."""
    known = {one.key for one in kept if one.standing not in _APART}
    # without a memory of it, a block of ours is known by saying what is to be said
    records = [
        *kept,
        *(remembered(one, Standing.INTENDED) for one in wanted if one.key not in known),
    ]
    by_id = {block.block_id: block for block in found}
    ids = {one.block_id for one in kept}
    strangers = [block for block in found if block.block_id not in ids]
    adopted = _adopted(records, strangers, len(kept))
    moved = _moved(kept, found)
    keys = {one.key for one in wanted}
    by_key: dict[str, Matched] = {}
    unwanted: list[Matched] = []
    for index, record in enumerate(records):
        block = by_id.get(record.block_id) if record.block_id else adopted.get(index)
        is_theirs = block is not None and _is_theirs(record, block, moved)
        pair = Matched(kept=record, found=block, is_theirs=is_theirs)
        if record.key in keys and record.standing not in _APART:
            by_key[record.key] = pair
        else:
            unwanted.append(pair)
    return Pairs(by_key=by_key, unwanted=tuple(unwanted))


def longest_rising(numbers: Sequence[int]) -> frozenset[int]:
    """Indices of a longest part of the numbers that rises; they are all different."""
    ends: list[int] = []
    at_end: list[int] = []
    before: list[int] = []
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        before.append(at_end[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        at_end[length : length + 1] = [index]
    rising: set[int] = set()
    index = at_end[-1] if at_end else -1
    while index >= 0:
        rising.add(index)
        index = before[index]
    return frozenset(rising)


def _adopted(records: Sequence[Kept], found: Sequence[Found], real: int) -> Mapping[int, Found]:
    """Blocks of ours whose ids are not known, by the index of what they are.

    Those that say what was sent come first; then, for what surely was to be sent, one that a person
    has edited since.
    """
    strangers = [block for block in found if block.is_ours_by_birth]
    waiting = [at for at, one in enumerate(records) if one.standing in _UNNAMED]
    adopted: dict[int, Found] = {}
    for is_edited in (False, True):
        for at in waiting:
            if at in adopted or (is_edited and at >= real):
                continue
            one = records[at]
            for block in strangers:
                if block.is_ours_by_edit is not is_edited and _may_be(
                    block, one, is_edited=is_edited
                ):
                    adopted[at] = block
                    strangers.remove(block)
                    break
    return adopted


def _may_be(block: Found, one: Kept, *, is_edited: bool) -> bool:
    is_alike = (block.kind, block.frame) == (one.kind, one.frame)
    return is_alike and (is_edited or block.said == one.said)


def _is_theirs(record: Kept, block: Found, moved: frozenset[str]) -> bool:
    if record.standing in {Standing.THEIRS, Standing.LEFT} or block.block_id in moved:
        return True
    if block.frame != record.frame:
        return True
    # what is put into a block may count as an edit of the block: then its words tell
    return not block.is_ours_by_edit and not (record.children and block.said == record.said)


def _moved(kept: Sequence[Kept], found: Sequence[Found]) -> frozenset[str]:
    """Ids of our blocks that do not stand in the order we left them in, as few as can be."""
    place = {block.block_id: at for at, block in enumerate(found)}
    ours = [one.block_id for one in kept if one.standing is Standing.OURS and one.block_id in place]
    rising = longest_rising([place[block_id] for block_id in ours])
    return frozenset(block_id for at, block_id in enumerate(ours) if at not in rising)
