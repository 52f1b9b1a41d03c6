"""Hostile words in every text of a store: names, subjects, notes, reasons, letters, answers.

Whatever column the tables gain later is planted too, unless its values are ids or of a closed set.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import cycle
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Table, Text

from app.storage.columns import metadata
from app.storage.types import Json, Texts
from tests.injection.corpora import jailbreaks, malicious
from tests.injection.planted import PLANTED

Leaf: TypeAlias = "str | int | float | bool | list[Leaf] | dict[str, Leaf] | None"

MARK = "x-planted"
"""An element that is in no page of ours."""


class Shape(Enum):
    """What a column holds."""

    KEPT = auto()
    TEXT = auto()
    TEXTS = auto()
    JSON = auto()


VECTORS = (
    f"<{MARK}>bold</{MARK}>",
    f'"><{MARK} onclick=console.log(1)>',
    f"'><{MARK}><svg onload=console.log(1)>",
    f"</textarea></title></style></script><{MARK}>",
    f"<!--><{MARK}>-->",
    "<script>console.log('planted')</script>",
    "<img src=/planted onerror=console.log('planted')>",
    '" autofocus onfocus=console.log(1) x="',
    "' style='position:fixed;inset:0' x='",
    "<a href=javascript:console.log(1)>press</a>",
    "javascript:console.log(1)//",
    "<iframe srcdoc='<script>parent.console.log(1)</script>'></iframe>",
    "<form action=https://evil.example><button>Sign in again</button></form>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<style>@import url(https://evil.example/x.css);</style>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    '<div hx-get="/log" hx-trigger="load" hx-target="body">x</div>',
    '" hx-get="/planted" hx-trigger="load" x="',
    "<button data-key-page=j popovertarget=x>x</button>",
    "{{ 7*191 }} {% raw %} ${7*191} #{7*191}",
    "&lt;script&gt;console.log(1)&lt;/script&gt;",
    "\u202egnihtyreve\u202c \u2066<script>\u2069",
    "\x1b]8;;https://evil.example\x1b\\press\x1b]8;;\x1b\\",
    f"<math><mtext><{MARK}><style></math><img src onerror=console.log(1)>",
    "]]><![CDATA[<script>console.log(1)</script>",
    "A" * 3_000,
    "\u0000<b>\u0000".replace("\u0000", "\ufffd"),
)

_IDS = ("_id", "_hash", "_digest")
_KEPT = frozenset(
    {
        ("accounts", "owner_email"),
        ("accounts", "domains"),
        ("drafts", "key"),
        ("drafts", "rep_email"),
        ("drafts", "box"),
        ("drafts", "body_html"),
        ("alerts", "rep_email"),
        ("alerts", "channel"),
        ("account_health", "churn_level"),
        ("contracts", "arr_currency"),
        ("invoices", "currency"),
        ("incidents", "subject"),
        ("incident_revisions", "subject"),
        ("incident_revisions", "delivery"),
        ("incident_revisions", "rep_email"),
        ("overrides", "churn_before"),
        ("settings_versions", "settings"),
        ("effects", "subject"),
        ("effects", "owner"),
        ("reps", "zone"),
        ("scans", "account_id"),
        ("users", "email"),
        ("feeds", "accounts"),
        ("feeds", "provides"),
        ("opportunities", "found_by"),
        ("model_calls", "agent"),
    }
)
"""Ids, addresses, closed sets and settings that are kept as text: another value is no value."""
_FREE = frozenset(
    {
        "account_name", "answer", "description", "detail", "error", "evidence", "name", "note",
        "reason", "reasons", "subject_line", "summary", "text", "title", "value", "why", "with",
        "headline", "lines", "recommended_talk_track", "recommendation", "recommendations",
    }
)  # fmt: skip
"""Keys of JSON under which anybody's words stand."""


def words() -> Iterator[str]:
    """Vectors for a browser most of all, then what others wrote to be obeyed; for ever."""
    others = [one.text for one in malicious()][:40] + [one.text for one in jailbreaks()][:20]
    return cycle([*VECTORS, *PLANTED, *VECTORS, *others])


def plant(file: Path) -> int:
    """Write hostile words over every free text of the store; returns how many."""
    driver = sqlite3.connect(file)
    given, count = words(), 0
    for table in metadata.sorted_tables:
        for name in (column.name for column in table.columns):
            shape = _shape(table, name)
            if shape is not Shape.KEPT:
                count += _plant_column(driver, table, name, shape, given)
    count += _plant_ledgers(driver, given)
    driver.commit()
    driver.close()
    return count


def _shape(table: Table, name: str) -> Shape:
    """What the column's texts are, as far as they are free."""
    column = table.columns[name]
    is_kept = name.endswith(_IDS) or (table.name, name) in _KEPT
    if column.primary_key or is_kept or name in {"digest", "ledger", "inputs"}:
        return Shape.KEPT
    kinds = {Text: Shape.TEXT, Texts: Shape.TEXTS, Json: Shape.JSON}
    return kinds.get(type(column.type), Shape.KEPT)


def _plant_column(
    driver: sqlite3.Connection, table: Table, name: str, shape: Shape, given: Iterator[str]
) -> int:
    keys = [one.name for one in table.primary_key.columns]
    named = ", ".join(f'"{one}"' for one in (*keys, name))
    where = " AND ".join(f'"{one}" = ?' for one in keys)
    rows = driver.execute(f'SELECT {named} FROM "{table.name}" LIMIT 2000').fetchall()
    changed = [(_hostile(shape, row[-1], given), *row[:-1]) for row in rows if row[-1] is not None]
    driver.executemany(f'UPDATE "{table.name}" SET "{name}" = ? WHERE {where}', changed)
    return len(changed)


def _hostile(shape: Shape, value: str, given: Iterator[str]) -> str:
    if shape is Shape.TEXTS:
        return json.dumps([next(given) for _ in json.loads(value)])
    if shape is Shape.JSON:
        return json.dumps(_leaves(json.loads(value), given, is_free=False))
    return next(given)


def _leaves(value: Leaf, given: Iterator[str], *, is_free: bool) -> Leaf:
    """The same with hostile words under the keys that are free."""
    if isinstance(value, dict):
        return {
            key: _leaves(one, given, is_free=key in _FREE or (is_free and isinstance(one, str)))
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_leaves(one, given, is_free=is_free) for one in value]
    return next(given) if is_free and isinstance(value, str) else value


def _plant_ledgers(driver: sqlite3.Connection, given: Iterator[str]) -> int:
    """What was measured, why, and from which records."""
    full = "SELECT agent, account_id, taken_at, ledger FROM health_snapshots WHERE ledger <> ''"
    rows = driver.execute(full).fetchall()
    changed = [(_ledger(ledger, given), *key) for *key, ledger in rows]
    driver.executemany(
        "UPDATE health_snapshots SET ledger = ? WHERE agent = ? AND account_id = ?"
        " AND taken_at = ?",
        changed,
    )
    return len(changed)


def _ledger(text: str, given: Iterator[str]) -> str:
    rows: Sequence[list[Leaf]] = json.loads(text)
    for row in rows:
        row[1], row[4], row[5] = next(given), next(given), [next(given)]
    return json.dumps(rows)
