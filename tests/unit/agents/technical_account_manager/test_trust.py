"""Facts that nobody can vouch for are not told to a customer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.agents.technical_account_manager.trust import trusted
from app.domain.dossier import Dossier
from app.domain.feed import FactKind, FeedView
from tests.builders import days_ago, feed, feed_view, ticket, usage_window
from tests.fakes.dossiers import dossier, known_facts

EVERYTHING = known_facts(
    open_tickets=(ticket(),),
    last_heartbeat=days_ago(0.1),
    usage=usage_window(),
    features_used=("Alerts",),
)
THREE = (FactKind.TICKETS, FactKind.USAGE, FactKind.HEARTBEATS)


def with_feeds(*, failed: FactKind | None = None, kinds: tuple[FactKind, ...] = THREE) -> FeedView:
    return feed_view(
        feeds=tuple(
            feed(
                name=kind.value,
                provides=frozenset({kind}),
                failed_since=days_ago(2) if kind is failed else None,
                reason="token expired",
            )
            for kind in kinds
        )
    )


def account(feeds: FeedView) -> Dossier:
    return dossier(feeds=feeds, facts=EVERYTHING, tickets=(ticket(),))


def test_fresh_facts_are_told_as_they_are() -> None:
    found = trusted(account(with_feeds()))

    assert found.facts == EVERYTHING
    assert (found.tickets_known, found.usage_known, found.troubles) == (True, True, ())


def test_a_failed_ticket_feed_makes_tickets_unknown_not_none() -> None:
    found = trusted(account(with_feeds(failed=FactKind.TICKETS)))

    assert (found.facts.open_tickets, found.tickets) == ((), ())
    assert not found.tickets_known
    assert found.facts.usage == EVERYTHING.usage
    assert "feed tickets failed" in found.troubles[0]


def test_a_letter_about_the_tickets_themselves_keeps_them() -> None:
    found = trusted(account(with_feeds(failed=FactKind.TICKETS)), with_tickets=True)

    assert found.facts.open_tickets == EVERYTHING.open_tickets
    assert not found.tickets_known


def test_a_failed_usage_feed_makes_use_unknown() -> None:
    found = trusted(account(with_feeds(failed=FactKind.USAGE)))

    assert (found.facts.usage, found.facts.features_used, found.usage_known) == (None, (), False)


def test_silence_behind_a_failed_heartbeat_feed_is_ours_not_the_customers() -> None:
    found = trusted(account(with_feeds(failed=FactKind.HEARTBEATS)))

    assert found.facts.last_heartbeat is None


@pytest.mark.parametrize("kinds, known", [((), False), (THREE, True)])
def test_none_means_none_only_where_somebody_tells(
    kinds: tuple[FactKind, ...], known: bool
) -> None:
    bare = replace(EVERYTHING, open_tickets=(), usage=None, features_used=())
    found = trusted(dossier(feeds=with_feeds(kinds=kinds), facts=bare))

    assert (found.tickets_known, found.usage_known) == (known, known)
