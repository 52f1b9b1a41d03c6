"""The new Kayako's sessions: e-mail and password once, a session's number from then on.

It says who we are and reads no cases.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from pydantic import JsonValue

from app.errors import AccessExpired, PermanentServiceError, ServiceError, TransientServiceError
from app.ports.source_auth import Credentials
from app.services.fixed_auth import FixedAuth
from app.services.http import FIRST_WAIT_SECONDS, ApiClient, tries
from app.services.http_reply import Reply
from app.services.kayako.config import KayakoConfig

SYSTEM = "kayako"
CASES = "/api/v1/cases.json"
_LOG_IN = "log in"
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED.value, HTTPStatus.FORBIDDEN.value})
_NUMBER = re.compile(r"[\x21-\x7e]{1,500}")
_WHAT_TO_DO = {
    "OTP_EXPECTED": "it asks for a second factor, which nobody is here to type: give an agent of "
    "its own, without two-factor authentication, as email and password",
    "CREDENTIAL_EXPIRED": "the agent's password has expired: set a new one in Kayako and here",
    "PASSWORD_EXPIRED": "the agent's password has expired: set a new one in Kayako and here",
    "AUTHENTICATION_FAILED": "email or password is wrong",
}
_TRIES = 4
_LONGEST_WAIT_SECONDS = 2.0
_OTHERWISE = "email or password is wrong, or the agent may not read cases"


class _Garbled(TransientServiceError):
    """An answer that went well, and says nothing: a gateway's page, or half of one."""


class KayakoSession:
    """`Auth` by a session, begun at the first call and again when it has ended."""

    def __init__(self, api: ApiClient, config: KayakoConfig) -> None:
        self._api = api
        self._password = FixedAuth.basic(config.email, config.password)
        self._session = ""

    async def credentials(self) -> Credentials:
        """The session, begun if there is none.

        Raises AccessExpired saying what to do, and what the call raises.
        """
        if not self._session:
            self._session = await tries(
                self._begun,
                may_go_on=lambda error: isinstance(error, _Garbled),
                attempts=_TRIES,
                first_wait=FIRST_WAIT_SECONDS,
                longest_wait=_LONGEST_WAIT_SECONDS,
            )
        return Credentials(headers={"x-session-id": self._session})

    async def refused(self) -> bool:
        """The session has ended: the next request begins another."""
        had_one, self._session = bool(self._session), ""
        return had_one

    async def _begun(self) -> str:
        shown = await self._password.credentials()
        reply = await self._api.request(
            "GET",
            CASES,
            operation=_LOG_IN,
            params={"limit": 1},
            headers=shown.headers,
            answered=_REFUSED,
        )
        if reply.status in _REFUSED:
            raise _refusal(reply)
        return _session_of(reply)


def _session_of(reply: Reply) -> str:
    try:
        body = reply.json_value()
    except TransientServiceError as exc:
        raise _Garbled(SYSTEM, _LOG_IN, "answered with something else than JSON") from exc
    if not isinstance(body, dict):
        raise _Garbled(SYSTEM, _LOG_IN, "answered with something else than an object")
    session = body.get("session_id")
    if not isinstance(session, str) or not _NUMBER.fullmatch(session):
        raise PermanentServiceError(SYSTEM, _LOG_IN, "gave no session: is this Kayako's address?")
    return session


def _refusal(reply: Reply) -> AccessExpired:
    """Why it lets nobody in, and what to do; its own words are not repeated."""
    try:
        codes = _codes(reply.json_value())
    except ServiceError:  # a page of HTML
        codes = []
    told = next((_WHAT_TO_DO[code] for code in codes if code in _WHAT_TO_DO), _OTHERWISE)
    return AccessExpired(SYSTEM, _LOG_IN, f"answered {reply.status}: {told}")


def _codes(body: JsonValue) -> list[str]:
    errors = body.get("errors") if isinstance(body, dict) else None
    entries = errors if isinstance(errors, list) else []
    return [str(entry.get("code")) for entry in entries if isinstance(entry, dict)]
