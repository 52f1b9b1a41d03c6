"""Access to the Google servers of the tests: the reps' consents, and boxes over them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr

from app.ports.limits import Budget
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import COMPOSE_SCOPE, READ_SCOPE, GmailConfig
from app.services.gsuite.gmail_box import GmailDraftBox
from app.services.gsuite.link import GoogleLink
from app.services.gsuite.token_files import TokenFiles, UserToken
from app.services.limiter import LocalLimiter
from tests.servers.google import GoogleServer

UNLIMITED = {"gmail": Budget(calls=10_000, per_seconds=1, burst=100)}


def consent(folder: Path, rep: str, *, wider: bool = False, refresh_token: str = "") -> None:
    """The rep's consent as `tend connect gmail` keeps it."""
    scopes = (COMPOSE_SCOPE, READ_SCOPE) if wider else (COMPOSE_SCOPE,)
    token = UserToken(
        account=rep,
        client_id="client",
        client_secret=SecretStr("secret"),
        refresh_token=SecretStr(refresh_token or f"refresh-{rep}"),
        scopes=scopes,
    )
    TokenFiles(folder).write(rep, token)


def config_of(
    google: GoogleServer, *, at: str = "", timeout_seconds: float = 5.0, lag_seconds: float = 0.0
) -> GmailConfig:
    """Settings that lead to this server; `at` another for all but access tokens."""
    return GmailConfig(
        api_root=at or google.url,
        token_uri=f"{google.url}/token",
        timeout_seconds=timeout_seconds,
        lag_seconds=lag_seconds,
    )


@contextmanager
def gmail_link(config: GmailConfig) -> Iterator[GoogleLink]:
    """Google's client, pointed at a server of the tests."""
    limiter = LocalLimiter(UNLIMITED)
    link = GoogleLink(
        api="gmail", system="gmail", tenant_id="main", api_root=config.api_root, limiter=limiter
    )
    try:
        yield link
    finally:
        link.close()


@contextmanager
def gmail_box(
    google: GoogleServer,
    folder: Path,
    *reps: str,
    at: str = "",
    wider: bool = False,
    timeout_seconds: float = 5.0,
    lag_seconds: float = 0.0,
) -> Iterator[GmailDraftBox]:
    """A box for reps who gave their consent; the server grants them access tokens."""
    google.grants = lambda form: form.get("refresh_token", [""])[0].removeprefix("refresh-") or None
    for rep in reps:
        consent(folder, rep, wider=wider)
    config = config_of(google, at=at, timeout_seconds=timeout_seconds, lag_seconds=lag_seconds)

    async def of_tenant() -> set[str]:
        return set(reps)

    with gmail_link(config) as link:
        yield GmailDraftBox(
            config=config, access=GmailAccess(config, folder), link=link, reps=of_tenant
        )
