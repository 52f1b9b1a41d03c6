"""The book as a page lists it, from every store."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from app.domain.account import Account, Contract
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_listing import (
    AgentCell,
    BookChoices,
    BookLook,
    BookRow,
    ListedAccounts,
    SaidBand,
)
from app.domain.book_query import NOBODY, BookQuery, BookSort, ChurnLevel, IncidentStanding
from app.domain.feed import FactKind
from app.domain.health_record import NewHealth
from app.domain.money import Money
from app.domain.override import Before, Override
from app.domain.tenant_settings import TenantSettings
from app.jobs.standing import standings
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import (
    NOW,
    TODAY,
    account,
    assessment,
    contract,
    day_ago,
    days_ago,
    health_record,
    new_health,
    rows_of,
    scan,
)

LOOK = BookLook(now=NOW, day=TODAY, zone="UTC", default_owner="lead@tend.example", seen_by=None)
ALL = BookQuery(sort=BookSort.NAME)
KIM = "kim@tend.example"


def health(
    agent: Agent, account_id: str, score: int | None = 90, band: Band = Band.GREEN, **more: str
) -> NewHealth:
    record = health_record(account_id=account_id, agent=agent, score=score, band=band, coverage=80)
    record = replace(
        record,
        churn_level=more.get("churn", ""),
        stale_reason=more.get("stale"),
        reasons=("Two old tickets",),
    )
    found = assessment(account_id=account_id, agent=agent, score=score, band=band)
    return new_health(assessment=found, record=record)


def import_book(
    store: SqlStore, accounts: list[Account], contracts: list[Contract], tenant: str = "main"
) -> None:
    def work(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, rows_of(*accounts))
        unit.facts.upsert(FactKind.CONTRACTS, rows_of(*contracts))

    store.write_now(tenant, work)


def record(store: SqlStore, *found: NewHealth, days: float = 0, name: str = "scan") -> None:
    of = scan(scan_id=name, now=days_ago(days), local_day=day_ago(int(days)))
    store.write_now("main", lambda unit: unit.health.record(of, found))


def said(account_id: str, agent: Agent, band: Band, **changed: date) -> Override:
    word = Override(
        account_id=account_id,
        agent=agent,
        band=band,
        reason="planned",
        until=changed.get("until", TODAY + timedelta(days=5)),
        by=KIM,
        at=days_ago(1),
        told=None,
        before=Before(since=days_ago(1)),
    )
    return replace(word, cleared_at=days_ago(0.5)) if "cleared" in changed else word


def keep(store: SqlStore, *words: Override) -> None:
    def work(unit: Unit) -> None:
        for word in words:
            unit.words.keep_override(word)

    store.write_now("main", work)


def ids(store: SqlStore, query: BookQuery, look: BookLook = LOOK) -> str:
    """The ids of a page, as one text; every page's ids are the same ones for so few accounts."""

    def work(unit: Unit) -> tuple[str, ...]:
        page = unit.book_listing.listed(query, look).account_ids
        assert unit.book_listing.all_ids(query, look) == page
        return page

    return " ".join(store.read_now("main", work))


def counts(store: SqlStore, query: BookQuery) -> dict[str, int]:
    listed = store.read_now("main", lambda unit: unit.book_listing.listed(query, LOOK))
    return {band.value: many for band, many in listed.counts.items() if many}


def rows(store: SqlStore, *account_ids: str, look: BookLook = LOOK) -> tuple[BookRow, ...]:
    return store.read_now("main", lambda unit: unit.book_listing.rows(account_ids, look))


def small_contracts() -> list[Contract]:
    return [
        contract(contract_id="a1", account_id="a", ends_on=TODAY + timedelta(days=29)),
        contract(contract_id="b1", account_id="b", ends_on=TODAY, arr_amount=Decimal(9000)),
        contract(contract_id="b2", account_id="b", ends_on=None, arr_amount=None),
        contract(
            contract_id="c1",
            account_id="c",
            ends_on=TODAY + timedelta(days=99),
            arr_amount=Decimal(100_000),
            arr_currency="USD",
        ),
        contract(contract_id="e1", account_id="e", ends_on=day_ago(100)),
    ]


