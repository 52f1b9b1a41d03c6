"""How people come into the dashboard of a service: by a link, by a password, or not yet."""

from __future__ import annotations

from collections.abc import Mapping

from app.cli.actor import machine_user
from app.clock import system_clock
from app.domain.actor import OF_MACHINE
from app.jobs.sessions import START_LINK_LASTS, make_link
from app.ports.store import Store, Unit
from app.web.hosts import is_loopback


async def way_in_of(store: Store, tenant: str, address: str, host: str) -> Mapping[str, str]:
    """What is said of it when a service starts: a link of its own on loopback, unless users are."""

    def has_users(unit: Unit) -> bool:
        return unit.users.has_any()

    def link(unit: Unit) -> str:
        by = f"{OF_MACHINE}{machine_user()}"
        return make_link(unit, by=by, at=system_clock(), lasts=START_LINK_LASTS)

    if await store.read(tenant, has_users):
        return {"Dashboard": f"{address}/ (sign in by e-mail and password)"}
    if is_loopback(host):
        text = await store.write(tenant, link)
        return {
            "Open the dashboard": f"{address}/sign-in/{text}",
            "": "The link works once, within a day; tend dashboard prints another.",
        }
    first = "nobody may sign in yet: tend users add kim@example.com --role admin"
    return {"Dashboard": f"{address}/ ({first})"}
