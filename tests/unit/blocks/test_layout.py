"""What is written on a page, so that ours is right and people's is left alone."""

from __future__ import annotations

from dataclasses import replace

from app.blocks.kinds import Bullet, Divider, Paragraph, Table, Toggle
from app.blocks.layout import Delete, Insert, Update
from app.blocks.layout_settling import Done, is_finished, settled
from app.blocks.layout_tree import Standing, Wanted, body_of, found_of, kept_of
from app.blocks.rich_text import NotionObject
from app.services.notion.page_blocks import entry
from tests.unit.blocks.paper import ADA, PAGE, US, Paper, tree_of, wanted_tree


def line(key: str, words: str = "", *, is_passing: bool = False) -> Wanted:
    return entry(key, Paragraph(words=words or key), is_passing=is_passing)[0]


def lines(*keys: str) -> list[Wanted]:
    return [line(key) for key in keys]


def table(*rows: tuple[str, ...]) -> Wanted:
    return entry("table", Table(rows=rows))[0]


def holder(key: str, *below: Wanted) -> Wanted:
    return entry(key, Toggle(words=key), below=below)[0]


def paper(*wanted: Wanted) -> Paper:
    page = Paper()
    page.show(*wanted)
    return page


def test_an_empty_page_takes_everything_in_one_insert() -> None:
    page = Paper()
    decided = page.show(*lines("a", "b"), table(("h",), ("1",)))
    assert [type(step) for step in decided.steps] == [Insert]
    assert tree_of(page.blocks) == wanted_tree([*lines("a", "b"), table(("h",), ("1",))])


def test_the_same_again_writes_nothing() -> None:
    wanted = [line("a"), table(("h",), ("1",)), holder("t", line("x"))]
    page = paper(*wanted)
    assert page.show(*wanted).steps == ()
    assert page.show(*wanted).steps == ()


def test_a_changed_line_is_changed_in_place() -> None:
    page = paper(*lines("a", "b"))
    before = [leaf.block_id for leaf in page.blocks]
    decided = page.show(line("a"), line("b", "other"))
    assert [type(step) for step in decided.steps] == [Update]
    assert page.lines == ["a", "other"]
    assert [leaf.block_id for leaf in page.blocks] == before


def test_a_line_of_another_kind_takes_the_place_of_the_old() -> None:
    page = paper(*lines("a", "b", "c"))
    page.write("mine", 2)
    page.show(line("a"), entry("b", Bullet(words="b"))[0], line("c"))
    assert [(leaf.kind, leaf.words) for leaf in page.blocks] == [
        ("paragraph", "a"),
        ("bulleted_list_item", "b"),
        ("paragraph", "mine"),
        ("paragraph", "c"),
    ]


def test_what_is_wanted_no_more_goes() -> None:
    page = paper(*lines("a", "b", "c"))
    decided = page.show(*lines("a", "c"))
    assert [type(step) for step in decided.steps] == [Delete]
    assert page.lines == ["a", "c"]
    assert page.show(*lines("a", "c")).steps == ()


def test_another_order_is_made_with_the_fewest_new_blocks() -> None:
    page = paper(*lines("a", "b", "c", "d"))
    decided = page.show(*lines("d", "a", "b", "c"))
    assert len(decided.steps) == 2
    assert page.lines == ["d", "a", "b", "c"]


def test_rows_of_a_table_are_changed_one_by_one() -> None:
    page = paper(table(("name", "score"), ("a", "1"), ("b", "2")))
    page.show(table(("name", "score"), ("a", "1"), ("b", "2")))
    decided = page.show(table(("name", "score"), ("a", "3"), ("c", "4"), ("b", "2")))
    assert sorted(type(step).__name__ for step in decided.steps) == ["Insert", "Update"]
    rows = [leaf.words for leaf in page.blocks[0].children]
    assert rows == ["name | score", "a | 3", "c | 4", "b | 2"]


def test_a_table_of_another_width_is_made_anew() -> None:
    page = paper(table(("a",), ("b",)))
    page.show(table(("a", "x"), ("b", "y")))
    assert [leaf.frame for leaf in page.blocks] == ["2"]


def test_a_table_that_a_person_widened_stays_theirs() -> None:
    wanted = table(("a",), ("b",))
    page = paper(wanted)
    page.blocks[0].frame = "2"
    assert page.show(wanted).steps == ()
    page.show(table(("a",), ("c",)))
    assert [[row.words for row in leaf.children] for leaf in page.blocks] == [
        ["a", "b"],
        ["a", "c"],
    ]


