"""The shapes of a property's value on the wire, type by type; fields that are not read are ignored.

They know shapes alone: what is read out of them is `rows`' to say.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True, allow_inf_nan=False)


class Run(_Shape):
    """A piece of text."""

    plain_text: str = ""


class Option(_Shape):
    """An option of a select or a status."""

    name: str


class Moment(_Shape):
    """A day or a moment, or a range of them."""

    start: str
    end: str | None = None
    time_zone: str | None = None
    """The zone that moments without an offset are of."""


class Mailbox(_Shape):
    """What is told of a person besides the name."""

    email: str | None = None


class User(_Shape):
    """Somebody of the workspace; name and address only where the connection may read them."""

    type: str = ""
    name: str | None = None
    person: Mailbox | None = None


class Page(_Shape):
    """A page that a relation points to."""

    id: str


class Numbered(_Shape):
    """A row's own number."""

    prefix: str | None = None
    number: int | None = None


class Computed(_Shape):
    """What a formula or a rollup comes to."""

    type: str
    string: str | None = None
    number: int | float | None = None
    boolean: bool | None = None
    date: Moment | None = None
    array: list[Value] = Field(default_factory=list)


class Value(_Shape):
    """A property's value; only the field of its own type is set."""

    type: str
    title: list[Run] = Field(default_factory=list)
    rich_text: list[Run] = Field(default_factory=list)
    number: int | float | None = None
    select: Option | None = None
    status: Option | None = None
    multi_select: list[Option] = Field(default_factory=list)
    date: Moment | None = None
    people: list[User] = Field(default_factory=list)
    created_by: User | None = None
    relation: list[Page] = Field(default_factory=list)
    has_more: bool = False
    formula: Computed | None = None
    rollup: Computed | None = None
    created_time: str = ""
    last_edited_time: str = ""
    unique_id: Numbered | None = None
    url: str | None = None
    email: str | None = None
    phone_number: str | None = None
    checkbox: bool | None = None
