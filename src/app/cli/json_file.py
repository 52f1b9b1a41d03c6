"""A JSON file as it is handed in on the command line: read, and its faults told by line.

It knows JSON and lines, and nothing of what a file says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from pydantic import JsonValue

from app.errors import InvalidInput

MOST_BYTES = 5_000_000

_BLANK = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"[^\s,\]}]+")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonFile:
    """What a file holds, and where."""

    path: Path
    text: str
    content: JsonValue

    def with_lines(self, exc: InvalidInput, what: str) -> InvalidInput:
        """The same faults, each beginning with the file and the line where it stands.

        `what` is the name that the fields were read under.
        """
        places = dict(_places(self.text))
        return InvalidInput(
            "\n".join(self._told(line, what, places) for line in str(exc).split("\n"))
        )

    def _told(self, fault: str, what: str, places: dict[_Path, int]) -> str:
        field, _, words = fault.removeprefix(what).partition(": ")
        asked = tuple(part for part in field.split(".") if part)
        path = asked
        while path not in places:
            path = path[:-1]
        line = self.text.count("\n", 0, places[path]) + 1
        return f"{self.path}:{line}: {'.'.join(asked) or 'the file'}: {words}"


def read_json(path: Path) -> JsonFile:
    """Read a file. Raises InvalidInput naming the file, and the line where it is no JSON."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput(f"{path}: more than {MOST_BYTES // 1_000_000} MB: is this the file?")
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as exc:
        raise InvalidInput(f"{path}: there is no such file") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidInput(f"{path}: cannot be read as text in UTF-8: {exc}") from exc
    try:
        content = cast("JsonValue", json.loads(text))
    except json.JSONDecodeError as exc:
        raise InvalidInput(f"{path}:{exc.lineno}: not JSON: {exc.msg}") from exc
    except RecursionError as exc:
        raise InvalidInput(f"{path}: nested too deeply") from exc
    return JsonFile(path=path, text=text, content=content)


def _places(text: str) -> Iterator[tuple[_Path, int]]:
    """Where each value of the JSON text begins, by the names and numbers that lead to it."""
    found: list[tuple[_Path, int]] = []
    _walk(text, _skip(text, 0), (), found)
    yield from found


def _walk(text: str, start: int, path: _Path, found: list[tuple[_Path, int]]) -> int:
    """Note where the value at `start`, and all within it, begin; return where it ends."""
    found.append((path, start))
    opening = text[start]
    if opening not in "[{":
        return _end(_STRING if opening == '"' else _SCALAR, text, start)
    place, number = _skip(text, start + 1), 0
    while text[place] not in "]}":
        name = str(number)
        if opening == "{":
            end = _end(_STRING, text, place)
            name = str(json.loads(text[place:end]))
            place = _skip(text, _skip(text, end) + 1)
        place = _skip(text, _walk(text, place, (*path, name), found))
        place = _skip(text, place + 1) if text[place] == "," else place
        number += 1
    return place + 1


def _skip(text: str, place: int) -> int:
    return _end(_BLANK, text, place)


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    """Where the pattern, which the text has here for sure, ends."""
    found = pattern.match(text, place)
    return place if found is None else found.end()