def test_a_new_line_follows_what_people_wrote_below_the_line_before_it() -> None:
    page = paper(*lines("a", "c"))
    page.write("about a", 1)
    page.show(*lines("a", "b", "c"))
    assert page.lines == ["a", "about a", "b", "c"]


def test_people_who_write_at_the_end_keep_their_place_in_the_log() -> None:
    page = paper(*lines("first"))
    page.write("mine", 1)
    page.show(*lines("first", "second"))
    page.show(*lines("first", "second", "third"))
    assert page.lines == ["first", "mine", "second", "third"]


def test_a_new_first_line_comes_first() -> None:
    page = paper(*lines("b"))
    page.write("intro", 0)
    page.show(*lines("a", "b"))
    assert page.lines == ["a", "intro", "b"]


def test_a_line_that_a_person_edited_is_theirs_and_comes_not_twice() -> None:
    page = paper(*lines("a", "b"))
    page.edit(page.saying("a").block_id, "a, in my words")
    decided = page.show(*lines("a", "b"))
    assert decided.steps == ()
    assert [(edit.path, edit.words, edit.by) for edit in decided.edits] == [
        (("a",), "a, in my words", ADA)
    ]
    assert page.show(*lines("a", "b")).edits == ()


def test_ours_comes_below_theirs_once_it_says_something_else() -> None:
    page = paper(*lines("a", "b"))
    page.edit(page.saying("a").block_id, "theirs")
    page.show(*lines("a", "b"))
    page.show(line("a", "new"), line("b"))
    assert page.lines == ["theirs", "new", "b"]
    page.show(line("a", "newer"), line("b"))
    assert page.lines == ["theirs", "newer", "b"]
    page.show(line("b"))
    assert page.lines == ["theirs", "b"]


def test_an_edit_that_meets_a_change_is_told_and_kept() -> None:
    page = paper(*lines("a"))
    page.edit(page.saying("a").block_id, "theirs")
    decided = page.show(line("a", "new"))
    assert [edit.words for edit in decided.edits] == ["theirs"]
    assert page.lines == ["theirs", "new"]


def test_theirs_stands_for_ours_while_it_says_the_same() -> None:
    def of(level: str) -> Wanted:
        words = f"Ada | maturity {level}"
        return replace(line("ada", words), marks=("Ada", f"maturity {level}"))

    page = paper(of("low"))
    page.edit(page.blocks[0].block_id, "ADA (calls only) | maturity high, I know her")
    assert page.show(of("high")).steps == ()
    page.show(of("medium"))
    assert page.lines == ["ADA (calls only) | maturity high, I know her", "Ada | maturity medium"]


def test_theirs_stands_for_ours_with_the_same_words_in_another_dress() -> None:
    page = paper(*lines("a"))
    page.edit(page.blocks[0].block_id, "theirs: new words!")
    page.show(*lines("a"))
    assert page.show(line("a", "New  words")).steps == ()


def test_what_a_person_took_away_stays_away_until_it_says_something_else() -> None:
    page = paper(*lines("a", "b"))
    page.remove("a")
    assert page.show(*lines("a", "b")).steps == ()
    assert page.show(*lines("a", "b")).steps == ()
    page.show(line("a", "new"), line("b"))
    assert page.lines == ["new", "b"]


def test_an_edited_line_that_was_taken_away_stays_away_too() -> None:
    page = paper(*lines("a", "b"))
    page.edit(page.saying("a").block_id, "theirs")
    page.show(*lines("a", "b"))
    page.remove("theirs")
    assert page.show(*lines("a", "b")).steps == ()


def test_a_holder_that_was_taken_away_comes_back_when_anything_in_it_changes() -> None:
    page = paper(holder("t", line("x")), line("z"))
    page.remove("t")
    assert page.show(holder("t", line("x")), line("z")).steps == ()
    page.show(holder("t", line("x", "y")), line("z"))
    assert page.lines == ["t", "z"]


def test_what_is_passing_brings_nothing_back() -> None:
    page = paper(line("a", "one", is_passing=True))
    page.remove("one")
    assert page.show(line("a", "two", is_passing=True)).steps == ()


def test_what_is_passing_is_renewed_when_the_page_is_written() -> None:
    page = paper(line("a", "one", is_passing=True))
    page.show(line("a", "two", is_passing=True))
    assert page.lines == ["two"]
    assert line("a", "one", is_passing=True).whole == line("a", "two", is_passing=True).whole


