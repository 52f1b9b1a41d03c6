"""What to write so that a part of a page shows what it is to show, with people's work left alone.

A block that a person edited or moved is theirs: never changed, never deleted. Ours comes anew below
it only when it says something else and theirs does not say it. What a person took away stays away
until what it says changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from app.blocks.layout_matching import Matched, Pairs, longest_rising, matched
from app.blocks.layout_tree import Found, Kept, Standing, Wanted, remembered

Path: TypeAlias = tuple[str, ...]
"""Keys from the top of the part down to a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Write what a block says."""

    path: Path
    block_id: str
    wanted: Wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Insert:
    """Append blocks with what lies in them."""

    path: Path
    """Of what they are put into."""
    holder_id: str
    after: str
    """The block that they follow; empty: they come first."""
    wanted: tuple[Wanted, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Take a block away, with what lies in it."""

    block_id: str


Step: TypeAlias = Update | Insert | Delete


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a person wrote in a block of ours, read for the first time."""

    path: Path
    words: str
    by: str
    """The user's id."""
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What to remember before the first step, and the steps in their order."""

    kept: tuple[Kept, ...] = ()
    steps: tuple[Step, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fate:
    """What becomes of one block that is wanted."""

    wanted: Wanted
    kept: tuple[Kept, ...]
    """What is remembered of it, and of what was in its place."""
    at: int = -1
    """Where it stands, or what it takes the place of; -1: nowhere."""
    is_new: bool = False
    below: Decided = Decided()


def decide(
    holder_id: str,
    wanted: Sequence[Wanted],
    kept: Sequence[Kept],
    found: Sequence[Found],
    path: Path = (),
) -> Decided:
    """What to do in a block or page: `found` is all that lies in it, in order."""
    pairs = matched(wanted, kept, found)
    place = {block.block_id: at for at, block in enumerate(found)}
    level = _Level(path=path, place=place, astray=_astray(wanted, pairs, place))
    fates = [level.fate(one, pairs.by_key.get(one.key)) for one in wanted]
    rest = [level.unwanted(pair) for pair in pairs.unwanted]
    inserts = _inserts(holder_id, path, fates, found)
    below = [*(fate.below for fate in fates), *rest]
    steps = [*inserts, *(step for one in below for step in one.steps)]
    steps.sort(key=lambda step: isinstance(step, Delete))
    return Decided(
        kept=(
            *(one for fate in fates for one in fate.kept),
            *(one for decided in rest for one in decided.kept),
        ),
        steps=tuple(steps),
        edits=tuple(edit for one in below for edit in one.edits),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    """The blocks that lie in one block."""

    path: Path
    place: Mapping[str, int]
    astray: frozenset[str]
    """Keys of those that stand elsewhere than they are to."""

    def fate(self, wanted: Wanted, pair: Matched | None) -> _Fate:
        """What becomes of a block that is wanted."""
        if pair is None or (pair.found is None and pair.kept.standing is Standing.INTENDED):
            return _new(wanted)
        if pair.found is None:
            gone = replace(pair.kept, standing=Standing.GONE, block_id="", children=())
            stays = pair.kept.whole == wanted.whole
            return _Fate(wanted=wanted, kept=(gone,)) if stays else _new(wanted)
        at = self.place[pair.found.block_id]
        if pair.is_theirs:
            return self._theirs(wanted, pair.kept, pair.found, at)
        is_other = (pair.found.kind, pair.found.frame) != (wanted.kind, wanted.frame)
        holds_people = _holds_people(pair.found)
        if holds_people and is_other:
            return _new(wanted, _left(pair.kept, pair.found), at=at)
        is_astray = wanted.key in self.astray
        if is_other or (is_astray and not holds_people):
            doomed = replace(pair.kept, standing=Standing.DOOMED, block_id=pair.found.block_id)
            below = Decided(steps=(Delete(block_id=pair.found.block_id),))
            return _new(wanted, doomed, at=-1 if is_astray else at, below=below)
        return self._ours(wanted, pair.kept, pair.found, at)

    def unwanted(self, pair: Matched) -> Decided:
        """What becomes of a block that is not wanted any more."""
        kept, found = pair.kept, pair.found
        if found is None:
            return Decided()
        has_left = kept.standing is Standing.LEFT
        if pair.is_theirs and not has_left:
            return Decided(kept=(_left(kept, found),))
        if has_left or _holds_people(found):
            # what is ours in it goes, what is a person's stays, and the block for its sake
            below = decide(found.block_id, (), kept.children, found.children, self.path)
            left = replace(_left(kept, found), children=below.kept)
            return Decided(kept=(left,), steps=below.steps)
        doomed = replace(kept, standing=Standing.DOOMED, block_id=found.block_id)
        return Decided(kept=(doomed,), steps=(Delete(block_id=found.block_id),))

    def _theirs(self, wanted: Wanted, kept: Kept, found: Found, at: int) -> _Fate:
        """A person's version stands for ours while ours says the same, or theirs says it."""
        edits = _edits((*self.path, wanted.key), kept, found)
        is_holder = bool(wanted.children or kept.children)
        fits = (found.kind, found.frame) == (wanted.kind, wanted.frame)
        decided, whole = Decided(kept=kept.children), kept.whole
        if is_holder and fits:
            decided, whole = self._in(wanted, kept, found), wanted.whole
        elif kept.whole != wanted.whole and (is_holder or not _says(found.words, wanted)):
            return _new(wanted, _left(kept, found), at=at, below=Decided(edits=edits))
        stays = replace(
            kept,
            standing=Standing.THEIRS,
            block_id=found.block_id,
            whole=whole,
            heard=found.said,
            children=decided.kept,
        )
        below = replace(decided, edits=(*edits, *decided.edits))
        return _Fate(wanted=wanted, kept=(stays,), at=at, below=below)

    def _ours(self, wanted: Wanted, kept: Kept, found: Found, at: int) -> _Fate:
        decided = self._in(wanted, kept, found)
        steps, digest = decided.steps, kept.digest
        if digest != wanted.digest:
            path = (*self.path, wanted.key)
            steps = (Update(path=path, block_id=found.block_id, wanted=wanted), *steps)
            digest = ""  # until it is known to be written, either may stand there
        stays = replace(
            kept,
            standing=Standing.OURS,
            block_id=found.block_id,
            digest=digest,
            whole=wanted.whole,
            children=decided.kept,
        )
        below = replace(decided, steps=steps)
        return _Fate(wanted=wanted, kept=(stays,), at=at, below=below)

    def _in(self, wanted: Wanted, kept: Kept, found: Found) -> Decided:
        """What to do in a block that stays."""
        if not wanted.children and not kept.children:
            return Decided()
        path = (*self.path, wanted.key)
        return decide(found.block_id, wanted.children, kept.children, found.children, path)


