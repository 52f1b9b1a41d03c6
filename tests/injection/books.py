"""A book whose words are given: in its names, subjects, notes and summaries, and nowhere else.

It goes in by files, as from outside, and is scanned, acted on and planned for over four days.
"""

from __future__ import annotations

import asyncio
import csv
import string
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from pydantic import JsonValue

from app.domain.act import Note
from app.domain.feed import FactKind
from app.feeds.file_kind import files_of
from app.feeds.file_report import RefusalSink
from app.feeds.import_choices import ImportChoices
from app.feeds.import_run import Importer, look
from app.feeds.rejects import rejects_file
from app.handoffs.routes import CSM, SALES, TAM, Hop
from app.jobs.flows.recording import record_plan
from app.jobs.planning import Planners
from app.ports.store import Unit
from app.services.checked_writer import NoModel
from app.services.writing import writer_with
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook

REPS = ("rita@tend.example", "tom@tend.example")
DAY = timedelta(days=1)
LAST = MONDAY + 3 * DAY
RELEASE: dict[str, JsonValue] = {
    "version": "4.2",
    "released_on": "2026-03-05",
    "items": [{"title": "Bulk mode for custom objects", "integrations": ["Salesforce"]}],
}
ROADMAP: list[JsonValue] = [
    {"title": "Sign-on with Okta", "integrations": ["Okta"], "planned_for": "2026-Q4"}
]
TASKS: tuple[tuple[str, dict[str, JsonValue]], ...] = (
    (TAM, {"task_type": "release_notes", "release_info": RELEASE}),
    (TAM, {"task_type": "roadmap_preview", "metadata": {"roadmap_items": ROADMAP}}),
    (TAM, {"task_type": "health_checkin"}),
    (TAM, {"task_type": "customer_success_review"}),
    (TAM, {"task_type": "update_relationship_profile", "metadata": {"roadmap_items": ROADMAP}}),
    (TAM, {"task_type": "escalation_outreach"}),
    (CSM, {"task_type": "churn_assessment"}),
    (CSM, {"task_type": "check_expansion"}),
    (CSM, {"task_type": "generate_qbr"}),
    (CSM, {"task_type": "track_feature_adoption"}),
    (SALES, {"task_type": "handle_expansion_opportunity"}),
    (SALES, {"task_type": "dispatch_tam_health_check"}),
)
"""One of these is planned for each account, in turn."""

_WORDS = (
    *("export", "import", "table", "report", "sync", "field", "record", "column", "page", "view"),
    *("filter", "label", "group", "order", "quiet", "steady", "plain", "small", "morning"),
)

Row = Sequence[str]


def neutral(text: str, serial: int) -> str:
    """As many characters that ask for nothing, in lines as long; no two serials' are alike."""
    words = Random(serial)
    mark = "".join(words.choices(string.ascii_lowercase, k=8))
    return "\n".join(_filled(len(line), mark, words) for line in text.split("\n"))


