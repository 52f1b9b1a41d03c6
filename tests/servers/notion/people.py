"""Users, comments and the search: what lies beside pages and databases."""

from __future__ import annotations

from tests.servers.notion.calls import Answer, Call
from tests.servers.notion.pages import shown_page
from tests.servers.notion.shapes import (
    Json,
    Refused,
    cursor_refused,
    invalid,
    listed,
    minute,
    page_size_in,
    user,
    uuid_in,
)
from tests.servers.notion.sources import shown_source
from tests.servers.notion.texts import plain, rich_text
from tests.servers.notion.world import Block, Comment, Node, Page, Source, World

_FOUND: dict[str, type[Page | Source]] = {"page": Page, "data_source": Source}


def me(world: World, call: Call, _: str) -> Answer:
    """The connection itself."""
    return Answer(body=world.users[world.bot])


def user_named(world: World, call: Call, user_id: str) -> Answer:
    """A person or a bot."""
    if user_id not in world.users:
        raise Refused(
            404,
            "object_not_found",
            f"Could not find user with ID: {user_id}. Make sure your integration has capabilities "
            "to read user information. With those capabilities, only members and guests in the "
            "integration's workspace are visible.",
            {"integration_id": world.bot},
        )
    return Answer(body=world.users[user_id])


def users(world: World, call: Call, _: str) -> Answer:
    """Everybody."""
    return Answer(body=_paged(list(world.users.values()), call.asked("start_cursor"), call, "user"))


def search(world: World, call: Call, _: str) -> Answer:
    """Pages and data sources by their titles, the last edited first."""
    wanted = (call.body.get("filter") or {}).get("value")
    if wanted not in {None, *_FOUND}:
        raise invalid(
            'body failed validation: body.filter.value should be `"page"` or `"data_source"`, '
            f'instead was `"{wanted}"`.'
        )
    kinds = (_FOUND[wanted],) if wanted else tuple(_FOUND.values())
    words = call.body.get("query", "").lower()
    found = [
        node
        for node in world.nodes.values()
        if isinstance(node, Page | Source)
        and isinstance(node, kinds)
        and not world.is_buried(node)
        and words in _title(node).lower()
    ]
    is_rising = (call.body.get("sort") or {}).get("direction") == "ascending"
    found.sort(key=lambda node: node.edited, reverse=not is_rising)
    shown = [_shown(world, node) for node in found]
    return Answer(body=_paged(shown, call.body.get("start_cursor"), call, "page_or_data_source"))


def comment(world: World, call: Call, _: str) -> Answer:
    """One more comment, in a discussion or one that it begins."""
    discussion = call.body.get("discussion_id")
    if discussion:
        others = _comments(world)
        first = next((one for one in others if one.discussion == discussion), None)
        if first is None:
            raise world.missing("discussion", discussion)
        parent = first.parent
    else:
        given = call.body.get("parent") or {}
        kind = "page_id" if "page_id" in given else "block_id"
        node_id = uuid_in(given.get(kind), f"body.parent.{kind}")
        world.find(Page if kind == "page_id" else Block, node_id)
        parent = {"type": kind, kind: node_id}
        first = next((one for one in _comments(world) if one.parent == parent), None)
        discussion = first.discussion if first else None
    made = Comment(
        id=world.new_id(),
        parent=parent,
        discussion=discussion or world.new_id(),
        text=rich_text(world, call.body.get("rich_text"), "body.rich_text"),
        **world.age(),
    )
    world.keep(made)
    return Answer(body=shown_comment(world, made), created=made.id)


def comments(world: World, call: Call, _: str) -> Answer:
    """Those of a page or a block."""
    of = uuid_in(call.asked("block_id"), "query.block_id")
    world.find(Node, of, "block")
    found = [one for one in _comments(world) if of in one.parent.values()]
    shown = [shown_comment(world, one) for one in found]
    return Answer(body=_paged(shown, call.asked("start_cursor"), call, "comment"))


def shown_comment(world: World, one: Comment) -> Json:
    """A comment's object."""
    author = world.users[one.created_by]
    kind = "integration" if author["type"] == "bot" else "user"
    return {
        "object": "comment",
        "id": one.id,
        "parent": one.parent,
        "discussion_id": one.discussion,
        "created_time": minute(one.created),
        "last_edited_time": minute(one.edited),
        "created_by": user(one.created_by),
        "rich_text": one.text,
        "display_name": {"type": kind, "resolved_name": author["name"]},
    }


def _comments(world: World) -> list[Comment]:
    return [node for node in world.nodes.values() if isinstance(node, Comment)]


def _title(node: Page | Source) -> str:
    return plain(node.values.get("title", []) if isinstance(node, Page) else node.title)


def _shown(world: World, node: Page | Source) -> Json:
    return shown_page(world, node) if isinstance(node, Page) else shown_source(world, node)


def _paged(found: list[Json], cursor: Json, call: Call, kind: str) -> Json:
    asked = call.asked("page_size") if call.method == "GET" else call.body.get("page_size")
    ids = [one["id"] for one in found]
    if cursor and cursor not in ids:
        raise cursor_refused(cursor)
    start = ids.index(cursor) if cursor else 0
    end = start + page_size_in(asked)
    return listed(found[start:end], ids[end] if end < len(ids) else None, kind)
