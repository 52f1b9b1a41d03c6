"""A row's values: what a body may say, what is kept of it, how it is shown.

What is computed (rollups, formulas) is asked of its own modules.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.servers.notion.choices import CHOICES, new_option
from tests.servers.notion.rollups import ValueOf, formula_of, rollup_of
from tests.servers.notion.shapes import Json, invalid, minute, shown_id, uuid_in
from tests.servers.notion.texts import mentioned, rich_text
from tests.servers.notion.uploads import file_kept, file_shown
from tests.servers.notion.world import Column, Page, Source, World

MOST_REFERENCES = 25
"""Of a relation, of people and of texts, in a page's object."""
TEXTS = frozenset({"title", "rich_text"})
COMPUTED = frozenset(
    {
        "created_time",
        "created_by",
        "last_edited_time",
        "last_edited_by",
        "formula",
        "rollup",
        "unique_id",
        "button",
        "verification",
    }
)
_IS = {
    "number": int | float,
    "checkbox": bool,
    "url": str,
    "email": str,
    "phone_number": str,
    "place": dict,
    "date": dict,
}
_SYNCED = "dual_property"


def set_value(world: World, page: Page, column: Column, given: Json) -> None:
    """Take a value over; refuses one that the column cannot hold."""
    kind = column.type
    if kind in COMPUTED:
        raise invalid(f"{column.name} cannot be updated: it is computed ({kind}).")
    if isinstance(given, list) and kind in TEXTS:
        given = {kind: given}
    if not isinstance(given, dict) or kind not in given:
        raise invalid(f"{column.name} is expected to be {kind}.")
    value = given[kind]
    if kind == "relation":
        _relate(world, page, column, value)
        return
    page.values[column.id] = _kept(world, column, value)


def _kept(world: World, column: Column, value: Json) -> Json:
    kind, where = column.type, f"body.properties.{column.name}.{column.type}"
    if kind in TEXTS:
        return rich_text(world, value, where)
    if kind in CHOICES:
        return _chosen(world, column, value)
    if kind == "people":
        return [_person(world, one, where) for one in value]
    if kind == "files":
        return [_file(world, one) for one in value]
    wanted: Json = _IS[kind]
    if value is None:
        return False if kind == "checkbox" else None
    is_flag = isinstance(value, bool) and kind != "checkbox"
    if not isinstance(value, wanted) or is_flag:
        name = "number" if kind == "number" else kind
        raise invalid(
            f"body failed validation: {where} should be a {name} or `null`, "
            f"instead was `{value!r:.60}`."
        )
    if kind == "date":
        return _date(value, where)
    if kind == "place":
        return {"name": None, "address": None, **value}
    return value or None if isinstance(value, str) else value


def _chosen(world: World, column: Column, value: Json) -> Json:
    if column.type == "multi_select":
        return [_option(world, column, one) for one in value]
    if value is None:
        return _first_status(column) if column.type == "status" else None
    return _option(world, column, value)


def _option(world: World, column: Column, given: Json) -> str:
    for option in column.config["options"]:
        if given.get("id") == option["id"] or given.get("name") == option["name"]:
            return str(option["id"])
    name = given.get("name") or given.get("id")
    if column.type == "status" or "name" not in given:
        raise invalid(
            f'Invalid {column.type} option. {column.type.title()} option "{name}" does not exist.'
        )
    return str(new_option(world, column, given["name"], given.get("color"))["id"])


def _first_status(column: Column) -> str:
    first = column.config["groups"][0]["option_ids"]
    return str(first[0] if first else column.config["options"][0]["id"])


def _person(world: World, given: Json, where: str) -> str:
    known = uuid_in(given.get("id"), where)
    if known not in world.users:
        raise world.missing("user", known)
    return known


def _file(world: World, given: Json) -> Json:
    kept = file_kept(world, given)
    return {"name": given.get("name") or kept.get("name", ""), **kept}