def small_book(store: SqlStore) -> None:
    """`a` Red, `b` Amber and Green, `c` Green, `d` never scanned, `e` ended last year."""
    accounts = [
        account(
            account_id=name,
            name=f"{name.upper()} {word}",
            owner_email=owner,
            segment=segment,
            domains=(f"{word.lower()}.example",),
        )
        for name, word, owner, segment in (
            ("a", "Nord Bank", KIM, "Enterprise"),
            ("b", "100% Öl", "Rita@tend.example", "SMB"),
            ("c", "Under_score", None, "SMB"),
            ("d", "New", KIM, ""),
            ("e", "Old", KIM, "SMB"),
        )
    ]
    import_book(store, accounts, small_contracts())
    record(
        store,
        health(Agent.TAM, "a", 10, Band.RED),
        health(Agent.CSM, "a", 60, Band.AMBER, churn="high"),
        health(Agent.TAM, "b", 60, Band.AMBER, stale="feed x failed"),
        health(Agent.CSM, "b", 90, Band.GREEN, churn="low"),
        health(Agent.TAM, "c", 80, Band.GREEN),
        health(Agent.CSM, "c", None, Band.UNKNOWN, churn="low"),
        health(Agent.TAM, "e", 0, Band.RED),
    )
    store.write_now("main", lambda unit: unit.health.flag(Agent.TAM, "a", "tam_escalation:a:1"))


def test_active_accounts_are_listed_and_those_no_scan_saw_are_unknown(store: SqlStore) -> None:
    small_book(store)
    assert ids(store, BookQuery()) == "a d c b"
    assert ids(store, BookQuery(with_ended=True)) == "a e d c b"
    assert counts(store, BookQuery()) == {"Red": 1, "Unknown": 2, "Amber": 1}


def test_the_band_of_the_chips_narrows_the_page_and_not_the_counts(store: SqlStore) -> None:
    small_book(store)
    red = BookQuery(band=Band.RED)
    assert ids(store, red) == "a"
    assert counts(store, red) == counts(store, BookQuery())
    assert ids(store, BookQuery(band=Band.GREEN)) == ""
    assert counts(store, BookQuery(band=Band.GREEN, owner=KIM)) == {"Red": 1, "Unknown": 1}


def test_every_filter_finds_its_accounts(store: SqlStore) -> None:
    small_book(store)
    for query, found in (
        (replace(ALL, tam=Band.RED), "a"),
        (replace(ALL, tam=Band.UNKNOWN), "d"),
        (replace(ALL, csm=Band.UNKNOWN), "c d"),
        (replace(ALL, incident=IncidentStanding.LIVE), "a"),
        (replace(ALL, incident=IncidentStanding.NONE), "b c d"),
        (replace(ALL, owner=KIM), "a d"),
        (replace(ALL, owner="rita@tend.example"), "b"),
        (replace(ALL, owner="lead@tend.example"), "c"),
        (replace(ALL, segment="SMB"), "b c"),
        (replace(ALL, churn=ChurnLevel.LOW), "b c"),
        (replace(ALL, renews_within=30), "a"),
        (replace(ALL, renews_within=29), ""),
        (replace(ALL, renews_within=100), "a c"),
        (replace(ALL, known_below=80), "d"),
        (replace(ALL, known_below=81), "a b c d"),
        (replace(ALL, differs=True), "a b"),
        (replace(ALL, is_stale=True), "b"),
        (replace(ALL, differs=True, is_stale=True, segment="Enterprise"), ""),
    ):
        assert ids(store, query) == found, query


def test_accounts_that_nobody_owns_are_found_where_there_is_no_default_owner(
    store: SqlStore,
) -> None:
    small_book(store)
    nobody = replace(LOOK, default_owner="")
    assert ids(store, replace(ALL, owner=NOBODY), nobody) == "c"
    assert ids(store, replace(ALL, owner=NOBODY)) == ""
    choices = store.read_now("main", lambda unit: unit.book_listing.choices(nobody))
    assert choices.has_unowned
    assert rows(store, "c", look=nobody)[0].owner == ""


