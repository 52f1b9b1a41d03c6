"""The event of an opportunity, as the Sales Agent hears it."""

from __future__ import annotations

from datetime import UTC, datetime

from app.events.opportunities import OPPORTUNITIES, codev_event
from app.events.schemas import EventType

AT = datetime(2026, 3, 11, 7, 0, tzinfo=UTC)


def test_something_to_build_together_is_asked_of_sales_once_under_its_key() -> None:
    told = codev_event(
        "main:opportunity:codev:acme:okta:event",
        "main",
        {"account_id": "acme", "opportunity_id": "codev:acme:okta"},
        call_chain=["technical_account_manager"],
        at=AT,
    )

    assert OPPORTUNITIES == "opportunities"
    assert told.event_type is EventType.HANDOFF_REQUEST
    assert told.event_id == "main:opportunity:codev:acme:okta:event"
    assert (told.source_agent_id, told.timestamp) == ("technical_account_manager", AT)
    assert told.data == {
        "alert_type": "tam_codev_opportunity",
        "account_id": "acme",
        "opportunity_id": "codev:acme:okta",
    }
    assert told.correlation_id == "codev:acme:okta"


def test_an_event_about_no_known_opportunity_stands_alone() -> None:
    told = codev_event("e-1", "main", {}, call_chain=["technical_account_manager"], at=AT)

    assert told.correlation_id is None
