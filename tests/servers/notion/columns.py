"""A data source's columns: what may be asked for, what becomes of it, how it is shown.

It knows nothing of rows, except that a column that goes takes its values with it.
"""

from __future__ import annotations

import re

from tests.servers.notion.choices import CHOICES, choices
from tests.servers.notion.shapes import Json, invalid, plain_id, shown_id
from tests.servers.notion.texts import plain
from tests.servers.notion.world import WORKSPACE, Column, Page, Source, World

PLAIN = frozenset(
    {
        "title",
        "rich_text",
        "date",
        "people",
        "files",
        "checkbox",
        "url",
        "email",
        "phone_number",
        "place",
        "created_time",
        "created_by",
        "last_edited_time",
        "last_edited_by",
        "button",
        "verification",
    }
)
_LATE = ("relation", "formula", "rollup")
_PROP = re.compile(r'prop\("((?:[^"\\]|\\.)*)"\)')


def column_named(source: Source, key: str) -> Column | None:
    """By its name or its id, shown or plain; None: there is none."""
    found = source.columns.get(key) or source.columns.get(plain_id(key))
    return found or next((c for c in source.columns.values() if c.name == key), None)


def change_columns(world: World, source: Source, given: Json) -> None:
    """Add, rename, change and take away columns as the body says."""
    for key, wanted in sorted(given.items(), key=lambda one: _turn(one[1])):
        column = column_named(source, key)
        if column is None:
            if wanted is None or set(wanted) == {"name"}:
                raise invalid(f"{key} is not a property that exists.")
            add_column(world, source, key, wanted)
        elif wanted is None:
            _take_away(world, source, column)
        else:
            _change(world, source, column, wanted)


def _turn(wanted: Json) -> int:
    """What others refer to comes first."""
    named = wanted or {}
    return next((turn for turn, kind in enumerate(_LATE, 1) if kind in named), 0)


def add_column(world: World, source: Source, name: str, wanted: Json) -> Column:
    """A new one."""
    kind = wanted.get("type") or next((k for k in wanted if k not in {"name", "description"}), "")
    if kind == "title" and "title" in source.columns:
        raise invalid("Cannot create more than one title property.")
    column = Column(
        id="title" if kind == "title" else world.new_property_id(),
        name=wanted.get("name", name),
        type=kind,
        description=wanted.get("description"),
        config={},
    )
    source.columns[column.id] = column
    column.config = _config(world, source, column, wanted.get(kind) or {})
    if kind == "unique_id":
        _number_rows(world, source, column)
    return column


def shown_columns(world: World, source: Source) -> Json:
    """By name, in the order of their ids."""
    ordered = sorted(source.columns.values(), key=lambda column: column.id)
    return {column.name: _shown(world, source, column) for column in ordered}


def _shown(world: World, source: Source, column: Column) -> Json:
    config = column.config
    if column.type == "rollup":
        config = _rollup_names(world, source, column)
    elif column.type == "relation":
        config = _relation_names(world, column)
    return {
        "id": shown_id(column.id),
        "name": column.name,
        "description": column.description,
        "type": column.type,
        column.type: config,
    }


def _config(world: World, source: Source, column: Column, wanted: Json) -> dict[str, Json]:
    kind = column.type
    if kind in PLAIN:
        return {}
    if kind == "number":
        return {"format": wanted.get("format", "number")}
    if kind == "formula":
        return {"expression": _expression(source, wanted.get("expression", ""))}
    if kind == "unique_id":
        return {"prefix": wanted.get("prefix")}
    if kind in CHOICES:
        return choices(world, column, wanted)
    if kind == "relation":
        return _relation(world, source, column, wanted)
    if kind == "rollup":
        return _rollup(world, source, wanted)
    raise invalid(
        f"body failed validation: body.properties.{column.name}.{kind or 'type'} "
        "should be not present."
    )


def _expression(source: Source, given: str) -> str:
    """The columns are named by their ids in it."""

    def named(found: re.Match[str]) -> str:
        column = column_named(source, found[1])
        if column is None:
            raise invalid(f"Type error with formula: undefined property {found[1]}.")
        return f"{{{{notion:block_property:{shown_id(column.id)}:{source.id}:{WORKSPACE}}}}}"

    return _PROP.sub(named, given)


