"""What a folder's files bring, written: each file in one transaction, then how its feeds stand.

The files are deliveries of the same feeds that `tend import` writes, so that a file brought by hand
and one dropped into the folder are one feed, fresh or late together.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from app.domain.feed import FactKind, Feed
from app.domain.feed_file import FeedFile
from app.feeds.feed_delivery import deliver, feed_of
from app.feeds.file_import import import_file
from app.feeds.file_report import FileReport, RefusalSink
from app.feeds.folder import FOLDER
from app.feeds.folder_look import Planned, after_reading
from app.feeds.import_choices import ImportChoices
from app.feeds.refusals import excerpt
from app.ports.store import Unit

_NAMED = 3
"""Files that a reason names."""


def take_file(
    unit: Unit, planned: Planned, choices: ImportChoices, sink: RefusalSink, rejects: Path
) -> FileReport:
    """Write what a file holds, and remember it. Raises FileRefused: nothing of it is to be kept.

    `rejects`: where `sink` writes refused rows, to be told.

    One that is only tried again was delivered when it came: reading it anew makes nothing fresher.
    """
    then = replace(choices, now=planned.file.came_at)
    report = import_file(unit, planned.plan, then, sink, _nobody_watches)
    unit.feeds.keep_file(FOLDER, after_reading(planned.file, report, rejects))
    return report


def take_again(unit: Unit, file: FeedFile, choices: ImportChoices) -> None:
    """A file that came again as it was is a delivery all the same."""
    unit.feeds.keep_file(FOLDER, file)
    if file.kind is not None:
        deliver(unit, file.kind, (), choices, None)


def tell_feeds(
    unit: Unit, present: Collection[str], before: Mapping[str, Feed], now: datetime
) -> None:
    """Write how the feeds stand after the files in `present` were read.

    A feed is failed while a file of its kind is broken; `before` says since when. A file that is
    gone takes its trouble with it. A broken file of unknown kind is the folder's own trouble.
    """
    known = unit.feeds.files(FOLDER)
    gone = known.keys() - set(present)
    unit.feeds.forget_files(FOLDER, gone)
    here = [file for name, file in sorted(known.items()) if name not in gone]
    stored = {feed.name: feed for feed in unit.feeds.all()}
    for kind in sorted({file.kind for file in known.values() if file.kind is not None}):
        name = feed_of(kind)
        own = [file for file in here if file.kind is kind]
        feed = stored.get(name, Feed(name=name, provides=frozenset({kind})))
        told = _told(feed, own, before.get(name), now)
        if told != feed:
            unit.feeds.save(told)
    unknown = [file for file in here if file.kind is None]
    folder = Feed(name=FOLDER, provides=frozenset(), last_ok_at=now)
    unit.feeds.save(_told(folder, unknown, before.get(FOLDER), now))


def tell_failure(unit: Unit, reason: str, now: datetime) -> None:
    """The folder as a whole cannot be read: it fails, with all that it ever brought."""
    kinds = {file.kind for file in unit.feeds.files(FOLDER).values() if file.kind is not None}
    stored = next((feed for feed in unit.feeds.all() if feed.name == FOLDER), None)
    failed = Feed(
        name=FOLDER,
        provides=frozenset[FactKind](kinds),
        last_ok_at=None if stored is None else stored.last_ok_at,
        failed_since=_since(stored, now),
        reason=reason,
    )
    unit.feeds.save(failed)


def _told(feed: Feed, files: Iterable[FeedFile], before: Feed | None, now: datetime) -> Feed:
    files = tuple(files)
    broken = [f"{excerpt(file.name, 80)}: {file.trouble}" for file in files if file.trouble]
    if broken:
        return replace(feed, failed_since=_since(before, now), reason=_some(broken))
    remarks = [f"{excerpt(file.name, 80)}: {file.remark}" for file in files if file.refused]
    return replace(feed, failed_since=None, reason=_some(remarks))


def _since(before: Feed | None, now: datetime) -> datetime:
    return now if before is None else before.failed_since or now


def _some(reasons: list[str]) -> str:
    more = len(reasons) - _NAMED
    return "; ".join(reasons[:_NAMED]) + (f"; and {more} files more" if more > 0 else "")


def _nobody_watches(position: int) -> None:
    del position
