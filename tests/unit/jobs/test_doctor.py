"""What the doctor says of the facts: which trouble is which, and what mends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from app.domain.effect import EffectKind, ParkReason
from app.domain.flow import FlowRow, FlowState
from app.domain.tenant_settings import TenantSettings
from app.jobs.doctor import examine
from app.jobs.doctor_looks import file_system_of
from app.jobs.findings import (
    BookFacts,
    Facts,
    Finding,
    FlowFacts,
    FolderFacts,
    NotionFacts,
    StoreFacts,
    SystemFacts,
    Verdict,
    wrong,
)
from app.jobs.machine_checks import NETWORK_FILE_SYSTEMS
from app.ports.rows import SettingsVersion
from tests.builders import NOW, days_ago, feed

folder = partial(
    FolderFacts,
    path=Path("/data/tend"),
    is_there=True,
    write_error="",
    filesystem="ext4",
    free_bytes=50 * 10**9,
    holds_store=True,
)
store = partial(
    StoreFacts,
    where="/data/tend/tend.sqlite3",
    is_sqlite=True,
    trouble="",
    revision="0003",
    is_at_head=True,
    is_newer=False,
    size_bytes=10**7,
    skew_seconds=0.0,
    living=frozenset({"host.1.abc"}),
)
flows = partial(FlowFacts, trouble="", there=True, running=(), queued=(), failed=())
book = partial(
    BookFacts,
    settings=SettingsVersion(
        version=1, settings=TenantSettings(zone="Europe/Berlin"), applied_at=NOW, applied_by="ana"
    ),
    live_since=days_ago(30),
    accounts=5,
    unowned=0,
    strangers=(),
    feeds=(feed(),),
    parked={},
    channels={EffectKind.EMAIL: ""},
    released={},
)
facts = partial(
    Facts,
    now=NOW,
    folder=folder(),
    store=store(),
    flows=flows(),
    book=book(),
    systems=(),
    notion=None,
)
flow = partial(
    FlowRow,
    flow_id="main:scan:2026-03-11",
    flow="scan",
    state=FlowState.RUNNING,
    worker="host.1.abc",
    created_at=NOW - timedelta(minutes=1),
    updated_at=NOW - timedelta(minutes=1),
    error="",
)


def about(name: str, given: Facts) -> Finding:
    (found,) = (finding for finding in examine(given) if finding.about == name)
    return found


def verdict(name: str, given: Facts) -> Verdict:
    return about(name, given).verdict


def defaults(**overrides: str) -> SettingsVersion:
    return SettingsVersion(
        version=0,
        settings=TenantSettings.model_validate(overrides),
        applied_at=None,
        applied_by="",
    )


def test_a_healthy_set_up_has_nothing_to_mend() -> None:
    found = examine(facts())
    assert {finding.verdict for finding in found} == {Verdict.OK}
    assert not any(finding.mend for finding in found)


def test_whatever_is_not_well_says_what_mends_it() -> None:
    troubled = facts(
        folder=folder(write_error="Permission denied", filesystem="nfs4", free_bytes=1),
        store=store(skew_seconds=90.0, is_sqlite=False, living=frozenset()),
        flows=flows(running=(flow(),)),
        book=book(
            settings=defaults(),
            unowned=2,
            strangers=("kim@example.com",),
            feeds=(feed(failed_since=days_ago(1)),),
            parked=dict.fromkeys(ParkReason, 1),
            channels={EffectKind.EMAIL: "key refused"},
        ),
        systems=(SystemFacts(name="redis", trouble="no answer", mend="start it"),),
    )
    for finding in examine(troubled):
        if finding.about not in {"alerts", "store"}:
            assert finding.verdict is not Verdict.OK, finding
            assert finding.mend, finding


def test_nothing_is_said_of_a_book_that_cannot_be_read() -> None:
    names = {finding.about for finding in examine(facts(book=None))}
    assert names == {"data folder", "disk space", "store", "service", "flows"}


def test_a_folder_that_cannot_be_written_names_the_setting() -> None:
    found = about("data folder", facts(folder=folder(write_error="Read-only file system")))
    assert found.verdict is Verdict.WRONG
    assert "TEND_HOME" in found.mend


@pytest.mark.parametrize("kind", sorted(NETWORK_FILE_SYSTEMS))
def test_sqlite_on_a_network_file_system_is_warned_of(kind: str) -> None:
    (_, found) = (f for f in examine(facts(folder=folder(filesystem=kind))) if "folder" in f.about)
    assert found.verdict is Verdict.WARNING
    assert "PostgreSQL" in found.mend


def test_drafts_alone_may_lie_on_a_network_file_system() -> None:
    assert verdict("data folder", facts(folder=folder(filesystem="nfs", holds_store=False))) == "ok"


@pytest.mark.parametrize(
    "free,size,expected",
    [
        (10**8, 1, "wrong"),
        (5 * 10**8, 1, "warning"),
        (5 * 10**9, 8 * 10**9, "warning"),
        (2 * 10**9, 10**9, "ok"),
    ],
)
def test_space_is_judged_by_what_the_store_needs(free: int, size: int, expected: str) -> None:
    given = facts(folder=folder(free_bytes=free), store=store(size_bytes=size))
    assert verdict("disk space", given) == expected


def test_a_store_tells_of_which_tend_it_is() -> None:
    none = facts(store=store(revision=None, is_at_head=False))
    older = facts(store=store(revision="0002", is_at_head=False))
    newer = facts(store=store(revision="9999", is_at_head=False, is_newer=True))
    assert verdict("store", none) == "warning"
    assert "tend backup" in about("store", older).mend
    assert (verdict("store", newer), about("store", newer).mend[:11]) == ("wrong", "update Tend")


@pytest.mark.parametrize("skew,expected", [(0.4, "ok"), (-3, "warning"), (61, "wrong")])
def test_a_database_of_another_clock_is_told(skew: float, expected: str) -> None:
    given = facts(store=store(is_sqlite=False, skew_seconds=skew))
    assert verdict("clock", given) == expected


def test_without_a_service_nothing_happens_by_itself() -> None:
    assert about("service", facts(store=store(living=frozenset()))).mend == "tend run"


def test_a_baseline_is_no_mistake_yet() -> None:
    quiet = book(live_since=None, unowned=1)
    assert about("alerts", facts(book=quiet)).mend == "tend go-live"
    assert verdict("owners", facts(book=quiet)) == "warning"
    assert verdict("owners", facts(book=book(unowned=1))) == "wrong"


def test_the_default_owner_answers_for_accounts_without_one() -> None:
    owned = book(settings=defaults(default_owner="kim@example.com"), unowned=4)
    assert verdict("owners", facts(book=owned)) == "ok"


def test_owners_who_are_no_reps_are_named_up_to_three() -> None:
    strangers = tuple(f"rep{number}@example.com" for number in range(5))
    said = about("reps", facts(book=book(strangers=strangers))).says
    assert "rep2@example.com and 2 more" in said


def test_a_zone_that_nobody_chose_is_worth_a_word() -> None:
    assert verdict("time zone", facts(book=book(settings=defaults()))) == "warning"
    assert "08:00 on 2026-03-11" in about("time zone", facts()).says


def test_feeds_are_told_each_by_its_trouble() -> None:
    late = feed(name="usage", late_after_hours=24.0, last_ok_at=days_ago(3))
    failed = feed(name="tickets", failed_since=days_ago(1), reason="401")
    found = [
        f for f in examine(facts(book=book(feeds=(feed(), late, failed)))) if f.about == "feeds"
    ]
    assert [finding.verdict for finding in found] == ["warning", "wrong"]
    assert "401" in found[1].says
    assert verdict("feeds", facts(book=book(feeds=()))) == "warning"


def test_a_channel_that_works_again_says_what_it_released() -> None:
    given = book(released={EffectKind.EMAIL: 3})
    assert about("channel email", facts(book=given)).says.endswith("effects released: 3")


def test_flows_that_do_not_get_on_are_told_the_gravest_first() -> None:
    old = timedelta(hours=2)
    stuck = flow(updated_at=NOW - old)
    left = flow(flow_id="main:act:x:1", worker="host.9.dead")
    waiting = flow(state=FlowState.QUEUED, created_at=NOW - old, worker="")
    failed = flow(state=FlowState.FAILED, error="boom")
    assert "more than an hour" in about("flows", facts(flows=flows(running=(stuck, left)))).says
    assert "left by a process" in about("flows", facts(flows=flows(running=(flow(), left)))).says
    assert "to be begun" in about("flows", facts(flows=flows(queued=(waiting,)))).says
    assert "failed today" in about("flows", facts(flows=flows(failed=(failed, failed)))).says
    forgotten = flow(state=FlowState.FAILED, updated_at=days_ago(2))
    assert verdict("flows", facts(flows=flows(failed=(forgotten,)))) == "ok"
    assert verdict("flows", facts(flows=flows(trouble="not a database"))) == "wrong"


def test_what_is_parked_waits_for_a_person_and_breaks_nothing() -> None:
    given = facts(book=book(parked={ParkReason.ACCESS: 2, ParkReason.TIRED: 0}))
    assert verdict("parked", given) == "warning"


def test_systems_are_spoken_of_where_the_settings_name_them() -> None:
    there = SystemFacts(name="redis", trouble="", mend="start it")
    gone = SystemFacts(name="limits", trouble="no such system", mend="mend TEND_LIMITS")
    given = facts(systems=(there, gone))
    assert verdict("redis", given) == "ok"
    assert (verdict("limits", given), about("limits", given).mend) == ("wrong", "mend TEND_LIMITS")


def test_notion_is_spoken_of_where_it_is_connected() -> None:
    gone = wrong("notion", "Accounts: the column NPS is gone", "tend connect notion")
    there = NotionFacts(reached="Tend, in Acme: Accounts", a_minute=180, findings=())
    found = [f for f in examine(facts(notion=replace(there, findings=(gone,)))) if f == gone]
    assert found == [gone]
    assert about("notion", facts(notion=there)).says.endswith("Accounts; 180 requests a minute")
    greedy = NotionFacts(reached="", a_minute=1_200, findings=())
    assert about("notion", facts(notion=greedy)).verdict is Verdict.WARNING
    assert "notion" not in {finding.about for finding in examine(facts())}


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/x /data nfs4 rw 0 0
/dev/sdb1 /data/tend\\040home xfs rw 0 0
tmpfs /data/tend\\040home tmpfs rw 0 0
nonsense
"""


@pytest.mark.parametrize(
    "path,kind",
    [
        ("/home/kim", "ext4"),
        ("/data/x", "nfs4"),
        ("/data/tend home/x", "tmpfs"),
        ("/database", "ext4"),
    ],
)
def test_the_mount_nearest_to_a_path_tells_its_file_system(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_without_a_table_of_mounts_nothing_is_known() -> None:
    assert file_system_of(Path("/data"), "") == ""
