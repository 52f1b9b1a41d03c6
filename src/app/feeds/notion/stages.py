"""What the options of a Status column mean: which of them end a ticket.

By their words first, then by the group that they stand in; what is not known counts as open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.blocks.rich_text import NotionObject
from app.domain.notion import NotionColumn
from app.domain.ticket import OPEN_STATUSES, TicketStatus
from app.domain.ticket_words import status_of
from app.feeds.cells import NAME_LIMIT, clean_line
from app.services.notion.rows import plain_id

_ENDED = "complete"
"""Notion's own name of the group whose options end a task."""
MOST_CONDITIONS = 50
"""Options named in one filter; Notion takes a hundred conditions."""


class _Option(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = ""
    name: str


class _Group(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: str = ""
    option_ids: tuple[str, ...] = ()


class _Choices(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    options: tuple[_Option, ...] = ()
    groups: tuple[_Group, ...] = ()


class _Property(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str = ""
    select: _Choices = Field(default_factory=_Choices)
    status: _Choices = Field(default_factory=_Choices)


class _Source(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    properties: Mapping[str, _Property] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stages:
    """The options of one Status column."""

    property_id: str = ""
    type: str = ""
    ended: frozenset[str] = frozenset()
    """Those of the group that ends a task, case folded."""
    closing: tuple[str, ...] = ()
    """Options that mean that a ticket is over, as Notion writes them; empty: none, or too many to
    be asked for."""

    def status_of(self, text: str) -> TicketStatus:
        """What an option, or a word, means."""
        word = clean_line(text, NAME_LIMIT).casefold()
        ended = TicketStatus.CLOSED if word in self.ended else TicketStatus.OPEN
        return status_of(word) or ended

    @property
    def still_open(self) -> NotionObject | None:
        """A filter for tickets that are not over; None: they cannot be told apart beforehand."""
        return self._where("and", "does_not_equal") if self.closing else None

    @property
    def over(self) -> NotionObject:
        """A filter for the others; asked for only where `still_open` is one."""
        return self._where("or", "equals")

    def _where(self, joint: str, operator: str) -> NotionObject:
        return {
            joint: [
                {"property": self.property_id, self.type: {operator: name}} for name in self.closing
            ]
        }


def stages_of(source: NotionObject, column: NotionColumn | None) -> Stages:
    """The options of the column, out of its data source as Notion tells it."""
    if column is None or column.type not in {"select", "status"}:
        return Stages()
    try:
        properties = _Source.model_validate(source).properties.values()
    except ValidationError:
        return Stages()
    wanted = plain_id(column.property_id)
    own = next((one for one in properties if plain_id(one.id) == wanted), _Property())
    choices = own.select if column.type == "select" else own.status
    ids = {
        option
        for group in choices.groups
        if group.name.strip().casefold() == _ENDED
        for option in group.option_ids
    }
    ended = frozenset(
        clean_line(one.name, NAME_LIMIT).casefold() for one in choices.options if one.id in ids
    )
    told = Stages(property_id=column.property_id, type=column.type, ended=ended)
    closing = tuple(
        one.name for one in choices.options if told.status_of(one.name) not in OPEN_STATUSES
    )
    return Stages(
        property_id=column.property_id,
        type=column.type,
        ended=ended,
        closing=closing if len(closing) <= MOST_CONDITIONS else (),
    )
