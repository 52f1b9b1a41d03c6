"""A draft for mailboxes of real IMAP servers, and the mails that its customer and its rep write."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from app.domain.draft import Draft
from app.errors import ServiceError
from app.ports.mail import Fate, RemoteDraft
from app.services.imap.box import ImapDraftBox
from tests import builders
from tests.contract.imap_mailboxes import ImapMailbox
from tests.contract.mailboxes import REP

DRAFT = replace(
    builders.draft(
        key="main:tam_escalation:acme:1:1:draft",
        rep_email=REP,
        to=("sam@acme.example",),
        subject="Your open tickets",
        body_text="Dear Sam,\n\nyour ticket T-1 is three days old.\n\nRita\n",
        body_html="<p>Dear Sam,</p><p>your ticket T-1 is three days old.</p><p>Rita</p>",
    ),
    created_at=datetime.now(UTC),
)


def a_mail(**headers: str) -> bytes:
    mail = EmailMessage()
    given = {"from": "Sam <sam@acme.example>", "to": REP, "subject": "Login fails", **headers}
    for name, value in given.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Hello Rita, the login fails.")
    return mail.as_bytes(policy=SMTP)


def create(mailbox: ImapMailbox, draft: Draft = DRAFT) -> EmailMessage:
    """The draft as it stands in the mailbox."""
    remote_id = asyncio.run(mailbox.box.create(draft))
    mails = mailbox.program.mails().values()
    (mail,) = (mail for mail in mails if mail["Message-ID"] == remote_id)
    return mail


def read(mailbox: ImapMailbox, draft: Draft = DRAFT) -> RemoteDraft | None:
    return asyncio.run(mailbox.box.read(draft, "any"))


def fate(mailbox: ImapMailbox, draft: Draft = DRAFT) -> Fate:
    return asyncio.run(mailbox.box.fate(draft))


def trouble(box: ImapDraftBox) -> ServiceError:
    """What its check says."""
    with pytest.raises(ServiceError) as caught:
        asyncio.run(box.check())
    return caught.value
