"""Which rows a filter lets pass: the remote's operators, type by type."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from tests.servers.notion.columns import column_named
from tests.servers.notion.shapes import Json, invalid, minute
from tests.servers.notion.texts import plain
from tests.servers.notion.values import value_of
from tests.servers.notion.world import Column, Page, Source, World

Passes = Callable[[Page], bool]
_STAMPS = ("created_time", "last_edited_time")
_DAY = timedelta(days=1)
_KEYS: Mapping[str, frozenset[str]] = {
    "title": frozenset({"title", "rich_text"}),
    "url": frozenset({"url", "rich_text"}),
    "email": frozenset({"email", "rich_text"}),
    "phone_number": frozenset({"phone_number", "rich_text"}),
    "created_time": frozenset({"created_time", "date"}),
    "last_edited_time": frozenset({"last_edited_time", "date"}),
    "created_by": frozenset({"created_by", "people"}),
    "last_edited_by": frozenset({"last_edited_by", "people"}),
    "unique_id": frozenset({"unique_id", "number"}),
}
_MOST_DEEP = 2


def passing(world: World, source: Source, given: Json, depth: int = 0) -> Passes:
    """The filter as a claim about a row; refuses one that does not fit the columns."""
    if not given:
        return lambda _: True
    for joint, judge in (("and", all), ("or", any)):
        if joint in given:
            if depth >= _MOST_DEEP:
                raise invalid("body failed validation: body.filter is nested too deeply.")
            parts = [passing(world, source, part, depth + 1) for part in given[joint]]
            return lambda page: judge(part(page) for part in parts)
    if "timestamp" in given:
        return _by_stamp(world, given)
    column = column_named(source, given.get("property", ""))
    if column is None:
        raise invalid(f"Could not find property with name or id: {given.get('property')}")
    key = next((k for k in given if k not in {"property", "type"}), "")
    if key not in _KEYS.get(column.type, frozenset({column.type})):
        raise invalid(f"database property {column.type} does not match filter {key}")
    condition = given[key]
    _hold_options(column, condition)
    return lambda page: holds(
        world, column.type, value_of(world, page, column), condition, world.now
    )


def _by_stamp(world: World, given: Json) -> Passes:
    stamp = given["timestamp"]
    if stamp not in _STAMPS or stamp not in given:
        raise invalid(
            f"body failed validation: body.filter.{stamp} should be defined, "
            "instead was `undefined`."
        )
    condition = given[stamp]

    def passes(page: Page) -> bool:
        moment = page.created if stamp == "created_time" else page.edited
        return _date({"start": minute(moment)}, condition, world.now)

    return passes


def _hold_options(column: Column, condition: Json) -> None:
    if column.type not in {"select", "multi_select", "status"}:
        return
    known = {option["name"] for option in column.config["options"]}
    for wanted in condition.values():
        for name in wanted if isinstance(wanted, list) else [wanted]:
            if isinstance(name, str) and name not in known:
                raise invalid(
                    f'{column.type} option "{name}" not found for property "{column.name}".'
                )


def holds(world: World, kind: str, value: Json, condition: Json, now: datetime) -> bool:
    """Whether a value of this kind meets every part of the condition."""
    if kind == "formula":
        return _formula(world, value, condition, now)
    if kind == "rollup":
        return _rollup(world, value, condition, now)
    if kind in {"date", *_STAMPS}:
        return _date({"start": value} if isinstance(value, str) else value, condition, now)
    if kind not in _PLAIN:
        raise invalid(f"body failed validation: body.filter.{kind} cannot be filtered by.")
    return _PLAIN[kind](value, condition)


def _emptiness(is_empty: bool, condition: Json) -> bool | None:
    if "is_empty" in condition:
        return is_empty
    if "is_not_empty" in condition:
        return not is_empty
    return None


def _unknown(operator: str) -> Exception:
    return invalid(f"body failed validation: body.filter.{operator} should be not present.")


def _text(said: str, condition: Json) -> bool:
    if (answer := _emptiness(not said, condition)) is not None:
        return answer
    low = said.lower()
    tests: Mapping[str, Callable[[str], bool]] = {
        "equals": lambda wanted: low == wanted,
        "does_not_equal": lambda wanted: low != wanted,
        "contains": lambda wanted: wanted in low,
        "does_not_contain": lambda wanted: wanted not in low,
        "starts_with": low.startswith,
        "ends_with": low.endswith,
    }
    return _each(tests, condition, str.lower)


def _number(value: float | None, condition: Json) -> bool:
    if (answer := _emptiness(value is None, condition)) is not None:
        return answer
    if value is None:
        return "does_not_equal" in condition
    tests: Mapping[str, Callable[[float], bool]] = {
        "equals": lambda wanted: value == wanted,
        "does_not_equal": lambda wanted: value != wanted,
        "greater_than": lambda wanted: value > wanted,
        "less_than": lambda wanted: value < wanted,
        "greater_than_or_equal_to": lambda wanted: value >= wanted,
        "less_than_or_equal_to": lambda wanted: value <= wanted,
    }
    return _each(tests, condition)


def _each(
    tests: Mapping[str, Callable[[Json], bool]],
    condition: Json,
    read: Callable[[Json], Json] = lambda wanted: wanted,
) -> bool:
    for operator, wanted in condition.items():
        if operator not in tests:
            raise _unknown(operator)
        if not tests[operator](read(wanted)):
            return False
    return True


def _flag(value: bool, condition: Json) -> bool:
    tests = {"equals": lambda wanted: value is wanted, "does_not_equal": lambda w: value is not w}
    return _each(tests, condition)


def _choice(name: str | None, condition: Json) -> bool:
    if (answer := _emptiness(name is None, condition)) is not None:
        return answer
    tests: Mapping[str, Callable[[Json], bool]] = {
        "equals": lambda wanted: name in (wanted if isinstance(wanted, list) else [wanted]),
        "does_not_equal": lambda w: name not in (w if isinstance(w, list) else [w]),
    }
    return _each(tests, condition)


def _among(values: list[str], condition: Json) -> bool:
    if (answer := _emptiness(not values, condition)) is not None:
        return answer
    tests: Mapping[str, Callable[[Json], bool]] = {
        "contains": lambda wanted: wanted in values,
        "does_not_contain": lambda wanted: wanted not in values,
    }
    return _each(tests, condition)


def _date(value: Json, condition: Json, now: datetime) -> bool:
    if (answer := _emptiness(value is None, condition)) is not None:
        return answer
    if value is None:
        return False
    start = _moment(value["start"])
    for operator, wanted in condition.items():
        if operator in _SPANS:
            first, last = _SPANS[operator](_midnight(now))
            if not first <= start < last:
                return False
        elif not _compared(operator, start, str(wanted)):
            return False
    return True


def _compared(operator: str, start: datetime, wanted: str) -> bool:
    if operator == "does_not_equal":
        return not _compared("equals", start, wanted)
    limit = _moment(wanted).replace(second=0, microsecond=0)
    end = limit + (_DAY if len(wanted) == len("2026-11-02") else timedelta(minutes=1))
    tests = {
        "equals": limit <= start < end,
        "before": start < limit,
        "after": start >= end,
        "on_or_before": start < end,
        "on_or_after": start >= limit,
    }
    if operator not in tests:
        raise _unknown(operator)
    return tests[operator]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _midnight(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _months_on(day: datetime, months: int) -> datetime:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


_Span = Callable[[datetime], tuple[datetime, datetime]]
_SPANS: Mapping[str, _Span] = {
    "past_week": lambda day: (day - 7 * _DAY, day + _DAY),
    "past_month": lambda day: (_months_on(day, -1), day + _DAY),
    "past_year": lambda day: (_months_on(day, -12), day + _DAY),
    "this_week": lambda day: (
        day - day.weekday() * _DAY,
        day + (7 - day.weekday()) * _DAY,
    ),
    "next_week": lambda day: (day, day + 8 * _DAY),
    "next_month": lambda day: (day, _months_on(day, 1) + _DAY),
    "next_year": lambda day: (day, _months_on(day, 12) + _DAY),
}


def _formula(world: World, value: Json, condition: Json, now: datetime) -> bool:
    kind, inner = next(iter(condition.items()))
    known = "boolean" if kind == "checkbox" else kind
    if known != value["type"]:
        return "is_empty" in inner
    return holds(world, known, value[known], inner, now)


def _rollup(world: World, value: Json, condition: Json, now: datetime) -> bool:
    kind, inner = next(iter(condition.items()))
    if kind in {"number", "date"}:
        if value["type"] != kind:
            return "is_empty" in inner
        return holds(world, kind, value[kind], inner, now)
    of, wanted = next(iter(inner.items()))
    found = [holds(world, of, _rolled(one, of), wanted, now) for one in value.get("array", ())]
    is_every = bool(found) and all(found)
    return {"any": any(found), "every": is_every, "none": not any(found)}[kind]


def _rolled(one: Json, of: str) -> Json:
    return one.get(of, one.get(one["type"]))


def _said(value: Json, condition: Json) -> bool:
    return _text(plain(value) if isinstance(value, list) else (value or ""), condition)


def _ids(value: Json, condition: Json) -> bool:
    return _among([one["id"] for one in value], condition)


def _names(value: Json, condition: Json) -> bool:
    return _among([one["name"] for one in value], condition)


def _named(value: Json, condition: Json) -> bool:
    return _choice(value["name"] if value else None, condition)


_PLAIN: Mapping[str, Callable[[Json, Json], bool]] = {
    **dict.fromkeys(("title", "rich_text", "url", "email", "phone_number", "string"), _said),
    **dict.fromkeys(("people", "relation"), _ids),
    **dict.fromkeys(("multi_select", "files"), _names),
    **dict.fromkeys(("select", "status"), _named),
    **dict.fromkeys(("checkbox", "boolean"), lambda value, want: _flag(bool(value), want)),
    **dict.fromkeys(("created_by", "last_edited_by"), lambda value, want: _ids([value], want)),
    "number": _number,
    "unique_id": lambda value, want: _number(value["number"], want),
}
