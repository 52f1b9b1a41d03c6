"""Whether a feed's word can be trusted, and what it says when not."""

from __future__ import annotations

from app.domain.feed import FactKind, Feed, FeedState, FeedView
from tests.builders import NOW, days_ago

TICKETS = Feed(name="jira", provides=frozenset({FactKind.TICKETS}), late_after_hours=24)
USAGE = Feed(name="usage", provides=frozenset({FactKind.USAGE}), last_ok_at=days_ago(400))


def delivered(days: float) -> Feed:
    return Feed(
        name="jira",
        provides=frozenset({FactKind.TICKETS}),
        late_after_hours=24,
        last_ok_at=days_ago(days),
    )


def failing(days: float, reason: str = "") -> Feed:
    return Feed(
        name="jira",
        provides=frozenset({FactKind.TICKETS}),
        failed_since=days_ago(days),
        reason=reason,
    )


def test_a_feed_is_late_only_after_its_limit() -> None:
    assert delivered(1).state(NOW) is FeedState.FRESH
    assert delivered(1.01).state(NOW) is FeedState.LATE


def test_a_feed_without_a_limit_is_never_late() -> None:
    assert USAGE.state(NOW) is FeedState.FRESH
    assert USAGE.trouble(NOW) is None


def test_a_feed_with_a_limit_that_never_delivered_is_late() -> None:
    assert TICKETS.state(NOW) is FeedState.LATE
    assert TICKETS.trouble(NOW) == "feed jira is late: last delivery never"


def test_a_late_feed_says_when_it_was_last_heard() -> None:
    said = "feed jira is late: last delivery 2026-03-09 07:00 UTC"
    assert delivered(2).trouble(NOW) == said


def test_a_failed_feed_says_since_when_and_why() -> None:
    said = "feed jira failed since 2026-03-10 07:00 UTC: token expired"
    assert failing(1, "token expired").trouble(NOW) == said
    assert failing(1).trouble(NOW) == said.replace("token expired", "no reason given")


def test_a_failure_to_come_is_no_failure_yet() -> None:
    assert failing(-1).state(NOW) is FeedState.FRESH


def test_a_feed_speaks_for_its_own_accounts_alone() -> None:
    mine = Feed(name="crm", provides=frozenset({FactKind.SURVEYS}), accounts=frozenset({"acme"}))
    view = FeedView(feeds=(mine, USAGE), now=NOW)
    assert view.speaking_for("acme", FactKind.SURVEYS) == (mine,)
    assert view.speaking_for("other", FactKind.SURVEYS) == ()
    assert view.speaking_for("other", FactKind.USAGE) == (USAGE,)


def test_trouble_counts_only_for_the_kinds_and_accounts_it_touches() -> None:
    broken = Feed(
        name="crm",
        provides=frozenset({FactKind.SURVEYS}),
        accounts=frozenset({"acme"}),
        failed_since=days_ago(1),
    )
    view = FeedView(feeds=(USAGE, broken), now=NOW)
    assert view.trouble_for("acme", [FactKind.USAGE]) is None
    assert view.trouble_for("other", [FactKind.SURVEYS]) is None
    assert view.trouble_for("acme", [FactKind.USAGE, FactKind.SURVEYS]) == broken.trouble(NOW)
