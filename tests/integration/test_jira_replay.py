"""Real Jira issues, imported and scanned as of a day on which they lived.

What the scores say is compared with the raw pages, read here a second time and by other code.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import TamInputs
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.fact_rows import UpsertCount
from app.domain.feed import FactKind
from app.domain.health_record import Snapshot
from app.feeds.import_choices import ImportChoices
from app.feeds.import_run import ImportOutcome
from app.jobs.flows.scan import ScanRequest, run_scan
from app.storage.sql_store import open_store
from tests.integration.import_bench import TENANT, ImportBench
from tests.integration.small_book import quiet

pytestmark = pytest.mark.needs_shared

REPLAYED = datetime(2021, 12, 2, 7, tzinfo=UTC)
IMPORTED = datetime(2026, 11, 21, tzinfo=UTC)

COMPONENTS = {
    "ios": ("iOS",),
    "android": ("Android",),
    "windows": ("Windows", "Windows Hybrid"),
    "cli": ("CLI", "Appcelerator CLI", "Titanium SDK & CLI"),
}
PROJECTS = {"alloy": "ALOY", "inbox": "AC"}
URGENT_WORDS = {"blocker", "highest", "critical", "urgent", "high", "major"}
KNOWN_WORDS = URGENT_WORDS | {"medium", "low", "trivial", "minor", "lowest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawIssue:
    """An issue as its page has it."""

    key: str
    project: str
    components: tuple[str, ...]
    priority: str
    """Empty: missing, or the word None."""
    created: datetime
    resolved: datetime | None
    """When it was done: its resolution, else its last change; None: still open."""

    def is_open_on(self, moment: datetime) -> bool:
        return self.created <= moment and (self.resolved is None or self.resolved > moment)

    @property
    def owner(self) -> str:
        """The account that the components alone name, else the project; empty: none or several."""
        named = {
            account
            for account, components in COMPONENTS.items()
            if set(components) & set(self.components)
        }
        if named:
            return named.pop() if len(named) == 1 else ""
        return next((a for a, project in PROJECTS.items() if project == self.project), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The pages, raw and imported, and the scan of one day."""

    bench: ImportBench
    pages: Path
    raw: Mapping[str, RawIssue]
    outcome: ImportOutcome

    def snapshot(self, account: str) -> Snapshot:
        found = self.bench.store.read_now(
            TENANT, lambda unit: unit.health.full_at(Agent.TAM, account, REPLAYED)
        )
        assert found is not None
        return found

    def open_tickets(self, account: str) -> list[RawIssue]:
        """By the raw pages."""
        mine = (issue for issue in self.raw.values() if issue.owner == account)
        return [issue for issue in mine if issue.is_open_on(REPLAYED)]


def raw_issues(pages: Path) -> dict[str, RawIssue]:
    found: dict[str, RawIssue] = {}
    for path in sorted(pages.glob("*.json.gz")):
        with gzip.open(path) as file:
            for issue in json.load(file)["issues"]:
                fields = issue["fields"]
                is_done = fields["status"]["statusCategory"]["key"] == "done"
                ended = fields["resolutiondate"] or fields["updated"]
                priority = (fields.get("priority") or {}).get("name") or ""
                found[issue["key"]] = RawIssue(
                    key=issue["key"],
                    project=fields["project"]["key"],
                    components=tuple(c["name"] for c in fields.get("components") or ()),
                    priority="" if priority == "None" else priority.casefold(),
                    created=datetime.fromisoformat(fields["created"]),
                    resolved=datetime.fromisoformat(ended) if is_done else None,
                )
    return found


def accounts_csv() -> str:
    rows = [
        (account, "; ".join(f"jira-component:{name}" for name in names))
        for account, names in COMPONENTS.items()
    ]
    rows += [(account, f"jira-project:{key}") for account, key in PROJECTS.items()]
    lines = [f"{account},{account.title()} House,{ids}" for account, ids in rows]
    return "\n".join(["account_id,name,external_ids", *lines, ""])


@pytest.fixture(scope="module")
def replay(tmp_path_factory: pytest.TempPathFactory, shared_dir: Path) -> Iterator[Replay]:
    folder = tmp_path_factory.mktemp("jira")
    store = open_store(f"sqlite:///{folder / 'tend.sqlite3'}")
    bench = ImportBench(store=store, folder=folder / "files")
    pages = shared_dir / "jira" / "pages_v2"
    bench.run(bench.file("accounts.csv", accounts_csv()))
    outcome = bench.run(pages, choices=ImportChoices(now=IMPORTED))
    request = ScanRequest(tenant_id=TENANT, now=REPLAYED, replay=True)
    asyncio.run(run_scan(store, request, quiet))
    yield Replay(bench=bench, pages=pages, raw=raw_issues(pages), outcome=outcome)
    store.close()


