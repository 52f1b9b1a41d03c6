"""The rules of a layout over any pages, any changes, any crashes, and whatever people do."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from app.blocks.kinds import Bullet, Paragraph, Table, Toggle
from app.blocks.layout_matching import longest_rising
from app.blocks.layout_settling import is_finished, settled
from app.blocks.layout_tree import Wanted
from app.services.notion.page_blocks import entry
from tests.unit.blocks.paper import US, Leaf, Paper, tree_of, wanted_tree

KEYS = "abcdef"


def leaf(key: str, version: int, *, is_bullet: bool) -> Wanted:
    words = f"{key}{version}"
    return entry(key, Bullet(words=words) if is_bullet else Paragraph(words=words))[0]


def holder(key: str, version: int, below: list[Wanted]) -> Wanted:
    return entry(key, Toggle(words=f"{key}{version}"), below=below)[0]


def table(key: str, rows: list[int]) -> Wanted:
    return entry(key, Table(rows=(("head", "x"), *((f"r{row}", "1") for row in rows))))[0]


LEAF = st.builds(leaf, st.sampled_from(KEYS), st.integers(0, 2), is_bullet=st.booleans())
LEAVES = st.lists(LEAF, max_size=4, unique_by=lambda one: one.key)
WANTED = st.lists(
    st.one_of(
        LEAF,
        st.builds(holder, st.sampled_from(KEYS), st.integers(0, 1), LEAVES),
        st.builds(
            table, st.sampled_from(KEYS), st.lists(st.integers(0, 3), max_size=3, unique=True)
        ),
    ),
    max_size=6,
    unique_by=lambda one: one.key,
)


def write(page: Paper, at: int) -> None:
    """A paragraph, anywhere."""
    levels = [page.blocks, *(one.children for one in page.all() if one.kind == "toggle")]
    siblings = levels[at % len(levels)]
    page.write(f"note {at}", at % (len(siblings) + 1), siblings)


def edit(page: Paper, at: int) -> None:
    blocks = list(page.all())
    if blocks:
        page.edit(blocks[at % len(blocks)].block_id, f"edited {at}")


def move(page: Paper, at: int) -> None:
    if page.blocks:
        block = page.blocks.pop(at % len(page.blocks))
        page.blocks.insert((at // 7) % (len(page.blocks) + 1), block)


def take_away(page: Paper, at: int) -> None:
    blocks = [one for one in page.all() if one.made_by == US]
    if blocks:
        block = blocks[at % len(blocks)]
        page.siblings(block.block_id).remove(block)


DEEDS: list[Callable[[Paper, int], None]] = [write, edit, move, take_away]
ACTS = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 1_000)), max_size=6)


def theirs(page: Paper) -> dict[str, str]:
    """What is people's: written, or edited, by id."""
    return {one.block_id: one.words for one in page.all() if one.edited_by != US}


def order_of(leaves: list[Leaf]) -> list[str]:
    return [one.block_id for one in leaves if one.edited_by != US]


@settings(deadline=None, max_examples=50)
@given(st.lists(WANTED, min_size=1, max_size=5))
def test_alone_a_page_shows_exactly_what_it_is_to_show(versions: list[list[Wanted]]) -> None:
    page = Paper()
    for wanted in versions:
        page.show(*wanted)
        assert tree_of(page.blocks) == wanted_tree(wanted)
        assert page.show(*wanted).steps == ()
        assert is_finished(page.kept)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.tuples(WANTED, ACTS), min_size=1, max_size=4))
def test_what_is_peoples_stays_as_it_is(rounds: list[tuple[list[Wanted], object]]) -> None:
    page = Paper()
    for wanted, acts in rounds:
        page.show(*wanted)
        assert isinstance(acts, list)
        for deed, at in acts:
            deed(page, at)
        before, order = theirs(page), order_of(page.blocks)
        page.show(*wanted)
        for block_id, words in before.items():
            assert page.find(block_id).words == words
        kept_order = [one for one in order_of(page.blocks) if one in order]
        assert kept_order == order
        settled_page = tree_of(page.blocks)
        assert page.show(*wanted).steps == ()
        assert tree_of(page.blocks) == settled_page


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.tuples(WANTED, st.integers(0, 3), st.booleans()), min_size=1, max_size=5), WANTED
)
def test_after_any_crashes_nothing_is_doubled_or_lost(
    runs: list[tuple[list[Wanted], int, bool]], last: list[Wanted]
) -> None:
    page = Paper()
    for wanted, steps, is_remembered in runs:
        decided = page.decided(*wanted)
        done = page.carried_out(decided, most=steps)
        # a crash before the end remembers what was decided, not what was done
        page.kept = settled(decided.kept, done) if is_remembered else decided.kept
    for _ in range(3):
        page.show(*last)
    assert tree_of(page.blocks) == wanted_tree(last)


@given(st.lists(st.integers(), unique=True))
def test_the_longest_rising_part_rises_and_is_longest(numbers: list[int]) -> None:
    rising = sorted(longest_rising(numbers))
    found = [numbers[at] for at in rising]
    assert found == sorted(found)
    best: list[int] = []
    for at, number in enumerate(numbers):
        best.append(1 + max((best[i] for i in range(at) if numbers[i] < number), default=0))
    assert len(found) == max(best, default=0)
