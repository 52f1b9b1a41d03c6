"""A page in memory: steps are carried out on it, and people write on it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from app.blocks.layout import Decided, Delete, Insert, Update, decide
from app.blocks.layout_settling import Done, Made, settled
from app.blocks.layout_tree import Found, Kept, Wanted

US, ADA = "bot", "ada"
PAGE = "page"


@dataclass(slots=True, kw_only=True)
class Leaf:
    """A block on the paper."""

    block_id: str
    kind: str
    frame: str
    words: str
    made_by: str
    edited_by: str
    children: list[Leaf] = field(default_factory=list)

    def found(self) -> Found:
        return Found(
            block_id=self.block_id,
            kind=self.kind,
            frame=self.frame,
            words=self.words,
            is_ours_by_birth=self.made_by == US,
            is_ours_by_edit=self.edited_by == US,
            edited_by=self.edited_by,
            has_children=bool(self.children),
            children=tuple(child.found() for child in self.children),
        )

    def all(self) -> Iterator[Leaf]:
        yield self
        for child in self.children:
            yield from child.all()


class Paper:
    """The page, and what is remembered of it."""

    def __init__(self) -> None:
        self.blocks: list[Leaf] = []
        self.kept: tuple[Kept, ...] = ()
        self._ids = count(1)

    def show(self, *wanted: Wanted) -> Decided:
        """Decide and carry out, once."""
        decided = self.decided(*wanted)
        self.kept = settled(decided.kept, self.carried_out(decided))
        return decided

    def decided(self, *wanted: Wanted) -> Decided:
        return decide(PAGE, wanted, self.kept, [leaf.found() for leaf in self.blocks])

    def carried_out(self, decided: Decided, most: int = 10_000) -> Done:
        """The first steps."""
        done = Done()
        for step in decided.steps[:most]:
            if isinstance(step, Update):
                leaf = self.find(step.block_id)
                assert leaf.kind == step.wanted.kind
                leaf.words, leaf.edited_by = step.wanted.words, US
                done.updated[step.path] = step.wanted
            elif isinstance(step, Delete):
                siblings = self.siblings(step.block_id)
                siblings[:] = [leaf for leaf in siblings if leaf.block_id != step.block_id]
                done.deleted.add(step.block_id)
            else:
                self._insert(step, done)
        return done

    def _insert(self, step: Insert, done: Done) -> None:
        siblings = self.blocks if step.holder_id == PAGE else self.find(step.holder_id).children
        at = 0
        if step.after:
            at = [leaf.block_id for leaf in siblings].index(step.after) + 1
        made = [self._leaf(one) for one in step.wanted]
        siblings[at:at] = made
        for one, leaf in zip(step.wanted, made, strict=True):
            path = (*step.path, one.key)
            done.made[path] = Made(block_id=leaf.block_id, inside=len(one.children))

    def _leaf(self, wanted: Wanted) -> Leaf:
        return Leaf(
            block_id=f"b{next(self._ids)}",
            kind=wanted.kind,
            frame=wanted.frame,
            words=wanted.words,
            made_by=US,
            edited_by=US,
            children=[self._leaf(child) for child in wanted.children],
        )

    def write(self, words: str, at: int, siblings: list[Leaf] | None = None) -> Leaf:
        """A person writes a paragraph."""
        leaf = Leaf(
            block_id=f"p{next(self._ids)}",
            kind="paragraph",
            frame="",
            words=words,
            made_by=ADA,
            edited_by=ADA,
        )
        (self.blocks if siblings is None else siblings).insert(at, leaf)
        return leaf

    def edit(self, block_id: str, words: str) -> None:
        leaf = self.find(block_id)
        leaf.words, leaf.edited_by = words, ADA

    def find(self, block_id: str) -> Leaf:
        return next(leaf for leaf in self.all() if leaf.block_id == block_id)

    def saying(self, words: str) -> Leaf:
        return next(leaf for leaf in self.all() if leaf.words == words)

    def siblings(self, block_id: str) -> list[Leaf]:
        levels = [self.blocks, *(leaf.children for leaf in self.all())]
        return next(one for one in levels if any(leaf.block_id == block_id for leaf in one))

    def remove(self, words: str) -> None:
        leaf = self.saying(words)
        self.siblings(leaf.block_id).remove(leaf)

    def all(self) -> Iterator[Leaf]:
        for leaf in self.blocks:
            yield from leaf.all()

    @property
    def lines(self) -> list[str]:
        """What the first level says."""
        return [leaf.words for leaf in self.blocks]


def tree_of(leaves: Sequence[Leaf]) -> list[tuple[str, str, object]]:
    return [(leaf.kind, leaf.words, tree_of(leaf.children)) for leaf in leaves]


def wanted_tree(wanted: Sequence[Wanted]) -> list[tuple[str, str, object]]:
    return [(one.kind, one.words, wanted_tree(one.children)) for one in wanted]
