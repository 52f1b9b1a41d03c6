"""One item of a source as a ticket without an account, by the source's spec. Pure.

What cannot be mapped is unknown, and never guessed: a priority that nobody knows is none, and the
tenant's default is assumed for it wherever it counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import JsonValue

from app.domain.fact_rows import FactRow, FactValue
from app.domain.ticket import OPEN_STATUSES, Priority, TicketStatus
from app.domain.ticket_words import priority_of, status_of
from app.feeds.account_resolver import Hints
from app.feeds.cells import clean_line, is_empty, read_id, read_subject
from app.feeds.formats import Formats
from app.feeds.moments import read_moment
from app.feeds.refusals import CellRefused
from app.feeds.row_rules import CLOCK_SLACK
from app.feeds.source_spec import Item, Reader, SourceSpec
from app.feeds.sync_paths import read_at, text_of, texts_at

_HINT_LIMIT = 200
_MOST_HINTS = 200
_EPOCH_DIGITS = 9
"""A number of at least so many digits is seconds since 1970; fewer would be before 1974."""
_YES = frozenset({"true", "yes", "1"})
_SCORES = frozenset({"1", "2", "3", "4", "5"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What a tenant says of this source's own words; they go before all else, case ignored."""

    priorities: Mapping[str, Priority] = field(default_factory=dict)
    statuses: Mapping[str, TicketStatus] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedTicket:
    """A ticket that waits for its account."""

    source_id: str
    ticket_id: str
    updated_at: datetime
    row: FactRow
    """All columns that the source gives, but `account_id` and `mapped_by`."""
    hints: Hints
    is_gone: bool = False
    merged_into: str = ""
    unknown_priority: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it counts as open."""
        return self.row["status"] in OPEN_STATUSES


def source_id_of(raw: JsonValue, spec: SourceSpec) -> str:
    """The id that stays. Raises CellRefused."""
    if not isinstance(raw, dict):
        raise CellRefused("is not a ticket")
    return _id(raw, spec.fields.source_id, "source_id")


def read_item(
    raw: JsonValue, spec: SourceSpec, overrides: Overrides, now: datetime
) -> SourcedTicket:
    """Read one item. Raises CellRefused naming our column."""
    source_id = source_id_of(raw, spec)
    item: Item = raw if isinstance(raw, dict) else {}
    fields = spec.fields
    created = _moment(item, fields.created_at, "created_at")
    if created is None:
        raise CellRefused("has no date of creation, and so no age", column="created_at")
    if created > now + CLOCK_SLACK:
        raise CellRefused(f"{created:%Y-%m-%d} is in the future", column="created_at")
    updated = _moment(item, fields.updated_at, "updated_at") or created
    ticket_id = f"{spec.id_prefix}{_id(item, fields.ticket_id, 'ticket_id')}"
    merged = text_of(read_at(item, fields.merged_into))
    priority, unknown = _priority(item, spec, overrides)
    hints = _hints(item, spec)
    row: dict[str, FactValue] = {
        "ticket_id": ticket_id,
        "created_at": created,
        "updated_at": updated,
        "priority": priority,
        "subject": read_subject(text_of(read_at(item, fields.subject))),
        "component": _component(item, fields.component, hints),
        "reopened": _is_yes(item, fields.reopened),
        **_state(item, spec, overrides, (created, updated)),
    }
    if fields.escalated:
        row["escalated"] = _is_yes(item, fields.escalated)
    if fields.csat:
        row["csat"] = _csat(read_at(item, fields.csat))
    return SourcedTicket(
        source_id=source_id,
        ticket_id=ticket_id,
        updated_at=updated,
        row=row,
        hints=hints,
        is_gone=_is_gone(item, spec),
        merged_into=clean_line(f"{spec.id_prefix}{merged}", _HINT_LIMIT) if merged else "",
        unknown_priority=unknown,
    )


def status_in(word: str, spec: SourceSpec, overrides: Overrides) -> TicketStatus | None:
    """What a category or type means; None: nobody knows it."""
    key = word.casefold()
    return overrides.statuses.get(key) or spec.status_by.get(key) or status_of(key)


def priority_in(name: str, spec: SourceSpec, overrides: Overrides) -> Priority | None:
    """What a priority means; None: nobody knows it."""
    key = " ".join(name.split()).casefold()
    return overrides.priorities.get(key) or spec.priority_by.get(key) or priority_of(key)


def _id(item: Item, reader: Reader, column: str) -> str:
    try:
        return read_id(text_of(read_at(item, reader)))
    except CellRefused as exc:
        raise CellRefused(exc.reason, column=column) from exc


def _moment(item: Item, reader: Reader, column: str) -> datetime | None:
    value = read_at(item, reader)
    text = text_of(value)
    if is_empty(text) or text == "0":
        return None
    whole = text.partition(".")[0]
    try:
        if whole.isascii() and whole.isdigit() and len(whole) >= _EPOCH_DIGITS:
            return datetime.fromtimestamp(int(whole), UTC)
        return read_moment(text, Formats())
    except CellRefused as exc:
        raise CellRefused(exc.reason, column=column) from exc
    except (OverflowError, OSError, ValueError) as exc:
        raise CellRefused("is no moment", column=column) from exc


def _state(
    item: Item, spec: SourceSpec, overrides: Overrides, told: tuple[datetime, datetime]
) -> dict[str, FactValue]:
    """The status, and when it ended where it did."""
    created, updated = told
    resolved = _moment(item, spec.fields.resolved_at, "resolved_at")
    status = status_in(text_of(read_at(item, spec.fields.status)), spec, overrides)
    if status is None:  # old sites have statuses without a category: the resolution tells
        status = TicketStatus.OPEN if resolved is None else TicketStatus.RESOLVED
    if status in OPEN_STATUSES:
        return {"status": status, "resolved_at": None}
    return {"status": status, "resolved_at": max(resolved or updated, created)}


def _priority(item: Item, spec: SourceSpec, overrides: Overrides) -> tuple[Priority | None, str]:
    """The priority, and its own name where nobody knows it."""
    name = text_of(read_at(item, spec.fields.priority))
    if is_empty(name):
        return None, ""
    found = priority_in(name, spec, overrides)
    return found, "" if found is not None else clean_line(name, _HINT_LIMIT)


def _component(item: Item, reader: Reader, hints: Hints) -> str:
    told = text_of(read_at(item, reader)) or next(iter(hints.components), "")
    return clean_line(told, _HINT_LIMIT)


def _is_yes(item: Item, reader: Reader) -> bool:
    value = read_at(item, reader)
    return value is True or text_of(value).casefold() in _YES


def _csat(value: JsonValue) -> int | None:
    text = text_of(value)
    return int(text) if text in _SCORES else None


def _is_gone(item: Item, spec: SourceSpec) -> bool:
    if not spec.gone_path:
        return False
    found = next(texts_at(item, spec.gone_path), "")
    return found.casefold() in spec.gone_values or (
        "true" in spec.gone_values and read_at(item, spec.gone_path) is True
    )


def _hints(item: Item, spec: SourceSpec) -> Hints:
    paths = spec.hints
    address = next((text for path in paths.email for text in texts_at(item, path)), "")
    _, at, domain = address.lower().rpartition("@")
    project = next(texts_at(item, paths.project), "") if paths.project else ""
    return Hints(
        organizations=_all(item, paths.organizations),
        field_values=_all(item, paths.field_values),
        labels=_all(item, paths.labels),
        components=_all(item, paths.components),
        project=clean_line(project, _HINT_LIMIT),
        domain=clean_line(domain, 253) if at else "",
        external_organizations=tuple(
            f"{spec.system}-organization:{found}"
            for found in _all(item, paths.external_organizations)
        ),
    )


def _all(item: Item, paths: Iterable[str]) -> tuple[str, ...]:
    lines = (clean_line(text, _HINT_LIMIT) for path in paths for text in texts_at(item, path))
    return tuple(dict.fromkeys(line for line in lines if line))[:_MOST_HINTS]