ACCOUNTS = (*COMPONENTS, *PROJECTS)


def test_every_issue_is_imported_unresolved_or_refused_file_by_file(replay: Replay) -> None:
    reports = replay.outcome.reports
    assert len(reports) == 10
    for report in reports:
        assert report.rows == 100
        assert report.counts.inserted + report.unresolved + report.refused == 100
    imported = sum(report.counts.inserted for report in reports)
    unresolved = sum(report.unresolved for report in reports)
    assert imported + unresolved + sum(report.refused for report in reports) == 1000
    assert replay.bench.count(FactKind.TICKETS) == imported
    waiting = replay.bench.unresolved()
    assert len(waiting) == unresolved
    assert len({ticket.ticket_id for ticket in waiting}) == unresolved


def test_the_issues_without_an_account_are_those_that_no_rule_names(replay: Replay) -> None:
    ownerless = {issue.key for issue in replay.raw.values() if not issue.owner}
    assert {ticket.ticket_id for ticket in replay.bench.unresolved()} == ownerless
    assert 0 < len(ownerless) < 500


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_score_rests_on_the_tickets_that_were_open_on_that_day(
    replay: Replay, account: str
) -> None:
    recorded = replay.snapshot(account)
    assert recorded.inputs is not None
    seen = TamInputs.from_json(recorded.inputs).tickets
    assert seen is not None
    expected = replay.open_tickets(account)
    assert {ticket.ticket_id for ticket in seen} == {issue.key for issue in expected}
    assert {ticket.created_at for ticket in seen} == {issue.created for issue in expected}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_every_ticket_that_a_ledger_names_was_open_on_that_day(
    replay: Replay, account: str
) -> None:
    rows = replay.snapshot(account).ledger or ()
    named = [
        source.removeprefix("ticket:")
        for row in rows
        for source in row.sources
        if source.startswith("ticket:")
    ]
    for key in named:
        issue = replay.raw[key]
        assert issue.owner == account
        assert issue.created < REPLAYED
        assert issue.resolved is None or issue.resolved > REPLAYED
    if replay.open_tickets(account):
        assert named
    else:
        assert {source for row in rows for source in row.sources} <= {"feed:file-tickets"}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_a_score_is_what_the_raw_pages_give_by_the_published_formula(
    replay: Replay, account: str
) -> None:
    open_then = replay.open_tickets(account)
    urgent = [issue for issue in open_then if issue.priority in URGENT_WORDS]
    oldest = max(((REPLAYED - issue.created) / timedelta(days=1) for issue in urgent), default=0.0)
    score, band = HealthScorer().compute_score(len(urgent), oldest, len(open_then), None)
    recorded = replay.snapshot(account)
    assert (recorded.score, recorded.band) == (score, Band(band))
    assert sum(row.points for row in recorded.ledger or ()) == score


def test_the_replayed_day_has_accounts_in_trouble_and_accounts_that_are_well(
    replay: Replay,
) -> None:
    bands = {account: replay.snapshot(account).band for account in ACCOUNTS}
    assert Band.RED in bands.values()
    assert Band.GREEN in bands.values()


def test_a_priority_that_jira_does_not_give_is_marked_as_assumed(replay: Replay) -> None:
    assumed: set[str] = set()
    given: set[str] = set()
    for account in ACCOUNTS:
        inputs = replay.snapshot(account).inputs
        assert inputs is not None
        for ticket in TamInputs.from_json(inputs).tickets or ():
            (assumed if ticket.is_assumed else given).add(ticket.ticket_id)
    assert assumed
    assert {replay.raw[key].priority for key in assumed} == {""}
    assert {replay.raw[key].priority for key in given} <= KNOWN_WORDS
    told = " ".join(
        row.reason for account in ACCOUNTS for row in replay.snapshot(account).ledger or ()
    )
    assert "(assumed P3)" in told


def test_importing_the_same_pages_again_changes_nothing(replay: Replay) -> None:
    before = replay.bench.unresolved()
    tickets = replay.bench.count(FactKind.TICKETS)
    again = replay.bench.run(replay.pages, choices=ImportChoices(now=IMPORTED))
    first = replay.outcome.reports
    for earlier, report in zip(first, again.reports, strict=True):
        assert report.counts == UpsertCount(unchanged=earlier.counts.inserted)
        assert report.unresolved == earlier.unresolved
    assert replay.bench.count(FactKind.TICKETS) == tickets
    assert replay.bench.unresolved() == before
