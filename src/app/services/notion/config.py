"""What settings say of Notion. `[notion]`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.services.notion.client import BASE_URL


class NotionConfig(BaseModel):
    """One connection (Notion calls it an integration) and how it is used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: SecretStr = SecretStr("")
    """The connection's secret, `ntn_…`; empty: the one that `tend connect notion` was told."""
    parent_page: str = ""
    """Id or address of the page under which `tend connect notion` makes databases; empty: the one
    that it was told."""
    currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """What ARR is in: a number in Notion has no currency of its own."""
    stamp_days: int = Field(default=7, ge=1, le=90)
    """After so many days the last scan's date is written anew where nothing else changed."""
    full_read_hours: float = Field(default=24.0, gt=0, le=24 * 31)
    """How often databases are read from end to end, which notices rows that are gone. Between,
    only rows that changed are read."""
    most_gone_share: float = Field(default=0.2, gt=0, le=1)
    """When more of the rows than this are gone at once it is a fault, and none is taken as gone."""
    base_url: str = Field(default=BASE_URL, pattern=r"^https?://\S+$")
