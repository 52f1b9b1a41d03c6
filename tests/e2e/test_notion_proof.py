"""What `make prove-notion` counts of a morning's requests, on a small team."""

from __future__ import annotations

from tests.notion_proof import scan_cost

SMALL = scan_cost.Sizes(accounts=120, tickets=240, changed=6)


def test_a_morning_asks_notion_for_little_more_than_what_changed() -> None:
    figures = scan_cost.costs(SMALL)
    scan, days = figures["scan"], figures["scan_days"]

    assert scan["requests"] <= scan["floor"] + 10
    assert days["first"]["fields"] == SMALL.accounts
    assert days["one_in_twenty_changed"]["fields"] == SMALL.changed
    assert days["nothing_changed"]["fields"] == 0
    assert days["same_day_again"]["read"] < days["nothing_changed"]["read"]
    assert days["stamps_renewed"]["fields"] == SMALL.accounts
