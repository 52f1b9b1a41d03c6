"""Whose mailboxes may be opened, and with what: a delegated service account, or a rep's consent.

Access tokens are had when they are first needed, and kept in memory alone.
"""

from __future__ import annotations

import json
import threading
from pathlib import Path

from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError
from google.oauth2 import credentials as user
from google.oauth2 import service_account

from app.errors import AccessExpired, ConfigurationError, InvalidInput
from app.services.gsuite.config import (
    CHAT_SCOPE,
    COMPOSE_SCOPE,
    READ_SCOPE,
    ChatConfig,
    GmailConfig,
)
from app.services.gsuite.token_files import TokenFiles, UserToken

_SYSTEM = "gmail"


class GmailAccess:
    """The reps' mailboxes that are connected. A rep's own consent goes before the delegation."""

    def __init__(self, config: GmailConfig, home: Path) -> None:
        self._config = config
        self._files = TokenFiles(home)
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[int | None, Credentials]] = {}

    def serves(self, rep_email: str) -> bool:
        """Whether there is any way into this rep's mailbox."""
        return self._files.made_at(rep_email) is not None or self._is_delegated(rep_email)

    def consenting(self) -> tuple[str, ...]:
        """The reps who gave their own consent."""
        return self._files.reps()

    def credentials(self, rep_email: str) -> Credentials:
        """What opens this rep's mailbox; a consent that was given anew is taken up at once.

        Blocking. Raises AccessExpired where there is no way in, and ConfigurationError naming
        TEND_GMAIL for a service account's key that is none.
        """
        rep = rep_email.strip().lower()
        with self._lock:
            made_at = self._files.made_at(rep)
            kept = self._kept.get(rep)
            if kept is None or kept[0] != made_at:
                kept = (made_at, self._made(rep, consented=made_at is not None))
                self._kept[rep] = kept
            return kept[1]

    def is_wide(self, rep_email: str) -> bool:
        """Whether the rep's mail may be read too, not only his drafts. Blocking."""
        if self._files.made_at(rep_email) is None:
            return self._config.wider
        try:
            return READ_SCOPE in self._files.read(rep_email).scopes
        except (OSError, InvalidInput):
            return False

    def _is_delegated(self, rep_email: str) -> bool:
        return rep_email.strip().lower().rpartition("@")[2] in self._config.domains

    def _made(self, rep: str, *, consented: bool) -> Credentials:
        if consented:
            return self._of_consent(rep)
        if self._config.service_account_file is None or not self._is_delegated(rep):
            message = "this rep's mailbox is not connected: tend connect gmail"
            raise AccessExpired(_SYSTEM, "open mailbox", message)
        scopes = [COMPOSE_SCOPE, *([READ_SCOPE] if self._config.wider else [])]
        path = self._config.service_account_file
        return _of_service_account(path, scopes, setting="TEND_GMAIL", subject=rep)

    def _of_consent(self, rep: str) -> Credentials:
        try:
            token = self._files.read(rep)
        except (OSError, InvalidInput) as exc:
            message = "the rep's consent cannot be read: tend connect gmail"
            raise AccessExpired(_SYSTEM, "open mailbox", message) from exc
        return consented(token, self._config.token_uri)


def consented(token: UserToken, token_uri: str) -> Credentials:
    """What opens the mailbox of a rep who gave this consent."""
    return user.Credentials(  # type: ignore[no-untyped-call]  # google-auth types few
        token=None,
        refresh_token=token.refresh_token.get_secret_value(),
        token_uri=token_uri,
        client_id=token.client_id,
        client_secret=token.client_secret.get_secret_value(),
        scopes=list(token.scopes),
    )


def chat_credentials(config: ChatConfig) -> Credentials:
    """The Chat app's own. Blocking. Raises ConfigurationError naming TEND_CHAT."""
    if config.service_account_file is None:
        raise ConfigurationError("TEND_CHAT: service_account_file: the Chat API needs one")
    return _of_service_account(
        config.service_account_file, [CHAT_SCOPE], setting="TEND_CHAT", subject=None
    )


def _of_service_account(
    path: Path, scopes: list[str], *, setting: str, subject: str | None
) -> Credentials:
    try:
        key = json.loads(path.read_bytes())
        made: Credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]  # as above
            key, scopes=scopes, subject=subject
        )
    except OSError as exc:
        told = f"{setting}: service_account_file: {path} cannot be read: {exc.strerror}"
        raise ConfigurationError(told) from exc
    except (ValueError, TypeError, AttributeError, GoogleAuthError):  # their words quote the key
        told = f"{setting}: service_account_file: {path} is no service account's key"
        raise ConfigurationError(told) from None
    return made
