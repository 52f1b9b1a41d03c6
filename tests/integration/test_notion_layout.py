"""A part of a page on the Notion test server: written, written again, and people beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import JsonValue

from app.blocks.kinds import Bullet, Paragraph, Table, Toggle
from app.blocks.layout import Edit
from app.blocks.layout_tree import Wanted
from app.domain.page import CoursePoint, Page, Section, Tone
from app.errors import ServiceError, TransientServiceError
from app.services.notion.errors import NotionRefused
from app.services.notion.layout_writing import LayoutWriter, Written
from app.services.notion.page_blocks import entry, heading, part, part_of
from app.services.notion.pictures import Pictures
from tests.integration.notion_pages import during
from tests.integration.notion_workspace import Workspace, faults
from tests.servers.notion import Fault, Kind, Mix, edit_block
from tests.servers.notion.calls import Call
from tests.servers.notion.shapes import Json
from tests.servers.notion.texts import plain, text_of
from tests.servers.notion.world import BOT, Block, Node, World

DAY = date(2026, 3, 1)


@dataclass(kw_only=True)
class Sheet:
    """A page, and what the store would remember of it."""

    workspace: Workspace = field(default_factory=Workspace)
    page: str = ""
    body: Mapping[str, JsonValue] = field(default_factory=dict)
    ada: str = ""
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        server = self.workspace.server
        self.page = server.seed.page("Acme", under=self.workspace.root)
        self.ada = server.seed.person("Ada", "ada@example.com")

    def show(self, *below: Wanted, title: str = "Part") -> Written:
        """Write it once; what is kept stays known where it fails."""
        return self.show_part(part(title, below))

    def show_part(self, top: Wanted) -> Written:
        self.heard.clear()
        written = during(
            self.workspace,
            lambda api: LayoutWriter(api=api, pictures=Pictures(api=api), settle_seconds=0.0).write(
                self.page, top, self.body, self
            ),
            within_seconds=0.2,
        )
        self.body = written.body
        return written

    async def keep(self, body: Mapping[str, JsonValue]) -> None:
        self.body = body

    async def hear(self, edits: Sequence[Edit]) -> None:
        self.heard += [edit.words for edit in edits]

    def until_shown(self, top: Wanted) -> int:
        """As a scan a day would; how many it took."""
        for day in range(1, 60):
            try:
                self.show_part(top)
            except ServiceError:
                continue
            return day
        raise AssertionError("never shown")

    def tree(self, holder: str = "") -> list[tuple[str, str, list[Json]]]:
        """Kind, words and what lies below, of all that is alive."""
        return [
            (node.type, _words(node), self.tree(node.id))
            for node in self.workspace.server.world.living(holder or self.page)
            if isinstance(node, Block)
        ]

    @property
    def lines(self) -> list[str]:
        """The words of the part's first level."""
        ((_, _, below),) = [one for one in self.tree() if one[0] == "heading_2"]
        return [words for _, words, _ in below]

    def block(self, words: str) -> Block:
        (found,) = [
            node
            for node in self.workspace.server.world.nodes.values()
            if isinstance(node, Block) and _words(node) == words and not node.in_trash
        ]
        return found

    def edit(self, words: str, by_words: str) -> None:
        block = self.block(words)
        content = {"rich_text": text_of(by_words)}
        edit_block(self.workspace.server.world, block.id, content, by=self.ada)

    def write(self, words: str, *, below: str, at: int) -> None:
        blocks = [{"paragraph": {"rich_text": [{"text": {"content": words}}]}}]
        self.workspace.server.seed.blocks(below, blocks, by=self.ada, at=at)

    def meanwhile(self, method: str, path: str, deed: Callable[[], None]) -> None:
        fault = Meanwhile(kind=Kind.SLOW, method=method, path=path, deed=deed)
        self.workspace.server.go_wrong(fault)

    def calls(self) -> list[tuple[str, str]]:
        """The requests so far without looks at ourselves, which are forgotten by this."""
        log = self.workspace.server.log
        calls = [(one.method, one.path.partition("/")[0]) for one in log if one.path != "users/me"]
        log.clear()
        return calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile(Fault):
    """What a person does just before a request comes in; the request itself goes well."""

    deed: Callable[[], None]

    def is_meant_for(self, call: Call) -> bool:
        # the class is made anew for its slots: super() without arguments would look for the old
        if Fault.is_meant_for(self, call):
            self.deed()
        return False


def _trash(node: Node) -> None:
    node.in_trash = True


def _words(node: Block) -> str:
    if node.type == "table_row":
        return " | ".join(plain(cell) for cell in node.content["cells"])
    return plain(node.content.get("rich_text") or node.content.get("caption") or [])


def tree_of(*wanted: Wanted) -> list[tuple[str, str, list[Json]]]:
    return [(one.kind, one.words, tree_of(*one.children)) for one in wanted]


def lines(*words: str) -> list[Wanted]:
    return [entry(word, Bullet(words=word))[0] for word in words]


