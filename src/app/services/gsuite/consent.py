"""A rep's consent to his own drafts, asked of him in his browser (OAuth for desktop programs).

It keeps nothing: who asked for it does.
"""

from __future__ import annotations

import json
import os
import webbrowser
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qs, urlsplit

from google_auth_oauthlib.flow import (  # type: ignore[import-untyped]  # ships none
    InstalledAppFlow,
    WSGITimeoutError,
)
from oauthlib.oauth2 import OAuth2Error  # type: ignore[import-untyped]  # as above
from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from app.errors import ConfigurationError, InvalidInput, TransientServiceError
from app.services.gsuite.config import COMPOSE_SCOPE, READ_SCOPE
from app.services.gsuite.token_files import UserToken

WAIT_SECONDS = 300
"""For the rep to read and agree."""
_NOWHERE = "http://localhost:1/"
"""Where the browser is sent in the end when it is on another machine: the page does not load, and
its address is what is wanted."""


class _Client(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    client_id: str
    client_secret: SecretStr
    auth_uri: str
    token_uri: str


class _ClientFile(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    installed: _Client


class GmailConsent:
    """One asking for consent, by the OAuth client of the tenant's own Google project."""

    def __init__(self, client_file: Path, *, rep_email: str, wider: bool) -> None:
        self._client = _client_of(client_file)
        scopes = [COMPOSE_SCOPE, *([READ_SCOPE] if wider else [])]
        document = {
            **self._client.model_dump(exclude={"client_secret"}),
            "client_secret": self._client.client_secret.get_secret_value(),
            "redirect_uris": ["http://localhost"],
        }
        # A rep may untick a scope; what he granted is looked at below.
        os.environ.setdefault("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
        self._flow = InstalledAppFlow.from_client_config({"installed": document}, scopes=scopes)
        self._asked: dict[Literal["access_type", "prompt", "login_hint"], str] = {
            "access_type": "offline",
            "prompt": "consent",  # without it Google gives no refresh token the second time
            **({"login_hint": rep_email} if rep_email else {}),
        }
        self._state = ""

    def by_browser(self) -> UserToken:
        """Open the browser of this machine and wait for the answer there.

        Raises InvalidInput where there is no browser, no consent or no answer in time.
        """
        try:
            self._flow.run_local_server(port=0, timeout_seconds=WAIT_SECONDS, **self._asked)
        except webbrowser.Error as exc:
            raise InvalidInput("there is no browser here: use --no-browser") from exc
        except WSGITimeoutError as exc:
            raise InvalidInput(f"no answer within {WAIT_SECONDS // 60} minutes") from exc
        except OAuth2Error as exc:
            raise _not_given(exc) from exc
        except OSError as exc:
            raise _not_reached(exc) from exc
        return self._token()

    def address(self) -> str:
        """The page on which the rep consents, on whatever machine his browser is."""
        self._flow.redirect_uri = _NOWHERE
        address, self._state = self._flow.authorization_url(**self._asked)
        return str(address)

    def answered(self, pasted: str) -> UserToken:
        """The consent that the address says which the browser was sent to in the end.

        Raises InvalidInput for an address that is none, or is of another asking.
        """
        answer = parse_qs(urlsplit(pasted.strip()).query)
        if "error" in answer:
            raise InvalidInput("the consent was not given")
        if "code" not in answer or answer.get("state") != [self._state]:
            told = "that is not the address the browser was sent to after consenting just now"
            raise InvalidInput(told)
        try:
            self._flow.fetch_token(code=answer["code"][0])
        except OAuth2Error as exc:
            raise _not_given(exc) from exc
        except OSError as exc:
            raise _not_reached(exc) from exc
        return self._token()

    def _token(self) -> UserToken:
        given = self._flow.credentials
        granted = tuple(given.granted_scopes or given.scopes or ())
        if COMPOSE_SCOPE not in granted:
            raise InvalidInput("drafts were not consented to: leave that box ticked")
        if not given.refresh_token:
            raise InvalidInput("Google gave no lasting access: take Tend's away, then try again")
        return UserToken(
            account="",
            client_id=self._client.client_id,
            client_secret=self._client.client_secret,
            refresh_token=SecretStr(given.refresh_token),
            scopes=granted,
        )


def _client_of(path: Path) -> _Client:
    try:
        return _ClientFile.model_validate(json.loads(path.read_bytes())).installed
    except OSError as exc:
        raise ConfigurationError(f"the OAuth client {path}: {exc.strerror}") from exc
    except (ValidationError, ValueError):  # whose words quote what is in the file
        told = f"the OAuth client {path}: not the JSON file of a client of type Desktop app"
        raise ConfigurationError(told) from None


def _not_given(exc: OAuth2Error) -> InvalidInput:
    return InvalidInput(f"the consent was not given ({exc.error})")


def _not_reached(exc: OSError) -> TransientServiceError:
    return TransientServiceError(
        "gmail", "connect", f"Google is not reached ({type(exc).__name__})"
    )
