"""One connection to one mailbox: opening it, and the few commands that drafts need.

It knows nothing of drafts. All of it blocks: it runs in a thread, and its line bounds it.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from imap_tools import BaseMailBox
from imap_tools.errors import MailboxFolderSelectError, MailboxLoginError
from imap_tools.imap_utf7 import utf7_decode

from app.errors import AccessExpired
from app.services.imap.config import ImapAccount, ImapConfig
from app.services.imap.folders import USES, Listed
from app.services.imap.line import Line
from app.services.imap.troubles import NEEDS_TLS, SYSTEM, code_in, code_of, login_refused
from app.services.mail_server import Security, trusting

MOST_BYTES = 300_000
"""Of one mail; ours are far shorter, so what is cut off here is none of ours any more."""
WHOLE = f"BODY.PEEK[]<0.{MOST_BYTES}>"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LISTED = re.compile(rb"\(([^)]*)\) (NIL|\"(?:\\?.)\") (.*)", re.DOTALL)
_BEGINS = re.compile(rb"\d+ \(")
_UID = re.compile(rb"\bUID (\d+)")
_ARRIVED = re.compile(rb'INTERNALDATE "([^"]{20,30})"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One mail of the folder that is open."""

    uid: str
    arrived_at: datetime
    """When the server took it, in UTC."""
    raw: bytes
    """What was asked for of it."""


class Session:
    """A mailbox that is open. Raises the library's errors; `troubles.told` translates them."""

    def __init__(self, box: BaseMailBox, line: Line, capabilities: frozenset[str]) -> None:
        self._box = box
        self._line = line
        self._capabilities = capabilities

    def folders(self) -> Sequence[Listed]:
        """All folders, with the uses that the server marks them with."""
        listed = self._listed('"*"')
        if "SPECIAL-USE" in self._capabilities and not any(folder.uses for folder in listed):
            listed = self._listed('"*" RETURN (SPECIAL-USE)')
        return listed

    def open(self, folder: str, *, to_change: bool = False) -> bool:
        """Open a folder; False: it does not open."""
        self._line.go_on()
        try:
            self._box.folder.set(folder, readonly=not to_change)
        except MailboxFolderSelectError:
            return False
        return True

    def search(self, criteria: str) -> Sequence[str]:
        """The uids of mails in the open folder, oldest first. `criteria` is plain ASCII."""
        self._line.go_on()
        return sorted(self._box.uids(criteria, charset=None), key=int)

    def fetch(self, uids: Collection[str], part: str = WHOLE) -> Sequence[Fetched]:
        """These mails, by uid; those that are gone are left out."""
        if not uids:
            return []
        self._line.go_on()
        _, answer = self._box.client.uid("FETCH", ",".join(uids), f"(UID INTERNALDATE {part})")
        found = {mail.uid: mail for mail in _fetched(answer)}
        return [found[uid] for uid in uids if uid in found]

    def append(self, folder: str, mail: bytes) -> None:
        """Put a draft into a folder, marked as one, and as read: its writer knows it."""
        self._line.go_on()
        self._box.append(mail, folder, flag_set=[r"\Draft", r"\Seen"])

    def remove(self, uids: Sequence[str]) -> None:
        """Take these mails out of the open folder for good, and no others.

        Where the server cannot expunge by uid, others that are marked as deleted would go with
        them: then ours stay so marked, which all mail programs show as gone.
        """
        if not uids:
            return
        self._line.go_on()
        self._box.client.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Deleted)")
        self._line.go_on()
        if "UIDPLUS" in self._capabilities:
            self._box.client.uid("EXPUNGE", ",".join(uids))
        elif set(self.search("DELETED")) <= set(uids):
            self._line.go_on()
            self._box.client.expunge()

    def _listed(self, pattern: str) -> Sequence[Listed]:
        self._line.go_on()
        _, answer = self._box.client.list('""', pattern)
        return list(_folders(answer))


