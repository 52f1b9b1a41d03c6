"""Connections that are kept open are let go of when the process that kept them stops."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from app.bootstrap import embedded_sinks, open_app
from app.domain.effect import EffectKind
from app.ports.effects import Sink
from app.ports.limits import Limiter
from app.ports.store import Store
from app.services.closing import close_all
from app.services.draft_sinks import DraftSink
from app.services.file_box import FileBox
from app.services.gsuite.chat_sink import ChatWebhookAlerts
from app.services.gsuite.config import ChatConfig
from app.services.inbox import AlsoInInbox, InboxAlerts
from app.services.limiter import LocalLimiter
from app.services.mail_alerts import MailAlerts
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.builders import NOW, work_owed
from tests.fakes.mail import MemoryMailer
from tests.fakes.sinks import KeptSink
from tests.servers.gmail import gmail_server
from tests.servers.google_access import gmail_box
from tests.servers.scripted_http import json_said, scripted_host

REP = "rita@tend.example"


@dataclass
class Connected(KeptSink):
    """A channel with a connection."""

    closed: list[str] = field(default_factory=list)

    async def aclose(self) -> None:
        self.closed.append("channel")


@dataclass(slots=True, kw_only=True)
class ConnectedMailer(MemoryMailer):
    """A mailer with a connection."""

    closed: list[str] = field(default_factory=list)

    async def aclose(self) -> None:
        self.closed.append("mailer")


def test_what_is_connected_is_closed_when_the_process_stops(tmp_path: Path) -> None:
    channel = Connected()

    def sinks_of(
        store: Store, settings: Settings, tenant: str, limiter: Limiter
    ) -> Mapping[EffectKind, Sink]:
        inbox = InboxAlerts(store, tenant, "chat")
        embedded = embedded_sinks(store, settings, tenant, limiter)
        return {**embedded, EffectKind.CHAT: AlsoInInbox(inbox, channel)}

    async def story() -> None:
        async with open_app(Settings(home=tmp_path), sinks_of=sinks_of, look_seconds=0.05):
            assert channel.closed == []

    asyncio.run(story())
    assert channel.closed == ["channel"]


def test_a_mailer_is_closed_by_its_alerts_and_what_keeps_nothing_is_left_alone() -> None:
    mailer = ConnectedMailer()
    alerts = MailAlerts(mailer=mailer, dashboard_url="")
    asyncio.run(
        close_all([alerts, KeptSink(), MailAlerts(mailer=MemoryMailer(), dashboard_url="")])
    )
    assert mailer.closed == ["mailer"]


def test_gmails_threads_end_with_the_drafts_that_used_them(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    def ours() -> list[str]:
        return [t.name for t in threading.enumerate() if t.name.startswith("tend-gmail")]

    with gmail_server(REP) as (google, _), gmail_box(google, tmp_path, REP) as box:
        sink = DraftSink(store=sqlite_store, tenant_id="main", boxes=[box, FileBox(tmp_path)])
        asyncio.run(sink.check())
        threads = [t for t in threading.enumerate() if t.name in ours()]
        assert threads
        asyncio.run(sink.aclose())
        for thread in threads:
            thread.join(5)
        assert not any(thread.is_alive() for thread in threads)
        asyncio.run(sink.aclose())


def test_a_webhook_lets_go_of_its_connection() -> None:
    async def story() -> None:
        async with scripted_host(*[json_said('{"name": "spaces/A/messages/B"}')] * 2) as chat:
            address = SecretStr(f"{chat.url}/v1/spaces/A/messages?key=k&token=t")
            alerts = ChatWebhookAlerts(
                config=ChatConfig(webhook_url=address),
                tenant_id="main",
                limiter=LocalLimiter({}),
                dashboard_url="",
            )
            work = work_owed(
                kind=EffectKind.CHAT, payload={"rep_email": REP, "text": "[TAM ALERT] Acme"}
            )
            await alerts.create(work, at=NOW, repeat=False)
            connected = alerts._client._client
            assert connected is not None
            await close_all([alerts])
            assert connected.is_closed
            await alerts.create(work, at=NOW, repeat=False)
            await close_all([alerts])

    asyncio.run(story())