def test_what_a_person_moved_is_theirs() -> None:
    page = paper(*lines("a", "b", "c"))
    page.blocks.insert(0, page.blocks.pop())
    assert page.show(*lines("a", "b", "c")).steps == ()
    page.show(*lines("a", "b"))
    assert page.lines == ["c", "a", "b"]


def test_what_a_person_moved_elsewhere_is_neither_touched_nor_made_again() -> None:
    wanted = [line("a"), holder("t", line("x"))]
    page = paper(*wanted)
    page.show(*wanted)
    page.blocks[1].children.append(page.blocks.pop(0))
    assert page.show(*wanted).steps == ()
    page.show(holder("t", line("x")))
    assert [leaf.words for leaf in page.blocks[0].children] == ["x", "a"]


def test_a_copy_is_a_persons() -> None:
    page = paper(*lines("a", "b"))
    page.write("a", 1)
    page.show(line("a", "new"), line("b"))
    assert page.lines == ["new", "a", "b"]


def test_a_line_with_something_of_theirs_below_it_is_not_taken_away() -> None:
    page = paper(*lines("a", "b"))
    page.write("note", 0, page.saying("a").children)
    page.show(*lines("b"))
    assert page.lines == ["a", "b"]
    page.show(*lines("b"))
    assert page.lines == ["a", "b"]


def test_a_line_of_another_kind_leaves_the_old_one_that_holds_theirs() -> None:
    page = paper(*lines("a"))
    page.write("note", 0, page.blocks[0].children)
    page.show(entry("a", Bullet(words="a"))[0])
    assert [leaf.kind for leaf in page.blocks] == ["paragraph", "bulleted_list_item"]


def test_a_holder_with_theirs_in_it_loses_ours_alone() -> None:
    page = paper(holder("t", line("x"), line("y")), line("z"))
    page.show(holder("t", line("x"), line("y")), line("z"))
    page.write("note", 1, page.blocks[0].children)
    page.show(line("z"))
    assert tree_of(page.blocks) == [
        ("toggle", "t", [("paragraph", "note", [])]),
        ("paragraph", "z", []),
    ]


def test_what_was_left_half_cleared_is_cleared_the_next_time() -> None:
    page = paper(holder("t", line("x"), line("y")))
    page.show(holder("t", line("x"), line("y")))
    page.write("note", 1, page.blocks[0].children)
    decided = page.decided()
    page.kept = settled(decided.kept, page.carried_out(decided, most=1))
    page.show()
    assert [leaf.words for leaf in page.all()] == ["t", "note"]


def test_out_of_order_with_theirs_in_it_it_keeps_its_place() -> None:
    wanted = [holder("t", line("x")), line("a")]
    page = paper(*wanted)
    page.show(*wanted)
    page.write("note", 0, page.blocks[0].children)
    page.show(line("a"), holder("t", line("x")))
    assert sorted(page.lines) == ["a", "t"]
    assert any(leaf.words == "note" for leaf in page.all())


def test_writing_in_a_holder_does_not_make_it_theirs() -> None:
    page = paper(holder("t", line("x")))
    page.show(holder("t", line("x")))
    page.blocks[0].edited_by = ADA
    page.show(holder("t", line("x", "y")))
    assert [leaf.words for leaf in page.all()] == ["t", "y"]


def test_a_holder_with_a_title_of_theirs_still_holds_what_is_ours() -> None:
    page = paper(holder("t", line("x")))
    page.show(holder("t", line("x")))
    page.edit(page.blocks[0].block_id, "their title")
    page.show(holder("t", line("x", "y")))
    assert [leaf.words for leaf in page.all()] == ["their title", "y"]


def test_what_was_appended_before_a_crash_is_not_appended_again() -> None:
    page = paper(*lines("a"))
    decided = page.decided(*lines("a", "b"), holder("t", line("x")))
    page.kept = decided.kept
    page.carried_out(decided)
    again = page.show(line("a"), line("b", "other"), holder("t", line("x")))
    assert [type(step) for step in again.steps] == [Update]
    assert [leaf.words for leaf in page.all()] == ["a", "other", "t", "x"]


def test_what_was_not_appended_before_a_crash_is_appended() -> None:
    page = paper(*lines("a"))
    page.kept = page.decided(*lines("a", "b")).kept
    page.show(*lines("a", "b"))
    assert page.lines == ["a", "b"]


