"""`Refresh now`: a scan of one account, asked for from its page, and how far it has come.

The page asks again while the scan is under way; without a script, whoever waits does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.bootstrap.feeds import feeds_asked_for
from app.clock import local_day
from app.domain.account import Account
from app.domain.flow import FlowRow, FlowState
from app.domain.scan import Scan
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.jobs.flows.scan import refuse_inactive
from app.jobs.flows.scan_flow import scan_ask
from app.jobs.pages.account_header import AccountHeader, account_header
from app.jobs.sight import account_in_sight
from app.ports.store import Unit
from app.web.answers import back, fragment
from app.web.pages.account_view import account_page
from app.web.paths import account_path, own_path, with_word
from app.web.site import Site, SiteNow, Visitor, is_htmx

ONCE_IN_SECONDS = 10
"""Asked for twice in this time, it is done once."""
WAITS_FOR = timedelta(minutes=10)
"""A page that is left open asks no longer than this."""
_FRAGMENT = "account_refresh.html"
_MARK = re.compile(r"[0-9]{8}T[0-9]{6}Z")
"""Nothing else: an id with more of it could name another account's flow."""


class Stage(StrEnum):
    """How far a refresh is."""

    QUEUED = "waiting for its turn"
    READING = "reading the sources"
    SCORING = "scoring"
    DONE = "done"
    FAILED = "failed"
    LOST = "not known any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh:
    """One refresh as it stands."""

    stage: Stage
    error: str
    """Why it failed; empty otherwise."""
    href: str
    """Where to look again."""
    back: str
    """The page that it was asked from."""
    asks_again: bool


def refresh_pages(site: SiteNow) -> APIRouter:
    """Fields: `account_id` and `back`."""
    routes = APIRouter()

    @routes.post("/accounts/refresh")
    async def refresh(request: Request) -> Response:
        """Ask for a scan. Raises NotFound for what is out of sight, InvalidInput."""
        visitor = await site().change(request)
        now, account_id = site().clock(), visitor.said("account_id")

        def look(unit: Unit) -> Account:
            account = account_in_sight(unit, visitor.viewer, account_id)
            refuse_inactive(unit, account_id, local_day(now, visitor.zone))
            return account

        account = await site().read(visitor, look)
        mark = _mark(now)
        feeds = feeds_asked_for(site().settings)
        request_id = _request_id(account_id, mark)
        ask = scan_ask(visitor.tenant_id, request_id, account_id=account_id, feeds=feeds)
        await site().desk.enqueue(ask)
        came_from = visitor.back_path(account_path(account_id))
        if not is_htmx(request):
            return back(_href(account_id, mark, came_from))
        found = await _refresh(site(), visitor, account_id, mark, came_from)
        return _piece(request, visitor, account, found)

    return routes


async def refresh_view(site: Site, request: Request, account_id: str) -> Response:
    """How far a refresh is: the whole page, or the piece of it that asks again.

    Raises NotFound for what is no mark of a refresh, and as every view does.
    """
    mark = request.query_params.get("of", "")
    if not _MARK.fullmatch(mark):
        raise NotFound("there is no such refresh")
    came_from = own_path(request.query_params.get("from", ""), otherwise=account_path(account_id))
    now = site.clock()

    def look(unit: Unit, viewer: Viewer) -> AccountHeader:
        return account_header(unit, viewer, account_id, now)

    visitor, header = await site.show(request, look)
    found = await _refresh(site, visitor, account_id, mark, came_from)
    if is_htmx(request):
        return _piece(request, visitor, header.account, found)
    if found.stage is Stage.DONE:
        return back(found.back, "refreshed")
    return account_page(
        request, visitor, "account_refreshing.html", header, view="refresh", shown=found
    )


def _piece(request: Request, visitor: Visitor, account: Account, found: Refresh) -> Response:
    """The piece that asks again; at the end the page is shown anew."""
    if found.stage is Stage.DONE:
        target = with_word(found.back, done="refreshed")
        return Response(status_code=HTTPStatus.OK, headers={"HX-Redirect": target})
    return fragment(request, visitor, _FRAGMENT, account=account, refresh=found)


async def _refresh(
    site: Site, visitor: Visitor, account_id: str, mark: str, came_from: str
) -> Refresh:
    flow_id = scan_ask(visitor.tenant_id, _request_id(account_id, mark)).flow_id
    row = await site.desk.flow(visitor.tenant_id, flow_id)
    scan = await site.read(visitor, lambda unit: unit.scans.get(flow_id))
    stage = stage_of(row, scan)
    is_young = row is not None and site.clock() - row.created_at < WAITS_FOR
    return Refresh(
        stage=stage,
        error=row.error if row is not None else "",
        href=_href(account_id, mark, came_from),
        back=came_from,
        asks_again=is_young and stage in {Stage.QUEUED, Stage.READING, Stage.SCORING},
    )


def stage_of(row: FlowRow | None, scan: Scan | None) -> Stage:
    """How far the flow of a scan is; `scan` is None until it begins to score."""
    if row is None:
        return Stage.LOST
    match row.state:
        case FlowState.QUEUED | FlowState.WAITING:
            return Stage.QUEUED
        case FlowState.RUNNING:
            return Stage.READING if scan is None else Stage.SCORING
        case FlowState.DONE:
            return Stage.DONE
        case _:
            return Stage.FAILED


def _mark(now: datetime) -> str:
    return f"{now:%Y%m%dT%H%M}{now.second // ONCE_IN_SECONDS * ONCE_IN_SECONDS:02d}Z"


def _request_id(account_id: str, mark: str) -> str:
    return f"{account_id}:{mark}"


def _href(account_id: str, mark: str, came_from: str) -> str:
    asked = {"view": "refresh", "of": mark, "from": came_from}
    return f"{account_path(account_id)}?{urlencode(asked)}"
