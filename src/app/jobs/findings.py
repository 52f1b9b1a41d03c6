"""What the doctor looks at and what it says: facts in, findings out. Nothing is looked up here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from app.domain.effect import EffectKind, ParkReason
from app.domain.feed import Feed
from app.domain.flow import FlowRow
from app.ports.rows import SettingsVersion


class Verdict(StrEnum):
    """How a check ended; only `wrong` makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor's."""

    about: str
    verdict: Verdict
    says: str
    """What it is, and what it means."""
    mend: str = ""
    """The command or setting that mends it; empty: there is nothing to mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderFacts:
    """The data folder."""

    path: Path
    is_there: bool
    write_error: str
    """Why no file can be written in it; empty: one can."""
    filesystem: str
    """Its kind, such as ext4 or nfs4; empty: unknown."""
    free_bytes: int
    holds_store: bool
    """The store is a SQLite file; else the folder has drafts alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """The database."""

    where: str
    """For a person, without a password."""
    is_sqlite: bool
    trouble: str
    """Why it cannot be opened; empty: it can."""
    revision: str | None
    """None: there is no store yet."""
    is_at_head: bool
    is_newer: bool
    size_bytes: int
    """Of the file; 0 on PostgreSQL."""
    skew_seconds: float
    living: frozenset[str]
    """The processes that work on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFacts:
    """The flows that have not ended."""

    trouble: str
    there: bool
    """False: none was ever run."""
    running: tuple[FlowRow, ...]
    queued: tuple[FlowRow, ...]
    failed: tuple[FlowRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BookFacts:
    """What is in the store."""

    settings: SettingsVersion
    live_since: datetime | None
    accounts: int
    """Active ones."""
    unowned: int
    """Active accounts that name no rep."""
    strangers: tuple[str, ...]
    """Owners' addresses, the default owner's too, that no rep is known by."""
    feeds: tuple[Feed, ...]
    parked: Mapping[ParkReason, int]
    channels: Mapping[EffectKind, str]
    """What is wrong with each channel, in words; empty: nothing."""
    released: Mapping[EffectKind, int]
    """Effects that were released just now, because their channel works again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemFacts:
    """A system that the settings name."""

    name: str
    trouble: str
    """What is wrong with it, without secrets; empty: nothing."""
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionFacts:
    """The team's Notion, as it answered."""

    reached: str
    """Whose connection it is and which databases it reaches; empty: it does not answer us."""
    a_minute: float
    """Requests that Tend may make."""
    findings: tuple[Finding, ...]
    """What is not as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that was looked at, at one moment."""

    now: datetime
    folder: FolderFacts
    store: StoreFacts
    flows: FlowFacts
    book: BookFacts | None
    """None: there is no store that this program can read."""
    systems: tuple[SystemFacts, ...]
    """Those that the settings name."""
    notion: NotionFacts | None
    """None: nothing is said of one."""


def ok(about: str, says: str) -> Finding:
    """Nothing to mend."""
    return Finding(about=about, verdict=Verdict.OK, says=says)


def warning(about: str, says: str, mend: str) -> Finding:
    """It works, and somebody should know."""
    return Finding(about=about, verdict=Verdict.WARNING, says=says, mend=mend)


def wrong(about: str, says: str, mend: str) -> Finding:
    """It does not work."""
    return Finding(about=about, verdict=Verdict.WRONG, says=says, mend=mend)
