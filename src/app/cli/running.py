"""A service from its first line to its end: who may run, what is said, how it stops."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from rich.console import Console
from rich.text import Text

from app.bootstrap import App, open_app, service_of
from app.bootstrap.notion_look import notion_line, say_what_notion_lacks
from app.cli.way_in import way_in_of
from app.clock import local_day, system_clock
from app.domain.schedule import Job, Started, coming_slots
from app.jobs.schedule import last_looks
from app.jobs.service import Part, Service
from app.ports.store import Unit
from app.settings import Settings
from app.storage.service_lock import only_service
from app.web.api import Api, ApiNow
from app.web.app import web_app
from app.web.dashboard import dashboard_app
from app.web.door import address_of, open_socket, serving
from app.web.front import Front
from app.web.hosts import our_hosts
from app.web.opening import api_of, closed, config_of, shut, site_of
from app.web.routes.health import Troubles
from app.web.site import Site, SiteNow

LOST = 1
"""The exit code that has a supervisor start the process anew."""
LAST_SECONDS = 10
"""What closing may take beyond the grace; then the process ends as it is, which loses nothing."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How the service is to run."""

    host: str
    port: int
    has_web: bool
    grace_seconds: int


@dataclass(slots=True)
class _Ending:
    """How the process is told to end: once in good order, twice at once."""

    manner: Manner
    asked: asyncio.Event

    def listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._hear, number)

    def _hear(self, number: signal.Signals) -> None:
        if self.asked.is_set():
            _end_now(128 + number)
        self.asked.set()
        log.info("service.stopping", signal=number.name, grace_seconds=self.manner.grace_seconds)
        _end_by(self.manner.grace_seconds + LAST_SECONDS, 0)


def _is_starting() -> Mapping[Part, str]:
    return {Part.ENGINE: "the service is starting"}


@dataclass(slots=True)
class _Standing:
    """What the door tells, and works with, from before the service begins to its end."""

    troubles: Troubles = _is_starting
    api: ApiNow = closed
    site: SiteNow = shut

    def now(self) -> Mapping[Part, str]:
        return self.troubles()

    def api_now(self) -> Api:
        return self.api()

    def site_now(self) -> Site:
        return self.site()


async def run_service(settings: Settings, manner: Manner) -> int:
    """Run until told to stop; returns the exit code.

    Raises Conflict where another service has the data folder, ConfigurationError where the store or
    the address cannot be used.
    """
    ending, standing = _Ending(manner, asyncio.Event()), _Standing()
    ending.listen()
    config_of(settings)
    with only_service(settings.engine_url, since=system_clock()) as note_address:
        door = open_socket(manner.host, manner.port) if manner.has_web else None
        address = "" if door is None else address_of(door)
        note_address(address)
        async with (
            _answering(standing, door, our_hosts(manner.host, settings.dashboard_url)),
            open_app(settings, grace_seconds=manner.grace_seconds) as app,
        ):
            service = service_of(app)
            standing.troubles = service.troubles
            api = api_of(app)
            standing.api = lambda: api
            site = site_of(app, manner.host)
            standing.site = lambda: site
            await _say_what_comes(app, address, manner.host)
            stopping = asyncio.create_task(_pass_on(ending.asked, service))
            looking = asyncio.create_task(say_what_notion_lacks(app.settings, app.store))
            if not await service.run():
                _end_now(LOST)  # others may have our flows in hand: nothing is to be closed slowly
            standing.api, standing.site = closed, shut
            stopping.cancel()
            looking.cancel()
    log.info("service.stopped", left="what is unfinished goes on at the next start")
    return 0


@asynccontextmanager
async def _answering(
    standing: _Standing, door: socket.socket | None, is_our_host: Callable[[str], bool]
) -> AsyncIterator[None]:
    if door is None:
        yield
        return
    programs = web_app(troubles=standing.now, api=standing.api_now)
    pages = dashboard_app(standing.site_now, is_our_host)
    async with serving(Front(programs=programs, pages=pages), door):
        yield


async def _pass_on(asked: asyncio.Event, service: Service) -> None:
    await asked.wait()
    service.stop()


async def _say_what_comes(app: App, address: str, host: str) -> None:
    settings = app.settings
    where = "the database of TEND_DATABASE_URL" if settings.database_url else str(settings.home)
    tenants = await app.store.tenants()
    coming = await app.store.read(settings.tenant, _next_scan)
    if settings.tenant not in tenants:
        coming = (
            "when the folder brought accounts"
            if settings.feed_folder
            else "no accounts yet: tend import PATH brings them in"
        )
    if settings.log_format == "json":
        log.info("service.started", keeps=where, next_scan=coming, address=address, tenants=tenants)
        return
    notion = await app.store.read(settings.tenant, partial(notion_line, settings))
    way_in = await way_in_of(app.store, settings.tenant, address, host) if address else {}
    told = {
        "Tend keeps its things in": f"{where} (tenant {settings.tenant})",
        "Next scan": coming,
        "Files are taken from": "" if settings.feed_folder is None else str(settings.feed_folder),
        "Notion": notion,
        "Health": f"{address}/v1/health/ready" if address else "",
        "Programs bring facts to": f"{address}/v1 (/openapi.json tells what)" if address else "",
        "Stop it with": "Ctrl-C or SIGTERM; what is unfinished goes on at the next start",
        **way_in,
    }
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
    for what, text in told.items():
        if text:
            console.print(Text.assemble((f"{what}  ", "dim"), text))
    sys.stdout.flush()


def _next_scan(unit: Unit) -> str:
    zone = unit.tenant.settings().settings.zone
    now = system_clock()
    started = Started(looks=last_looks(unit, (Job.SCAN,)), accounts={})
    until = local_day(now, zone) + timedelta(days=3)
    scan = coming_slots(now, zone, (), started, until)[0]
    if scan.at <= now:
        return f"now, for {scan.day}"
    return f"{scan.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def _end_by(seconds: float, code: int) -> None:
    """End the process after so long, should closing hang on something that does not answer."""
    timer = threading.Timer(seconds, _end_now, (code,))
    timer.daemon = True
    timer.start()


def _end_now(code: int) -> None:
    sys.stderr.flush()
    os._exit(code)
