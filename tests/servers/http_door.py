"""The HTTP door over a store, asked in this process."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import httpx
from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.api_key import KeyRole
from app.jobs.api_keys import add_key
from app.storage.sql_store import SqlStore
from app.web.api import Api, HttpConfig, limiter_for
from app.web.app import web_app
from tests.builders import NOW
from tests.fakes.engine import EngineInMemory


@dataclass
class Door:
    """An application over a store, a clock that stands, and flows that nobody runs."""

    store: SqlStore
    config: HttpConfig = field(default_factory=HttpConfig)
    now: datetime = NOW
    desk: EngineInMemory = field(default_factory=EngineInMemory)

    def __post_init__(self) -> None:
        self.api = Api(
            store=self.store,
            clock=lambda: self.now,
            tenant_id="main",
            desk=self.desk,
            config=self.config,
            limiter=limiter_for(self.config),
        )
        self.web = web_app(troubles=dict, api=lambda: self.api)

    def key(
        self, role: KeyRole = KeyRole.INTEGRATION, *, name: str = "", tenant: str = "main"
    ) -> str:
        """A new key."""
        called = name or role.value
        return self.store.write_now(
            tenant, lambda unit: add_key(unit, called, role, by="kim", at=self.now)
        ).text

    def ask(
        self,
        method: str,
        path: str,
        *,
        key: str = "",
        body: JsonValue | bytes = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request; a body that is not bytes goes as JSON."""
        sent = {"Authorization": f"Bearer {key}"} if key else {}
        if method == "POST":
            sent["Content-Type"] = "application/json"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = httpx.Request(
            method,
            f"http://tend{path}",
            content=content if method == "POST" else None,
            headers={**sent, **(headers or {})},
        )
        return asyncio.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.web)
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.send(request)

    def refusals(self, tenant: str = "main") -> list[Act]:
        """Requests that were refused, as the audit log tells of them, newest first."""
        acts = self.store.read_now(tenant, lambda unit: unit.diary.acts(account_id=None, most=99))
        return [act for act in acts if act.kind is ActKind.REQUEST_REFUSED]