def _new(wanted: Wanted, *instead_of: Kept, at: int = -1, below: Decided = Decided()) -> _Fate:
    intended = remembered(wanted, Standing.INTENDED)
    return _Fate(wanted=wanted, kept=(intended, *instead_of), at=at, is_new=True, below=below)


def _left(kept: Kept, found: Found) -> Kept:
    """A block that is a person's for good: known by its id alone."""
    return replace(kept, standing=Standing.LEFT, block_id=found.block_id, children=())


def _edits(path: Path, kept: Kept, found: Found) -> tuple[Edit, ...]:
    if found.said in {kept.said, kept.heard}:
        return ()
    return (Edit(path=path, words=found.words, by=found.edited_by, at=found.edited_at),)


def _says(words: str, wanted: Wanted) -> bool:
    """Whether a person's words contain what ours have to tell."""
    theirs = words.casefold()
    return all(
        " ".join(mark.split()).casefold() in theirs for mark in wanted.marks or [wanted.words]
    )


def _holds_people(found: Found) -> bool:
    """Whether anything in a block is, or may be, a person's."""
    if not found.has_children:
        return False
    return not found.children or any(
        not (below.is_ours_by_birth and below.is_ours_by_edit) or _holds_people(below)
        for below in found.children
    )


def _astray(wanted: Sequence[Wanted], pairs: Pairs, place: Mapping[str, int]) -> frozenset[str]:
    """Keys of our blocks that stand in another order than they are to: the fewest that can be."""
    ours = [
        (one.key, place[pair.found.block_id])
        for one in wanted
        for pair in [pairs.by_key.get(one.key)]
        if pair is not None and pair.found is not None and not pair.is_theirs
    ]
    rising = longest_rising([at for _, at in ours])
    return frozenset(key for index, (key, _) in enumerate(ours) if index not in rising)


def _inserts(
    holder_id: str, path: Path, fates: Sequence[_Fate], found: Sequence[Found]
) -> Iterator[Insert]:
    """New blocks behind those that they follow, and behind what people wrote below these.

    What takes another's place, or renews what a person changed, comes directly behind it.
    """
    mine = {one.block_id for fate in fates for one in fate.kept}
    groups: list[tuple[int, bool, list[Wanted]]] = []
    anchor, is_open = -1, False
    for fate in fates:
        is_further = fate.at > anchor
        anchor, is_open = max(anchor, fate.at), is_open and not is_further
        if fate.is_new and not is_open:
            groups.append((anchor, is_further, []))
            is_open = True
        if fate.is_new:
            groups[-1][2].append(fate.wanted)
    for at, is_tight, news in groups:
        last = at
        while not is_tight and 0 <= last < len(found) - 1 and found[last + 1].block_id not in mine:
            last += 1
        after = found[last].block_id if last >= 0 else ""
        yield Insert(path=path, holder_id=holder_id, after=after, wanted=tuple(news))
