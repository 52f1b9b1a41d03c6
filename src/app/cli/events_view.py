"""What `tend events` shows, as tables and as JSON. All text from outside is shown, never obeyed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from app.ports.bus import GroupState, ParkedEvent, StreamState
from app.ports.rows import StoredEvent
from app.services.plain_text import one_line

_ERROR_CHARACTERS = 300
_ID_CHARACTERS = 200
_SHORT = 60


def events_table(events: Sequence[StoredEvent]) -> Table:
    """Events, one a line."""
    table = _table("Published", "Stream", "Event", "Account", "Id")
    for event in events:
        table.add_row(
            _moment(event.published_at),
            _text(event.stream),
            _text(_what(event.body)),
            _text(_word(_inside(event.body).get("account_id"))),
            _text(event.event_id, _ID_CHARACTERS),
        )
    return table


def parked_table(parked: Sequence[ParkedEvent]) -> Table:
    """Dead letters with what was wrong."""
    table = _table("Parked", "Group", "Stream", "Event", "Given", "Why, and its id")
    for one in parked:
        why = _text(one.error, _ERROR_CHARACTERS)
        why.append(
            f"\n→ tend events replay {one_line(one.stored.event_id, _ID_CHARACTERS)}", "cyan"
        )
        table.add_row(
            _moment(one.parked_at),
            _text(one.group),
            _text(one.stored.stream),
            _text(_what(one.stored.body)),
            f"{one.deliveries}×",
            why,
        )
    return table


def groups_table(groups: Sequence[GroupState]) -> Table:
    """How far each group is."""
    table = _table("Stream", "Group", "To be given", "In hand", "Again", "Parked", "Missed")
    for one in groups:
        counts = (one.lag, one.in_hand, one.waiting, one.parked, one.missed)
        table.add_row(_text(one.stream), _text(one.group), *(str(count) for count in counts))
    return table


def event_json(event: StoredEvent) -> dict[str, JsonValue]:
    """An event for a program; texts as they are stored."""
    return {
        "event_id": event.event_id,
        "stream": event.stream,
        "published_at": event.published_at.isoformat(),
        "event": dict(event.body),
    }


def parked_json(one: ParkedEvent) -> dict[str, JsonValue]:
    """A dead letter for a program."""
    return {
        **event_json(one.stored),
        "group": one.group,
        "deliveries": one.deliveries,
        "error": one.error,
        "parked_at": one.parked_at.isoformat(),
    }


def group_json(one: GroupState) -> dict[str, JsonValue]:
    """A group for a program."""
    return {
        "stream": one.stream,
        "group": one.group,
        "lag": one.lag,
        "in_hand": one.in_hand,
        "waiting": one.waiting,
        "parked": one.parked,
        "missed": one.missed,
    }


def stream_json(one: StreamState) -> dict[str, JsonValue]:
    """A stream for a program."""
    return {"stream": one.stream, "length": one.length, "trimmed": one.trimmed}


def _what(body: Mapping[str, JsonValue]) -> str:
    """The kind of event in a few words."""
    kinds = (body.get("event_type"), _inside(body).get("alert_type"))
    return " ".join(word for kind in kinds if (word := _word(kind))) or "cannot be read"


def _inside(body: Mapping[str, JsonValue]) -> Mapping[str, JsonValue]:
    inside = body.get("data")
    return inside if isinstance(inside, dict) else {}


def _word(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _text(words: str, most: int = _SHORT) -> Text:
    return Text(one_line(words, most), overflow="fold")


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
