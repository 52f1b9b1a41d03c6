"""Events as Redis hands them over, made into stored ones: parsed once, whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from pydantic import JsonValue

from app.ports.rows import StoredEvent

StoredRow: TypeAlias = tuple[int, str, str, int, str]
"""Place, event id, when it was published, how many times it was given, the event as JSON."""
UNREADABLE = "unreadable"
_SHOWN_CHARACTERS = 2_000
_UNKNOWN = datetime(1970, 1, 1, tzinfo=UTC)


def stored_of(stream: str, row: StoredRow) -> StoredEvent:
    """The event of a row; one that is no JSON object shows its text under `unreadable`."""
    _, event_id, at, _, text = row
    return stored_event(stream, event_id=event_id, at=at, text=text)


def stored_event(stream: str, *, event_id: str, at: str, text: str) -> StoredEvent:
    """The same, by its parts."""
    return StoredEvent(
        event_id=event_id, stream=stream, published_at=moment_of(at), body=_body_of(text)
    )


def moment_of(text: str) -> datetime:
    """A moment as we write it; 1970 for what nobody of ours wrote."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _UNKNOWN
    return moment.astimezone(UTC) if moment.tzinfo else _UNKNOWN


def _body_of(text: str) -> Mapping[str, JsonValue]:
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    return body if isinstance(body, dict) else {UNREADABLE: text[:_SHOWN_CHARACTERS]}
