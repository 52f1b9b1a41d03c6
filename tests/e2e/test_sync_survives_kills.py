"""`tend sync` killed again and again by a Jira that misbehaves: in the end all of it is stored.

What `make prove-feeds` counts of the issues of a real Jira, on a few made-up ones.
"""

from __future__ import annotations

from pydantic import JsonValue

from tests.feeds_proof.syncing import Sizes, synced
from tests.integration.jira_syncing import issue
from tests.servers.jira.server import Issue

SMALL = Sizes(kills=3, largest_page=25, soonest=5, latest=10, most_seconds=60.0)


def made_up(number: int) -> Issue:
    """One in three is done, and one in two another project's."""
    done: JsonValue = {"name": "Fertig", "statusCategory": {"key": "done"}}
    fields = dict[str, JsonValue]() if number % 3 else {"status": done}
    return issue(number, project="AC" if number % 2 else "ZE", **fields)


def test_a_sync_through_faults_and_kills_ends_equal_to_its_source() -> None:
    figures = synced([made_up(number) for number in range(1, 201)], SMALL)

    assert figures["kills"] == SMALL.kills
    assert figures["kills_between_pages"] != 0
    assert figures["faults_injected"] != 0
    assert figures["issues_stored"] == figures["issues_served"] == 200
    assert figures["difference_at_end"] == 0
