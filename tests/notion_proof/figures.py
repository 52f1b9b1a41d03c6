"""What the replay of all recordings comes to, in numbers and in what is left over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from tests.notion_proof.comparing import NORMALISED
from tests.notion_proof.recordings import Recorded, cassettes
from tests.notion_proof.replaying import Verdict, is_ours, replay
from tests.servers.notion.shapes import BEFORE, NEWEST, Json

_FORMULA = (
    "a formula of the remote's own language (if, dateBetween, …): the server understands a column, "
    "its length, includes, format, ==, and a number's + - * / alone"
)
_SEARCH = "the search matches loosely, over a workspace of which a cassette shows a part"
_REASONS = {
    "test_query/test_text_query.yaml": "addresses were replaced in the recorded rows afterwards, "
    "and not in the words that the recorded filters look for",
    "test_async_tasks_retrieve.yaml": "blocks were written by the markdown endpoint, not ours",
    "test_pages_update_markdown.yaml": "blocks were written by the markdown endpoint, not ours",
    "test_move_pages.yaml": "the page was moved by an endpoint that is not ours",
    "test_rich_text/test_mention.yaml": "names and times of what is mentioned: objects that no "
    "answer shows",
    "fixtures/mod_person.yaml": "users: a bot that no answer shows whole",
}


def replayed(recorded: Path) -> Json:
    """All figures of the recordings in this folder."""
    return figures_of(list(cassettes(recorded)))


def figures_of(taken: Sequence[Sequence[Recorded]]) -> Json:
    """`derived`, `seeded` and how many of each agree, by version; and the rest with its reasons."""
    verdicts = [verdict for cassette in taken for verdict in asyncio.run(replay(cassette))]
    every = [one for cassette in taken for one in cassette]
    return {
        **_counted(verdicts, NEWEST),
        BEFORE: _counted(verdicts, BEFORE),
        "passed_over": sum(not is_ours(one) for one in every),
        "disagreeing": [_told(verdict) for verdict in verdicts if verdict.differences],
        "normalised": NORMALISED,
    }


def _counted(verdicts: Sequence[Verdict], version: str) -> dict[str, int]:
    counted = {}
    for name, is_derived in (("derived", True), ("seeded", False)):
        meant = [v for v in verdicts if v.version == version and v.is_derived is is_derived]
        counted[name] = len(meant)
        counted[f"{name}_agree"] = sum(not verdict.differences for verdict in meant)
    return counted


def _told(verdict: Verdict) -> Json:
    return {
        "place": verdict.place,
        "asked": verdict.asked,
        "version": verdict.version,
        "counted_as": "derived" if verdict.is_derived else "seeded",
        "reason": _reason(verdict),
        "differences": list(verdict.differences[:3]),
    }


def _reason(verdict: Verdict) -> str:
    if verdict.asked == "POST search":
        return _SEARCH
    if all(".formula" in told for told in verdict.differences):
        return _FORMULA
    named = (reason for place, reason in _REASONS.items() if place in verdict.place)
    return next(named, "not understood")