def with_course(score: int) -> Page:
    course = (
        CoursePoint(on=DAY, score=80, tone=Tone.GOOD),
        CoursePoint(on=DAY + timedelta(days=30), score=score, tone=Tone.WATCH),
    )
    section = Section(title="Health", text="As it went.", course=course)
    return Page(kind="Review", title="Acme", facts=("Q1",), sections=(section,))


def test_a_small_part_takes_one_look_and_one_request() -> None:
    sheet = Sheet()
    below = [*heading("People"), *lines("Ada", "Grace"), *entry("t", Table(rows=(("a",), ("b",))))]
    sheet.show(*below)
    assert sheet.tree() == tree_of(part("Part", below))
    assert sheet.calls() == [("GET", "blocks"), ("PATCH", "blocks")]


def test_written_again_it_is_read_alone() -> None:
    sheet = Sheet()
    sheet.show(*lines("Ada"))
    sheet.calls()
    assert sheet.show(*lines("Ada")).writes == 0
    assert {method for method, _ in sheet.calls()} == {"GET"}


def test_people_keep_every_block_in_its_place() -> None:
    sheet = Sheet()
    sheet.show(*lines("a", "b", "c"))
    top = sheet.block("Part").id
    sheet.write("above all", below=sheet.page, at=0)
    sheet.write("about a", below=top, at=2)
    sheet.edit("b", "b, as I see it")
    sheet.write("at the end", below=top, at=5)
    sheet.show(*lines("a", "new", "b", "c", "d"))
    assert sheet.heard == ["b, as I see it"]
    assert sheet.tree()[0][1] == "above all"
    assert sheet.lines[1:] == [
        *("a", "about a", "new", "b, as I see it", "c", "at the end", "d"),
    ]


def test_four_hundred_lines_come_in_hundreds() -> None:
    sheet = Sheet()
    people = lines(*(f"Person {at}" for at in range(400)))
    sheet.show(*people)
    assert sheet.lines[1:] == [f"Person {at}" for at in range(400)]
    appended = [one for one in sheet.calls() if one == ("PATCH", "blocks")]
    assert len(appended) == 1 + 5
    sheet.show(*people, *lines("Person 400"))
    assert sheet.calls().count(("PATCH", "blocks")) == 1


def test_a_table_of_many_rows_is_filled_up() -> None:
    sheet = Sheet()
    rows = (("name", "value"), *((f"row {at}", str(at)) for at in range(250)))
    table = entry("t", Table(rows=rows))[0]
    sheet.show(table)
    assert sheet.tree() == tree_of(part("Part", [table]))


@pytest.mark.parametrize(
    "words",
    [
        "👩‍👩‍👧‍👦 " * 700,
        "مرحبا بالعالم " * 500,
        'Quote " slash / back \\ <b>',
        "x" * 10_000,
        "e\u0301" * 3_000,
        "\u202eevil",
    ],
)
def test_any_words_come_whole_and_are_known_again(words: str) -> None:
    sheet = Sheet()
    wanted = entry("note", Paragraph(words=words))[0]
    sheet.show(wanted)
    assert sheet.block(plain(text_of(words)).replace("\u202e", "")).type == "paragraph"
    assert sheet.show(wanted).writes == 0


def test_a_drawing_is_sent_once_and_again_only_when_it_changes() -> None:
    sheet = Sheet()
    sheet.show_part(part_of(with_course(60)))
    assert sheet.calls().count(("POST", "file_uploads")) == 2
    sheet.show_part(part_of(with_course(60)))
    assert ("POST", "file_uploads") not in sheet.calls()
    image = next(
        node
        for node in sheet.workspace.server.world.nodes.values()
        if isinstance(node, Block) and node.type == "image"
    )
    first = image.content["file_upload"]
    sheet.show_part(part_of(with_course(40)))
    assert sheet.calls().count(("POST", "file_uploads")) == 2
    assert image.content["file_upload"] != first
    assert _words(image) == "Health: from 80 on 2026-03-01 to 40 on 2026-03-31"


def test_a_part_that_a_person_took_away_is_left_away() -> None:
    sheet = Sheet()
    sheet.show(*lines("a"))
    sheet.block("Part").in_trash = True
    written = sheet.show(*lines("a", "b"))
    assert written.is_removed
    assert sheet.tree() == []
    sheet.workspace.server.world.nodes.pop(_top(sheet.body))
    assert sheet.show(*lines("c")).is_removed


def test_a_part_that_was_moved_within_its_page_is_followed() -> None:
    sheet = Sheet()
    sheet.show(*lines("a"))
    seed, world = sheet.workspace.server.seed, sheet.workspace.server.world
    (toggle,) = seed.blocks(sheet.page, [{"toggle": {"rich_text": []}}], by=sheet.ada)
    _move(sheet, toggle, {"type": "block_id", "block_id": toggle})
    assert not sheet.show(*lines("a", "b")).is_removed
    assert len([one for one in world.nodes.values() if isinstance(one, Block)]) == 5
    other = seed.page("Other", under=sheet.workspace.root)
    _move(sheet, other, {"type": "page_id", "page_id": other})
    assert sheet.show(*lines("c")).is_removed


