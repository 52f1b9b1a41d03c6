"""The dashboard over a store, visited in this process."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

import httpx
from argon2 import PasswordHasher

from app.domain.user import User
from app.domain.viewer import Role, Sight, Viewer
from app.domain.web_session import Identity
from app.jobs.acts.draft_desk import DraftDesk
from app.jobs.sessions import begin_session
from app.services.draft_files import DraftFiles
from app.services.file_box import FileBox
from app.services.passwords import Passwords
from app.services.session_tokens import csrf_of
from app.settings import Settings
from app.storage.sql_store import SqlStore
from app.web.cookies import COOKIE, COOKIE_BY_HTTPS
from app.web.dashboard import dashboard_app
from app.web.hosts import our_hosts
from app.web.site import Site
from tests.builders import NOW
from tests.fakes.engine import EngineInMemory

ADMIN = Viewer(by="os:rita", role=Role.ADMIN)
FORM = "application/x-www-form-urlencoded"
QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""As real ones hash, but not slow on purpose."""
PASSWORD = "four plain words here"
"""Of everybody who is signed in by `Dashboard.sign_in` and has one."""
_HASH = QUICK.hash(PASSWORD)


@dataclass
class Dashboard:
    """An application over a store, a clock that stands, and flows that nobody runs."""

    store: SqlStore
    home: Path
    now: datetime = NOW
    tenant: str = "main"
    desk: EngineInMemory = field(default_factory=EngineInMemory)
    cookies: dict[str, str] = field(default_factory=dict)
    """What the browser carries."""
    origin: str = "http://127.0.0.1"
    """Where the browser asks."""
    url: str = ""
    """The dashboard's own address, where it was told one."""

    def __post_init__(self) -> None:
        settings = Settings(
            home=self.home, database_url="", tenant=self.tenant, dashboard_url=self.url
        )
        self.site = Site(
            store=self.store,
            clock=lambda: self.now,
            settings=settings,
            desk=self.desk,
            drafts_of=self._drafts_of,
            passwords=QUICK,
            is_local=True,
        )
        self.web = dashboard_app(lambda: self.site, our_hosts("127.0.0.1", self.url))

    def sign_in(self, viewer: Viewer = ADMIN, *, tenant: str = "") -> None:
        """Be this viewer from now on: the machine's user by a link, anybody else as a user."""
        tenant = tenant or self.tenant
        is_by_link = viewer.by.startswith("os:")
        if not is_by_link:
            user = _user(viewer, self.now)
            self.store.write_now(tenant, lambda unit: unit.users.keep(user))
        identity = Identity(by=viewer.by, is_by_link=is_by_link)
        begun = self.store.write_now(
            tenant, lambda unit: begin_session(unit, identity, at=self.now)
        )
        self.cookies = {COOKIE: begun.text}

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """One page; redirects are not followed."""
        return self.ask("GET", path, headers=headers)

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """One request without a body."""
        return asyncio.run(
            self._send(httpx.Request(method, f"{self.origin}{path}", headers=headers))
        )

    def post(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        *,
        csrf: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One form, with the session's own word unless another is given."""
        word = csrf_of(self.session) if csrf is None else csrf
        content = urlencode({"csrf": word, **(form or {})}).encode()
        sent = {"Content-Type": FORM, **(headers or {})}
        request = httpx.Request("POST", f"{self.origin}{path}", content=content, headers=sent)
        return asyncio.run(self._send(request))

    @property
    def session(self) -> str:
        """The text that the browser carries, by whichever name."""
        return self.cookies.get(COOKIE, "") or self.cookies.get(COOKIE_BY_HTTPS, "")

    async def _send(self, request: httpx.Request) -> httpx.Response:
        if self.cookies:
            request.headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        transport = httpx.ASGITransport(app=self.web)
        async with httpx.AsyncClient(transport=transport) as client:
            answer = await client.send(request)
        for name, value in answer.cookies.items():
            self.cookies[name] = value
        return answer

    def _drafts_of(self, tenant: str) -> DraftDesk:
        outbox = self.site.settings.outbox_of(tenant)
        return DraftDesk(
            store=self.store,
            tenant_id=tenant,
            boxes=[FileBox(outbox)],
            files=DraftFiles(folder=outbox),
        )


def text_of(answer: httpx.Response) -> str:
    """What a page says, without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def _user(viewer: Viewer, now: datetime) -> User:
    return User(
        email=viewer.by,
        name="",
        role=viewer.role,
        sight=viewer.sight,
        password_hash=_HASH,
        password_at=now,
        made_at=now,
        made_by="os:rita",
    )


OWN_REP = Viewer(by="kim@example.com", role=Role.REP, sight=Sight.OWN)
