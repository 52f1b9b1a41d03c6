"""What the first page reads, as every store answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from app.domain.account import Account, Contract
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.draft import DraftState
from app.domain.feed import FactKind
from app.domain.health_record import HealthRecord
from app.domain.incident import Change, Incident, IncidentKind, IncidentState, Revision
from app.domain.money import Money
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.override import Before, Override
from app.domain.scan import ScanState
from app.domain.schedule import Job
from app.domain.today import Case, RenewalDue
from app.ports.rows import SlotStart
from app.ports.store import Unit
from app.ports.today import BandCount, Ground, Scope
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    TODAY,
    account,
    assessment,
    contract,
    days_ago,
    draft,
    feed,
    finding,
    health_record,
    incident,
    new_health,
    revision,
    rows_of,
    scan,
)

ALL = Scope(owner=None, default_owner="dora@tend.example")
RITA = Scope(owner="rita@tend.example", default_owner="dora@tend.example")
DORA = Scope(owner="dora@tend.example", default_owner="dora@tend.example")
YESTERDAY = days_ago(1)


def _book(unit: Unit, accounts: Sequence[Account], contracts: Sequence[Contract] = ()) -> None:
    unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))
    unit.facts.upsert(FactKind.CONTRACTS, rows_of(*contracts))


def _three(unit: Unit) -> None:
    """Rita's, nobody's (so Dora's), and somebody else's."""
    _book(
        unit,
        [
            account(account_id="acme", name="Acme", owner_email="Rita@tend.example"),
            account(account_id="globex", name="Globex", owner_email=None),
            account(account_id="initech", name="Initech", owner_email="otto@tend.example"),
        ],
    )


def _raise(unit: Unit, *subjects: str, change: Change = Change.RAISED) -> None:
    for subject in subjects:
        _keep(unit, _of(subject), _news(subject, 1, change, NOW))


def _of(subject: str) -> Incident:
    return incident(incident_id=f"tam_escalation:{subject}:1", subject=subject)


def _news(subject: str, number: int, change: Change, at: datetime) -> Revision:
    return revision(
        incident_id=f"tam_escalation:{subject}:1",
        revision=number,
        change=change,
        at=at,
        finding=finding(subject=subject, reasons=(f"{change} {number}",)),
    )


def _keep(unit: Unit, one: Incident, *revisions: Revision) -> None:
    unit.incidents.save([one])
    unit.incidents.add_revisions("scan-1", revisions)


def _assess(unit: Unit, record: HealthRecord) -> None:
    found = assessment(account_id=record.account_id, agent=record.agent)
    unit.health.record(scan(), [new_health(assessment=found, record=record)])


def _cases(store: SqlStore, scope: Scope = ALL, *, most: int = 100) -> tuple[Case, ...]:
    return store.read_now(
        "main", lambda unit: unit.today.cases(scope, since=YESTERDAY, day=TODAY, most=most)
    )


def _subjects(cases: Sequence[Case]) -> set[str]:
    return {case.subject for case in cases}


def test_the_ground_of_an_empty_store_is_empty(store: SqlStore) -> None:
    ground = store.read_now("main", lambda unit: unit.today.ground(ALL, Job.SCAN.value))
    assert ground == Ground(live_since=None, last_slot=None, accounts=0)


def test_the_ground_tells_of_going_live_of_the_last_slot_and_of_accounts_in_sight(
    store: SqlStore,
) -> None:
    def write(unit: Unit) -> None:
        _three(unit)
        unit.tenant.go_live(NOW)
        for day in ("2026-03-10", "2026-03-11"):
            for job, subject in ((Job.SCAN, ""), (Job.CHECKINS, ""), (Job.SCAN, "acme")):
                slot = f"{day}{subject}" if job is Job.SCAN else f"9{day}"
                start = SlotStart(
                    job=job.value, slot=slot, subject=subject, flow_id="", started_at=NOW
                )
                unit.slots.started(start)

    store.write_now("main", write)

    def accounts(scope: Scope) -> Ground:
        return store.read_now("main", lambda unit: unit.today.ground(scope, Job.SCAN.value))

    assert accounts(ALL) == Ground(live_since=NOW, last_slot="2026-03-11", accounts=3)
    assert accounts(RITA).accounts == 1
    assert accounts(DORA).accounts == 1
    assert accounts(replace(RITA, default_owner="")).accounts == 1


def test_the_books_scans_come_newest_first_without_those_of_one_account(store: SqlStore) -> None:
    old, new = scan(scan_id="old", now=days_ago(1)), scan(scan_id="new", state=ScanState.RECORDED)

    def write(unit: Unit) -> None:
        for one in (old, scan(scan_id="one", account_id="acme"), new):
            unit.scans.begin(one)

    store.write_now("main", write)
    assert store.read_now("main", lambda unit: unit.today.book_scans(most=9)) == (new, old)
    assert store.read_now("main", lambda unit: unit.today.book_scans(most=1)) == (new,)


def test_a_case_tells_its_newest_change_within_the_window(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        _book(unit, [account(owner_email="rita@tend.example")], [contract()])
        _keep(
            unit,
            replace(_of("acme"), revision=4, severity=3),
            _news("acme", 1, Change.RAISED, days_ago(9)),
            _news("acme", 2, Change.WORSENED, days_ago(0.5)),
            _news("acme", 3, Change.WOKE, days_ago(0.2)),
            _news("acme", 4, Change.KNOWN, days_ago(0.1)),
        )

    store.write_now("main", write)
    case = Case(
        incident_id="tam_escalation:acme:1",
        kind=IncidentKind.TAM_ESCALATION,
        subject="acme",
        name="Acme",
        owner="rita@tend.example",
        state=IncidentState.OPEN,
        severity=3,
        opened_at=NOW,
        change=Change.WOKE,
        changed_at=days_ago(0.2),
        arr=Money(amount=Decimal("12000.50"), currency="EUR"),
        renews_on=date(2027, 1, 1),
    )
    assert _cases(store) == (case,)
    from_before = store.read_now(
        "main", lambda unit: unit.today.cases(ALL, since=NOW, day=TODAY, most=9)
    )
    assert from_before == (replace(case, change=None, changed_at=None),)
    since_ever = store.read_now(
        "main", lambda unit: unit.today.cases(ALL, since=None, day=TODAY, most=9)
    )
    assert since_ever == (case,)


@pytest.mark.parametrize("state", list(IncidentState))
def test_a_quiet_incident_is_a_case_only_while_it_is_open_and_one_with_news_always(
    store: SqlStore, state: IncidentState
) -> None:
    def write(unit: Unit) -> None:
        _book(unit, [account(), account(account_id="globex", name="Globex")])
        old = replace(_of("acme"), state=state)
        _keep(unit, old, _news("acme", 1, Change.RAISED, days_ago(9)))
        _keep(unit, replace(_of("globex"), state=state), _news("globex", 1, Change.CLOSED, NOW))

    store.write_now("main", write)
    expected = {"acme", "globex"} if state is IncidentState.OPEN else {"globex"}
    assert _subjects(_cases(store)) == expected


def test_cases_keep_to_the_accounts_in_sight_and_feeds_are_everybodys(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        _three(unit)
        _raise(unit, "acme", "globex", "initech", "gone")
        of_feed = replace(_of("crm"), kind=IncidentKind.FEED)
        _keep(unit, of_feed, _news("crm", 1, Change.RAISED, NOW))

    store.write_now("main", write)
    assert _subjects(_cases(store)) == {"acme", "globex", "initech", "gone", "crm"}
    assert _subjects(_cases(store, RITA)) == {"acme", "crm"}
    assert _subjects(_cases(store, DORA)) == {"globex", "crm"}
    owners = {case.subject: case.owner for case in _cases(store)}
    assert owners["globex"] == "dora@tend.example"
    names = {case.subject: case.name for case in _cases(store)}
    assert (names["gone"], names["acme"]) == ("gone", "Acme")


def test_the_most_severe_cases_come_first_where_there_are_too_many(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        for severity in range(5):
            _keep(unit, replace(_of(f"a{severity}"), severity=severity))

    store.write_now("main", write)
    assert [case.subject for case in _cases(store, most=2)] == ["a4", "a3"]


def test_of_several_running_contracts_the_one_that_ends_last_speaks(store: SqlStore) -> None:
    many = [
        contract(contract_id="over", ends_on=TODAY - timedelta(days=1), arr_amount=Decimal(1)),
        contract(contract_id="z-short", ends_on=TODAY, arr_amount=Decimal(2)),
        contract(contract_id="a", ends_on=None, arr_amount=Decimal(3)),
        contract(contract_id="b", ends_on=None, arr_amount=None),
        contract(contract_id="later", starts_on=TODAY + timedelta(days=1), arr_amount=Decimal(4)),
    ]

    def write(unit: Unit) -> None:
        _book(unit, [account()], many)
        _raise(unit, "acme")

    store.write_now("main", write)
    (case,) = _cases(store)
    assert (case.arr, case.renews_on) == (None, None)
    theirs = store.read_now("main", lambda unit: unit.book.contracts(["acme"], TODAY))
    assert theirs["acme"].contract_id == "b"


def test_one_case_is_found_in_any_state(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        _book(unit, [account()], [contract()])
        closed = replace(_of("acme"), state=IncidentState.CLOSED, closed_at=days_ago(9))
        _keep(unit, closed, _news("acme", 1, Change.CLOSED, days_ago(9)))

    store.write_now("main", write)

    def read(unit: Unit, id_: str, since: datetime) -> Case | None:
        return unit.today.case(ALL, id_, since=since, day=TODAY)

    id_ = "tam_escalation:acme:1"
    case = store.read_now("main", lambda unit: read(unit, id_, YESTERDAY))
    assert case is not None
    assert (case.change, case.state, case.name) == (None, IncidentState.CLOSED, "Acme")
    earlier = store.read_now("main", lambda unit: read(unit, id_, days_ago(10)))
    assert earlier is not None
    assert earlier.change is Change.CLOSED
    assert store.read_now("main", lambda unit: read(unit, "none", YESTERDAY)) is None
    assert store.read_now("other", lambda unit: read(unit, id_, YESTERDAY)) is None


def test_what_is_shown_is_the_newest_finding_and_how_the_account_stands_now(
    store: SqlStore,
) -> None:
    word = Override(
        account_id="acme",
        agent=Agent.TAM,
        band=Band.AMBER,
        reason="they migrate",
        until=TODAY,
        by="rita@tend.example",
        at=NOW,
        told=Band.RED,
        before=Before(since=NOW, tam=Band.RED, csm=None, churn_level="low"),
    )
    record = health_record(score=33, band=Band.RED, stale_reason="feed crm failed")
    of_feed = replace(_of("crm"), kind=IncidentKind.FEED)
    of_acme = replace(_of("acme"), revision=2)

    def write(unit: Unit) -> None:
        first, second = (_news("acme", number, Change.RAISED, NOW) for number in (1, 2))
        _keep(unit, of_acme, first, second)
        _keep(unit, of_feed, _news("crm", 1, Change.RAISED, NOW))
        _assess(unit, record)
        unit.words.keep_override(word)

    store.write_now("main", write)
    ids = [of_acme.incident_id, of_feed.incident_id, "none"]
    shown = store.read_now("main", lambda unit: unit.today.shown(ids))
    assert set(shown) == set(ids[:2])
    acme, crm = (shown[id_] for id_ in ids[:2])
    assert (acme.incident, acme.finding.reasons) == (of_acme, ("raised 2",))
    assert acme.told_at == NOW
    assert (acme.score, acme.band, acme.stale_reason) == (33, Band.RED, "feed crm failed")
    assert acme.word == word
    assert (crm.incident, crm.score, crm.band, crm.word) == (of_feed, None, None, None)


def test_letters_that_wait_are_counted_and_the_newest_told(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        _three(unit)
        for number, of in enumerate(("acme", "acme", "globex", "initech")):
            unit.outbox.add_draft(
                draft(
                    draft_id=f"d-{number}",
                    key=f"{number}",
                    account_id=of,
                    incident_id=f"of-{number}",
                    created_at=days_ago(number),
                    state=DraftState.SENT if number == 0 else DraftState.WAITING,
                )
            )

    store.write_now("main", write)
    many, newest = store.read_now("main", lambda unit: unit.today.drafts(ALL, about=[], most=2))
    assert many == 3
    assert [(one.draft_id, one.account, one.owner) for one in newest] == [
        ("d-1", "Acme", "Rita@tend.example"),
        ("d-2", "Globex", "dora@tend.example"),
    ]
    about = store.read_now("main", lambda unit: unit.today.drafts(ALL, about=["of-3", "x"], most=2))
    assert (about[0], [one.draft_id for one in about[1]]) == (3, ["d-3", "d-1"])
    his = store.read_now("main", lambda unit: unit.today.drafts(RITA, about=[], most=9))
    assert (his[0], [one.draft_id for one in his[1]]) == (1, ["d-1"])
    assert store.read_now("other", lambda unit: unit.today.drafts(ALL, about=[], most=2)) == (0, ())


def _renewing(unit: Unit) -> None:
    """Accounts by how they fare, and by when their contracts end."""
    ends = {
        "well": TODAY,
        "ill": TODAY,
        "last": TODAY + timedelta(days=59),
        "late": TODAY + timedelta(days=60),
        "over": TODAY - timedelta(days=1),
        "goes-on": TODAY + timedelta(days=5),
        "unscored": TODAY,
    }
    tomorrow = TODAY + timedelta(days=1)
    bought = [
        *(contract(contract_id=name, account_id=name, ends_on=on) for name, on in ends.items()),
        contract(contract_id="more", account_id="goes-on", ends_on=None),
        contract(contract_id="ill-2", account_id="ill", ends_on=TODAY, arr_amount=None),
        contract(contract_id="ill-3", account_id="ill", starts_on=tomorrow, ends_on=None),
    ]
    _book(unit, [account(account_id=name, name=name.title()) for name in ends], bought)
    for name in (name for name in ends if name != "unscored"):
        commercial = Band.GREEN if name == "well" else Band.AMBER
        for agent, band in ((Agent.TAM, Band.GREEN), (Agent.CSM, commercial)):
            _assess(unit, health_record(account_id=name, agent=agent, band=band, score=60))


def test_renewals_that_are_not_green_on_both_sides_are_told_once(store: SqlStore) -> None:
    store.write_now("main", _renewing)

    def read(scope: Scope) -> tuple[RenewalDue, ...]:
        until = TODAY + timedelta(days=60)
        return store.read_now(
            "main", lambda unit: unit.today.renewals(scope, day=TODAY, until=until, most=9)
        )

    ill, last = read(DORA)
    assert ill == RenewalDue(
        account_id="ill",
        name="Ill",
        owner="dora@tend.example",
        arr=None,
        renews_on=TODAY + timedelta(days=1),
        tam_band=Band.GREEN,
        tam_score=60,
        csm_band=Band.AMBER,
        csm_score=60,
    )
    assert (last.account_id, last.renews_on) == ("last", TODAY + timedelta(days=60))
    assert last.arr == Money(amount=Decimal("12000.50"), currency="EUR")
    assert read(RITA) == ()


def test_opportunities_that_sales_was_handed_lately_are_new(store: SqlStore) -> None:
    def found(name: str, state: OpportunityState, at: datetime, of: str = "acme") -> Opportunity:
        return Opportunity(
            opportunity_id=f"seats:{of}:{name}",
            account_id=of,
            kind=OpportunityKind.SEATS,
            name=name,
            found_by="csm",
            state=state,
            body={},
            found_at=days_ago(30),
            updated_at=at,
        )

    def write(unit: Unit) -> None:
        _three(unit)
        for one in (
            found("new", OpportunityState.DISPATCHED, NOW),
            found("with-sales", OpportunityState.RECORDED, days_ago(0.5), "initech"),
            found("held", OpportunityState.HELD, NOW),
            found("spoken-of", OpportunityState.DISCUSSED, NOW),
            found("old", OpportunityState.RECORDED, days_ago(9)),
        ):
            unit.opportunities.add(one)

    store.write_now("main", write)

    def names(scope: Scope, since: datetime | None, most: int = 9) -> tuple[int, list[str]]:
        many, newest = store.read_now(
            "main", lambda unit: unit.today.opportunities(scope, since=since, most=most)
        )
        return many, [f"{one.account}: {one.name}" for one in newest]

    assert names(ALL, YESTERDAY) == (2, ["Acme: new", "Initech: with-sales"])
    assert names(ALL, None, most=1) == (3, ["Acme: new"])
    assert names(RITA, YESTERDAY) == (1, ["Acme: new"])


def test_feeds_come_without_the_accounts_they_speak_for(store: SqlStore) -> None:
    named = feed(
        name="b",
        last_ok_at=NOW,
        late_after_hours=4.5,
        failed_since=NOW,
        reason="key expired",
        accounts=frozenset({"acme"}),
    )
    store.write_now("main", lambda unit: unit.feeds.save(named))
    store.write_now("main", lambda unit: unit.feeds.save(feed(name="a")))
    told = store.read_now("main", lambda unit: unit.today.feeds())
    assert told == (feed(name="a"), replace(named, accounts=None))


def test_accounts_are_counted_by_agent_and_band(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        _three(unit)
        for name, band in {"acme": Band.RED, "globex": Band.RED, "initech": Band.GREEN}.items():
            _assess(unit, health_record(account_id=name, band=band))

    store.write_now("main", write)

    def counted(scope: Scope) -> set[BandCount]:
        return set(store.read_now("main", lambda unit: unit.today.bands(scope)))

    red = BandCount(agent=Agent.TAM, band=Band.RED, accounts=2)
    assert counted(ALL) == {red, BandCount(agent=Agent.TAM, band=Band.GREEN, accounts=1)}
    assert counted(RITA) == {replace(red, accounts=1)}


def test_another_tenants_day_is_not_seen(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        _three(unit)
        _raise(unit, "acme")
        unit.scans.begin(scan())
        unit.feeds.save(feed())
        unit.tenant.go_live(datetime(2026, 1, 1, tzinfo=UTC))

    store.write_now("main", write)

    def read(unit: Unit) -> list[int]:
        return [
            len(unit.today.cases(ALL, since=None, day=TODAY, most=9)),
            len(unit.today.shown(["tam_escalation:acme:1"])),
            len(unit.today.book_scans(most=9)),
            len(unit.today.feeds()),
            len(unit.today.bands(ALL)),
        ]

    assert store.read_now("other", read) == [0] * 5
    assert store.read_now("main", read) == [1, 1, 1, 1, 0]
    ground = store.read_now("other", lambda unit: unit.today.ground(ALL, Job.SCAN.value))
    assert ground == Ground(live_since=None, last_slot=None, accounts=0)
