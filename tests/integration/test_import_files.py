from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.fact_rows import UpsertCount
from app.domain.feed import FactKind
from app.domain.money import Money
from app.domain.ticket import Priority
from app.feeds.file_kind import IMPORT_ORDER
from app.feeds.file_report import Outcome
from app.feeds.formats import DateOrder, DecimalMark, Formats
from app.feeds.import_choices import ImportChoices
from app.feeds.map_file import KindMap, MapFile, read_map
from app.feeds.presets import Preset
from app.feeds.templates import write_templates
from app.storage.sql_store import open_store
from tests.integration.import_bench import NOW, ImportBench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[ImportBench]:
    store = open_store(f"sqlite:///{tmp_path / 'tend.sqlite3'}")
    yield ImportBench(store=store, folder=tmp_path / "files")
    store.close()


CHOICES = ImportChoices(now=NOW)
GERMAN = replace(
    CHOICES,
    formats=Formats(
        dates=DateOrder.DMY, decimal=DecimalMark.COMMA, zone="Europe/Berlin", currency="EUR"
    ),
)


def test_the_templates_go_in_as_they_are_and_again_change_nothing(
    bench: ImportBench, tmp_path: Path
) -> None:
    folder = tmp_path / "templates"
    write_templates(folder, NOW.date())
    first = bench.run(folder)
    assert first.exit_code == 0
    assert [report.kind for report in first.reports] == list(IMPORT_ORDER)
    assert all(report.counts.inserted == report.rows >= 2 for report in first.reports)
    again = bench.run(folder)
    assert all(
        report.counts == UpsertCount(unchanged=report.rows)
        and (report.contracts is None or report.contracts.unchanged == 2)
        for report in again.reports
    )


def test_files_go_in_by_what_depends_on_what(bench: ImportBench) -> None:
    usage = bench.file("usage.csv", "account_id,day,logins\nacme,2026-03-01,4\n")
    accounts = bench.file("accounts.csv", "account_id,name\nacme,Acme\n")
    assert bench.run(usage, accounts).exit_code == 0
    assert bench.feeds()["file-usage"].data_until == date(2026, 3, 1)


def test_a_broken_row_is_told_with_its_place_and_the_good_ones_go_in(bench: ImportBench) -> None:
    bench.with_accounts()
    path = bench.file(
        "usage.csv",
        "Account,day,logins\nacme,2026-03-01,4\nacme,2026-03-02,1.5\nzeta,2026-03-01,1\n",
    )
    outcome = bench.run(path)
    (report,) = outcome.reports
    assert outcome.exit_code == 1
    assert (report.rows, report.counts.inserted, report.refused) == (3, 1, 2)
    assert [(r.line, r.column, r.reason) for r in report.shown] == [
        (3, "logins", "'1.5' is not a whole number"),
        (4, "Account", "no account 'zeta', by id or name; import the accounts first"),
    ]


def test_an_account_may_be_called_by_its_exact_name_where_one_has_it(bench: ImportBench) -> None:
    accounts = "account_id,name\nacme,Bäcker & Söhne\nb-1,Weser AG\nb-2,Weser AG\nb-3,acme\n"
    bench.one(bench.file("accounts.csv", accounts))
    report = bench.one(
        bench.file(
            "usage.csv",
            "Customer ID,day,logins\nBäcker & Söhne,2026-03-01,4\nacme,2026-03-02,5\n"
            "Weser AG,2026-03-01,1\nbäcker & söhne,2026-03-03,1\n",
        )
    )
    assert report.counts.inserted == bench.count(FactKind.USAGE) == 2
    assert bench.facts("acme").usage is not None
    assert [(r.line, r.reason) for r in report.shown] == [
        (4, "2 accounts are named 'Weser AG': say the id"),
        (5, "no account 'bäcker & söhne', by id or name; import the accounts first"),
    ]


def test_a_broken_file_stops_no_other(bench: ImportBench) -> None:
    bench.with_accounts()
    broken = bench.file("tickets.csv", b"ticket_id,account_id,status,created_at\n\xff,a,b,c\n")
    good = bench.file(
        "surveys.csv", "response_id,account_id,answered_on,score\n1,acme,2026-03-01,9\n"
    )
    outcome = bench.run(broken, good)
    assert outcome.exit_code == 2
    assert {report.kind: report.outcome for report in outcome.reports} == {
        FactKind.SURVEYS: Outcome.IMPORTED,
        None: Outcome.UNUSABLE,
    }
    assert bench.count(FactKind.SURVEYS) == 1


