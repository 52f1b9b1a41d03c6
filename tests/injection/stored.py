"""What is stored of two books, compared value by value; and what their stores were asked.

Only columns that hold words may differ, by name; everything else must be the same, byte by byte.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TypeAlias

from pydantic import JsonValue
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.engine.interfaces import DBAPICursor

WORDS: Mapping[str, frozenset[str]] = {
    "accounts": frozenset({"name", "notes"}),
    "book_keys": frozenset({"name_key", "searched"}),
    "stakeholders": frozenset({"name", "role"}),
    "tickets": frozenset({"subject"}),
    "interactions": frozenset({"summary"}),
    "survey_responses": frozenset({"respondent"}),
    "notes": frozenset({"text"}),
    "alerts": frozenset({"text"}),
    "documents": frozenset({"title"}),
    "drafts": frozenset(
        {"subject", "body_text", "body_html", "words_hash", "account_name", "confidence", "refused"}
    ),
}
"""Columns that hold the words that were given, or words made of them. `confidence` and `refused`
are what the rep is told of them."""
JSON_WORDS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "effects": {
        "payload": frozenset(
            {
                *("account_name", "text", "lines[]", "draft.account_name", "draft.subject"),
                *("draft.body_text", "draft.body_html", "draft.confidence", "draft.refused"),
                "draft.refused[]",
            }
        )
    },
    "documents": {
        "body": frozenset(
            {
                *("account_name", "internal_notes", "stakeholders[].name", "stakeholders[].role"),
                "communication_history[].subject",
            }
        )
    },
    "opportunities": {"body": frozenset({"recommended_talk_track"})},
}
"""The same within columns of JSON, by path."""
CLOCKED: Mapping[str, frozenset[str]] = {
    "effects": frozenset({"owner", "taken_at"}),
    "events": frozenset({"published_at"}),
}
"""Columns that differ from run to run, whatever the words: the database's clock, the process."""

_BY_THE_CLOCK = ("BEGIN", "UPDATE effects SET taken_at=CAST")
"""Statements that a slow machine makes more of: an intent that took long is renewed, in a
transaction of its own."""

Value: TypeAlias = str | int | float | bytes | None
Row: TypeAlias = Mapping[str, Value]
Tables: TypeAlias = Mapping[str, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One query as the database was given it, its parameters aside."""

    text: str
    many: bool


def stored_in(home: Path) -> Tables:
    """Everything in the store under this data folder, in the order of being written."""
    (file,) = home.glob("tend.sqlite3")
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}"')]
            for (name,) in names
        }


def changed(one: Tables, other: Tables) -> tuple[str, ...]:
    """Every value that differs and holds no words: table, row and column."""
    return tuple(
        f"{table} {row}: {where}"
        for table in sorted({*one, *other})
        for row, (a, b) in enumerate(zip_longest(one.get(table, ()), other.get(table, ())))
        for where in _row_changed(table, a, b)
    )


@contextmanager
def statements_seen() -> Iterator[list[Statement]]:
    """Every SQL statement that any engine of this process is given meanwhile, in this order."""
    seen: list[Statement] = []

    def note(
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        parameters: Sequence[Value],
        context: ExecutionContext | None,
        executemany: bool,
    ) -> None:
        if not statement.startswith(_BY_THE_CLOCK):
            seen.append(Statement(statement, executemany))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _row_changed(table: str, one: Row | None, other: Row | None) -> Iterator[str]:
    if one is None or other is None:
        yield "is in one of them alone"
        return
    free = WORDS.get(table, frozenset()) | CLOCKED.get(table, frozenset())
    for column in one.keys() | other.keys():
        a, b = one.get(column), other.get(column)
        if a == b or column in free:
            continue
        words = JSON_WORDS.get(table, {}).get(column)
        if words is None:
            yield f"{column}: {str(a)[:60]!r}, {str(b)[:60]!r}"
        else:
            for path in _json_changed(json.loads(str(a)), json.loads(str(b)), ""):
                if path not in words:
                    yield f"{column}: {path}"


def _json_changed(one: JsonValue, other: JsonValue, path: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted(one.keys() | other.keys()):
            below = f"{path}.{key}" if path else key
            if key in one and key in other:
                yield from _json_changed(one[key], other[key], below)
            else:
                yield f"{below} is in one of them alone"
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for a, b in zip(one, other, strict=True):
            yield from _json_changed(a, b, f"{path}[]")
    elif one != other:
        yield path
