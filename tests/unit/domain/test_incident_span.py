"""When an incident stood: from being raised to being closed, and again when it came back."""

from __future__ import annotations

from app.domain.incident import Change, IncidentKind, Revision
from app.domain.incident_span import IncidentSpan, spans
from tests.builders import days_ago, finding, revision

ID = "tam_escalation:acme:1"


def changed(change: Change, days: float, incident_id: str = ID) -> Revision:
    return revision(incident_id=incident_id, change=change, at=days_ago(days))


def span(first: float, last: float | None, *worsened: float) -> IncidentSpan:
    return IncidentSpan(
        incident_id=ID,
        kind=IncidentKind.TAM_ESCALATION,
        first=days_ago(first),
        last=None if last is None else days_ago(last),
        worsened=tuple(days_ago(days) for days in worsened),
    )


def test_it_stands_from_being_raised_to_being_closed() -> None:
    life = [changed(Change.RAISED, 9), changed(Change.WORSENED, 7), changed(Change.CLOSED, 3)]
    assert spans(life) == (span(9, 3, 7),)


def test_one_that_was_never_closed_still_stands() -> None:
    assert spans([changed(Change.KNOWN, 9), changed(Change.WOKE, 2)]) == (span(9, None),)


def test_one_that_came_back_stood_twice() -> None:
    life = [changed(Change.RAISED, 9), changed(Change.CLOSED, 7), changed(Change.REOPENED, 4)]
    assert spans(life) == (span(9, 7), span(4, None))


def test_incidents_stand_beside_each_other() -> None:
    churn = "csm_churn:acme:1"
    other = revision(
        incident_id=churn,
        change=Change.RAISED,
        at=days_ago(8),
        finding=finding(kind=IncidentKind.CSM_CHURN),
    )
    found = spans([changed(Change.RAISED, 9), other, changed(Change.CLOSED, 7)])
    assert [(one.incident_id, one.last is None) for one in found] == [(ID, False), (churn, True)]


def test_a_close_whose_beginning_is_not_known_makes_no_span() -> None:
    assert spans([changed(Change.CLOSED, 3)]) == ()
