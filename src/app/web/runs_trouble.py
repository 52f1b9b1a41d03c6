"""What is wrong with feeds and the event bus: since when, what it means, and what mends it.

Put in words for an operator. It decides nothing: whether a feed can be trusted is settled before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.feed import Feed, FeedState
from app.domain.notion import NOTION
from app.jobs.bus_word import BusSilence
from app.jobs.pages.runs import FeedLine, RunsPage
from app.web.board import Board
from app.web.runs_words import RunsWords

LATELY = timedelta(days=1)
"""For so long after it is told that the bus was silent."""
_REDIS = "redis: "
"""What a feed's reason begins with that could not be read because calls could not be counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong, as the page shows it."""

    what: str
    state: str
    since: datetime | None
    """None: nobody knows yet."""
    why: str
    scores: str
    """What it means for them."""
    mend: str
    command: str
    """What is typed; it ends the sentence of `mend`."""
    feed: str = ""
    """The feed that a button reads again; empty: there is none."""


def troubles_of(runs: RunsPage, board: Board, readable: Collection[str]) -> tuple[Trouble, ...]:
    """The bus first, then failed feeds, then late ones; `readable` can be read at once."""
    feeds = sorted(
        (line for line in runs.feeds if not line.is_well),
        key=lambda line: (line.state is not FeedState.FAILED, line.look.feed.name),
    )
    return (*_of_bus(runs, board), *(_of_feed(line, readable) for line in feeds))


def lately_silent(runs: RunsPage, board: Board) -> BusSilence | None:
    """An outage of the bus that is over, and worth a word."""
    silence = runs.bus_silence
    if board.events_trouble or silence is None or silence.until is None:
        return None
    return silence if runs.now - silence.until < LATELY else None


def _of_bus(runs: RunsPage, board: Board) -> Iterator[Trouble]:
    if not board.events_trouble:
        return
    silence = runs.bus_silence
    yield Trouble(
        what="The event bus does not answer",
        state="silent",
        since=None if silence is None or silence.until is not None else silence.since,
        why=board.events_trouble,
        scores=(
            "A score needs no events. But calls to other systems are counted on the same Redis: "
            "sources read over the network fail meanwhile, and freeze their accounts. Events, and "
            "what goes out over the network, wait as work owed; nothing is lost."
        ),
        mend=(
            "Start the Redis server, or mend TEND_REDIS_URL and restart the service. What waits "
            "goes out by itself. To see that all is well again, run"
        ),
        command="tend doctor",
    )


def _of_feed(line: FeedLine, readable: Collection[str]) -> Trouble:
    feed = line.look.feed
    mend, command = _mend(feed, readable)
    reach = RunsWords().reach(line)
    reach = f"{reach[:1].upper()}{reach[1:]}"
    return Trouble(
        what=f"Feed {feed.name}",
        state=line.state.value,
        since=feed.failed_since or _late_since(feed),
        why=_why(line),
        scores=f"{reach}. Nothing is raised or closed there until it delivers again.",
        mend=mend,
        command=command,
        feed=feed.name if feed.name in readable else "",
    )


def _why(line: FeedLine) -> str:
    feed = line.look.feed
    if line.state is FeedState.FAILED:
        return feed.reason or "no reason was told"
    hours = f"{feed.late_after_hours or 0:g} hours"
    return f"Late: it is expected every {hours}"


def _late_since(feed: Feed) -> datetime | None:
    if feed.last_ok_at is None or feed.late_after_hours is None:
        return None
    return feed.last_ok_at + timedelta(hours=feed.late_after_hours)


def _mend(feed: Feed, readable: Collection[str]) -> tuple[str, str]:
    """What a person does, and what he types."""
    if feed.name not in readable:
        told = (
            "It is brought from outside. Have its program deliver again, or bring a mended file by"
        )
        is_file = feed.name.startswith("file-")
        return told, "tend import PATH" if is_file else f"tend import PATH --feed {feed.name}"
    command = "tend scan" if feed.name == NOTION else f"tend sync {feed.name}"
    if feed.reason.startswith(_REDIS):
        return "Have Redis answer again, then have it read: by the button, or by", command
    told = (
        "Mend what the error names; a new key or address in the settings counts once the service "
        "was restarted. Then have it read: by the button, or by"
    )
    return told, command