def test_what_a_person_takes_away_meanwhile_does_not_stop_the_rest() -> None:
    sheet = Sheet()
    sheet.show(*lines("z", "a", "b"))
    gone = sheet.block("a")
    sheet.meanwhile("PATCH", f"blocks/{gone.id}$", lambda: _trash(gone))
    below = [entry(key, Bullet(words=f"new {key}"))[0] for key in ("z", "a", "b")]
    sheet.show(*below)
    assert sheet.lines[1:] == ["new z", "new b"]


def test_a_request_that_is_refused_for_good_is_told() -> None:
    sheet = Sheet()
    sheet.show(*lines("a"))
    page = sheet.workspace.server.world.nodes[sheet.page]
    sheet.meanwhile("PATCH", "^blocks", lambda: _trash(page))
    with pytest.raises(NotionRefused, match="archived"):
        sheet.show(*entry("a", Bullet(words="new")))


def test_what_is_gone_already_need_not_be_taken_away() -> None:
    sheet = Sheet()
    sheet.show(*lines("a", "b", "c"))
    first, second = sheet.block("a"), sheet.block("b")
    sheet.meanwhile("DELETE", f"blocks/{first.id}$", lambda: _trash(first))
    world = sheet.workspace.server.world
    sheet.meanwhile("DELETE", f"blocks/{second.id}$", lambda: _forget(world, second))
    sheet.show(*lines("c"))
    assert sheet.lines[1:] == ["c"]


def test_a_page_that_never_answers_is_told_as_passing() -> None:
    sheet = Sheet()
    silent = Fault(kind=Kind.SILENT, method="PATCH", path="children$", is_late=False)
    sheet.workspace.server.go_wrong(mix=Mix(share=1.0, faults=(silent,)))
    with pytest.raises(TransientServiceError, match="did not come to show"):
        sheet.show(*lines("a"))


def test_a_revoked_token_ends_it_and_the_next_run_goes_on() -> None:
    sheet = Sheet()
    people = lines(*(f"Person {at}" for at in range(250)))
    server = sheet.workspace.server
    seen = [Fault(kind=Kind.SLOW, method="PATCH", path="children$") for _ in range(2)]
    server.go_wrong(*seen, Fault(kind=Kind.REVOKED, method="PATCH", path="children$"))
    with pytest.raises(ServiceError):
        sheet.show(*people)
    for connection in server.connections.values():
        connection.is_revoked = False
    sheet.show(*people)
    assert sheet.tree() == tree_of(part("Part", people))


@settings(
    deadline=None, max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, 1_000_000))
def test_whatever_goes_wrong_nothing_is_doubled_and_people_keep_their_place(seed: int) -> None:
    sheet = Sheet()
    server = sheet.workspace.server
    server.plan.dice.seed(seed)
    server.go_wrong(mix=Mix(share=0.2, faults=faults(paths="^blocks|^file_uploads|^users")))
    inside = entry("internal", Toggle(words="Internal"), below=lines("risk", "note"))
    table = entry("t", Table(rows=(("h", "i"), *((f"r{at}", "1") for at in range(30)))))
    first = [*heading("People"), *lines(*(f"p{at}" for at in range(105))), *table, *inside]
    sheet.until_shown(part("Part", first))
    assert sheet.tree() == tree_of(part("Part", first))
    top = sheet.block("Part").id
    sheet.write("mine", below=top, at=5)
    sheet.edit("p7", "p7 by Ada")
    inside = entry("internal", Toggle(words="Internal"), below=lines("risk, higher", "note"))
    table = entry("t", Table(rows=(("h", "i"), *((f"r{at}", "2") for at in range(3, 30)))))
    second = [*heading("People"), *lines(*(f"p{at}" for at in range(1, 108))), *table, *inside]
    sheet.until_shown(part("Part", second))
    expected = tree_of(part("Part", second))
    below = expected[0][2]
    below.insert(4, ("paragraph", "mine", []))
    at = below.index(("bulleted_list_item", "p7", []))
    below[at] = ("bulleted_list_item", "p7 by Ada", [])
    assert sheet.tree() == expected


def _forget(world: World, node: Node) -> None:
    """Gone from the trash too."""
    world.children[str(node.parent[node.parent["type"]])].remove(node.id)
    world.nodes.pop(node.id)


def _top(body: Mapping[str, JsonValue]) -> str:
    blocks = body["blocks"]
    assert isinstance(blocks, list | tuple)
    top = blocks[0]
    assert isinstance(top, dict)
    return str(top["block_id"])


def _move(sheet: Sheet, holder: str, parent: Json) -> None:
    world = sheet.workspace.server.world
    top = world.find(Block, _top(sheet.body))
    world.children[str(top.parent[top.parent["type"]])].remove(top.id)
    top.parent = parent
    world.children[holder].append(top.id)
    assert top.created_by == BOT
