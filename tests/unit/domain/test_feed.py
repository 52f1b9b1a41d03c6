"""Whether a feed's word can be trusted, and what it says when not."""

from __future__ import annotations

from datetime import timedelta

from app.domain.feed import ABSENCE_HOLDS, FactKind, Feed, FeedState, FeedView, is_split
from app.domain.unread import Unread
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


FRESH = Feed(name="jira", provides=frozenset({FactKind.TICKETS}), last_ok_at=days_ago(0.1))
BROKEN = Feed(
    name="kayako",
    provides=frozenset({FactKind.TICKETS}),
    last_ok_at=days_ago(1),
    failed_since=days_ago(0.5),
    reason="key expired",
)
REACHES = {"jira": frozenset({"acme", "both"}), "kayako": frozenset({"both", "other"})}


def two_sources(fresh: Feed = FRESH, broken: Feed = BROKEN, **reaches: frozenset[str]) -> FeedView:
    return FeedView(feeds=(fresh, broken), now=NOW, reaches=reaches or REACHES)


def test_an_account_of_a_fresh_source_alone_is_judged_beside_a_broken_one() -> None:
    view = two_sources()
    assert view.trouble_for("acme", [FactKind.TICKETS]) is None
    assert view.speaking_for("acme", FactKind.TICKETS) == (FRESH,)
    said = Unread(feed="kayako", plight="failed since 2026-03-10 19:00 UTC", known_by=("jira",))
    assert view.unread_for("acme") == (said,)


def test_an_account_with_anything_in_a_broken_source_is_frozen() -> None:
    view = two_sources()
    for account_id in ("both", "other"):
        assert view.trouble_for(account_id, [FactKind.TICKETS]) == BROKEN.trouble(NOW)
        assert view.unread_for(account_id) == ()
    assert view.speaking_for("both", FactKind.TICKETS) == (FRESH, BROKEN)


def test_an_account_that_no_source_knows_is_frozen_by_any_of_them() -> None:
    view = two_sources()
    assert view.trouble_for("newcomer", [FactKind.TICKETS]) == BROKEN.trouble(NOW)
    assert view.unread_for("newcomer") == ()


def test_a_source_that_was_never_read_through_may_have_tickets_of_anybody() -> None:
    view = two_sources(jira=frozenset({"acme"}))
    assert view.trouble_for("acme", [FactKind.TICKETS]) == BROKEN.trouble(NOW)


def test_a_source_in_trouble_knows_of_nobody_by_whom_he_could_be_judged() -> None:
    late = Feed(name="jira", provides=frozenset({FactKind.TICKETS}), late_after_hours=1)
    view = two_sources(fresh=late)
    assert view.unread_for("acme") == ()
    assert view.trouble_for("acme", [FactKind.TICKETS]) == late.trouble(NOW)


def test_that_an_account_had_nothing_in_a_source_is_believed_for_a_month() -> None:
    def last_heard(ago: timedelta) -> FeedView:
        feed = Feed(
            name="kayako",
            provides=frozenset({FactKind.TICKETS}),
            last_ok_at=NOW - ago,
            late_after_hours=24,
        )
        return two_sources(broken=feed)

    assert last_heard(ABSENCE_HOLDS).unread_for("acme") != ()
    assert last_heard(ABSENCE_HOLDS + timedelta(seconds=1)).unread_for("acme") == ()


def test_a_source_that_failed_before_it_ever_delivered_tells_of_nobody() -> None:
    never = Feed(name="kayako", provides=frozenset({FactKind.TICKETS}), failed_since=days_ago(0.5))
    assert two_sources(broken=never).unread_for("acme") == ()


def test_trouble_with_another_kind_of_facts_freezes_all_the_same() -> None:
    crm = Feed(
        name="kayako",
        provides=frozenset({FactKind.TICKETS, FactKind.ACCOUNTS}),
        last_ok_at=days_ago(1),
        failed_since=days_ago(0.5),
    )
    view = two_sources(broken=crm)
    assert view.trouble_for("acme", [FactKind.TICKETS]) is None
    assert view.trouble_for("acme", [FactKind.TICKETS, FactKind.ACCOUNTS]) == crm.trouble(NOW)


def test_a_third_source_in_trouble_that_has_the_account_freezes_it() -> None:
    third = Feed(
        name="zen", provides=frozenset({FactKind.TICKETS}), late_after_hours=1, last_ok_at=NOW
    )
    fallen = Feed(
        name="zen",
        provides=frozenset({FactKind.TICKETS}),
        failed_since=days_ago(0.2),
        last_ok_at=days_ago(1),
    )
    reaches = {**REACHES, "zen": frozenset({"acme"})}
    well = FeedView(feeds=(FRESH, BROKEN, third), now=NOW, reaches=reaches)
    ill = FeedView(feeds=(FRESH, BROKEN, fallen), now=NOW, reaches=reaches)
    assert [one.known_by for one in well.unread_for("acme")] == [("jira", "zen")]
    assert ill.trouble_for("acme", [FactKind.TICKETS]) == fallen.trouble(NOW)
    assert (well.judged_without("kayako"), ill.judged_without("kayako")) == (1, 0)


def test_accounts_judged_beside_a_source_are_counted() -> None:
    assert two_sources().judged_without("kayako") == 1
    assert two_sources().judged_without("jira") == 0
    assert FeedView(feeds=(FRESH, BROKEN), now=NOW).judged_without("kayako") == 0


def test_a_source_in_trouble_spares_others_where_both_were_read_through() -> None:
    view = two_sources()
    assert view.may_spare(BROKEN)
    assert not view.may_spare(FRESH)
    assert not view.may_spare(USAGE)
    assert not two_sources(kayako=frozenset()).may_spare(BROKEN)
    assert not two_sources(jira=frozenset()).may_spare(BROKEN)


def test_sources_are_split_where_some_of_tickets_are_in_trouble_and_others_not() -> None:
    assert is_split((FRESH, BROKEN, USAGE), NOW)
    assert not is_split((FRESH, USAGE), NOW)
    assert not is_split((BROKEN,), NOW)
    assert not is_split((BROKEN, USAGE), NOW)
