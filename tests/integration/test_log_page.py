"""The audit log in the dashboard: who sees which lines, how one finds them, how they read."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import JsonValue
from sqlalchemy import Engine, event

from app.domain.act import Act, ActKind
from app.domain.band import Band
from app.domain.feed import FactKind
from app.domain.incident import Change, Finding, IncidentKind, Revision
from app.domain.viewer import Role, Sight, Viewer
from app.ports.store import Unit
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW, account, rows_of
from tests.servers.dashboard import ADMIN, Dashboard, text_of

HOSTILE = '<img src=x onerror="alert(1)">\x1b[2J'
KIM = Viewer(by="kim@tend.example", role=Role.REP, sight=Sight.OWN)
ANN = Viewer(by="ann@tend.example", role=Role.REP)


@pytest.fixture
def log(sqlite_url: str, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over a store with Kim's account and Ann's, seen by an admin."""
    store = open_store(sqlite_url)
    mine = account(account_id="acme", name=f"Acme {HOSTILE}", owner_email=KIM.by)
    other = account(account_id="globex", name="Globex", owner_email=ANN.by)
    rows = rows_of(mine, other)
    store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
    dashboard = Dashboard(store, tmp_path / "home")
    dashboard.sign_in(ADMIN)
    yield dashboard
    store.close()


def do(
    store: SqlStore,
    account_id: str,
    reason: str = "agreed",
    *,
    by: str = KIM.by,
    kind: ActKind = ActKind.DISMISSED,
    hours: int = 1,
) -> None:
    before: dict[str, JsonValue] = {"state": "open"}
    after: dict[str, JsonValue] = {"state": "dismissed", "reason": reason}
    act = Act(
        at=NOW + timedelta(hours=hours),
        by=by,
        kind=kind,
        account_id=account_id,
        about=f"tam_escalation:{account_id}:1",
        before=before,
        after=after,
    )
    store.write_now("main", lambda unit: unit.diary.add_act(act))


def raise_incident(unit: Unit) -> None:
    finding = Finding(
        kind=IncidentKind.CSM_CHURN,
        subject="acme",
        fires=True,
        severity=3,
        band=Band.RED,
        recovered=False,
        score=41,
        reasons=("no login for 30 days",),
    )
    revision = Revision(
        incident_id="csm_churn:acme:1", revision=1, change=Change.RAISED, finding=finding, at=NOW
    )
    unit.incidents.add_revisions("scan", [revision])


def test_a_line_tells_when_who_what_before_and_after(log: Dashboard) -> None:
    do(log.store, "globex")
    log.store.write_now("main", raise_incident)
    told = text_of(log.get("/log"))
    assert "kim@tend.example person dismissed an incident: Globex" in told
    assert "state before: open → after: dismissed" in told
    assert "reason after: agreed" in told
    assert "Customer success agent raised an incident" in told
    assert "reasons after: no login for 30 days" in told
    assert told.index("dismissed an incident: G") < told.index("raised an incident: Acme")
    assert "rita (this machine's user) person signed in" in html.unescape(told)


def test_hostile_text_is_shown_as_text(log: Dashboard) -> None:
    do(log.store, "acme", HOSTILE, by=f"x{HOSTILE}@tend.example")
    answer = log.get("/log")
    assert "<img" not in answer.text
    assert "&lt;img src=x" in answer.text
    assert "\x1b" not in answer.text


def test_a_rep_sees_his_own_accounts_lines_and_no_tenants_own(log: Dashboard) -> None:
    do(log.store, "acme", "mine")
    do(log.store, "globex", "not mine")
    do(log.store, "", "a key", kind=ActKind.KEY_MADE)
    log.sign_in(KIM)
    told = text_of(log.get("/log"))
    assert "after: mine" in told
    assert "not mine" not in told
    assert "a key" not in told
    assert "signed in" not in re.sub("<option.*?</option>", "", log.get("/log").text)
    for asked in ("globex", "Globex", "nothing"):
        answer = log.get(f"/log?account={asked}")
        assert "No such account" in answer.text
        assert "not mine" not in answer.text
    assert "after: mine" in text_of(log.get("/log?account=acme"))


