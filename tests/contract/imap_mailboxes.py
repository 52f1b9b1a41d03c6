"""Mailboxes of real IMAP servers, and what their rep does in a mail program of his own."""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

from pydantic import SecretStr

from app.ports.limits import Budget
from app.services.imap.box import ImapDraftBox
from app.services.imap.config import ImapAccount, ImapConfig
from app.services.limiter import LocalLimiter
from app.services.mail_server import Security
from tests.contract.mailboxes import REP, Mailbox, Opener, Seen, edited, otherwise, own_mail
from tests.servers.imap import (
    DRAFTS_ON_WIRE,
    PASSWORD,
    ImapServer,
    dovecot_server,
    new_user,
    pymap_server,
)

_UID = re.compile(rb"UID (\d+)")


@dataclass(frozen=True, slots=True)
class Program:
    """A mail program: it sees folders, writes mails, moves and deletes them."""

    port: int
    user: str

    @contextmanager
    def connected(self, folder: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=10) as client:
            client.login(self.user, PASSWORD)
            client.select(folder)
            yield client

    def mails(self, folder: str = DRAFTS_ON_WIRE) -> dict[str, EmailMessage]:
        """All that is in a folder and not marked as deleted, by uid."""
        with self.connected(folder) as client:
            uids = client.uid("SEARCH", "UNDELETED")[1][0].decode().split()
            return {uid: _mail(client, uid) for uid in uids}

    def add(self, mail: bytes, folder: str = DRAFTS_ON_WIRE) -> None:
        with self.connected(folder) as client:
            flags = r"(\Draft \Seen)" if folder == DRAFTS_ON_WIRE else r"(\Seen)"
            status, _ = client.append(folder, flags, "", mail)
            assert status == "OK"

    def remove(self, uid: str, folder: str = DRAFTS_ON_WIRE) -> None:
        with self.connected(folder) as client:
            client.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
            client.expunge()

    def move(self, uid: str, to: str) -> None:
        with self.connected(DRAFTS_ON_WIRE) as client:
            client.uid("COPY", uid, to)
            client.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
            client.expunge()

    def uid_of(self, remote_id: str) -> str:
        (uid,) = (uid for uid, mail in self.mails().items() if mail["Message-ID"] == remote_id)
        return uid


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """A box under test beside its rep's own program."""

    box: ImapDraftBox
    program: Program

    def drafts(self) -> Sequence[Seen]:
        return [_seen(mail) for mail in self.program.mails().values()]

    def edit(self, remote_id: str, text: str) -> None:
        """As mail programs do: a new mail under the same id, then the old one goes."""
        self._save(remote_id, lambda raw: edited(raw, text))

    def store_otherwise(self, remote_id: str) -> None:
        self._save(remote_id, otherwise)

    def throw_away(self, remote_id: str) -> None:
        self.program.remove(self.program.uid_of(remote_id))

    def write_own(self, subject: str) -> None:
        self.program.add(own_mail(subject))

    def _save(self, remote_id: str, change: Callable[[bytes], bytes]) -> None:
        uid = self.program.uid_of(remote_id)
        self.program.add(change(self.program.mails()[uid].as_bytes(policy=SMTP)))
        self.program.remove(uid)


def imap_config(port: int, user: str, **more: str | float) -> ImapConfig:
    """A mailbox of `REP` on this machine."""
    account = ImapAccount(user=user, password=SecretStr(PASSWORD))
    given: dict[str, str | float] = {"timeout_seconds": 10, "lag_seconds": 0.2, **more}
    return ImapConfig.model_validate(
        {
            "host": "127.0.0.1",
            "port": port,
            "security": Security.PLAIN,
            "accounts": {REP: account},
            **given,
        }
    )


def imap_box(config: ImapConfig) -> ImapDraftBox:
    """A box that no budget slows."""
    budgets = {"imap": Budget(calls=1_000, per_seconds=1, burst=1_000)}
    return ImapDraftBox(config, tenant_id="main", limiter=LocalLimiter(budgets))


def imap_mailbox(server: ImapServer, **more: str | float) -> ImapMailbox:
    """An empty mailbox of its own on this server."""
    user = new_user(server)
    return ImapMailbox(
        box=imap_box(imap_config(server.plain_port, user, **more)),
        program=Program(server.plain_port, user),
    )


@contextmanager
def dovecot_mailbox(folder: Path) -> Iterator[Mailbox]:
    yield imap_mailbox(dovecot_server())


@contextmanager
def pymap_mailbox(folder: Path) -> Iterator[Mailbox]:
    yield imap_mailbox(pymap_server())


IMAP_MAILBOXES: Mapping[str, Opener] = {"dovecot": dovecot_mailbox, "pymap": pymap_mailbox}


def _mail(client: imaplib.IMAP4, uid: str) -> EmailMessage:
    _, answer = client.uid("FETCH", uid, "(BODY.PEEK[])")
    (raw,) = (piece[1] for piece in answer if isinstance(piece, tuple))
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def _seen(mail: EmailMessage) -> Seen:
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    text, html = ("" if body is None else str(body.get_content()) for body in bodies)
    return Seen(
        key_hash=mail["X-Tend-Key"] or "",
        to=mail["To"] or "",
        subject=mail["Subject"],
        text=text,
        html=html,
    )