def test_a_file_that_breaks_further_on_leaves_nothing_behind(bench: ImportBench) -> None:
    bench.with_accounts()
    before = bench.everything()
    days = [date(2020, 1, 1) + timedelta(days=n) for n in range(2_150)]
    rows = "".join(f"acme,{day},1\n" for day in days)
    path = bench.file(
        "usage.csv", f"account_id,day,logins\n{rows}acme,2026-01-01,\xff\n".encode("latin-1")
    )
    report = bench.one(path)
    assert report.error.startswith("line 2152: is not valid UTF-8 at byte")
    assert bench.everything() == before


def test_a_dry_run_counts_everything_and_writes_nothing(bench: ImportBench) -> None:
    before = bench.everything()
    accounts = bench.file("accounts.csv", "account_id,name\nacme,Acme\n,Nobody\n")
    usage = bench.file("usage.csv", "account_id,day,logins\nacme,2026-03-01,4\n")
    broken = bench.file("more-usage.csv", b"account_id,day\nacme,2026-03-02\nacme,\xff\n")
    outcome = bench.run(accounts, usage, broken, dry=True)
    assert [(r.counts.inserted, r.refused, r.error[:6]) for r in outcome.reports] == [
        (1, 1, ""),
        (1, 0, ""),
        (0, 0, "line 3"),
    ]
    assert bench.everything() == before


def test_excels_german_csv_goes_in_when_told(bench: ImportBench) -> None:
    text = (
        "\ufeffKunde;account_id;name;ARR;renewal_date;Seats\r\n"
        "x;acme;Acme;€ 12.000,50;31.12.2026;1.200\r\n"
        "y;beta;Beta;#NV;;-\r\n"
    ).replace("#NV", "#N/A")
    report = bench.one(bench.file("accounts.csv", text.encode()), GERMAN)
    assert (report.rows, report.refused) == (2, 0)
    contract = bench.facts("acme").contract
    assert contract is not None
    assert contract.arr == Money(amount=Decimal("12000.50"), currency="EUR")
    assert contract.ends_on == date(2026, 12, 31)
    assert contract.seats_purchased == 1200
    assert bench.facts("beta").contract is None


def test_a_spreadsheet_saved_as_unicode_text_goes_in(bench: ImportBench) -> None:
    text = "account_id\tname\nacme\tÄcme\n".encode("utf-16")
    assert bench.one(bench.file("accounts.csv", text)).counts.inserted == 1
    assert bench.facts("acme").account.name == "Äcme"


def test_a_western_spreadsheet_goes_in_when_its_encoding_is_told(bench: ImportBench) -> None:
    raw = "account_id,name\nacme,Zoë & Söhne\n".encode("cp1252")
    path = bench.file("accounts.csv", raw)
    assert "try --encoding cp1252" in bench.one(path).error
    assert bench.one(path, replace(CHOICES, encoding="cp1252")).counts.inserted == 1
    assert bench.facts("acme").account.name == "Zoë & Söhne"


@pytest.mark.parametrize("name", ["sep.csv", "mac.csv", "pipe.csv"])
def test_odd_tables_are_read(bench: ImportBench, name: str) -> None:
    texts = {
        "sep.csv": "sep=;\naccount_id;name\nacme;Acme, Inc.\n",
        "mac.csv": "account_id,name\racme,Acme\r",
        "pipe.csv": "\n account_id | name \n\nacme|Acme\n\n",
    }
    report = bench.one(bench.file(f"accounts-{name}", texts[name]))
    assert (report.error, report.counts.inserted) == ("", 1)


def test_a_cell_of_several_lines_is_one_cell(bench: ImportBench) -> None:
    text = 'account_id,name,notes\nacme,"Acme ""Rockets""","one\ntwo"\nbeta,Beta,\n'
    assert bench.one(bench.file("accounts.csv", text)).counts.inserted == 2
    assert bench.facts("acme").account.notes == "one\ntwo"
    assert bench.facts("acme").account.name == 'Acme "Rockets"'


def test_a_packed_table_goes_in(bench: ImportBench) -> None:
    path = bench.file("accounts.csv.gz", "account_id,name\nacme,Acme\n", packed=True)
    assert bench.one(path).counts.inserted == 1


