"""Notion's answers as far as they are read. Fields that are not read are ignored."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.handoffs.edge import Moment


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Named(_Wire):
    """An option of a select or status."""

    name: str


class Span(_Wire):
    """A date property; a day alone reads as its midnight in UTC."""

    start: Moment


class Text(_Wire):
    """A piece of rich text."""

    plain_text: str = ""


class Reference(_Wire):
    """A page that a relation points to."""

    id: str


class Property(_Wire):
    """A property's value; only the field of its own type is set."""

    type: str
    number: float | None = None
    select: Named | None = None
    status: Named | None = None
    date: Span | None = None
    url: str | None = None
    title: list[Text] = Field(default_factory=list)
    rich_text: list[Text] = Field(default_factory=list)
    relation: list[Reference] = Field(default_factory=list)

    @property
    def words(self) -> str:
        """Its value as text: of a title, text, option, link or relation; else empty."""
        option = self.select or self.status
        if option is not None:
            return option.name
        if self.relation:
            return self.relation[0].id
        return "".join(piece.plain_text for piece in (*self.title, *self.rich_text)) or (
            self.url or ""
        )


class Row(_Wire):
    """A page with its properties."""

    id: str
    created_time: Moment
    url: str = ""
    in_trash: bool = False
    properties: dict[str, Property] = Field(default_factory=dict)

    def words(self, name: str) -> str:
        """A property's text; empty where it is empty or not there."""
        value = self.properties.get(name)
        return "" if value is None else value.words

    def number(self, name: str) -> float | None:
        """A number property; None where it is empty or not there."""
        value = self.properties.get(name)
        return None if value is None else value.number

    def moment(self, name: str) -> datetime | None:
        """The beginning of a date property, in UTC; None where it is empty or not there."""
        value = self.properties.get(name)
        return None if value is None or value.date is None else value.date.start

    @property
    def title(self) -> str:
        """The page's title, whatever its property is called."""
        return next((p.words for p in self.properties.values() if p.type == "title"), "")


class RequestStatus(_Wire):
    """Whether a query saw all its rows."""

    type: str = ""


class RowPage(_Wire):
    """One page of a query's rows."""

    results: list[Row]
    has_more: bool = False
    next_cursor: str | None = None
    request_status: RequestStatus = RequestStatus()

    @property
    def is_incomplete(self) -> bool:
        """The query was cut at its limit (10,000 rows), though it says that there is no more."""
        return self.request_status.type == "incomplete"


class TitledBlock(_Wire):
    """The title of a sub-page."""

    title: str = ""


class RichBlock(_Wire):
    """The text of a block."""

    rich_text: list[Text] = Field(default_factory=list)


class Child(_Wire):
    """A block among a page's children, with the few kinds that are looked at."""

    id: str
    type: str
    in_trash: bool = False
    child_page: TitledBlock = TitledBlock()
    heading_2: RichBlock = RichBlock()
    heading_3: RichBlock = RichBlock()
    bulleted_list_item: RichBlock = RichBlock()

    @property
    def words(self) -> str:
        """The text of a heading or list entry, the title of a sub-page; else empty."""
        rich = (self.heading_2, self.heading_3, self.bulleted_list_item)
        return self.child_page.title or "".join(
            piece.plain_text for block in rich for piece in block.rich_text
        )


class ChildPage(_Wire):
    """One page of a block's children."""

    results: list[Child]
    has_more: bool = False
    next_cursor: str | None = None


class DataSourceName(_Wire):
    """A data source of a database."""

    id: str


class Database(_Wire):
    """A database: a container of data sources."""

    data_sources: list[DataSourceName]