def test_what_was_appended_and_then_edited_by_a_person_is_theirs() -> None:
    page = Paper()
    decided = page.decided(line("a"))
    page.kept = decided.kept
    page.carried_out(decided)
    page.edit(page.blocks[0].block_id, "theirs")
    again = page.show(line("a"))
    assert again.steps == ()
    assert [edit.words for edit in again.edits] == ["theirs"]


def test_a_row_that_is_taken_away_before_its_id_is_known_stays_away() -> None:
    wanted = table(("h",), ("1",), ("2",))
    page = paper(wanted)
    page.remove("1")
    assert page.show(wanted).steps == ()


def test_what_is_wanted_no_more_after_a_crash_goes() -> None:
    page = paper(*lines("a"))
    decided = page.decided(*lines("a", "b"))
    page.kept = decided.kept
    page.carried_out(decided)
    page.show(*lines("a"))
    assert page.lines == ["a"]


def test_a_crash_between_a_new_block_and_the_end_of_the_old_leaves_one() -> None:
    page = paper(*lines("a"))
    bullet = entry("a", Bullet(words="a"))[0]
    decided = page.decided(bullet)
    page.kept = settled(decided.kept, page.carried_out(decided, most=1))
    assert len(page.blocks) == 2
    page.show(bullet)
    assert [leaf.kind for leaf in page.blocks] == ["bulleted_list_item"]


def test_the_old_one_that_a_person_edits_in_between_is_theirs() -> None:
    page = paper(*lines("a"))
    bullet = entry("a", Bullet(words="a"))[0]
    decided = page.decided(bullet)
    page.kept = settled(decided.kept, page.carried_out(decided, most=1))
    page.edit(page.blocks[0].block_id, "theirs")
    page.show(bullet)
    assert page.lines == ["theirs", "a"]


def test_a_store_that_forgot_knows_its_own_again() -> None:
    wanted = [line("a"), holder("t", line("x"))]
    page = paper(*wanted)
    page.write("note", 1)
    page.kept = ()
    assert page.show(*wanted).steps == ()
    page.show(line("a", "new"), holder("t", line("x")))
    assert page.lines == ["new", "note", "t"]


def test_a_line_without_words_is_not_taken_for_said() -> None:
    page = paper(entry("a", Divider())[0])
    page.blocks[0].edited_by = ADA
    assert page.show(entry("a", Divider())[0]).steps == ()
    page.show(line("a"))
    assert page.lines == ["", "a"]


def test_a_layout_is_read_back_as_it_was_kept() -> None:
    page = paper(line("a"), table(("h",), ("1",)))
    assert kept_of(body_of(page.kept)) == page.kept
    assert kept_of({}) == ()
    assert kept_of({"blocks": [{"key": 1}]}) == ()


def test_nothing_is_finished_while_something_is_to_be_made() -> None:
    page = Paper()
    decided = page.decided(holder("t", line("x")))
    assert not is_finished(settled(decided.kept, Done()))
    page.show(holder("t", line("x")))
    assert is_finished(page.kept)
    assert page.kept[0].children[0].standing is Standing.MADE


def test_only_so_many_children_as_went_with_a_block_are_made() -> None:
    page = Paper()
    decided = page.decided(holder("t", line("x"), line("y")))
    done = page.carried_out(decided)
    (path,) = done.made
    done.made[path] = replace(done.made[path], inside=1)
    kept = settled(decided.kept, done)
    assert [one.standing for one in kept[0].children] == [Standing.MADE, Standing.INTENDED]
    assert not is_finished(kept)
    assert PAGE != US


def test_a_mention_counts_as_what_is_shown_of_it() -> None:
    body: NotionObject = {
        "rich_text": [
            {"type": "text", "text": {"content": "Ask "}},
            {"type": "mention", "plain_text": "@Ada"},
            {"type": "equation"},
            "no object",
        ]
    }
    found = found_of({"id": "b", "type": "paragraph", "paragraph": body}, US)
    assert (found.words, found.is_ours_by_birth, found.has_children) == ("Ask @Ada", False, False)


def test_a_block_of_no_known_shape_says_nothing() -> None:
    found = found_of({"id": "b", "type": "unsupported", "created_by": {"id": US}}, US)
    assert (found.words, found.frame, found.is_ours_by_birth) == ("", "", True)
