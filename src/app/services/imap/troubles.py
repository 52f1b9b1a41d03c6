"""A mail server's troubles in our own words, with what to mend.

Nothing that the server said gets into a message but the names of its response codes (RFC 5530).
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from imap_tools.errors import ImapToolsError, UnexpectedCommandStatusError

from app.errors import AccessExpired, AppError, ServiceError, TransientServiceError
from app.services.mail_server import UnreadableCertificates, tls_mend

SYSTEM = "imap"
_BROKE = "the connection broke"
_CODE = re.compile(rb"\[([A-Z]{3,30})[\] ]")
_PASSING = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})
NEEDS_TLS = "the server takes no password without TLS: set security to tls or starttls"
_NEEDS_A_PERSON = {
    "PRIVACYREQUIRED": NEEDS_TLS,
    "CONTACTADMIN": "the server asks to speak to its administrator",
    "EXPIRED": "the password has expired: set a new one under [imap]",
    "NOPERM": "the mailbox does not let this user do that",
    "OVERQUOTA": "the mailbox is full: make room in it",
}


@contextmanager
def told(operation: str) -> Iterator[None]:
    """Turns what goes wrong inside into errors of ours: transient where time may heal it."""
    try:
        yield
    except AppError:
        raise
    except (ssl.SSLError, UnreadableCertificates) as exc:
        raise _not_secret(exc, operation) from exc
    except UnexpectedCommandStatusError as exc:
        raise _refused(exc, operation) from exc
    except TimeoutError as exc:
        raise TransientServiceError(SYSTEM, operation, "no answer in time") from exc
    except OSError as exc:
        message = f"no connection ({type(exc).__name__})"
        raise TransientServiceError(SYSTEM, operation, message) from exc
    except imaplib.IMAP4.abort as exc:
        raise TransientServiceError(SYSTEM, operation, _BROKE) from exc
    except (imaplib.IMAP4.error, ImapToolsError, ValueError, LookupError) as exc:
        message = "the server answers in an unexpected way"
        raise TransientServiceError(SYSTEM, operation, message) from exc


def _not_secret(error: ssl.SSLError | UnreadableCertificates, operation: str) -> ServiceError:
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return TransientServiceError(SYSTEM, operation, _BROKE)
    if isinstance(error, UnreadableCertificates):
        return AccessExpired(SYSTEM, operation, str(error))
    return AccessExpired(SYSTEM, operation, tls_mend(error))


def _refused(error: UnexpectedCommandStatusError, operation: str) -> ServiceError:
    known = _known(code_of(error), operation)
    return known or TransientServiceError(SYSTEM, operation, "the server said no")


def login_refused(code: str) -> ServiceError:
    """What a refused login means, by its response code."""
    return _known(code, "log in") or AccessExpired(
        SYSTEM, "log in", "user or password is refused: mend them under [imap]"
    )


def _known(code: str, operation: str) -> ServiceError | None:
    if code in _PASSING:
        return TransientServiceError(SYSTEM, operation, f"the server is busy ({code})")
    if code in _NEEDS_A_PERSON:
        return AccessExpired(SYSTEM, operation, _NEEDS_A_PERSON[code])
    return None


def code_of(error: UnexpectedCommandStatusError) -> str:
    """The response code of the server's refusal; empty: it gave none."""
    _, said = error.command_result
    return code_in(b" ".join(part for part in said if isinstance(part, bytes)))


def code_in(said: bytes) -> str:
    """The response code in what a server said; empty: it gave none."""
    match = _CODE.search(said)
    return match[1].decode() if match else ""
