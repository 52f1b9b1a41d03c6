"""What all of Notion's objects share: ids, times, refusals, pages of a list.

It knows the remote's words for a refusal, and nothing of what is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import quote, unquote
from uuid import UUID

Json: TypeAlias = Any  # the remote's own free-form JSON

NEWEST, BEFORE = "2026-03-11", "2025-09-03"
VERSIONS = (NEWEST, BEFORE)
PAGE_SIZE = 100
_HEX = "[0-9a-fA-F]"
_UUID = re.compile(
    rf"{_HEX}{{8}}-?{_HEX}{{4}}-?[1-8]{_HEX}{{3}}-?[89abAB]{_HEX}{{3}}-?{_HEX}{{12}}"
    r"|00000000-?0000-?0000-?0000-?000000000000"
)


class Refused(Exception):
    """What the remote refuses, in its own words."""

    def __init__(
        self, status: int, code: str, message: str, additional: Mapping[str, Json] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.additional = dict(additional or {})


def invalid(message: str) -> Refused:
    """A body, a path or a query that does not fit."""
    return Refused(400, "validation_error", message)


def uuid_in(text: Json, where: str) -> str:
    """The id with its dashes; `where` as in `path.page_id`."""
    if not isinstance(text, str) or not _UUID.fullmatch(text):
        part = where.partition(".")[0]
        shown = f'"{text}"' if isinstance(text, str) else text
        raise invalid(
            f"{part} failed validation: {where} should be a valid uuid, instead was `{shown}`."
        )
    return str(UUID(text))


def minute(moment: datetime) -> str:
    """As most objects carry a time: whole minutes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:00.000Z")


def exact(moment: datetime) -> str:
    """As databases carry one: milliseconds."""
    utc = moment.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}+00:00"


def shown_id(property_id: str) -> str:
    """A property's id as it stands in an object: as in an address."""
    return quote(property_id, safe="-_.!~*'()")


def plain_id(property_id: str) -> str:
    """A property's id as it was made."""
    return unquote(property_id)


def user(user_id: str) -> Json:
    """A reference to one."""
    return {"object": "user", "id": user_id}


def page_size_in(given: Json) -> int:
    """How many are asked for; refuses what is no number of 1 to 100."""
    if given is None:
        return PAGE_SIZE
    try:
        size = int(given)
    except (ValueError, TypeError):
        size = 0
    if not 1 <= size <= PAGE_SIZE:
        raise invalid(
            f"body failed validation: body.page_size should be ≤ `{PAGE_SIZE}`, "
            f"instead was `{given}`."
        )
    return size


def listed(results: list[Json], cursor: str | None, kind: str, **more: Json) -> Json:
    """A page of a list; `cursor` begins the next one."""
    return {
        "object": "list",
        "results": results,
        "next_cursor": cursor,
        "has_more": cursor is not None,
        "type": kind,
        kind: {},
        **more,
    }


def cursor_refused(given: Json) -> Refused:
    """A cursor that nobody gave."""
    return invalid(f"The start_cursor provided is invalid: {given}")