@contextmanager
def opened(config: ImapConfig, account: ImapAccount, line: Line) -> Iterator[Session]:
    """A session for the length of one call."""
    with _connected(config, line) as client:
        box = _Box(client)
        line.go_on()
        _log_in(box, account)
        line.go_on()
        _, said = client.capability()
        words = b" ".join(part for part in said if isinstance(part, bytes))
        yield Session(box, line, frozenset(words.decode(errors="replace").upper().split()))
        with suppress(OSError, imaplib.IMAP4.error):
            line.go_on()
            client.logout()


def imap_day(day: date) -> str:
    """A day as searches spell it, whatever the machine's language."""
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year:04d}"


class _Box(BaseMailBox):
    """The library's mailbox over a connection that is there already."""

    def __init__(self, client: imaplib.IMAP4) -> None:
        self._ready = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._ready


@contextmanager
def _connected(config: ImapConfig, line: Line) -> Iterator[imaplib.IMAP4]:
    """A connection as secret as it is to be; no name and no password has been sent yet."""
    context = trusting(config.ca_file)
    seconds = line.seconds_left()
    if config.security is Security.TLS:
        client: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            config.host, config.port, ssl_context=context, timeout=seconds
        )
    else:
        client = imaplib.IMAP4(config.host, config.port, timeout=seconds)
    try:
        line.hold(client.sock)
        if config.security is Security.STARTTLS:
            _start_tls(client, context)
            line.hold(client.sock)
        yield client
    finally:
        with suppress(OSError):
            client.shutdown()


def _start_tls(client: imaplib.IMAP4, context: ssl.SSLContext) -> None:
    if "STARTTLS" not in client.capabilities:
        message = "the server offers no STARTTLS on this port: set security to tls, or another port"
        raise AccessExpired(SYSTEM, "connect", message)
    client.starttls(ssl_context=context)


def _log_in(box: BaseMailBox, account: ImapAccount) -> None:
    if "LOGINDISABLED" in box.client.capabilities:
        raise AccessExpired(SYSTEM, "log in", NEEDS_TLS)
    user, password = account.user, account.password.get_secret_value()
    try:
        if user.isascii() and password.isascii():
            box.login(user, password, initial_folder=None)
        else:
            box.login_utf8(user, password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except MailboxLoginError as exc:
        raise login_refused(code_of(exc)) from exc
    except imaplib.IMAP4.error as exc:
        raise login_refused(code_in(str(exc).encode())) from exc


def _folders(answer: Sequence[bytes | tuple[bytes, bytes] | None]) -> Iterator[Listed]:
    """What LIST told; a name with quotes in it comes as a literal."""
    for line in answer:
        head, literal = line if isinstance(line, tuple) else (line or b"", None)
        match = _LISTED.match(head)
        if match is None:
            continue
        flags, separator, name = match.groups()
        if literal is None:
            literal = re.sub(rb"\\(.)", rb"\1", name[1:-1]) if name[:1] == b'"' else name
        yield Listed(
            name=utf7_decode(literal),
            separator="" if separator == b"NIL" else separator[1:-1].decode()[-1:],
            uses=frozenset(flags.decode(errors="replace").lower().split()) & USES,
            opens=not {b"\\noselect", b"\\nonexistent"} & set(flags.lower().split()),
        )


def _fetched(answer: Sequence[bytes | tuple[bytes, bytes] | None]) -> Iterator[Fetched]:
    """What FETCH told: for each mail a head, its bytes, and what follows them."""
    told: list[tuple[bytes, bytes]] = []
    for piece in answer:
        around, raw = piece if isinstance(piece, tuple) else (piece or b"", b"")
        if _BEGINS.match(around) or not told:
            told.append((around, raw))
        else:
            before, its = told[-1]
            told[-1] = (before + b" " + around, its or raw)
    for around, raw in told:
        uid, arrived = _UID.search(around), _ARRIVED.search(around)
        if uid is not None and arrived is not None:
            at = imaplib.Internaldate2tuple(arrived[0])
            yield Fetched(
                uid=uid[1].decode(),
                arrived_at=datetime.fromtimestamp(time.mktime(at) if at else 0, UTC),
                raw=raw,
            )
