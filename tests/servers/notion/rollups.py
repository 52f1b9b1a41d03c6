"""What the remote computes: rollups, and formulas as far as they are this simple.

A formula that is not understood is empty text, as the remote shows one that it could not compute.
A column whose recipe nobody knows keeps what its rows were filled with.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeAlias

from tests.servers.notion.shapes import Json, plain_id
from tests.servers.notion.texts import plain
from tests.servers.notion.world import Column, Page, Source, World

ValueOf: TypeAlias = Callable[[Page, Column], Json]

_PROP = re.compile(r"\{\{notion:block_property:([^:}]+):[0-9a-f-]{36}:[0-9a-f-]{36}\}\}")


def rollup_of(world: World, page: Page, column: Column, value_of: ValueOf) -> Json:
    """`{type, <type>, function}`."""
    if "function" not in column.config:
        return page.values.get(column.id)
    function = column.config["function"]
    source = world.find(Source, page.parent["data_source_id"])
    relation = source.columns[column.config["relation_property_id"]]
    related = [world.find(Page, one["id"]) for one in value_of(page, relation)]
    target = world.find(Source, relation.config["data_source_id"])
    rolled = target.columns[column.config["rollup_property_id"]]
    values = [{"type": rolled.type, rolled.type: value_of(one, rolled)} for one in related]
    kind, value = _rolled(function, values, rolled.type)
    return {"type": kind, kind: value, "function": function}


def _rolled(function: str, values: list[Json], of: str) -> tuple[str, Json]:
    filled = [one[of] for one in values if one[of] not in (None, [], "")]
    if function in {"show_original", "show_unique"}:
        return "array", values
    if function in {"earliest_date", "latest_date"}:
        dated = sorted(filled, key=lambda date: str(date["start"]))
        pick = 0 if function == "earliest_date" else -1
        return "date", dated[pick] if dated else None
    if function in {"count", "count_all"}:
        return "number", len(values)
    if function in {"count_values", "not_empty"}:
        return "number", len(filled)
    if function == "empty":
        return "number", len(values) - len(filled)
    if function == "checked":
        return "number", sum(one[of] is True for one in values)
    numbers = [one["number"] if isinstance(one, dict) else one for one in filled]
    if not numbers:
        return "number", 0 if function == "sum" else None
    made: dict[str, Callable[[list[float]], float]] = {
        "sum": sum,
        "max": max,
        "min": min,
        "average": lambda these: sum(these) / len(these),
        "range": lambda these: max(these) - min(these),
    }
    return "number", made[function](numbers)


def formula_of(world: World, page: Page, column: Column, value_of: ValueOf) -> Json:
    """`{type, <type>}`."""
    if "expression" not in column.config:
        return page.values.get(column.id) or _typed(None)
    expression = column.config["expression"].strip()
    found = _PROP.match(expression)
    is_formatted = False
    if found is None and (inner := re.fullmatch(r"format\((.*)\)", expression)):
        found, is_formatted = _PROP.fullmatch(inner[1]), True
    if found is None:
        return _typed(None)
    source = world.find(Source, page.parent["data_source_id"])
    meant = source.columns.get(plain_id(found[1]))
    if meant is None:
        return _typed(None)
    value = _simple(meant.type, value_of(page, meant))
    return _typed(str(value) if is_formatted else _after(value, expression[found.end() :].strip()))


def _after(value: Json, rest: str) -> Json:
    if not rest:
        return value
    if rest == ".length()":
        return len(value or [])
    if said := re.fullmatch(r'\.includes\("([^"]*)"\)', rest):
        return said[1] in (value or [])
    if said := re.fullmatch(r'== "([^"]*)"', rest):
        return value == said[1]
    if said := re.fullmatch(r'\+ "([^"]*)"', rest):
        return (value or "") + said[1]
    if said := re.fullmatch(r"([*+/-]) ([\d.]+)", rest):
        number = float(said[2])
        if value is None:
            return None
        made = {"*": value * number, "+": value + number, "-": value - number}
        made["/"] = value / number if number else None
        result = made[said[1]]
        return int(result) if result is not None and result == int(result) else result
    return None


def _simple(kind: str, value: Json) -> Json:
    if kind in {"title", "rich_text"}:
        return plain(value)
    if kind in {"select", "status"}:
        return value["name"] if value else None
    if kind == "multi_select":
        return [one["name"] for one in value]
    return value


def _typed(value: Json) -> Json:
    if isinstance(value, bool):
        return {"type": "boolean", "boolean": value}
    if isinstance(value, int | float):
        return {"type": "number", "number": value}
    if isinstance(value, dict) and "start" in value:
        return {"type": "date", "date": value}
    return {"type": "string", "string": value}
