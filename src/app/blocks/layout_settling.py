"""What is to be remembered once some of the steps were carried out. Pure; it sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from app.blocks.layout import Path
from app.blocks.layout_tree import Kept, Standing, Wanted, digest_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A block that was appended, and how many of its children with it."""

    block_id: str
    inside: int


@dataclass(slots=True, kw_only=True)
class Done:
    """The steps of one pass that were surely carried out."""

    updated: dict[Path, Wanted] = field(default_factory=dict)
    made: dict[Path, Made] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.updated) + len(self.made) + len(self.deleted)


def settled(kept: Sequence[Kept], done: Done, path: Path = ()) -> tuple[Kept, ...]:
    """The blocks of one level as they are known now."""
    return tuple(
        _settled(one, done, (*path, one.key)) for one in kept if not _is_deleted(one, done)
    )


def is_finished(kept: Sequence[Kept]) -> bool:
    """Whether nothing is left that was to be made or taken away."""
    return all(
        one.standing not in {Standing.INTENDED, Standing.DOOMED} and is_finished(one.children)
        for one in kept
    )


def _is_deleted(one: Kept, done: Done) -> bool:
    return one.standing is Standing.DOOMED and one.block_id in done.deleted


def _settled(one: Kept, done: Done, path: Path) -> Kept:
    if one.standing in {Standing.LEFT, Standing.DOOMED}:
        return one
    if one.standing is Standing.INTENDED:
        made = done.made.get(path)
        if made is None:
            return one
        inside, later = one.children[: made.inside], one.children[made.inside :]
        return replace(
            one,
            standing=Standing.OURS,
            block_id=made.block_id,
            children=(*map(_inside, inside), *later),
        )
    wanted = done.updated.get(path)
    if wanted is not None:
        one = replace(one, digest=wanted.digest, said=digest_of(wanted.words))
    return replace(one, children=settled(one.children, done, path))


def _inside(one: Kept) -> Kept:
    """What was appended with what it lies in."""
    return replace(one, standing=Standing.MADE, children=tuple(map(_inside, one.children)))
