"""An SMTP server's troubles in our own words, with what to mend; nothing that the server said."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import aiosmtplib

from app.errors import (
    AccessExpired,
    AppError,
    PermanentServiceError,
    RemoteRefused,
    ServiceError,
    TransientServiceError,
)
from app.services.mail_server import UnreadableCertificates, tls_mend

SYSTEM = "email"
_WANTS_A_LOGIN = frozenset({530, 534, 535, 538})
"""Codes of RFC 4954 that a person has to mend, at whatever command they come."""


@contextmanager
def told(operation: str) -> Iterator[None]:
    """Turns what goes wrong inside into errors of ours."""
    try:
        yield
    except AppError:
        raise
    except UnreadableCertificates as exc:
        raise AccessExpired(SYSTEM, operation, str(exc)) from exc
    except aiosmtplib.SMTPRecipientsRefused as exc:
        raise _answered(exc.recipients[0], operation) from exc
    except aiosmtplib.SMTPResponseException as exc:
        raise _answered(exc, operation) from exc
    except aiosmtplib.SMTPNotSupported as exc:
        message = "the server takes no such address"
        raise PermanentServiceError(SYSTEM, operation, message) from exc
    except (OSError, TimeoutError, aiosmtplib.SMTPException) as exc:
        raise _broken(exc, operation) from exc


def _answered(error: aiosmtplib.SMTPResponseException, operation: str) -> ServiceError:
    """By the code (RFC 5321, 4.2.1): 4xx may heal, 5xx does not."""
    if error.code < 500:
        return TransientServiceError(SYSTEM, operation, f"the server answers {error.code}")
    if isinstance(error, aiosmtplib.SMTPAuthenticationError) or error.code in _WANTS_A_LOGIN:
        return AccessExpired(
            SYSTEM, operation, "user or password is refused: mend them under [smtp]"
        )
    if isinstance(error, aiosmtplib.SMTPSenderRefused):
        return AccessExpired(SYSTEM, operation, "the server refuses our sender: mend [smtp] sender")
    if isinstance(error, aiosmtplib.SMTPConnectResponseError | aiosmtplib.SMTPHeloError):
        return AccessExpired(SYSTEM, operation, f"the server does not serve us ({error.code})")
    message = f"the server refuses the mail ({error.code})"
    return RemoteRefused(SYSTEM, operation, message, status=error.code)


def _broken(error: Exception, operation: str) -> ServiceError:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            break
        if isinstance(cause, ssl.SSLError):
            return AccessExpired(SYSTEM, operation, tls_mend(cause))
        cause = cause.__cause__
    message = "no answer in time" if isinstance(error, TimeoutError) else "the connection broke"
    return TransientServiceError(SYSTEM, operation, message)
