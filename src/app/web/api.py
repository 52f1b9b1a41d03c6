"""What the door's routes work with: the store, the limits, and what is remembered between requests.

It knows who may come in, not what they bring.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

import structlog
from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from app.clock import Clock
from app.domain.api_key import ApiKey, KeyRole
from app.domain.feed import Feed
from app.errors import AppError
from app.jobs.api_keys import Refusal as RefusedRequest
from app.jobs.api_keys import note_refusal
from app.ports.engine import FlowDesk
from app.ports.limits import Budget
from app.ports.store import Store, Unit
from app.services.api_keys import PresentedKey, digest_of, read_key
from app.services.limiter import LocalLimiter, PacedLimiter
from app.web.problems import Refusal

USED_EVERY = timedelta(minutes=5)
"""How exactly a key's last use is known."""
KNOWN_FOR = timedelta(seconds=10)
"""How long a key that was found good is not looked up again by requests that hold it to its row in
the transaction that writes."""
_BY_KEY, _REFUSED = "by key", "refused"


class KeyEnded(AppError):
    """A key that was good a moment ago opens nothing any more."""


class HttpConfig(BaseModel):
    """`[http]` of the settings: secrets of webhooks, and how much a key may ask."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    github_secret: SecretStr | None = None
    """Of the webhook that tells of releases."""
    webhook_secrets: dict[str, SecretStr] = Field(default_factory=dict)
    """Of ticket systems' webhooks, by the feed's name."""
    calls_per_minute: int = Field(default=6_000, ge=60, le=10_000_000)
    """Of one key."""


def limiter_for(config: HttpConfig) -> PacedLimiter:
    """How often a key may ask, and how many refusals are written down."""
    calls = config.calls_per_minute
    return LocalLimiter(
        {
            _BY_KEY: Budget(calls=calls, per_seconds=60, burst=max(1, calls // 10)),
            _REFUSED: Budget(calls=60, per_seconds=60, burst=30),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who came in, and by which key."""

    tenant_id: str
    key: ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """What a running service offers at its door."""

    store: Store
    clock: Clock
    tenant_id: str
    """The process's own tenant: the settings' secrets are its."""
    desk: FlowDesk
    config: HttpConfig
    limiter: PacedLimiter
    feeds: dict[tuple[str, str], Feed] = field(default_factory=dict)
    """The feeds' rows as they were written last, by tenant and name."""
    found: dict[str, tuple[ApiKey, datetime]] = field(default_factory=dict)
    """Keys that were found good, by digest, and when."""

    async def admit(
        self, request: Request, roles: Collection[KeyRole], *, is_held_later: bool = False
    ) -> Caller:
        """Let a request in by its key; `is_held_later`: what it writes holds the key to its row.

        Raises Refusal: 401, 403 or 429.
        """
        presented, text = _presented(request)
        if presented is None:
            why = "no key" if not text else "no key of ours"
            raise await self.refused(request, why, tenant_id=self.tenant_id, secret=text)
        key = self._lately_found(presented.digest) if is_held_later else None
        has_keys = key is not None
        if key is None:
            key, has_keys = await self.store.read(
                presented.tenant_id, lambda unit: _look_up(unit, presented.digest)
            )
        tenant = presented.tenant_id if has_keys else self.tenant_id
        if key is None or not key.is_usable(self.clock()):
            why = "an unknown key" if key is None else f"the key {key.name} is at its end"
            raise await self.refused(request, why, tenant_id=tenant, secret=text)
        self.found.setdefault(presented.digest, (key, self.clock()))
        if key.role not in roles:
            why = f"the role {key.role} may not do that"
            await self.note(request, why, tenant_id=tenant, by=key.name)
            raise Refusal(HTTPStatus.FORBIDDEN, why)
        told = await self.limiter.ask(f"{tenant} {key.name}", _BY_KEY)
        if told.wait_seconds:
            raise Refusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"a key may ask {self.config.calls_per_minute} times a minute",
                headers={"Retry-After": str(max(1, round(told.wait_seconds)))},
            )
        if not is_held_later:
            await self._mark_used(tenant, key)
        return Caller(tenant_id=tenant, key=key)

    async def _mark_used(self, tenant_id: str, key: ApiKey) -> None:
        now = self.clock()
        if is_use_worth_noting(key, now):
            await self.store.write(tenant_id, lambda unit: unit.api_keys.mark_used(key.digest, now))

    def _lately_found(self, digest: str) -> ApiKey | None:
        key, at = self.found.get(digest, (None, self.clock()))
        if self.clock() - at < KNOWN_FOR:
            return key
        del self.found[digest]
        return None

    async def check_signature(
        self, request: Request, body: bytes, secret: SecretStr | None, header: str
    ) -> None:
        """Hold a webhook to `sha256=` of its body. Raises Refusal: 401, 429."""
        given = request.headers.get(header, "")
        if secret is None or not secret.get_secret_value():
            why = "no secret is set for this webhook"
        else:
            digest = hmac.new(secret.get_secret_value().encode(), body, hashlib.sha256)
            if hmac.compare_digest(f"sha256={digest.hexdigest()}".encode(), given.encode()):
                return
            why = f"{header} is not the body's signature" if given else f"no {header}"
        raise await self.refused(request, why, tenant_id=self.tenant_id, secret=given)

    async def refused(self, request: Request, why: str, *, tenant_id: str, secret: str) -> Refusal:
        """Write down that somebody could not come in; what he is told does not help him guess."""
        await self.note(request, why, tenant_id=tenant_id, shown=secret and digest_of(secret)[:12])
        return Refusal(
            HTTPStatus.UNAUTHORIZED,
            "a key or signature that is in force is needed",
            headers={"WWW-Authenticate": "Bearer"},
        )

    async def note(
        self, request: Request, why: str, *, tenant_id: str, by: str = "http", shown: str = ""
    ) -> None:
        """Write a refusal into the audit log, a flood of them only into the process's log."""
        client = "" if request.client is None else request.client.host
        path = request.scope["route"].path
        log.warning("http.refused", why=why, path=path, client=client, by=by)
        if (await self.limiter.ask(tenant_id, _REFUSED)).wait_seconds:
            return
        refusal = RefusedRequest(why=why, path=path, client=client, by=by, shown=shown)
        now = self.clock()
        await self.store.write(tenant_id, lambda unit: note_refusal(unit, refusal, now))


log = structlog.get_logger(__name__)
ApiNow = Callable[[], Api]
"""What there is to work with now. Raises TransientServiceError: nothing yet, or no more."""


def still_usable(unit: Unit, caller: Caller, now: datetime) -> None:
    """Hold the key to its row in the transaction that is about to write, and note its use.

    Raises KeyEnded: it was revoked meanwhile.
    """
    key = unit.api_keys.get(caller.key.digest)
    if key is None or not key.is_usable(now):
        raise KeyEnded(f"the key {caller.key.name} is at its end")
    if is_use_worth_noting(key, now):
        unit.api_keys.mark_used(key.digest, now)


def is_use_worth_noting(key: ApiKey, now: datetime) -> bool:
    """Whether the last use that is noted is some minutes old."""
    return key.last_used_at is None or now - key.last_used_at >= USED_EVERY


def _presented(request: Request) -> tuple[PresentedKey | None, str]:
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    given = text.strip() if scheme.lower() == "bearer" else ""
    return read_key(given), given


def _look_up(unit: Unit, digest: str) -> tuple[ApiKey | None, bool]:
    key = unit.api_keys.get(digest)
    return key, key is not None or bool(unit.api_keys.all())