def _relation(world: World, source: Source, column: Column, wanted: Json) -> dict[str, Json]:
    target = world.find(Source, wanted.get("data_source_id", ""), "data_source")
    kind = wanted.get("type") or ("dual_property" if "dual_property" in wanted else "")
    config = {
        "database_id": target.parent["database_id"],
        "data_source_id": target.id,
        "type": kind or "single_property",
    }
    if kind != "dual_property":
        return {**config, "single_property": {}}
    asked = wanted.get("dual_property") or {}
    name = f"Related to {plain(source.title) or 'Untitled'} ({column.name})"
    other = Column(
        id=world.new_property_id(),
        name=asked.get("synced_property_name") or name,
        type="relation",
        config={
            "database_id": source.parent["database_id"],
            "data_source_id": source.id,
            "type": "dual_property",
            "dual_property": {"synced_property_name": column.name, "synced_property_id": column.id},
        },
    )
    target.columns[other.id] = other
    synced = {"synced_property_name": other.name, "synced_property_id": other.id}
    return {**config, "dual_property": synced}


def _relation_names(world: World, column: Column) -> dict[str, Json]:
    config = dict(column.config)
    if config["type"] == "dual_property":
        other_id = config["dual_property"]["synced_property_id"]
        target = world.nodes.get(config["data_source_id"])
        other = target.columns.get(other_id) if isinstance(target, Source) else None
        name = other.name if other else config["dual_property"]["synced_property_name"]
        config["dual_property"] = {
            "synced_property_name": name,
            "synced_property_id": shown_id(other_id),
        }
    return config


def _rollup(world: World, source: Source, wanted: Json) -> dict[str, Json]:
    key = wanted.get("relation_property_id") or wanted.get("relation_property_name", "")
    relation = column_named(source, key)
    if relation is None or relation.type != "relation":
        raise invalid(f"Could not find relation property with name or id: {key}")
    target = world.find(Source, relation.config["data_source_id"], "data_source")
    key = wanted.get("rollup_property_id") or wanted.get("rollup_property_name", "")
    rolled = column_named(target, key)
    if rolled is None:
        raise invalid(f"Could not find property with name or id: {key}")
    return {
        "rollup_property_id": rolled.id,
        "relation_property_id": relation.id,
        "function": wanted.get("function", "show_original"),
    }


def _rollup_names(world: World, source: Source, column: Column) -> dict[str, Json]:
    config = column.config
    relation = source.columns.get(config["relation_property_id"])
    target = world.nodes.get(relation.config["data_source_id"]) if relation else None
    rolled = (
        target.columns.get(config["rollup_property_id"]) if isinstance(target, Source) else None
    )
    return {
        "rollup_property_name": rolled.name if rolled else "",
        "relation_property_name": relation.name if relation else "",
        **config,
    }


def _change(world: World, source: Source, column: Column, wanted: Json) -> None:
    column.name = wanted.get("name", column.name)
    column.description = wanted.get("description", column.description)
    unnamed = {"name", "description", "id", "type"}
    kind = wanted.get("type") or next((k for k in wanted if k not in unnamed), column.type)
    if kind not in wanted:
        return
    if kind != column.type and "title" in {kind, column.type}:
        raise invalid(f"Cannot change the type of the title property {column.name}.")
    if kind != column.type or kind in CHOICES:
        column.type = kind
        column.config = _config(world, source, column, wanted[kind])
    elif wanted[kind]:
        column.config = _config(world, source, column, {**column.config, **wanted[kind]})


def _take_away(world: World, source: Source, column: Column) -> None:
    if column.type == "title":
        raise invalid("Cannot delete title property.")
    del source.columns[column.id]
    for row in world.rows[source.id]:
        page = world.nodes[row]
        assert isinstance(page, Page)
        page.values.pop(column.id, None)
    synced = column.config.get("dual_property")
    target = world.nodes.get(column.config.get("data_source_id", ""))
    if synced and isinstance(target, Source):
        target.columns.pop(synced["synced_property_id"], None)


def _number_rows(world: World, source: Source, column: Column) -> None:
    for row in world.rows[source.id]:
        page = world.nodes[row]
        assert isinstance(page, Page)
        source.counted += 1
        page.values[column.id] = source.counted
