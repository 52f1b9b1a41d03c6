"""What a page of one account reads of its health, as every store keeps it."""

from __future__ import annotations

from datetime import datetime

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.health_record import NewHealth
from app.domain.incident import Change, IncidentKind, IncidentState
from app.domain.score_course import ScorePoint
from app.ports.one_account import StandingIncident
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    assessment,
    day_ago,
    days_ago,
    finding,
    health_record,
    incident,
    ledger_row,
    new_health,
    revision,
    scan,
)


def found(
    agent: Agent, score: int | None, at: datetime, *, account_id: str = "acme", full: bool = True
) -> NewHealth:
    """What a scan at `at` found."""
    band = Band.UNKNOWN if score is None else Band.AMBER
    return new_health(
        assessment=assessment(
            account_id=account_id,
            agent=agent,
            score=score,
            band=band,
            ledger=(ledger_row(reason=f"{agent} {score}"),),
            assessed_at=at,
        ),
        record=health_record(
            account_id=account_id,
            agent=agent,
            score=score,
            band=band,
            assessed_at=at,
            checked_at=at,
        ),
        keep_full=full,
        changed=full,
    )


def record(store: SqlStore, days: int, *health: NewHealth) -> None:
    of = scan(scan_id=f"s{days}", now=days_ago(days), local_day=day_ago(days))
    store.write_now("main", lambda unit: unit.health.record(of, health))


def test_the_records_of_both_agents_come_at_once(store: SqlStore) -> None:
    tam, csm = (found(agent, 60, days_ago(1)) for agent in Agent)
    record(store, 1, tam, csm, found(Agent.TAM, 9, days_ago(1), account_id="other"))
    record(store, 0, found(Agent.TAM, 60, NOW, full=False))
    seen = store.read_now("main", lambda unit: unit.one_account.records("acme"))
    assert set(seen) == set(Agent)
    assert seen[Agent.TAM].checked_at == NOW
    assert seen[Agent.CSM] == csm.record
    assert store.read_now("main", lambda unit: unit.one_account.records("nobody")) == {}
    assert store.read_now("other", lambda unit: unit.one_account.records("acme")) == {}


def test_the_course_of_both_scores_is_the_newest_points_oldest_first(store: SqlStore) -> None:
    for days in (5, 3, 1):
        record(
            store,
            days,
            found(Agent.TAM, 60 - days, days_ago(days)),
            found(Agent.CSM, None, days_ago(days), full=False),
        )
    record(store, 2, found(Agent.TAM, 9, days_ago(2), account_id="other"))

    def course(since: datetime, most: int) -> tuple[ScorePoint, ...]:
        return store.read_now(
            "main", lambda unit: unit.one_account.course("acme", since=since, most=most)
        )

    everything = course(days_ago(400), 100)
    assert [p.score for p in everything if p.agent is Agent.TAM] == [55, 57, 59]
    assert [p.local_day for p in everything if p.agent is Agent.CSM] == [
        day_ago(days) for days in (5, 3, 1)
    ]
    assert {point.band for point in everything} == {Band.AMBER, Band.UNKNOWN}
    assert {p.local_day for p in course(days_ago(3), 100)} == {day_ago(3), day_ago(1)}
    assert {p.local_day for p in course(days_ago(400), 2)} == {day_ago(1)}


def test_the_newest_ledgers_of_each_agent_come_newest_first(store: SqlStore) -> None:
    for days, full in ((6, True), (4, True), (3, False), (2, True), (1, False)):
        record(
            store,
            days,
            found(Agent.TAM, 60 - days, days_ago(days), full=full),
            found(Agent.CSM, 80, days_ago(days), full=days == 4),
        )
    kept = store.read_now("main", lambda unit: unit.one_account.ledgers("acme", most=2))
    assert [point.scan_id for point in kept[Agent.TAM]] == ["s2", "s4"]
    assert [point.scan_id for point in kept[Agent.CSM]] == ["s4"]
    newest = kept[Agent.TAM][0].ledger
    assert newest is not None
    assert newest[0].reason == "tam 58"
    assert store.read_now("main", lambda unit: unit.one_account.ledgers("nobody", most=2)) == {}


def test_live_incidents_come_with_their_newest_revision(store: SqlStore) -> None:
    worse = incident(
        incident_id="tam_escalation:acme:2",
        number=2,
        revision=2,
        state=IncidentState.ACKNOWLEDGED,
        opened_at=days_ago(2),
    )
    silent = incident(
        incident_id="csm_churn:acme:1", kind=IncidentKind.CSM_CHURN, opened_at=days_ago(9)
    )
    told = [
        revision(
            incident_id="tam_escalation:acme:2",
            revision=number,
            finding=finding(reasons=(f"reason {number}",)),
        )
        for number in (1, 2)
    ]
    others = (
        incident(state=IncidentState.CLOSED),
        incident(incident_id="tam_escalation:other:1", subject="other"),
        incident(incident_id="feed:acme:1", kind=IncidentKind.FEED),
    )

    def keep(store: SqlStore) -> None:
        store.write_now("main", lambda unit: unit.incidents.save([worse, silent, *others]))
        store.write_now("main", lambda unit: unit.incidents.add_revisions("s", told))

    keep(store)
    seen = store.read_now("main", lambda unit: unit.one_account.standing("acme"))
    assert seen == (
        StandingIncident(incident=silent, revision=None),
        StandingIncident(incident=worse, revision=told[1]),
    )


def test_revisions_of_all_its_incidents_come_oldest_first(store: SqlStore) -> None:
    every = [
        revision(
            incident_id=f"{kind}:{subject}:1",
            revision=number,
            change=Change.RAISED if number == 1 else Change.CLOSED,
            finding=finding(kind=kind, subject=subject),
            at=days_ago(days),
        )
        for kind, subject, number, days in (
            (IncidentKind.TAM_ESCALATION, "acme", 1, 40),
            (IncidentKind.CSM_CHURN, "acme", 1, 20),
            (IncidentKind.TAM_ESCALATION, "acme", 2, 10),
            (IncidentKind.FEED, "acme", 1, 5),
            (IncidentKind.CSM_CHURN, "other", 1, 5),
        )
    ]
    store.write_now("main", lambda unit: unit.incidents.add_revisions("s", every))

    def seen(since: int, most: int) -> list[datetime]:
        found = store.read_now(
            "main",
            lambda unit: unit.one_account.revisions("acme", since=days_ago(since), most=most),
        )
        return [one.at for one in found]

    assert seen(400, 50) == [days_ago(days) for days in (40, 20, 10)]
    assert seen(30, 50) == [days_ago(20), days_ago(10)]
    assert seen(400, 1) == [days_ago(10)]
