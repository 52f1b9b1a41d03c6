"""Everything that comes out of a book that was lived through, as its reader gets it.

Each output is named, so that what is live in it can be told; nothing is judged here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.agents.customer_success.qbr_page import review_page
from app.agents.customer_success.qbr_text import render_qbr_text
from app.agents.technical_account_manager.profile_page import profile_page
from app.domain.draft import Alert
from app.domain.effect import EffectKind, WorkOwed
from app.domain.feed import FactKind
from app.jobs.account_documents import ProfileFound, ReviewFound, profile_for, review_for
from app.ports.mail import RepMail
from app.ports.store import Unit
from app.services.alert_words import alert_of
from app.services.chat.plain_alert import plain_alert
from app.services.document_pages import render_page
from app.services.draft_page import draft_page
from app.services.eml import eml_of
from app.services.gsuite.chat_text import chat_text
from app.services.mail_alerts import MailAlerts
from app.services.rep_mail import ALERT_HEADER, rep_mail
from tests.injection.books import LAST, account_id_of
from tests.injection.oracle import (
    Found,
    live_in_chat,
    live_in_csv,
    live_in_html,
    live_in_mail,
    live_in_markdown,
    live_in_terminal,
)
from tests.integration.small_book import TENANT, SmallBook

DASHBOARD = "https://dashboard.tend.example"
OURS = ("dashboard.tend.example", "tend.example")
"""Where our own links lead, and where our reps' addresses are."""


@dataclass(slots=True)
class Posted:
    """`RepMailer` that keeps what it is given."""

    timeout_seconds: float = 1.0
    mails: list[RepMail] = field(default_factory=list)

    async def send(self, mail: RepMail) -> str:
        self.mails.append(mail)
        return mail.message_id

    async def check(self) -> None:
        """Always well."""


def live_outputs(home: Path) -> Iterator[tuple[str, Found]]:
    """Every output of the book under this folder, with what is live in it."""
    book = SmallBook.opened(home / "home")
    with closing(book.store):
        yield from _drafts(book, home / "home")
        yield from _alerts(book)
        yield from _documents(book)
    yield "rejects.csv", live_in_csv((home / "rejects.csv").read_text(encoding="utf-8"))


def _drafts(book: SmallBook, home: Path) -> Iterator[tuple[str, Found]]:
    for draft in book.drafts():
        theirs = (*OURS, f"{draft.account_id}.example")
        mail = live_in_mail(eml_of(draft), to=draft.to, hosts=theirs)
        yield f"mail {draft.draft_id}", mail
        yield f"letter {draft.draft_id}", live_in_html(draft.body_html)
        yield f"page {draft.draft_id}", live_in_html(draft_page(draft))
    by_id = {one.draft_id.removeprefix("d-"): one for one in book.drafts()}
    for file in sorted(home.rglob("*.eml")):
        of = next(one for known, one in by_id.items() if known in file.name)
        theirs = (*OURS, f"{of.account_id}.example")
        yield f"file {file.name!r}", live_in_mail(file.read_bytes(), to=of.to, hosts=theirs)
        yield "file name", live_in_terminal(file.name)


def _alerts(book: SmallBook) -> Iterator[tuple[str, Found]]:
    for told in (*book.alerts("email"), *book.alerts("chat")):
        work = _owed(told)
        alert = alert_of(work, system="test")
        chat = chat_text(work, alert, dashboard_url=DASHBOARD, repeat=True)
        yield f"google chat {told.key}", live_in_chat(chat, hosts=OURS, marks_up=False)
        plain = plain_alert(work, alert, dashboard_url=DASHBOARD, repeat=True)
        yield f"chat {told.key}", live_in_chat(plain, hosts=OURS, marks_up=True)
        yield f"alert mail {told.key}", _mailed(work, told)


def _mailed(work: WorkOwed, told: Alert) -> Found:
    posted = Posted()
    sink = MailAlerts(mailer=posted, dashboard_url=DASHBOARD)
    asyncio.run(sink.create(work, at=LAST, repeat=True))
    (mail,) = posted.mails
    sent = rep_mail(mail, sender="tend@tend.example", at=LAST, link_root=DASHBOARD)
    ours = (ALERT_HEADER, "Auto-Submitted")
    return live_in_mail(sent.as_bytes(), to=[told.rep_email], hosts=OURS, headers=ours)


def _owed(told: Alert) -> WorkOwed:
    return WorkOwed(
        key=told.key,
        kind=EffectKind(told.channel),
        subject=told.account_id,
        payload={
            "rep_email": told.rep_email,
            "text": told.text,
            "account_id": told.account_id,
            "incident_id": told.incident_id,
            "revision": told.revision,
            "letter": "escalation_outreach",
        },
    )


def _documents(book: SmallBook) -> Iterator[tuple[str, Found]]:
    accounts = book.store.read_now(TENANT, lambda unit: unit.facts.count(FactKind.ACCOUNTS))
    for account_id in map(account_id_of, range(accounts)):
        profile = book.store.read_now(TENANT, partial(_profile, account_id=account_id))
        page = profile_page(profile.profile, as_of=profile.as_of)
        yield f"profile {account_id}", live_in_html(render_page(page))
        review = book.store.read_now(TENANT, partial(_review, account_id=account_id)).content
        for is_theirs in (True, False):
            whole = render_page(review_page(review, for_customer=is_theirs))
            yield f"review {account_id}", live_in_html(whole)
        written = render_qbr_text(review, for_customer=True, markdown=True)
        yield f"review in markdown {account_id}", live_in_markdown(written)


def _profile(unit: Unit, account_id: str) -> ProfileFound:
    return profile_for(unit, account_id, LAST)


def _review(unit: Unit, account_id: str) -> ReviewFound:
    return review_for(unit, account_id, "", LAST)