def _date(given: Json, where: str) -> Json:
    zone = given.get("time_zone")
    try:
        start = _moment(given["start"], zone)
        end = _moment(given["end"], zone) if given.get("end") else None
    except (KeyError, ValueError, TypeError):
        raise invalid(
            f"body failed validation: {where}.start should be a valid ISO 8601 date string, "
            f"instead was `{given.get('start')!r}`."
        ) from None
    return {"start": start, "end": end, "time_zone": None}


def _moment(text: str, zone: str | None) -> str:
    moment = datetime.fromisoformat(text)
    if "T" not in text and len(text) <= len("2026-11-02"):
        return text
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone or "UTC"))
    return moment.replace(second=0, microsecond=0).isoformat(timespec="milliseconds")


def _relate(world: World, page: Page, column: Column, given: Json) -> None:
    target = column.config["data_source_id"]
    wanted: list[str] = []
    for one in given:
        other = uuid_in(one.get("id"), f"body.properties.{column.name}.relation.id")
        found = world.nodes.get(other)
        if not isinstance(found, Page) or found.parent.get("data_source_id") != target:
            raise world.missing("page", other)
        if other not in wanted:
            wanted.append(other)
    before = page.values.get(column.id) or []
    page.values[column.id] = wanted
    if column.config["type"] != _SYNCED:
        return
    back = column.config[_SYNCED]["synced_property_id"]
    for other in {*before, *wanted}:
        mirrored = world.find(Page, other)
        kept = [one for one in mirrored.values.get(back) or [] if one != page.id]
        mirrored.values[back] = [*kept, page.id] if other in wanted else kept
        if (other in before) != (other in wanted):
            world.touch(mirrored)


def value_of(world: World, page: Page, column: Column) -> Json:
    """The whole of it, as it is shown."""
    kind, kept = column.type, page.values.get(column.id)
    if kind in TEXTS or kind == "files":
        return [file_shown(world, one) for one in kept or []] if kind == "files" else kept or []
    if kind in CHOICES:
        return _shown_choice(column, kept)
    if kind == "people":
        return [mentioned(world.users[one]) for one in kept or []]
    if kind == "relation":
        return [{"id": one} for one in kept or [] if not world.nodes[one].in_trash]
    if kind == "checkbox":
        return bool(kept)
    if kind == "unique_id":
        return {"prefix": column.config["prefix"], "number": kept}
    if kind in COMPUTED:
        return _computed(world, page, column)
    return kept


def _computed(world: World, page: Page, column: Column) -> Json:
    kind = column.type
    if kind == "formula":
        return formula_of(world, page, column, _reader(world))
    if kind == "rollup":
        return rollup_of(world, page, column, _reader(world))
    if kind in {"button", "verification"}:
        return page.values.get(column.id, {})
    moment = page.created if kind.startswith("created") else page.edited
    who = page.created_by if kind.startswith("created") else page.edited_by
    return minute(moment) if kind.endswith("time") else mentioned(world.users[who])


def _reader(world: World) -> ValueOf:
    return lambda page, column: value_of(world, page, column)


def _shown_choice(column: Column, kept: Json) -> Json:
    shown = {
        option["id"]: {key: option[key] for key in ("id", "name", "color")}
        for option in column.config["options"]
    }
    if column.type == "multi_select":
        return [shown[one] for one in kept or [] if one in shown]
    if column.type == "status" and kept not in shown:
        kept = _first_status(column)
    return shown.get(kept)


def shown_value(world: World, page: Page, column: Column) -> Json:
    """As it stands in a page's object: references cut at 25."""
    value = value_of(world, page, column)
    shown: dict[str, Json] = {"id": shown_id(column.id), "type": column.type}
    if column.type in {"relation", "people", *TEXTS}:
        shown[column.type] = value[:MOST_REFERENCES]
        if column.type == "relation":
            shown["has_more"] = len(value) > MOST_REFERENCES
        return shown
    return {**shown, column.type: value}


def columns_of(world: World, page: Page) -> list[Column]:
    """The columns of the page's data source; of a bare page its title."""
    source = world.nodes.get(page.parent.get("data_source_id", ""))
    if isinstance(source, Source):
        return sorted(source.columns.values(), key=lambda column: column.id)
    return [Column(id="title", name="title", type="title", config={})]