def test_amounts_in_several_currencies_keep_theirs_and_a_missing_one_is_unknown(
    bench: ImportBench,
) -> None:
    bench.with_accounts()
    text = "contract_id,account_id,arr,currency\n1,acme,£ 5000,\n2,beta,7000,CHF\n"
    assert bench.one(bench.file("contracts.csv", text)).refused == 0
    pounds, francs = bench.facts("acme").contract, bench.facts("beta").contract
    assert pounds is not None
    assert francs is not None
    assert pounds.arr == Money(amount=Decimal(5000), currency="GBP")
    assert francs.arr == Money(amount=Decimal(7000), currency="CHF")
    bench.one(bench.file("contracts.csv", "contract_id,account_id,arr\n1,acme,\n"))
    unknown = bench.facts("acme").contract
    assert unknown is not None
    assert unknown.arr_amount is None
    assert unknown.arr_currency is None


def test_columns_that_a_file_does_not_have_stay_as_they_are(bench: ImportBench) -> None:
    bench.with_accounts()
    bench.one(bench.file("accounts.csv", "account_id,name,segment\nacme,Acme Corp,large\n"))
    account = bench.facts("acme").account
    assert (account.name, account.segment) == ("Acme Corp", "large")
    assert account.owner_email == "maya@example.com"
    assert account.domains == ("acme.example",)


def test_an_owner_may_be_named_once_the_reps_are_known(bench: ImportBench) -> None:
    reps = bench.file("reps.csv", "email,name\nMaya@example.com,Maya Lindqvist\n")
    accounts = bench.file(
        "hubspot.csv",
        "Record ID,Company name,Company owner,Annual Revenue\n"
        "1,Acme,maya  lindqvist,9\n2,Beta,Jo,9\n",
    )
    choices = replace(CHOICES, preset=Preset.HUBSPOT, kind=None)
    outcome = bench.run(reps, accounts, choices=choices)
    assert outcome.exit_code == 0
    assert bench.facts("1").account.owner_email == "maya@example.com"
    assert bench.facts("2").account.owner_email is None
    assert bench.facts("1").contract is None
    assert "owner 'Jo' is no address and no rep's name" in outcome.reports[1].remarks[0]


def test_a_map_says_what_their_words_mean(bench: ImportBench) -> None:
    bench.with_accounts()
    map_file = bench.file(
        "map.toml",
        '[tickets.words.status]\nGeschlossen = "closed"\n"In Arbeit" = "open"\nUnklar = ""\n'
        '[tickets.words.priority]\nKritisch = "P1"\n',
    )
    path = bench.file(
        "tickets.csv",
        "ticket_id,account_id,status,priority,subject,created_at,resolved_at\n"
        "T-1,acme,in  arbeit,kritisch,Geschlossen,2026-03-01,\n"
        "T-2,acme,GESCHLOSSEN,P2,Login,2026-03-01,2026-03-02\n"
        "T-3,acme,Unklar,P2,Login,2026-03-01,\n",
    )
    report = bench.one(path, replace(CHOICES, mapping=read_map(map_file)))
    assert [(r.line, r.reason) for r in report.shown] == [(4, "is empty, and every row needs it")]
    assert bench.count(FactKind.TICKETS) == 2
    found = bench.tickets("acme")["T-1"]
    assert (found.priority, found.subject) == (Priority.P1, "Geschlossen")


def test_a_ticket_closed_by_a_clock_ahead_of_ours_is_closed_now(bench: ImportBench) -> None:
    bench.with_accounts()
    ahead = [NOW + timedelta(hours=hours) for hours in (3, 5, 9)]
    path = bench.file(
        "tickets.csv",
        "ticket_id,account_id,status,created_at,resolved_at\n"
        f"T-1,acme,closed,2026-03-01,{ahead[0].isoformat()}\n"
        f"T-2,acme,closed,{ahead[1].isoformat()},{ahead[2].isoformat()}\n",
    )
    assert bench.one(path).counts.inserted == 2
    assert "T-1" not in {ticket.ticket_id for ticket in bench.facts("acme").open_tickets}
    assert bench.one(path).counts.unchanged == 2


def test_a_map_gives_columns_and_constants(bench: ImportBench) -> None:
    mapping = MapFile(
        kinds={
            FactKind.ACCOUNTS: KindMap(
                columns={"Nr": "account_id", "Firma": "name", "Umsatz": "arr"},
                constants={"currency": "chf", "segment": "DACH"},
            )
        }
    )
    path = bench.file("accounts.csv", "Nr,Firma,Umsatz\n7,Acme,100\n")
    assert bench.one(path, replace(CHOICES, mapping=mapping)).refused == 0
    facts = bench.facts("7")
    assert facts.account.segment == "DACH"
    assert facts.contract is not None
    assert facts.contract.arr == Money(amount=Decimal(100), currency="CHF")


