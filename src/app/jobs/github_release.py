"""A release of GitHub's read as one of ours: its notes' list items are the release's items.

An item such as `- fix(Salesforce): bulk loads` names in parentheses what it concerns; one that
names nothing concerns nobody, unless it breaks something or is about security. The text is
outside's.
"""

from __future__ import annotations

import re
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from app.agents.technical_account_manager.announcements import Release, ReleaseItem
from app.domain.announcement import ChangeKind
from app.services.plain_text import one_line

MOST_ITEMS = 100
SHIPS = frozenset({"published", "released"})
"""Actions that tell of something new; GitHub sends both for one release."""
_ITEM = re.compile(
    r"^[ \t]{0,8}[-*+][ \t]+(?:\*\*)?(?:(?P<kind>[A-Za-z]{2,20})(?:\((?P<names>[^()\n]{1,200})\))?"
    r"(?P<breaks>!)?(?:\*\*)?:)?(?:\*\*)?[ \t]*(?P<text>\S.*)$"
)
_KINDS = {
    "fix": ChangeKind.FIX,
    "bugfix": ChangeKind.FIX,
    "security": ChangeKind.SECURITY,
    "sec": ChangeKind.SECURITY,
    "breaking": ChangeKind.BREAKING,
}


class _Told(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class GitHubRelease(_Told):
    """The part of a release that is read."""

    tag_name: str = Field(min_length=1, max_length=200)
    name: str | None = None
    body: str | None = None
    draft: bool = False
    prerelease: bool = False
    published_at: str | None = None
    html_url: str = ""


class GitHubEvent(_Told):
    """A webhook's word on a release."""

    action: str
    release: GitHubRelease


def shipped(event: GitHubEvent) -> Release | None:
    """The release that was published; None: this tells of none."""
    told = event.release
    if event.action not in {*SHIPS, "edited"} or told.draft or told.prerelease:
        return None
    version = one_line(told.tag_name, 200)
    if not version:
        return None
    items = [item for line in (told.body or "").splitlines() if (item := _item(line))]
    title = one_line(told.name or "", 200) or version
    return Release(
        version=version,
        released_on=_day(told.published_at),
        items=items[:MOST_ITEMS] or [ReleaseItem(title=title)],
    )


def why_not_news(event: GitHubEvent) -> str:
    """Why nothing is to be written to customers about this; empty: it is news."""
    if event.release.draft:
        return "it is a draft"
    if event.release.prerelease:
        return "it is a pre-release"
    if event.action not in SHIPS:
        return f"{one_line(event.action, 40)}: only what is published or released is news"
    return "" if shipped(event) else "it has no name"


def _item(line: str) -> ReleaseItem | None:
    found = _ITEM.match(line[:2_000])
    title = one_line(found["text"], 200) if found else ""
    if found is None or not title:
        return None
    names = [name for part in (found["names"] or "").split(",") if (name := one_line(part, 200))]
    kind = _KINDS.get((found["kind"] or "").lower(), ChangeKind.FEATURE)
    return ReleaseItem(
        title=title,
        kind=ChangeKind.BREAKING if found["breaks"] else kind,
        features=names,
        integrations=names,
        components=names,
    )


def _day(told: str | None) -> date | None:
    try:
        return date.fromisoformat((told or "")[:10])
    except ValueError:
        return None
