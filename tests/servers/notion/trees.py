"""Blocks: read, changed, taken away, listed and appended."""

from __future__ import annotations

from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.contents import (
    DEFAULTS,
    FILES,
    content_of,
    kind_of,
    may_have_children,
    shown_block,
)
from tests.servers.notion.shapes import (
    BEFORE,
    Json,
    Refused,
    cursor_refused,
    invalid,
    listed,
    page_size_in,
    uuid_in,
)
from tests.servers.notion.world import Block, Database, Node, Page, World


def retrieve(world: World, call: Call, block_id: str) -> Answer:
    """A block; a page and a database too."""
    return Answer(body=shown_block(world, _node(world, block_id)))


def update(world: World, call: Call, block_id: str) -> Answer:
    """Its content, or whether it lies in the trash."""
    node = _node(world, block_id)
    in_trash = call.in_trash
    if in_trash is not None:
        node.in_trash = in_trash
    kinds = [kind for kind in (*DEFAULTS, *FILES) if kind in call.body]
    if kinds:
        _hold_editable(world, node)
        kind = kinds[0]
        if not isinstance(node, Block) or kind != node.type:
            raise invalid(f"Block type cannot be changed to {kind}.")
        before = None if kind in FILES else node.content
        node.content = content_of(world, kind, call.body[kind], "body", before)
    world.touch(node)
    return Answer(body=shown_block(world, node))


def delete(world: World, call: Call, block_id: str) -> Answer:
    """Into the trash."""
    node = _node(world, block_id)
    if node.in_trash:
        raise _archived()
    node.in_trash = True
    world.touch(node)
    return Answer(body=shown_block(world, node))


def children(world: World, call: Call, block_id: str) -> Answer:
    """A page of what lies in it."""
    found = world.living(_node(world, block_id).id)
    size, start = page_size_in(call.asked("page_size")), 0
    if cursor := call.asked("start_cursor"):
        places = [place for place, node in enumerate(found) if node.id == cursor]
        if not places:
            raise cursor_refused(cursor)
        start = places[0]
    end = start + size
    following = found[end].id if end < len(found) else None
    shown = [shown_block(world, node) for node in found[start:end]]
    return Answer(body=listed(shown, following, "block"))


def append(world: World, call: Call, block_id: str) -> Answer:
    """Blocks, where `position` says; with one, the siblings behind are answered too."""
    holder = _node(world, block_id)
    _hold_editable(world, holder)
    if not may_have_children(holder):
        raise invalid("Block does not support children.")
    given = call.body.get("children")
    if not isinstance(given, list):
        raise invalid(
            "body failed validation: body.children should be defined, instead was `undefined`."
        )
    at = _place(world, holder, call)
    made = add_blocks(world, holder, given, "body", at)
    world.touch(holder)
    ids = [node.id for node in made]
    behind: list[Node] = []
    if "position" in call.body or "after" in call.body:
        living = world.living(holder.id)
        last = next((i for i, node in enumerate(living) if made and node is made[-1]), len(living))
        behind = living[last + 1 :]
    shown = [shown_block(world, node) for node in (*made, *behind)]
    return Answer(body=listed(shown, None, "block"), children=ids, within=holder.id)


def add_blocks(
    world: World, holder: Node, given: Json, where: str, at: int | None = None
) -> list[Block]:
    """Every block with what lies in it; all are read before one is kept."""
    read = [_read(world, one, f"{where}.children[{i}]") for i, one in enumerate(given)]
    made = []
    for step, one in enumerate(read):
        made.append(_keep(world, holder, one, None if at is None else at + step))
    return made


def _read(world: World, given: Json, where: str) -> Json:
    kind = kind_of(given, where)
    inner = given[kind].get("children") or given.get("children") or []
    if kind == "table" and not inner:
        raise invalid(
            f"body failed validation: {where}.table.children should be defined, "
            "instead was `undefined`."
        )
    content = content_of(world, kind, given[kind], where)
    at = f"{where}.{kind}.children"
    below = [_read(world, one, f"{at}[{i}]") for i, one in enumerate(inner)]
    if kind == "table":
        _hold_width(content["table_width"], below)
    return {"kind": kind, "content": content, "below": below}


def _hold_width(width: int, rows: Json) -> None:
    for row in rows:
        cells = row["content"].get("cells")
        if row["kind"] != "table_row" or len(cells) != width:
            raise invalid("Number of cells in table row must match the table width of the table.")


def _keep(world: World, holder: Node, read: Json, at: int | None) -> Block:
    called = "page_id" if isinstance(holder, Page) else "block_id"
    block = Block(
        id=world.new_id(),
        parent={"type": called, called: holder.id},
        type=read["kind"],
        content=read["content"],
        **world.age(),
    )
    world.keep(block, at)
    for below in read["below"]:
        _keep(world, block, below, None)
    return block


def _place(world: World, holder: Node, call: Call) -> int | None:
    position = call.body.get("position")
    if "after" in call.body:
        if call.version != BEFORE:
            raise invalid("body failed validation: body.after should be not present.")
        position = {"type": "after_block", "after_block": {"id": call.body["after"]}}
    if position is None or position["type"] == "end":
        return None
    if position["type"] == "start":
        return 0
    after = uuid_in(position["after_block"]["id"], "body.position.after_block.id")
    siblings = world.children[holder.id]
    if after not in siblings:
        raise invalid(f"Block with ID {after} is not a child of {holder.id}.")
    return siblings.index(after) + 1


def _node(world: World, block_id: str) -> Node:
    found = world.nodes.get(block_id)
    if not isinstance(found, Block | Page | Database):
        raise world.missing("block", block_id)
    return found


def _hold_editable(world: World, node: Node) -> None:
    if world.is_buried(node):
        raise _archived()


def _archived() -> Refused:
    return invalid(
        "Can't edit block that is archived. You must unarchive the block before editing."
    )
