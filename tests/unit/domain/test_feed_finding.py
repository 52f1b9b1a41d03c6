"""A feed in trouble: one finding for the feed."""

from __future__ import annotations

from app.domain.band import Band
from app.domain.feed_finding import feed_finding
from app.domain.incident import IncidentKind
from tests import builders
from tests.builders import NOW, days_ago


def test_a_fresh_feed_has_recovered_and_is_quiet() -> None:
    finding = feed_finding(builders.feed(last_ok_at=NOW, late_after_hours=24), NOW)
    assert (finding.kind, finding.subject) == (IncidentKind.FEED, "crm")
    assert (finding.fires, finding.severity, finding.recovered) == (False, 0, True)
    assert finding.band is Band.GREEN
    assert finding.reasons == ()


def test_a_late_feed_fires() -> None:
    finding = feed_finding(builders.feed(last_ok_at=days_ago(3), late_after_hours=24), NOW)
    assert (finding.fires, finding.severity, finding.recovered) == (True, 1, False)
    assert finding.reasons == ("feed crm is late: last delivery 2026-03-08 07:00 UTC",)


def test_a_failed_feed_is_worse_than_a_late_one() -> None:
    failed = builders.feed(failed_since=days_ago(1), reason="401 from the server")
    finding = feed_finding(failed, NOW)
    assert (finding.fires, finding.severity, finding.band) == (True, 2, Band.RED)
    assert "401 from the server" in finding.reasons[0]
