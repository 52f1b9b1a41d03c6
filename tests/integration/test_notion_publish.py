"""Accounts shown on the Notion test server: the fewest requests, nobody's words overwritten."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.notion import NotionRole
from app.domain.override import Before, Override
from app.ports.store import Unit
from app.services.notion.fields import GONE, gone
from app.storage.sql_store import SqlStore
from tests import builders
from tests.integration.notion_surface import Shown
from tests.integration.notion_workspace import TENANT, faults
from tests.servers.notion import Connection, Fault, Kind
from tests.servers.notion.faults import Mix
from tests.servers.notion.world import Column, Page, Source

MANY = [f"a{number:03}" for number in range(120)]


@pytest.fixture
def shown(sqlite_store: SqlStore) -> Shown:
    return Shown(store=sqlite_store)


def test_what_was_written_once_costs_no_request_again(shown: Shown) -> None:
    shown.add_accounts(*MANY)
    shown.assess(*MANY)
    first = shown.publish()
    assert (first.accounts.written, first.accounts.made, first.stopped) == (120, 0, "")
    assert len(shown.since("PATCH", "pages/")) == 120
    shown.clock.advance(86_400)
    shown.assess(*MANY)
    assert shown.publish().accounts.written == 0
    assert shown.since("PATCH", "pages/") == []
    shown.assess("a007", score=30, band=Band.RED)
    assert shown.publish().accounts.written == 1
    (sent,) = shown.since("PATCH", "pages/")
    assert sent.path.endswith(shown.page("a007").page_id)
    assert shown.value("a007", "Health Status") == "Red"


def test_both_agents_speak_in_one_request(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme", score=41, band=Band.AMBER)
    shown.publish()
    assert len(shown.since("PATCH", "pages/")) == 1
    said = {
        name: shown.value("acme", name)
        for name in ("Health Score", "Health Status", "CSM Health Score", "CSM Health Status")
    }
    assert said == {
        "Health Score": 41,
        "Health Status": "Amber",
        "CSM Health Score": 41,
        "CSM Health Status": "Amber",
    }
    assert shown.value("acme", "Churn Risk") == "low"
    assert shown.value("acme", "Last Health Scan") == at_notion(builders.NOW)


def test_the_last_scan_is_written_anew_once_it_is_a_week_old(shown: Shown) -> None:
    shown.add_accounts("acme", "beta")
    shown.assess("acme", "beta")
    shown.publish()
    shown.clock.advance(6 * 86_400)
    shown.assess("acme", "beta")
    assert shown.publish().accounts.written == 0
    shown.clock.advance(86_400)
    shown.assess("acme", "beta")
    assert shown.publish().accounts.written == 2
    assert shown.value("acme", "Last Health Scan") == at_notion(shown.clock.now)


def test_what_people_write_is_left_as_it_is(shown: Shown) -> None:
    shown.add_accounts("acme")
    row, ada = shown.page("acme").page_id, shown.workspace.server.seed.person("Ada", "a@e.com")
    theirs = {"Name": "ACME Inc.", "Segment": "Gold", "NPS": 9, "Notes": "call Jo", "ARR": 12.5}
    shown.workspace.server.seed.edit(row, theirs, by=ada)
    shown.assess("acme")
    shown.publish()
    assert {name: shown.value("acme", name) for name in theirs} == theirs


def test_a_renamed_column_is_written_under_its_new_name(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    column_of(shown, "Health Score").name = "Gesundheit"
    shown.publish()
    assert shown.value("acme", "Gesundheit") == 80


def test_a_column_of_another_type_gets_what_fits_it_or_is_told_of(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    column_of(shown, "Health Status").type = "rich_text"
    column_of(shown, "Health Score").type = "checkbox"
    done = shown.publish()
    assert shown.value("acme", "Health Status") == "Green"
    (finding,) = done.accounts.findings
    assert finding.startswith("the column 'Health Score' is of type checkbox")


def test_a_column_that_is_gone_is_told_of_and_the_others_are_written(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    source = source_of(shown)
    del source.columns[column_of(shown, "Churn Risk").id]
    done = shown.publish()
    assert (done.accounts.written, len(done.accounts.findings)) == (1, 1)
    assert "'Churn Risk'" in done.accounts.findings[0]


def test_a_reps_word_is_what_is_shown(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme", score=20, band=Band.RED)
    word = Override(
        account_id="acme",
        agent=Agent.TAM,
        band=Band.GREEN,
        reason="a visit went well",
        until=builders.TODAY + timedelta(days=9),
        by="rita@tend.example",
        at=builders.NOW,
        told=Band.RED,
        before=Before(since=builders.NOW),
    )
    shown.store.write_now(TENANT, lambda unit: unit.words.keep_override(word))
    shown.publish()
    assert shown.value("acme", "Health Status") == "Green"
    assert shown.value("acme", "Health Score") == 20
    assert shown.value("acme", "CSM Health Status") == "Red"


def test_an_unknown_score_empties_the_column(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    shown.publish()
    unknown = builders.health_record(score=None, band=Band.UNKNOWN, agent=Agent.TAM)
    health = builders.new_health(
        assessment=builders.assessment(score=None, band=Band.UNKNOWN), record=unknown
    )
    shown.store.write_now(
        TENANT, lambda unit: unit.health.record(builders.scan(scan_id="later"), [health])
    )
    shown.publish()
    assert shown.value("acme", "Health Score") is None
    assert shown.value("acme", "Health Status") == "Unknown"


def test_active_accounts_without_a_row_get_one_with_their_name_and_key(shown: Shown) -> None:
    shown.add_accounts("acme", rows=False)
    shown.assess("acme")
    done = shown.publish()
    assert (done.accounts.made, done.accounts.written) == (1, 0)
    assert shown.value("acme", "Name") == "Acme"
    assert shown.value("acme", "External ID") == "acme"
    assert shown.value("acme", "Health Score") == 80
    shown.since()
    assert shown.publish().accounts.made == 0
    assert shown.since("PATCH") == shown.since("POST", "pages") == []


def test_rows_with_our_keys_are_taken_over_by_a_store_that_starts_anew(shown: Shown) -> None:
    shown.add_accounts("acme", rows=False)
    row = shown.workspace.row(NotionRole.ACCOUNTS, {"External ID": "acme", "Name": "Acme"})
    shown.assess("acme")
    done = shown.publish()
    assert (done.accounts.made, done.accounts.written) == (0, 1)
    assert shown.page("acme").page_id == row


def test_a_row_that_a_person_took_away_is_not_made_again(shown: Shown) -> None:
    shown.add_accounts("acme", "beta")
    shown.assess("acme", "beta")
    shown.workspace.server.world.find(Page, shown.page("acme").page_id).in_trash = True
    done = shown.publish()
    assert (done.accounts.gone, done.accounts.written) == (("acme",), 1)
    assert shown.written("acme").written == {GONE: shown.page("acme").page_id}
    shown.since()
    shown.assess("acme", "beta", score=50, band=Band.AMBER)
    again = shown.publish()
    assert (again.accounts.gone, again.accounts.written, again.accounts.made) == ((), 1, 0)
    assert len(shown.since("PATCH")) == 1


def test_a_row_that_is_restored_is_written_again_within_a_week(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    row = shown.workspace.server.world.find(Page, shown.page("acme").page_id)
    row.in_trash = True
    shown.publish()
    row.in_trash = False
    shown.clock.advance(7 * 86_400)
    assert shown.publish().accounts.written == 1
    assert GONE not in shown.written("acme").written


def test_a_row_that_was_taken_away_is_made_again_where_somebody_asks_for_it(shown: Shown) -> None:
    shown.add_accounts("acme", "beta")
    shown.assess("acme", "beta")
    before = shown.page("acme").page_id
    shown.workspace.server.world.find(Page, before).in_trash = True
    shown.publish()
    done = shown.publish("acme", "beta", anew=True)
    assert (done.accounts.made, done.accounts.written) == (1, 0)
    assert shown.page("acme").page_id != before
    assert shown.value("acme", "Health Score") == 80


def test_a_row_whose_page_is_forgotten_is_made_again_for_nobody(shown: Shown) -> None:
    shown.add_accounts("acme", "beta")
    shown.assess("acme", "beta")
    page = shown.page("acme")
    taken = gone(page.kind, "acme", "", now=shown.clock.now)

    def forget(unit: Unit) -> None:
        unit.notion.forget_pages(page.kind, ["acme"])
        unit.notion.save_fields([taken])

    shown.store.write_now(TENANT, forget)
    shown.clock.advance(30 * 86_400)
    assert (shown.publish().accounts.made, len(shown.since("PATCH"))) == (0, 1)
    shown.store.write_now(TENANT, lambda unit: unit.notion.save_pages([page]))
    assert shown.publish("acme").accounts.written == 1


def test_a_database_that_is_not_shared_any_more_takes_no_row_for_gone(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    source = shown.workspace.databases[NotionRole.ACCOUNTS].data_source_id
    shown.workspace.server.world.nodes.pop(source)
    assert "not shared" in shown.publish().stopped


def test_a_refused_row_stops_no_other(shown: Shown) -> None:
    shown.add_accounts("acme", "beta", "ceta")
    shown.assess("acme", "beta", "ceta")
    row = shown.page("beta").page_id
    refused = Fault(kind=Kind.REFUSED, method="PATCH", path=row)
    shown.workspace.server.go_wrong(refused)
    done = shown.publish()
    assert done.accounts.written == 2
    assert list(done.accounts.refused) == ["beta"]
    assert "answered 400" in done.accounts.refused["beta"]


def test_a_status_that_lacks_an_option_keeps_no_other_column_from_being_written(
    shown: Shown,
) -> None:
    shown.add_accounts("acme", "beta")
    shown.assess("acme", score=50, band=Band.AMBER)
    shown.assess("beta")
    column = column_of(shown, "Health Status")
    column.type = "status"
    green = {"id": "1", "name": "Green", "color": "green"}
    column.config = {"options": [green], "groups": [{"id": "g", "name": "G", "option_ids": ["1"]}]}
    done = shown.publish()
    assert (done.accounts.written, len(done.accounts.findings)) == (2, 1)
    assert shown.value("acme", "Health Score") == 50
    assert shown.value("beta", "Health Status") == "Green"


def test_a_revoked_token_stops_at_once_with_one_message_and_the_rest_is_done_later(
    shown: Shown,
) -> None:
    shown.add_accounts(*MANY)
    shown.assess(*MANY)
    fine = [Fault(kind=Kind.SLOW, method="PATCH")] * 60
    shown.workspace.server.go_wrong(*fine, Fault(kind=Kind.REVOKED, method="PATCH"))
    stopped = shown.publish()
    assert stopped.accounts.written == 60
    assert "revoked" in stopped.stopped
    assert len(shown.since("PATCH")) == 61
    server = shown.workspace.server
    server.connections["ntn_new"] = Connection(bot=server.world.bot)
    shown.token = "ntn_new"
    rest = shown.publish()
    assert (rest.accounts.written, rest.stopped) == (60, "")
    assert all(shown.value(one, "Health Score") == 80 for one in MANY)


def test_notion_that_is_down_is_not_asked_for_every_row(shown: Shown) -> None:
    shown.add_accounts(*MANY)
    shown.assess(*MANY)
    down = Fault(kind=Kind.INTERNAL, method="PATCH")
    shown.workspace.server.go_wrong(mix=Mix(share=1.0, faults=(down,)))
    done = shown.publish()
    assert "Notion does not take anything now" in done.stopped
    assert len(done.accounts.left) == 100
    shown.workspace.server.plan.mix = None
    assert shown.publish().accounts.written == 120


def test_a_full_workspace_makes_nothing_new_and_says_so_once(shown: Shown) -> None:
    shown.add_accounts("acme", "beta")
    shown.add_accounts("new1", "new2", rows=False)
    shown.assess("acme", "beta", "new1", "new2")
    full = Fault(kind=Kind.FULL, method="POST", path="^pages$")
    shown.workspace.server.go_wrong(mix=Mix(share=1.0, faults=(full,)))
    done = shown.publish()
    assert (done.accounts.written, done.accounts.made, done.accounts.is_full) == (2, 0, True)
    assert len(shown.since("POST", "pages")) == 1
    assert len(done.accounts.findings) == 1
    assert done.accounts.left == ("new1", "new2")


def test_a_mix_of_faults_doubles_no_row_and_loses_no_word(shown: Shown) -> None:
    shown.add_accounts(*MANY[:60])
    shown.add_accounts(*MANY[60:], rows=False)
    shown.assess(*MANY, score=55, band=Band.AMBER)
    shown.workspace.server.go_wrong(mix=Mix(share=0.2, faults=faults(paths="")))
    for _ in range(3):
        shown.publish()
        shown.clock.advance(300)
    shown.workspace.server.plan.mix = None
    last = shown.publish()
    assert last.accounts.left == ()
    rows = shown.workspace.rows(NotionRole.ACCOUNTS)
    keys = sorted(str(shown.workspace.value(row, "External ID")) for row in rows)
    assert keys == MANY
    assert {shown.value(one, "CSM Health Score") for one in MANY} == {55}
    assert len(shown.workspace.server.plan.met) > 20


def test_only_the_accounts_that_are_named_are_shown(shown: Shown) -> None:
    shown.add_accounts("acme", "beta")
    shown.assess("acme", "beta")
    assert shown.publish("beta").accounts.written == 1
    assert shown.value("acme", "Health Score") is None


def test_a_later_sign_of_life_rides_along(shown: Shown) -> None:
    shown.add_accounts("acme")
    shown.assess("acme")
    seen_at = builders.days_ago(1)
    beat = builders.heartbeat(seen_at=seen_at, api_calls=7)
    shown.bring(FactKind.HEARTBEATS, builders.rows_of(beat))
    shown.publish()
    assert shown.value("acme", "API Call Count") == 7
    shown.bring(
        FactKind.HEARTBEATS, builders.rows_of(builders.heartbeat(seen_at=builders.NOW, api_calls=9))
    )
    assert shown.publish().accounts.written == 0
    shown.assess("acme", score=79)
    assert shown.publish().accounts.written == 1
    assert shown.value("acme", "API Call Count") == 9


def source_of(shown: Shown) -> Source:
    source_id = shown.workspace.databases[NotionRole.ACCOUNTS].data_source_id
    return shown.workspace.server.world.find(Source, source_id)


def at_notion(moment: datetime) -> str:
    """A moment as Notion shows it."""
    return moment.isoformat(timespec="milliseconds")


def column_of(shown: Shown, name: str) -> Column:
    return next(one for one in source_of(shown).columns.values() if one.name == name)
