"""Incidents and their revisions, as every store keeps them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.band import Band
from app.domain.incident import Change, IncidentKind, IncidentState
from app.errors import NotFound
from app.ports.rows import Delivery, RecordedRevision
from app.storage.sql_store import SqlStore
from tests.builders import NOW, TODAY, day_ago, days_ago, finding, incident, revision

TAM, CHURN = IncidentKind.TAM_ESCALATION, IncidentKind.CSM_CHURN


def test_an_incident_comes_back_as_it_was_saved_last(store: SqlStore) -> None:
    first = incident()
    later = replace(
        first,
        state=IncidentState.SNOOZED,
        revision=2,
        snoozed_until=TODAY,
        good_days=2,
        good_day=day_ago(1),
        note="known; they migrate",
        raised_band=Band.AMBER,
    )
    store.write_now("main", lambda unit: unit.incidents.save([first]))
    store.write_now("main", lambda unit: unit.incidents.save([first, later]))
    assert store.read_now("main", lambda unit: unit.incidents.get(first.incident_id)) == later
    with pytest.raises(NotFound, match="tam_escalation:acme:9"):
        store.read_now("main", lambda unit: unit.incidents.get("tam_escalation:acme:9"))


def test_the_newest_incident_of_each_subject_is_told_live_or_closed(store: SqlStore) -> None:
    closed = incident(number=2, incident_id="2", state=IncidentState.CLOSED, closed_at=NOW)
    tenth = incident(number=10, incident_id="10", subject="other")
    churn = incident(incident_id="c", kind=CHURN)
    saved = [incident(), closed, tenth, replace(tenth, number=9, incident_id="9"), churn]
    store.write_now("main", lambda unit: unit.incidents.save(saved))
    newest = store.read_now(
        "main", lambda unit: unit.incidents.latest([TAM, CHURN], ["acme", "other", "none"])
    )
    assert newest == {(TAM, "acme"): closed, (TAM, "other"): tenth, (CHURN, "acme"): churn}
    assert store.read_now("main", lambda unit: unit.incidents.latest([TAM], [])) == {}


def test_live_incidents_are_all_but_the_closed_ones(store: SqlStore) -> None:
    states = [
        incident(incident_id=f"i{number}", number=number, state=state)
        for number, state in enumerate(IncidentState)
    ]
    churn = incident(incident_id="a", kind=CHURN)
    store.write_now("main", lambda unit: unit.incidents.save([*states, churn]))
    standing = tuple(kept for kept in states if kept.state is not IncidentState.CLOSED)
    assert store.read_now("main", lambda unit: unit.incidents.live()) == (churn, *standing)
    assert store.read_now("main", lambda unit: unit.incidents.live([TAM])) == standing
    assert store.read_now("main", lambda unit: unit.incidents.live([])) == ()


def test_what_nobody_was_told_of_comes_with_its_newest_revision(store: SqlStore) -> None:
    known = incident(incident_id="b", revision=2)
    told = incident(incident_id="a", number=2)
    acknowledged = incident(incident_id="c", number=3, state=IncidentState.ACKNOWLEDGED)
    revisions = [
        revision(incident_id="b", change=Change.KNOWN),
        revision(incident_id="b", revision=2, change=Change.REOPENED),
        revision(incident_id="a", change=Change.RAISED),
        revision(incident_id="c", change=Change.KNOWN),
    ]
    store.write_now("main", lambda unit: unit.incidents.save([told, known, acknowledged]))
    store.write_now("main", lambda unit: unit.incidents.add_revisions("scan-1", revisions))
    found = store.read_now("main", lambda unit: unit.incidents.untold())
    assert found == ((known, revisions[1]),)


def test_a_revision_is_recorded_once_and_told_once(store: SqlStore) -> None:
    first = revision(
        finding=finding(score=35, previous_band=Band.AMBER, reasons=("Two old P1s – ü",))
    )
    second = replace(first, revision=2, change=Change.CLOSED)
    store.write_now("main", lambda unit: unit.incidents.add_revisions("s1", [second, first]))
    changed = replace(first, change=Change.WORSENED)
    store.write_now("main", lambda unit: unit.incidents.add_revisions("s2", [changed]))

    def recorded(delivery: str = "", rep_email: str = "") -> RecordedRevision:
        return RecordedRevision(
            revision=first, scan_id="s1", delivery=delivery, rep_email=rep_email
        )

    waiting = store.read_now("main", lambda unit: unit.incidents.undelivered("s1"))
    assert waiting == (recorded(), replace(recorded(), revision=second))
    told = Delivery(
        incident_id=first.incident_id, revision=1, delivery="alert", rep_email="r@x", day=TODAY
    )
    other = replace(told, delivery="digest", rep_email="o@x")
    store.write_now("main", lambda unit: unit.incidents.set_deliveries([told]))
    store.write_now("main", lambda unit: unit.incidents.set_deliveries([other]))
    life = store.read_now("main", lambda unit: unit.incidents.revisions(first.incident_id))
    assert life == (recorded("alert", "r@x"), replace(recorded(), revision=second))
    left = store.read_now("main", lambda unit: unit.incidents.undelivered("s1"))
    assert [row.revision.revision for row in left] == [2]


def test_alerts_are_counted_by_rep_and_local_day(store: SqlStore) -> None:
    ways = ("alert", "alert", "digest", "quiet")
    revisions = [replace(revision(), revision=number) for number in range(5)]
    told = [
        Delivery(
            incident_id=revisions[0].incident_id,
            revision=number,
            delivery=way,
            rep_email="r@x",
            day=TODAY,
        )
        for number, way in enumerate(ways)
    ]
    yesterday = replace(told[0], revision=4, day=day_ago(1), rep_email="o@x")
    store.write_now("main", lambda unit: unit.incidents.add_revisions("s1", revisions))
    store.write_now("main", lambda unit: unit.incidents.set_deliveries([*told, yesterday]))
    assert store.read_now("main", lambda unit: unit.incidents.alerts_spent(TODAY)) == {"r@x": 2}
    spent = store.read_now("main", lambda unit: unit.incidents.alerts_spent(day_ago(1)))
    assert spent == {"o@x": 1}


def test_escalations_are_counted_when_raised_or_worsened_since_then(store: SqlStore) -> None:
    changes = list(Change)
    acme = [
        replace(revision(), revision=number, change=change, at=days_ago(10))
        for number, change in enumerate(changes)
    ]
    old = replace(revision(), revision=99, at=days_ago(91))
    other = replace(revision(), incident_id="x", finding=finding(subject="other"), at=days_ago(90))
    churn = replace(revision(), incident_id="c", finding=finding(kind=CHURN))
    store.write_now(
        "main", lambda unit: unit.incidents.add_revisions("s", [*acme, old, other, churn])
    )
    counted = store.read_now(
        "main",
        lambda unit: unit.incidents.raised_counts(
            TAM, ["acme", "other", "none"], since=days_ago(90), until=NOW
        ),
    )
    assert counted == {"acme": 2, "other": 1}