def test_who_sees_all_accounts_and_is_no_admin_sees_no_tenants_own(log: Dashboard) -> None:
    do(log.store, "acme", "mine")
    do(log.store, "globex", "his")
    do(log.store, "", "a key", kind=ActKind.KEY_MADE)
    log.sign_in(ANN)
    told = text_of(log.get("/log"))
    assert "after: mine" in told
    assert "after: his" in told
    assert "a key" not in told


def test_lines_are_found_by_account_person_and_kind(log: Dashboard) -> None:
    do(log.store, "acme", "one")
    do(log.store, "globex", "two", by=ANN.by)
    do(log.store, "globex", "three", kind=ActKind.SNOOZED)
    for query, expected in (
        ("account=globex", {"two", "three"}),
        ("account=Glob", {"two", "three"}),
        ("by=ann%40tend.example", {"two"}),
        ("kind=snoozed", {"three"}),
        ("account=globex&kind=snoozed&by=kim%40tend.example", {"three"}),
        ("kind=%3Cscript%3E", set()),
        ("account=%00", set()),
        ("by=%00", {"one", "two", "three"}),
    ):
        told = text_of(log.get(f"/log?{query}"))
        found = {word for word in ("one", "two", "three") if f"after: {word}" in told}
        assert found == expected, query


def test_what_an_account_may_be_called_is_told_within_sight(log: Dashboard) -> None:
    names = {"glow": ANN.by, "globe": ANN.by, "glimpse": KIM.by}
    rows = rows_of(
        *(account(account_id=one, name=one.title(), owner_email=by) for one, by in names.items())
    )
    log.store.write_now("main", lambda unit: unit.facts.upsert(FactKind.ACCOUNTS, rows))
    do(log.store, "glimpse", "his own")
    several = log.get("/log?account=gl")
    assert several.status_code == 409
    assert "Globex" in several.text
    log.sign_in(KIM)
    answer = log.get("/log?account=gl")
    assert "after: his own" in text_of(answer)
    for other in ("Globex", "globe", "Glow"):
        assert other not in answer.text


def test_why_a_feed_failed_is_for_who_sees_every_account(log: Dashboard) -> None:
    def fail(unit: Unit) -> None:
        finding = Finding(
            kind=IncidentKind.FEED,
            subject="crm",
            fires=True,
            severity=2,
            band=Band.RED,
            recovered=False,
            score=None,
            reasons=("globex has no segment",),
        )
        revision = Revision(
            incident_id="feed:crm:1", revision=1, change=Change.RAISED, finding=finding, at=NOW
        )
        unit.incidents.add_revisions("scan", [revision])

    log.store.write_now("main", fail)
    assert "globex has no segment" in log.get("/log").text
    log.sign_in(KIM)
    told = log.get("/log").text
    assert "feed:crm:1" in told
    assert "globex" not in told


def test_older_lines_are_a_page_away_and_none_is_missed(log: Dashboard) -> None:
    for number in range(120):
        do(log.store, "acme", f"reason-{number}.", hours=2 + number // 7)
    path, seen = "/log?kind=dismissed", []
    while path:
        page = log.get(path).text
        seen += re.findall(r"reason-(\d+)\.", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        path = html.unescape(found[1]) if found else ""
    assert [int(one) for one in seen] == list(range(119, -1, -1))
    assert log.get("/log?behind=rubbish").status_code == 200


def test_an_empty_log_says_so(log: Dashboard) -> None:
    log.sign_in(KIM)
    assert "Nothing was changed yet" in log.get("/log").text
    assert "No line of the log is like that" in log.get("/log?by=nobody").text


def test_a_page_asks_a_handful_of_questions(log: Dashboard) -> None:
    do(log.store, "acme")
    log.sign_in(KIM)
    sent: list[str] = []

    def note(_connection: None, _cursor: None, statement: str, *_rest: None) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    log.get("/log?account=acme")
    event.remove(Engine, "before_cursor_execute", note)
    assert len([one for one in sent if one.startswith("SELECT")]) <= 12