def test_a_search_looks_at_name_id_domain_and_owner_for_every_word(store: SqlStore) -> None:
    small_book(store)
    for text, found in (
        ("nord BANK", "a"),
        ("nord c", ""),
        ("öl", "b"),
        ("ÖL", "b"),
        ("100%", "b"),
        ("%", "b"),
        ("_", "c"),
        ("under_score.example", "c"),
        ("rita@", "b"),
        ("lead@", "c"),
        ("/", ""),
        ("' OR 1=1 --", ""),
    ):
        assert ids(store, replace(ALL, text=text)) == found, text


def test_orders_go_both_ways_and_what_is_unknown_comes_last(store: SqlStore) -> None:
    small_book(store)
    for sort, found, turned in (
        (BookSort.RISK, "a d c b", "b c d a"),
        (BookSort.NAME, "a b c d", "d c b a"),
        (BookSort.TECHNICAL, "a b c d", "c b a d"),
        (BookSort.COMMERCIAL, "a b c d", "b a c d"),
        (BookSort.ARR, "a c b d", "a c b d"),
        (BookSort.RENEWAL, "a c b d", "c a b d"),
        (BookSort.COVERAGE, "d a b c", "a b c d"),
    ):
        assert ids(store, BookQuery(sort=sort)) == found, sort
        assert ids(store, BookQuery(sort=sort, is_reversed=True)) == turned, sort


def test_names_are_in_order_and_found_whatever_their_case_and_accents(store: SqlStore) -> None:
    names = {
        "a": "Zinc",
        "b": "éclair",
        "c": "Ärzte",
        "d": "apple",
        "e": "Eclair",
        "f": "BRÜCKENTAL",
    }
    owned = {"b": "Zoë@tend.example", "c": None}
    import_book(
        store,
        [
            account(account_id=one, name=name, owner_email=owned.get(one, KIM))
            for one, name in names.items()
        ],
        [],
    )
    assert ids(store, ALL) == "d c f b e a"
    assert ids(store, replace(ALL, is_reversed=True)) == "a b e f c d"
    for text, found in (
        ("bruckental", "f"),
        ("Brückental", "f"),
        ("BRU\u0308CKENTAL", "f"),
        ("ECLAIR", "b e"),
        ("zoe@", "b"),
        ("LÉAD@", "c"),
    ):
        assert ids(store, replace(ALL, text=text)) == found, text
    assert ids(store, replace(ALL, owner="zoë@tend.example")) == "b"


def test_amounts_are_in_order_within_their_currency(store: SqlStore) -> None:
    amounts = {"a": ("USD", 5), "b": ("EUR", 90), "c": ("EUR", 1000), "d": ("USD", 70)}
    import_book(
        store,
        [account(account_id=name, name=name) for name in amounts],
        [
            contract(
                contract_id=name, account_id=name, arr_amount=Decimal(amount), arr_currency=currency
            )
            for name, (currency, amount) in amounts.items()
        ],
    )
    assert ids(store, BookQuery(sort=BookSort.ARR)) == "c b d a"
    assert ids(store, BookQuery(sort=BookSort.ARR, is_reversed=True)) == "b c a d"


def test_an_owner_sees_his_accounts_alone_whatever_he_asks(store: SqlStore) -> None:
    small_book(store)
    kim = replace(LOOK, seen_by=KIM)
    assert ids(store, BookQuery(with_ended=True, sort=BookSort.NAME), kim) == "a d e"
    assert ids(store, replace(ALL, owner="rita@tend.example"), kim) == ""
    assert [row.account_id for row in rows(store, "b", "a", "c", look=kim)] == ["a"]
    assert ids(store, ALL, replace(LOOK, seen_by="lead@tend.example")) == "c"
    assert ids(store, ALL, replace(LOOK, seen_by="")) == ""
    choices = store.read_now("main", lambda unit: unit.book_listing.choices(kim))
    assert choices == BookChoices(
        owners=(KIM,), segments=("Enterprise", "SMB"), has_unowned=False, has_accounts=True
    )


