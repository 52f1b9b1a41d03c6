"""The audit log over all its sources, as every store tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.act import Act, ActKind
from app.domain.audit import (
    DOCUMENT_MADE,
    DRAFT_WRITTEN,
    OPPORTUNITY_FOUND,
    Actor,
    LogLine,
    Position,
)
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.feed import FactKind
from app.domain.incident import Change, Finding, IncidentKind, Revision
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.errors import Conflict, NotFound
from app.ports.audit import LogAsk
from app.ports.store import Unit
from app.ports.today import Scope
from app.storage.sql_store import SqlStore
from tests.builders import NOW, account, draft, rows_of

KIM, ANN = "kim@tend.example", "ann@tend.example"
ALL = Scope(owner=None, default_owner="")
ASK = LogAsk(scope=ALL, is_whole=True, most=50)
HOUR = timedelta(hours=1)


def act(number: int, account_id: str, by: str = KIM) -> Act:
    return Act(
        at=NOW + number * HOUR,
        by=by,
        kind=ActKind.SNOOZED,
        account_id=account_id,
        about=f"record {number}",
        before={"state": "open"},
        after={"state": "snoozed"},
    )


def revision(kind: IncidentKind, subject: str, number: int, band: Band) -> Revision:
    finding = Finding(
        kind=kind, subject=subject, fires=True, severity=number, band=band, recovered=False
    )
    change = Change.RAISED if number == 1 else Change.WORSENED
    incident = f"{kind}:{subject}:1"
    return Revision(
        incident_id=incident, revision=number, change=change, finding=finding, at=NOW + 4 * HOUR
    )


def fill(unit: Unit) -> None:
    """A line or two of each source, of Kim's account, of Ann's, and of none."""
    mine = account(account_id="acme", name="Acme", owner_email="Kim@tend.example")
    other = account(account_id="globex", name="Globex", owner_email=ANN)
    nobodys = account(account_id="initech", name="Initech", owner_email=None)
    unit.facts.upsert(FactKind.ACCOUNTS, rows_of(mine, other, nobodys))
    for one in (act(1, "acme"), act(2, "globex", ANN), act(3, ""), act(3, "initech")):
        unit.diary.add_act(one)
    unit.incidents.add_revisions(
        "scan",
        [
            revision(IncidentKind.TAM_ESCALATION, "acme", 1, Band.AMBER),
            revision(IncidentKind.TAM_ESCALATION, "acme", 2, Band.RED),
            revision(IncidentKind.CSM_CHURN, "globex", 1, Band.RED),
            revision(IncidentKind.FEED, "jira", 1, Band.UNKNOWN),
        ],
    )
    unit.outbox.add_draft(replace(draft(), account_id="acme", created_at=NOW + 5 * HOUR))
    fill_with_what_agents_made(unit)


def fill_with_what_agents_made(unit: Unit) -> None:
    """An opportunity, and a document of an account and of none."""
    unit.opportunities.add(
        Opportunity(
            opportunity_id="seats:acme:x",
            account_id="acme",
            kind=OpportunityKind.SEATS,
            name="50 more seats",
            found_by="customer_success",
            state=OpportunityState.HELD,
            body={},
            found_at=NOW + 6 * HOUR,
            updated_at=NOW + 6 * HOUR,
        )
    )
    for subject in ("acme", ""):
        unit.documents.keep(
            Document(
                kind=DocumentKind.QBR,
                subject=subject,
                key="2026-Q1",
                title="QBR",
                body={},
                made_by="customer_success",
                made_at=NOW + 7 * HOUR,
            )
        )


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """A store with the lines."""
    store.write_now("main", fill)
    return store


def lines(store: SqlStore, ask: LogAsk, tenant: str = "main") -> tuple[LogLine, ...]:
    return store.read_now(tenant, lambda unit: unit.audit.lines(ask))


def kinds(found: tuple[LogLine, ...]) -> list[tuple[str, str]]:
    return [(one.kind, one.account_id) for one in found]


WHOLE = [
    (DOCUMENT_MADE, "acme"),
    (DOCUMENT_MADE, ""),
    (OPPORTUNITY_FOUND, "acme"),
    (DRAFT_WRITTEN, "acme"),
    ("worsened", "acme"),
    ("raised", "acme"),
    ("raised", ""),
    ("raised", "globex"),
    ("snoozed", "initech"),
    ("snoozed", ""),
    ("snoozed", "globex"),
    ("snoozed", "acme"),
]


def test_every_source_is_in_one_order(filled: SqlStore) -> None:
    found = lines(filled, ASK)
    assert kinds(found) == WHOLE
    assert [*found] == sorted(found, key=lambda one: one.position.order, reverse=True)
    assert lines(filled, ASK, tenant="kiwi") == ()


def test_lines_tell_who_what_before_and_after(filled: SqlStore) -> None:
    found = lines(filled, ASK)
    worse, feed, snoozed = found[4], found[6], found[-1]
    assert (worse.by, worse.actor) == ("technical_account_manager", Actor.AGENT)
    assert (worse.before["band"], worse.after["band"]) == ("Amber", "Red")
    assert worse.account_name == "Acme"
    assert (feed.by, feed.about) == ("tend", "feed:jira:1")
    assert (snoozed.by, snoozed.before, snoozed.after) == (
        KIM,
        {"state": "open"},
        {"state": "snoozed"},
    )
    assert found[3].after["subject"] == draft().subject


@pytest.mark.parametrize("most", [1, 2, 3, 5])
def test_pages_go_on_behind_the_last_line_and_miss_none(filled: SqlStore, most: int) -> None:
    seen: list[LogLine] = []
    behind: Position | None = None
    while page := lines(filled, replace(ASK, most=most, behind=behind)):
        seen += page
        behind = page[-1].position
    assert kinds(tuple(seen)) == WHOLE


def test_a_rep_sees_the_lines_of_his_own_accounts_and_of_feeds(filled: SqlStore) -> None:
    ask = replace(ASK, is_whole=False, scope=Scope(owner=ANN, default_owner=""))
    assert kinds(lines(filled, ask)) == [
        ("raised", ""),
        ("raised", "globex"),
        ("snoozed", "globex"),
    ]
    ask = replace(ask, scope=Scope(owner=ANN, default_owner=ANN))
    assert ("snoozed", "initech") in kinds(lines(filled, ask))


def test_who_sees_all_accounts_and_is_no_admin_sees_nothing_of_the_tenants_own(
    filled: SqlStore,
) -> None:
    found = kinds(lines(filled, replace(ASK, is_whole=False)))
    assert found == [one for one in WHOLE if one[1] or one == ("raised", "")]


@pytest.mark.parametrize(
    "ask, expected",
    [
        (replace(ASK, account_id="globex"), [("raised", "globex"), ("snoozed", "globex")]),
        (replace(ASK, account_id="jira"), []),
        (replace(ASK, by=ANN), [("snoozed", "globex")]),
        (replace(ASK, by="tend"), [(DRAFT_WRITTEN, "acme"), ("raised", "")]),
        (replace(ASK, kind="worsened"), [("worsened", "acme")]),
        (replace(ASK, kind=DRAFT_WRITTEN), [(DRAFT_WRITTEN, "acme")]),
        (replace(ASK, kind="snoozed", by=KIM, account_id="acme"), [("snoozed", "acme")]),
        (replace(ASK, kind="never"), []),
    ],
)
def test_lines_are_found_by_account_person_and_kind(
    filled: SqlStore, ask: LogAsk, expected: list[tuple[str, str]]
) -> None:
    assert kinds(lines(filled, ask)) == expected


def test_an_account_is_found_by_name_among_those_in_sight(filled: SqlStore) -> None:
    def named(text: str, scope: Scope) -> str:
        return filled.read_now("main", lambda unit: unit.audit.account_named(text, scope))

    kims = Scope(owner=KIM, default_owner=KIM)
    assert named("GLOBEX", ALL) == named("glob", ALL) == "globex"
    assert named("ini", kims) == "initech"
    for hidden in ("globex", "glob", ""):
        with pytest.raises(NotFound) as refused:
            named(hidden, kims)
        assert "Globex" not in str(refused.value)
    filled.write_now(
        "main",
        lambda unit: unit.facts.upsert(
            FactKind.ACCOUNTS, rows_of(account(account_id="initial", name="Initial"))
        ),
    )
    with pytest.raises(Conflict, match="Initech"):
        named("ini", ALL)
    with pytest.raises(NotFound):
        filled.read_now("other", lambda unit: unit.audit.account_named("acme", ALL))


def test_no_kind_of_one_source_is_another_ones() -> None:
    others = {DRAFT_WRITTEN, OPPORTUNITY_FOUND, DOCUMENT_MADE}
    assert not {*ActKind} & {*Change}
    assert not others & {*ActKind, *Change}
