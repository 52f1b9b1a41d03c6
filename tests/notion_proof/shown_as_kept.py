"""A recorded object in the form in which the server keeps it."""

from __future__ import annotations

from datetime import datetime

from tests.servers.notion.choices import CHOICES
from tests.servers.notion.shapes import Json, plain_id
from tests.servers.notion.values import TEXTS
from tests.servers.notion.world import START, Column

COMPUTED = frozenset({"rollup", "formula"})


def author_of(comment: Json) -> Json:
    """Its author, as far as it tells."""
    name = comment["display_name"]["resolved_name"]
    is_bot = comment["display_name"]["type"] == "integration"
    kind = "bot" if is_bot else "person"
    more: Json = {} if is_bot else {"email": ""}
    known = {"object": "user", "id": comment["created_by"]["id"], "name": name, "avatar_url": None}
    return {**known, "type": kind, kind: more}


def fuller(one: Json, other: Json) -> Json:
    """Of two answers about a user the one that says more."""
    return one if len(str(one)) > len(str(other)) else other


def age_of(shown: Json = None) -> dict[str, Json]:
    if shown is None:
        who = "00000000-0000-4000-8000-000000000000"
        return {
            "created": START,
            "edited": START,
            "created_by": who,
            "edited_by": who,
        }
    created_by = shown.get("created_by", {}).get("id", "")
    return {
        "created": datetime.fromisoformat(shown["created_time"]),
        "edited": datetime.fromisoformat(shown["last_edited_time"]),
        "created_by": created_by,
        "edited_by": shown.get("last_edited_by", {}).get("id", created_by),
    }


def words(text: str) -> Json:
    shown = {"content": text, "link": None}
    looks = dict.fromkeys(("bold", "italic", "strikethrough", "underline", "code"), False)
    return [
        {
            "type": "text",
            "text": shown,
            "annotations": {**looks, "color": "default"},
            "plain_text": text,
            "href": None,
        }
    ]


def column_of(prop: Json) -> Column:
    kind = prop["type"]
    config = dict(prop[kind]) if isinstance(prop[kind], dict) else {}
    if kind in CHOICES and "options" not in config:
        config = {"options": [], "groups": [{"option_ids": [""]}]}  # a row's choice is no column
    if kind == "relation":
        config.setdefault("type", "single_property")
        synced = config.get("dual_property")
        if synced:
            pid = plain_id(synced["synced_property_id"])
            config["dual_property"] = {**synced, "synced_property_id": pid}
    if kind == "unique_id":
        config.pop("number", None)
        config.setdefault("prefix", None)
    if kind in {"rollup", "formula"} and "type" in config:
        config = {}  # made of a row's value: the recipe is not known
    if kind == "rollup":
        config = {k: v for k, v in config.items() if not k.endswith("_name")}
    return Column(
        id=plain_id(prop["id"]),
        name=prop["name"],
        type=kind,
        config=config,
        description=prop.get("description"),
    )


def stored(prop: Json) -> Json:
    """A shown value as it is kept."""
    kind, value = prop["type"], prop[prop["type"]]
    if kind in TEXTS or kind in COMPUTED or value is None:
        return value
    if kind in {"select", "status"}:
        return value["id"]
    if kind in {"multi_select", "people", "relation"}:
        return [each["id"] for each in value]
    if kind == "unique_id":
        return value["number"]
    return value