def test_another_tenants_book_is_not_listed(store: SqlStore) -> None:
    small_book(store)
    import_book(store, [account(account_id="a", name="Other")], [], tenant="other")

    def work(unit: Unit) -> tuple[tuple[str, ...], tuple[BookRow, ...], bool]:
        listing = unit.book_listing
        found = listing.listed(BookQuery(), LOOK).account_ids
        return found, listing.rows(["a", "b"], LOOK), bool(listing.courses(["a", "b"], LOOK))

    found, shown, has_courses = store.read_now("other", work)
    assert found == ("a",)
    assert [(row.name, row.tam) for row in shown] == [("Other", AgentCell())]
    assert not has_courses
    empty = store.read_now("third", lambda unit: unit.book_listing.choices(LOOK))
    assert not empty.has_accounts


def test_a_row_shows_both_agents_the_word_of_a_rep_and_the_running_contract(
    store: SqlStore,
) -> None:
    small_book(store)
    record(store, health(Agent.TAM, "a", 34), days=7, name="week-ago")
    keep(store, said("a", Agent.TAM, Band.GREEN))
    assert rows(store, "a", "nobody") == (
        BookRow(
            account_id="a",
            name="A Nord Bank",
            segment="Enterprise",
            owner=KIM,
            owner_is_default=False,
            is_active=True,
            tam=AgentCell(
                score=34,
                band=Band.GREEN,
                coverage=80,
                reasons=("Two old tickets",),
                incident_id="tam_escalation:a:1",
                said=SaidBand(
                    band=Band.GREEN, until=TODAY + timedelta(days=5), by=KIM, reason="planned"
                ),
                week_ago=34,
                was_scanned=True,
            ),
            csm=AgentCell(
                score=60,
                band=Band.AMBER,
                coverage=80,
                reasons=("Two old tickets",),
                was_scanned=True,
            ),
            churn_level="high",
            arr=Money(amount=Decimal("12000.50"), currency="EUR"),
            renewal=TODAY + timedelta(days=30),
        ),
    )


def test_a_row_says_whose_it_is_by_default_and_whether_a_contract_runs(store: SqlStore) -> None:
    small_book(store)
    default, ended, running = rows(store, "c", "e", "b")
    assert (default.owner, default.owner_is_default) == ("lead@tend.example", True)
    assert not ended.is_active
    assert (running.renewal, running.arr, running.owner) == (None, None, "rita@tend.example")


def test_words_that_are_over_or_taken_back_say_nothing(store: SqlStore) -> None:
    small_book(store)
    keep(
        store,
        said("a", Agent.TAM, Band.GREEN, until=TODAY),
        said("b", Agent.TAM, Band.RED, cleared=TODAY),
        said("c", Agent.CSM, Band.RED),
        said("d", Agent.TAM, Band.RED),
    )
    assert counts(store, BookQuery()) == {"Red": 3, "Amber": 1}
    assert [row.tam.said for row in rows(store, "a", "b")] == [None, None]
    assert ids(store, replace(ALL, csm=Band.RED)) == ""


def test_a_course_is_the_last_score_of_every_five_days(store: SqlStore) -> None:
    import_book(store, [account()], [])
    for days, score in ((95.0, 1), (94.0, 2), (9.0, 40), (5.5, 50), (5.0, 55), (0.2, None)):
        band = Band.UNKNOWN if score is None else Band.AMBER
        record(store, health(Agent.TAM, "acme", score, band), days=days, name=f"scan-{days}")
    courses = store.read_now("main", lambda unit: unit.book_listing.courses(["acme"], LOOK))
    assert list(courses) == [("acme", Agent.TAM)]
    course = courses["acme", Agent.TAM]
    assert [day for day, _ in course] == [day_ago(days) for days in range(90, -1, -5)]
    known = {day: score for day, score in course if score is not None}
    assert known == {day_ago(90): 2, day_ago(5): 55}
    kim = replace(LOOK, now=days_ago(5.2), day=day_ago(5))
    then = store.read_now("main", lambda unit: unit.book_listing.courses(["acme"], kim))
    assert then["acme", Agent.TAM][-2:] == ((day_ago(10), None), (day_ago(5), 50))


