"""A few accounts with drafts in a folder, visited through the dashboard: what draft tests share."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from app.domain.draft import Draft, words_hash_of
from app.domain.feed import FactKind
from app.domain.ticket import Priority
from app.ports.store import Unit
from app.services.eml import eml_of
from app.services.writer import html_of_text
from app.storage.sql_store import open_store
from tests import builders
from tests.builders import NOW, days_ago, rows_of
from tests.servers.dashboard import Dashboard
from tests.servers.templates import at_head

RITA, KIM = "rita@tend.example", "kim@example.com"
TEXT = (
    "Dear Sam,\n\nyour ticket T-1 has been open for 2 days, and I am sorry.\n\n"
    "Kind regards,\nRita Lind\n"
)


def opened(home: Path) -> Dashboard:
    """Two accounts with a waiting draft each: `d-1` of Acme (Rita's), `d-2` of Beta (Kim's)."""
    dashboard = Dashboard(open_store(at_head(home / "tend.sqlite3")), home)
    dashboard.sign_in()

    def write(unit: Unit) -> None:
        for account_id, owner in (("acme", RITA), ("beta", KIM)):
            account = builders.account(
                account_id=account_id, name=account_id.title(), owner_email=owner
            )
            person = builders.stakeholder(
                account_id=account_id, email=f"sam@{account_id}.example", name="Sam Field"
            )
            ticket = builders.ticket(
                ticket_id="T-1" if account_id == "acme" else "T-2",
                account_id=account_id,
                created_at=days_ago(2),
                priority=Priority.P2,
                subject="Export stands still",
            )
            contract = builders.contract(contract_id=account_id, account_id=account_id)
            unit.facts.upsert(FactKind.ACCOUNTS, rows_of(account))
            unit.facts.upsert(FactKind.STAKEHOLDERS, rows_of(person))
            unit.facts.upsert(FactKind.TICKETS, rows_of(ticket))
            unit.facts.upsert(FactKind.CONTRACTS, rows_of(contract))
        unit.facts.upsert(FactKind.REPS, rows_of(builders.rep(email=RITA, name="Rita Lind")))
        unit.incidents.save([builders.incident()])
        reasons = ("1 open P1/P2 ticket",)
        finding = builders.finding(score=35, reasons=reasons)
        unit.incidents.add_revisions("scan-1", [builders.revision(finding=finding)])

    dashboard.store.write_now("main", write)
    put(dashboard, a_draft())
    other = a_draft("d-2", account_id="beta", body_text=TEXT.replace("T-1", "T-2"))
    put(dashboard, replace(other, created_at=NOW - timedelta(days=3), incident_id=""))
    return dashboard


def a_draft(
    draft_id: str = "d-1",
    *,
    account_id: str = "acme",
    subject: str = "Your open ticket T-1",
    body_text: str = TEXT,
    body_html: str = "",
) -> Draft:
    """A draft of ours, an hour old."""
    draft = builders.draft(
        draft_id=draft_id,
        key=f"main:{draft_id}:draft",
        account_id=account_id,
        to=(f"sam@{account_id}.example",),
        subject=subject,
        body_text=body_text,
        body_html=body_html or html_of_text(body_text),
        words_hash=words_hash_of(subject, body_text),
        account_name=account_id.title(),
        created_at=NOW - timedelta(hours=1),
    )
    return replace(draft, rep_email=RITA)


def put(dashboard: Dashboard, draft: Draft) -> None:
    """As the sink for drafts does."""
    box = dashboard.site.drafts_of("main").boxes[-1]
    remote_id = asyncio.run(box.create(draft))

    def keep(unit: Unit) -> None:
        unit.outbox.add_draft(draft)
        unit.outbox.place_draft(draft.draft_id, box=box.name, remote_id=remote_id)

    dashboard.store.write_now("main", keep)


def kept(dashboard: Dashboard, draft_id: str = "d-1") -> Draft:
    """The draft as the store has it."""
    return dashboard.store.read_now("main", lambda unit: unit.outbox.draft(draft_id))


def file_of(dashboard: Dashboard, draft_id: str = "d-1") -> Path:
    """Its file in the folder of drafts."""
    path = dashboard.site.drafts_of("main").files.find(draft_id)
    assert path is not None
    return path


def edit_in_mail_program(dashboard: Dashboard, text: str, draft_id: str = "d-1") -> None:
    """Somebody opens the file and saves it with another text."""
    draft = kept(dashboard, draft_id)
    other = replace(draft, body_text=text, body_html=html_of_text(text))
    file_of(dashboard, draft_id).write_bytes(eml_of(other))
