"""A real store and a folder of files: what the import tests share."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from app.domain.book import AccountFacts
from app.domain.feed import FactKind, Feed
from app.domain.ticket import Ticket
from app.feeds.file_kind import files_of
from app.feeds.file_report import FileReport, RefusalSink
from app.feeds.import_choices import ImportChoices
from app.feeds.import_run import Importer, ImportOutcome, look
from app.feeds.refusals import RefusedRow
from app.ports.rows import UnresolvedTicket
from app.storage.sql_store import SqlStore

NOW = datetime(2026, 3, 11, 7, tzinfo=UTC)
TENANT = "main"

ACCOUNTS = """\
account_id,name,owner_email,domains,external_ids
acme,Acme,maya@example.com,acme.example,jira-component:iOS
beta,Beta,tom@example.com,beta.example,jira-project:BE
"""


def forget(file: str, refusal: RefusedRow) -> None:
    del file, refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBench:
    """A store, a folder, and verbs that the tests speak in."""

    store: SqlStore
    folder: Path

    def file(self, name: str, content: str | bytes, *, packed: bool = False) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        raw = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(raw) if packed else raw)
        return path

    def run(
        self,
        *paths: Path,
        choices: ImportChoices | None = None,
        dry: bool = False,
        sink: RefusalSink = forget,
    ) -> ImportOutcome:
        chosen = choices or ImportChoices(now=NOW)
        write = partial(self.store.write_now, TENANT)
        importer = Importer(write, chosen, sink, lambda _plan: lambda _position: None)
        looked = look(files_of(paths), chosen)
        return importer.rehearse(looked) if dry else importer.run(looked)

    def one(self, path: Path, choices: ImportChoices | None = None) -> FileReport:
        (report,) = self.run(path, choices=choices).reports
        return report

    def with_accounts(self) -> ImportBench:
        assert self.run(self.file("accounts.csv", ACCOUNTS)).exit_code == 0
        return self

    def count(self, kind: FactKind) -> int:
        return self.store.read_now(TENANT, lambda unit: unit.facts.count(kind))

    def facts(self, account_id: str) -> AccountFacts:
        return self.store.read_now(
            TENANT, lambda unit: unit.book.one(unit.book.context(NOW, "UTC"), account_id)
        )

    def tickets(self, account_id: str) -> dict[str, Ticket]:
        return {ticket.ticket_id: ticket for ticket in self.facts(account_id).open_tickets}

    def feeds(self) -> dict[str, Feed]:
        found = self.store.read_now(TENANT, lambda unit: unit.feeds.all())
        return {feed.name: feed for feed in found}

    def unresolved(self) -> tuple[UnresolvedTicket, ...]:
        return self.store.read_now(TENANT, lambda unit: unit.mapping.unresolved())

    def everything(self) -> tuple[dict[FactKind, int], dict[str, Feed], int]:
        """Enough of the store to tell whether anything went in."""
        counts = {kind: self.count(kind) for kind in FactKind}
        return counts, self.feeds(), len(self.unresolved())