def _filled(length: int, mark: str, words: Random) -> str:
    line = mark
    while len(line) < length:
        line += f" {words.choice(_WORDS)}"
    cut = line[:length]
    return f"{cut[:-1]}n" if cut.endswith(" ") else cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A book with these texts: with as many accounts, every text is once in every field."""

    texts: Sequence[str]
    accounts: int

    def text(self, account: int, offset: int) -> str:
        """The text that an account has in one of its fields; the next account has the next."""
        step = max(len(self.texts) // self.accounts, 1)
        return self.texts[(account * step + offset) % len(self.texts)]

    def fill(self, folder: Path) -> None:
        """Write the files that are imported before the first scan."""
        numbers = range(self.accounts)
        _write(folder / "accounts.csv", _ACCOUNTS, map(self._account, numbers))
        _write(folder / "stakeholders.csv", _PEOPLE, (p for n in numbers for p in self._people(n)))
        _write(folder / "interactions.csv", _TALKS, (t for n in numbers for t in self._talks(n)))
        _write(folder / "heartbeats.csv", _BEATS, (b for n in numbers for b in _beats(n)))
        _write(folder / "usage.csv", _USAGE, (u for n in numbers for u in _usage(n)))
        _write(folder / "surveys.csv", _SURVEYS, map(self._survey, numbers))

    def tickets(self, path: Path, *, solved: bool) -> None:
        """Write the tickets: as they are opened, or as some are solved."""
        rows = (t for n in range(self.accounts) for t in self._tickets(n, solved=solved))
        _write(path, _TICKETS, rows)

    def _account(self, n: int) -> Row:
        renewal = (MONDAY + (30 + n % 5 * 60) * DAY).date().isoformat()
        name, notes = self.text(n, 0), self.text(n, 1)
        arr = ("12000", "EUR", "2025-04-01", renewal, "50", str(20 + n % 31))
        made_of = ("Alerts|Export|Sync", "Salesforce", "Okta|Tableau")
        return (account_id_of(n), name, REPS[n % 2], notes, *arr, *made_of)

    def _people(self, n: int) -> Iterator[Row]:
        account = account_id_of(n)
        yield (account, f"sam@{account}.example", self.text(n, 2), self.text(n, 3), "yes")
        yield (account, f"kim@{account}.example", self.text(n, 4), "CTO", "no")

    def _talks(self, n: int) -> Iterator[Row]:
        """One to be taken, and one to be refused, which is then among the rejects."""
        account, summary = account_id_of(n), self.text(n, 5)
        person = f"kim@{account}.example" if n % 4 else ""
        kind = ("call", "meeting", "email")[n % 3]
        yield (f"C-{n}", account, _on(20 - n % 17), kind, person, summary)
        yield (self.text(n, 6), self.text(n, 7), "some day", kind, self.text(n, 8), summary)

    def _survey(self, n: int) -> Row:
        day = _on(9)[:10]
        return (f"S-{n}", account_id_of(n), day, str(n % 11), self.text(n, 6))

    def _tickets(self, n: int, *, solved: bool) -> Iterator[Row]:
        account = account_id_of(n)
        for serial in range((4, 1, 7, 0)[n % 4]):
            priority = "P1" if n % 4 == 0 else "P3"
            over = solved and serial < 3 and n % 8 < 4
            states = ("resolved", _on(-2)) if over else ("open", "")
            subject = self.text(n, 7 + serial)
            yield (f"{account}-{serial}", account, *states, _on(4), priority, subject, "sync")


_ACCOUNTS = (
    *("account_id", "name", "owner_email", "notes", "arr", "currency", "contract_start"),
    *("renewal_date", "seats_purchased", "seats_used", "features", "integrations", "environment"),
)
_PEOPLE = ("account_id", "email", "name", "role", "is_primary")
_TALKS = ("interaction_id", "account_id", "happened_at", "kind", "stakeholder_email", "summary")
_BEATS = ("account_id", "seen_at", "api_calls")
_USAGE = ("account_id", "day", "feature", "active_users", "logins", "events")
_SURVEYS = ("response_id", "account_id", "answered_on", "score", "respondent")
_TICKETS = (
    *("ticket_id", "account_id", "status", "resolved_at", "created_at", "priority", "subject"),
    "component",
)


def account_id_of(number: int) -> str:
    return f"a{number:04}"


def _on(ago: int) -> str:
    return (MONDAY - ago * DAY).isoformat()


def _beats(n: int) -> Iterator[Row]:
    for ago in range(9, 2 if n % 3 == 0 else -1, -1):
        yield (account_id_of(n), _on(ago), "100")


def _usage(n: int) -> Iterator[Row]:
    for week in range(12):
        events = str(100 - 8 * (12 - week) if n % 3 else 40)
        day = _on(7 * week + 2)[:10]
        yield (account_id_of(n), day, ("", "Export")[week % 2], "5", "9", events)


def _write(path: Path, header: Row, rows: Iterable[Row]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def live_through(worded: Worded, home: Path) -> SmallBook:
    """Import the book, scan it, go live, let tickets come and go, plan a task for each account."""
    book = SmallBook.opened(home / "home")
    book.bring(FactKind.REPS, [builders.row_of(builders.rep(email=e, name=e[:4])) for e in REPS])
    files, tickets = home / "files", home / "tickets.csv"
    worded.fill(files)
    with rejects_file(home / "rejects.csv") as sink:
        bring_in(book, files, sink, now=MONDAY)
        for n in range(worded.accounts):
            book.store.write_now(TENANT, partial(_note, worded=worded, n=n))
        book.day(MONDAY)
        book.go_live(MONDAY + timedelta(hours=1))
        for day, solved in ((1, False), (2, True)):
            worded.tickets(tickets, solved=solved)
            now = MONDAY + day * DAY
            bring_in(book, tickets, sink, now=now)
            book.day(now)
    asyncio.run(_plan(book, worded.accounts))
    book.act(LAST)
    return book


def bring_in(book: SmallBook, path: Path, sink: RefusalSink, *, now: datetime) -> None:
    """Import a file or a folder."""
    choices = ImportChoices(now=now)
    write = partial(book.store.write_now, TENANT)
    Importer(write, choices, sink, lambda _plan: lambda _at: None).run(
        look(files_of([path]), choices)
    )


def _note(unit: Unit, *, worded: Worded, n: int) -> None:
    note = Note(account_id=account_id_of(n), at=MONDAY, by=REPS[0], text=worded.text(n, 8))
    unit.diary.add_note(note)


async def _plan(book: SmallBook, accounts: int) -> None:
    writer = writer_with(NoModel())
    planner_of = Planners(store=book.store, writer_of=lambda _: writer, clock=lambda: LAST)
    for n in range(accounts):
        agent, asked = TASKS[n % len(TASKS)]
        account_id = account_id_of(n)
        task = {**asked, "tenant_id": TENANT, "account_id": account_id}
        made = await planner_of(TENANT, agent).plan(task, request=f"r-{n}")
        hop = Hop(agent=agent, request_type=str(asked["task_type"]), account_id=account_id)
        record = partial(record_plan, plan=made, trail=[hop], at=LAST)
        await book.store.write(TENANT, record)