def test_many_accounts_come_in_pages_without_a_gap_or_a_repeat(store: SqlStore) -> None:
    names = [f"a{number:03}" for number in range(120)]
    import_book(store, [account(account_id=name, name="Same Name") for name in names], [])

    def work(unit: Unit) -> list[tuple[str, ...]]:
        query = BookQuery()
        pages = (query.on_page(number) for number in (1, 2, 3, 4))
        return [unit.book_listing.listed(page, LOOK).account_ids for page in pages]

    pages = store.read_now("main", work)
    assert [len(page) for page in pages] == [50, 50, 20, 20]
    assert [name for page in pages[:3] for name in page] == names
    assert pages[3] == pages[2]
    beyond = BookQuery(page=4)
    assert counts(store, beyond) == {"Unknown": 120}
    assert counts(store, replace(beyond, segment="none")) == {}


def listed_in(query: BookQuery, unit: Unit) -> ListedAccounts:
    return unit.book_listing.listed(query, LOOK)


def test_a_page_beyond_the_last_is_the_last_of_the_asked_band(store: SqlStore) -> None:
    names = [f"a{number:03}" for number in range(101)]
    import_book(store, [account(account_id=name, name="Same Name") for name in names], [])
    keep(store, *(said(name, agent, Band.GREEN) for name in names[1:] for agent in Agent))
    for asked, found in (
        (BookQuery(page=9, band=Band.GREEN), names[51:]),
        (BookQuery(page=9, band=Band.UNKNOWN), names[:1]),
        (BookQuery(page=9, band=Band.RED), []),
        (BookQuery(page=2, with_ended=True), names[50:100]),
        (BookQuery(page=9, text="nobody at all"), []),
    ):
        listed = store.read_now("main", partial(listed_in, asked))
        assert list(listed.account_ids) == found, asked


def test_the_contract_shown_is_the_one_that_a_scan_would_read(store: SqlStore) -> None:
    chance = random.Random(9)
    names = [f"a{number}" for number in range(12)]
    contracts = [
        contract(
            contract_id=f"{name}-{number}",
            account_id=name,
            starts_on=chance.choice([None, day_ago(5), TODAY + timedelta(days=1)]),
            ends_on=chance.choice([None, day_ago(1), TODAY, TODAY + timedelta(days=30), date.max]),
            arr_amount=Decimal(number),
        )
        for name in names
        for number in range(4)
    ]
    import_book(store, [account(account_id=name, name=name) for name in names], contracts)
    read = store.read_now("main", lambda unit: unit.book.contracts(names, TODAY))
    shown = {row.account_id: (row.arr, row.renewal) for row in rows(store, *names)}
    assert len(read) > 6
    assert shown == {
        name: (read[name].arr, read[name].renews_on) if name in read else (None, None)
        for name in names
    }
    listed = ids(store, BookQuery(sort=BookSort.ARR)).split()
    assert sorted(listed) == sorted(read)


def test_the_most_at_risk_come_as_every_other_surface_has_them(store: SqlStore) -> None:
    chance = random.Random(4)
    names = [f"account {chance.random():.9f}" for _ in range(60)]
    import_book(store, [account(account_id=name, name=name) for name in names], [])
    bands = {Band.GREEN: 90, Band.AMBER: 50, Band.RED: 20, Band.UNKNOWN: None}
    for number, name in enumerate(names):
        found = []
        for agent in Agent:
            band = chance.choice(list(bands))
            score = bands[band]
            churn = chance.choice(list(ChurnLevel)) if agent is Agent.CSM else ""
            score = None if score is None else score + chance.randint(0, 9)
            found.append(health(agent, name, score, band, churn=churn))
        record(store, *found, name=f"scan-{number}")
    keep(
        store,
        *(said(name, chance.choice(list(Agent)), Band.GREEN) for name in names[:10]),
        *(said(name, Agent.TAM, Band.RED, until=TODAY) for name in names[10:15]),
    )
    found_there = store.read_now("main", lambda unit: standings(unit, TODAY, TenantSettings()))
    listed = store.read_now("main", lambda unit: unit.book_listing.all_ids(BookQuery(), LOOK))
    assert listed == tuple(one.account_id for one in found_there)
    shown = rows(store, *listed)
    assert [one.worst_band for one in found_there] == [row.worst_band for row in shown]
    moved = [(one.tam.moved, one.csm.moved, one.arr) for one in found_there]
    assert moved == [(row.tam.moved, row.csm.moved, row.arr) for row in shown]
