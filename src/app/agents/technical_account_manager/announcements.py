"""What ships and what is planned, as people hand it in: a release and its items, the roadmap.

The shapes are strict, and whatever is wrong is named by its field. Whom it concerns is decided
elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, TypeAlias, TypeVar

from pydantic import Field, JsonValue, StringConstraints, TypeAdapter, ValidationError

from app.domain.announcement import ChangeKind
from app.domain.document import Document
from app.errors import InvalidInput
from app.handoffs.edge import Shape

ShapeT = TypeVar("ShapeT")

Title: TypeAlias = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]
Names: TypeAlias = Annotated[list[Title], Field(max_length=50)]
Words: TypeAlias = Annotated[str, Field(max_length=2_000)]
Link: TypeAlias = Annotated[str, StringConstraints(pattern=r"^(https://\S+)?$", max_length=300)]
"""An https address, or empty."""

MOST_ITEMS = 200


class ReleaseItem(Shape):
    """One change of a release. It concerns whoever has what it names."""

    title: Title
    description: Words = ""
    """For customers: a sentence or two on what it means for them."""
    kind: ChangeKind = ChangeKind.FEATURE
    features: Names = Field(default_factory=list)
    """As accounts and usage name them."""
    integrations: Names = Field(default_factory=list)
    components: Names = Field(default_factory=list)
    """As tickets name them."""
    link: Link = ""


class Release(Shape):
    """What shipped under one version."""

    version: Title
    released_on: date | None = None
    """None: not told; a day to come is when it will ship."""
    items: list[ReleaseItem] = Field(min_length=1, max_length=MOST_ITEMS)


class RoadmapItem(Shape):
    """One thing that is planned."""

    title: Title
    description: Words = ""
    planned_for: str = Field(default="", max_length=40)
    """In words fit for a customer, such as `2027-Q1`; empty: no time is told."""
    features: Names = Field(default_factory=list)
    integrations: Names = Field(default_factory=list)
    """Systems it is about, connected already or not."""
    components: Names = Field(default_factory=list)
    link: Link = ""


RoadmapItems: TypeAlias = Annotated[list[RoadmapItem], Field(min_length=1, max_length=MOST_ITEMS)]


class Roadmap(Shape):
    """Everything that is planned, dearest first."""

    items: RoadmapItems


_RELEASE = TypeAdapter(Release)
_ROADMAP = TypeAdapter(Roadmap)
_ITEMS: TypeAdapter[list[RoadmapItem]] = TypeAdapter(RoadmapItems)


def release_of(given: Mapping[str, JsonValue], what: str = "release_info") -> Release:
    """A release. Raises InvalidInput naming every field that is wrong, under `what`."""
    return _checked(_RELEASE, dict(given), what)


def roadmap_of(given: JsonValue, what: str = "roadmap_items") -> tuple[RoadmapItem, ...]:
    """Roadmap items: a list of them, or an object with `items`.

    Raises InvalidInput naming every field that is wrong, under `what`.
    """
    if isinstance(given, list):
        items: list[RoadmapItem] = _checked(_ITEMS, given, what)
        return tuple(items)
    return tuple(_checked(_ROADMAP, given, what).items)


def newest_release(documents: Sequence[Document]) -> Release | None:
    """The release that shipped last, else was handed in last; None: there is none.

    Raises InvalidInput when the document is not in order.
    """
    releases = [(release_of(one.body, one.title), one.made_at) for one in documents]
    dated = [(one.released_on or made_at.date(), made_at, one) for one, made_at in releases]
    return max(dated, key=lambda entry: entry[:2])[2] if dated else None


def roadmap_items(documents: Sequence[Document]) -> tuple[RoadmapItem, ...]:
    """The items of all roadmap documents, in order. Raises InvalidInput for one not in order."""
    return tuple(item for one in documents for item in roadmap_of(dict(one.body), one.title))


def _checked(adapter: TypeAdapter[ShapeT], given: JsonValue, what: str) -> ShapeT:
    try:
        return adapter.validate_python(given)
    except ValidationError as exc:
        raise InvalidInput("\n".join(wrong_fields(exc, what))) from exc


def wrong_fields(exc: ValidationError, what: str) -> tuple[str, ...]:
    """A line for each field that is wrong: where it stands, and what it must be."""
    return tuple(
        f"{'.'.join((what, *(str(part) for part in error['loc'])))}: "
        f"{_in_words(error['type'], error['msg'])}"
        for error in exc.errors(include_input=False, include_url=False)
    )


def _in_words(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such field"
    if kind == "string_pattern_mismatch":
        return "must begin with https:// and have no blanks"
    return message
