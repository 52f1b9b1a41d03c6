"""What a block of each kind holds: as it is sent, kept and shown."""

from __future__ import annotations

from tests.servers.notion.shapes import Json, invalid, minute, user
from tests.servers.notion.texts import plain, rich_text
from tests.servers.notion.uploads import file_kept, file_shown
from tests.servers.notion.world import UNTITLED, Block, Database, Node, Page, World

_HEADING: dict[str, Json] = {"rich_text": [], "is_toggleable": False, "color": "default"}
_WORDS: dict[str, Json] = {"rich_text": [], "color": "default"}
DEFAULTS: dict[str, dict[str, Json]] = {
    "paragraph": {"rich_text": [], "icon": None, "color": "default"},
    "heading_1": _HEADING,
    "heading_2": _HEADING,
    "heading_3": _HEADING,
    "heading_4": _HEADING,
    "bulleted_list_item": _WORDS,
    "numbered_list_item": _WORDS,
    "quote": _WORDS,
    "toggle": _WORDS,
    "to_do": {"rich_text": [], "checked": False, "color": "default"},
    "callout": {"rich_text": [], "icon": {"type": "emoji", "emoji": "💡"}, "color": "default"},
    "code": {"caption": [], "rich_text": [], "language": "plain text"},
    "equation": {"expression": ""},
    "divider": {},
    "breadcrumb": {},
    "table_of_contents": {"color": "default"},
    "bookmark": {"caption": [], "url": ""},
    "embed": {"caption": [], "url": ""},
    "column_list": {},
    "column": {},
    "tab": {},
    "table": {"table_width": 1, "has_column_header": False, "has_row_header": False},
    "table_row": {"cells": []},
    "synced_block": {"synced_from": None},
    "link_to_page": {},
}
FILES = frozenset({"image", "file", "pdf", "video", "audio"})
CHILDLESS = frozenset(
    {
        "divider",
        "breadcrumb",
        "table_of_contents",
        "bookmark",
        "embed",
        "equation",
        "code",
        "table_row",
        "link_to_page",
        "image",
        "file",
        "pdf",
        "video",
        "audio",
    }
)
_ENDLESS = frozenset({"heading_1", "heading_2", "heading_3", "heading_4"})


def kind_of(given: Json, where: str) -> str:
    """The block's kind; refuses one that is not known."""
    if not isinstance(given, dict):
        raise invalid(f"body failed validation: {where} should be an object.")
    known = [kind for kind in (*DEFAULTS, *FILES) if kind in given]
    kind = given.get("type") or (known[0] if known else "")
    if kind not in known or not isinstance(given[kind], dict):
        raise invalid(
            f"body failed validation. Fix one: {where}.{kind or 'type'} should be defined, "
            "instead was `undefined`."
        )
    return str(kind)


def content_of(
    world: World, kind: str, given: Json, where: str, before: Json = None
) -> dict[str, Json]:
    """What is kept of it; `before` is what stays where nothing is said."""
    at = f"{where}.{kind}"
    rest = {key: value for key, value in given.items() if key != "children"}
    if kind in FILES:
        return _file(world, kind, rest, at)
    content = {**(before if before is not None else DEFAULTS[kind]), **rest}
    for key in ("rich_text", "caption"):
        if key in content:
            content[key] = rich_text(world, content[key], f"{at}.{key}")
    if kind == "table_row":
        cells = enumerate(content["cells"])
        content["cells"] = [rich_text(world, c, f"{at}.cells[{i}]") for i, c in cells]
    if kind == "callout" and content["icon"] is not None:
        content["icon"] = file_kept(world, content["icon"])
    if kind == "link_to_page":
        content = {"type": next(k for k in given if k != "type"), **given}
    return content


def _file(world: World, kind: str, rest: Json, at: str) -> dict[str, Json]:
    kept = file_kept(world, {k: v for k, v in rest.items() if k not in {"caption", "name"}})
    name = rest.get("name") or kept.pop("name", None)
    kept.pop("name", None)
    if kind == "file":
        url = kept.get("external", {}).get("url", "")
        kept["name"] = name or url.rpartition("/")[2]
    return {"caption": rich_text(world, rest.get("caption", []), f"{at}.caption"), **kept}


def shown_block(world: World, node: Node) -> Json:
    """A block's object; a page and a database are blocks of what they lie in."""
    kind, content = "child_page", {"title": ""}
    if isinstance(node, Block):
        kind, content = node.type, node.content
        if kind in FILES:
            content = file_shown(world, content)
        elif kind == "table":
            content = {key: value for key, value in content.items() if key in DEFAULTS["table"]}
    elif isinstance(node, Database):
        kind, content = "child_database", {"title": plain(node.title) or UNTITLED}
    elif isinstance(node, Page):
        content = {"title": plain(node.values.get("title", []))}
    return {
        "object": "block",
        "id": node.id,
        "parent": node.parent,
        "created_time": minute(node.created),
        "last_edited_time": minute(node.edited),
        "created_by": user(node.created_by),
        "last_edited_by": user(node.edited_by),
        "has_children": _has_children(world, node),
        "in_trash": node.in_trash,
        "type": kind,
        kind: content,
    }


def _has_children(world: World, node: Node) -> bool:
    if isinstance(node, Database):
        return False
    copied = node.content.get("synced_from") if isinstance(node, Block) else None
    return bool(world.living(copied["block_id"] if copied else node.id))


def may_have_children(node: Node) -> bool:
    """Whether blocks can be put into it."""
    if isinstance(node, Block):
        if node.type in _ENDLESS:
            return bool(node.content["is_toggleable"])
        return node.type not in CHILDLESS
    return isinstance(node, Page)