def test_tickets_by_hand_know_priorities_by_many_names(bench: ImportBench) -> None:
    bench.with_accounts()
    text = (
        "Key,account_id,status,Created,priority,summary\n"
        "T-1,acme,In Progress,2026-03-01,Blocker,\x1b[31mRed\n"
        "T-2,acme,on hold,2026-03-02 10:00,None,\n"
        "T-3,acme,open,2026-03-03,Sometime,\n"
        "T-4,acme,done,2026-03-03,P4,\n"
    )
    report = bench.one(bench.file("tickets.csv", text))
    assert (report.counts.inserted, report.refused) == (3, 1)
    assert "neither resolved_at nor updated_at" in report.shown[0].reason
    assert report.remarks == ("priority 'Sometime' is not known: left unknown",)
    found = bench.tickets("acme")
    assert found["T-1"].priority is Priority.P1
    assert found["T-1"].subject == "[31mRed"
    assert found["T-1"].mapped_by == "account-id"
    assert found["T-2"].priority is None


def test_a_row_said_twice_is_harmless_and_a_contradiction_is_refused(bench: ImportBench) -> None:
    bench.with_accounts()
    path = bench.file(
        "usage.csv",
        "account_id,day,logins\nacme,2026-03-01,4\nacme,2026-03-01,4\nacme,2026-03-01,5\n",
    )
    report = bench.one(path)
    assert (report.counts.inserted, report.counts.unchanged, report.refused) == (1, 1, 1)
    assert report.shown[0].reason == (
        "has the same account_id and day as line 2, and says something else; add them up first"
    )
    assert report.is_balanced


def test_a_name_elsewhere_belongs_to_one_account_only(bench: ImportBench) -> None:
    text = "account_id,name,external_ids\na,A,jira-project:AC\nb,B,jira-project:AC\nc,C,oops\n"
    report = bench.one(bench.file("accounts.csv", text))
    assert [refusal.reason for refusal in report.shown] == [
        "jira-project:AC is account 'a' already (line 2)",
        "'oops' is not a system and a name, such as jira-component:iOS",
    ]


def test_a_delivery_says_how_fresh_a_feed_is(bench: ImportBench) -> None:
    bench.with_accounts()
    assert bench.feeds()["file-accounts"].late_after_hours is None
    path = bench.file("usage.csv", "account_id,day,logins\nacme,2026-03-09,4\n")
    bench.one(path)
    feed = bench.feeds()["file-usage"]
    assert (feed.last_ok_at, feed.data_until) == (NOW, date(2026, 3, 9))
    assert feed.late_after_hours == 7 * 24 * 1.5
    bench.one(path, replace(CHOICES, every_hours=24.0))
    assert bench.feeds()["file-usage"].late_after_hours == 36
    older = bench.file("usage-old.csv", "account_id,day,logins\nacme,2026-01-09,4\n")
    bench.one(older)
    feed = bench.feeds()["file-usage"]
    assert (feed.data_until, feed.late_after_hours) == (date(2026, 3, 9), 36)


def test_a_delivery_ends_a_failure_and_a_named_feed_may_bring_several_kinds(
    bench: ImportBench,
) -> None:
    from app.domain.feed import Feed

    failed = Feed(
        name="crm",
        provides=frozenset({FactKind.ACCOUNTS}),
        failed_since=datetime(2026, 3, 1, tzinfo=UTC),
        reason="gone",
    )
    bench.store.write_now("main", lambda unit: unit.feeds.save(failed))
    choices = replace(CHOICES, feed="crm")
    bench.run(
        bench.file("accounts.csv", "account_id,name,arr\nacme,Acme,5\n"),
        bench.file(
            "surveys.csv", "response_id,account_id,answered_on,score\n1,acme,2026-03-01,9\n"
        ),
        choices=choices,
    )
    feed = bench.feeds()["crm"]
    assert feed.failed_since is None
    assert feed.provides == {FactKind.ACCOUNTS, FactKind.CONTRACTS, FactKind.SURVEYS}


def test_a_file_of_which_every_row_is_refused_is_no_delivery(bench: ImportBench) -> None:
    bench.one(bench.file("usage.csv", "account_id,day\nnobody,2026-03-01\n"))
    assert bench.feeds() == {}
