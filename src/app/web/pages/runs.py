"""`/runs`: what goes on, and what an admin does about it: release, replay, drop, read again."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.bootstrap import event_desk_of, event_hands_of, feeds_asked_for
from app.domain.effect import EffectKind
from app.domain.model_call import ModelBudget
from app.domain.schedule import Coming
from app.errors import InvalidInput, NotFound
from app.jobs.acts.operations import (
    DeadLetter,
    EventActs,
    note_reading,
    release_channel,
    release_effect,
)
from app.jobs.bus_word import BusSilence
from app.jobs.flows.scan_flow import scan_ask
from app.jobs.flows.starting import Starter
from app.jobs.pages.runs import RunsPage, read_runs_page
from app.ports.bus import EventDesk
from app.ports.store import Unit
from app.services.llm_check import model_config_of
from app.services.plain_text import one_line
from app.web.answers import back, fragment, page
from app.web.board import Board, Workers, read_board
from app.web.paths import account_path
from app.web.runs_trouble import Trouble, lately_silent, troubles_of
from app.web.runs_words import RunsWords
from app.web.site import Forbidden, Site, SiteNow, Visitor, is_htmx
from app.web.wording import counted

RUNS = "/runs"
_KEY = 500
"""Characters of a key or a name; what is longer is none of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsView:
    """All that the page shows."""

    runs: RunsPage
    board: Board
    channel: str
    """The one whose parked effects are shown alone; empty: all."""
    path: str
    """The page's own, to come back to."""
    more_path: str
    """Where the parked effects go on; empty: these are all."""
    needs: tuple[str, ...]
    """What a person has to see to: `2 parked effects`."""
    troubles: tuple[Trouble, ...]
    silence: BusSilence | None
    """An outage of the event bus that is over."""
    coming: tuple[Coming, ...]
    budget: ModelBudget
    has_model: bool


def runs_pages(site: SiteNow) -> APIRouter:
    """The page, its live piece, and its forms."""
    routes, workers = APIRouter(), Workers()

    @routes.get(RUNS)
    async def runs(request: Request) -> Response:
        """All of it, or the piece that changes where a page asks for that. Raises NotFound."""
        return await _show(site(), request, workers)

    @routes.post("/runs/release")
    async def release(request: Request) -> Response:
        """Put one parked effect back to work, field `key`, or all of a channel, `channel`."""
        return await _release(site(), request)

    @routes.post("/runs/read")
    async def read(request: Request) -> Response:
        """Have a feed read now and everything scored by it, field `feed`."""
        return await _read(site(), request)

    @routes.post("/runs/replay")
    async def replay(request: Request) -> Response:
        """Give a parked event to its group again: fields `stream`, `group`, `event_id`."""
        here = site()
        visitor = await _admin(here, request)
        async with aclosing(_desk(here, visitor)) as desk:
            await _event_acts(here, visitor, desk).replay(_letter(visitor))
        return back(visitor.back_path(RUNS), done="replayed")

    @routes.post("/runs/drop")
    async def drop(request: Request) -> Response:
        """Take a parked event away for good: the same fields, and `reason`."""
        here = site()
        visitor = await _admin(here, request)
        async with aclosing(_desk(here, visitor)) as desk:
            acts = _event_acts(here, visitor, desk)
            await acts.drop(_letter(visitor), reason=visitor.said("reason"))
        return back(visitor.back_path(RUNS), done="dropped")

    return routes


async def _show(site: Site, request: Request, workers: Workers) -> Response:
    shown, visitor = await _view(site, request, workers)
    words = RunsWords()
    if is_htmx(request):
        return fragment(
            request, visitor, "runs_live.html", shown=shown, words=words, account_path=account_path
        )
    return page(
        request,
        visitor,
        "runs.html",
        title="Runs & feeds",
        here="runs",
        shown=shown,
        words=words,
        account_path=account_path,
    )


async def _view(site: Site, request: Request, workers: Workers) -> tuple[RunsView, Visitor]:
    now, has_carrier = site.clock(), bool(site.settings.redis_url)
    channel = _channel(request.query_params.get("channel", ""))
    after = one_line(request.query_params.get("after", ""), _KEY)
    visitor, runs = await site.show(
        request,
        lambda unit, viewer: read_runs_page(
            unit, viewer, now, channel=channel, after=after, has_carrier=has_carrier
        ),
    )
    board = await read_board(site, visitor.tenant_id, workers)
    shown = RunsView(
        runs=runs,
        board=board,
        channel="" if channel is None else channel.value,
        path=_path(channel, after),
        more_path=_path(channel, runs.parked_after) if runs.parked_after else "",
        needs=_needs(runs, board),
        troubles=troubles_of(runs, board, _readable(site, visitor)),
        silence=lately_silent(runs, board),
        coming=runs.coming(visitor.zone),
        budget=_budget(site),
        has_model=bool(site.settings.model),
    )
    return shown, visitor


async def _release(site: Site, request: Request) -> Response:
    """Raises Forbidden, NotFound: it is not parked any more."""
    visitor = await _admin(site, request)
    now, by = site.clock(), visitor.viewer.by
    channel = _channel(visitor.said("channel"))

    def work(unit: Unit) -> None:
        if channel is None:
            release_effect(unit, one_line(visitor.said("key"), _KEY), by=by, at=now)
        else:
            release_channel(unit, channel, by=by, at=now)

    await site.write(visitor, work)
    starter = Starter(store=site.store, desk=site.desk, clock=site.clock, stale_after_seconds=0)
    await starter.start_unstarted(visitor.tenant_id)
    return back(visitor.back_path(RUNS), done="released")


async def _read(site: Site, request: Request) -> Response:
    """Raises Forbidden, NotFound: no feed of this name can be read from here."""
    visitor = await _admin(site, request)
    name = one_line(visitor.said("feed"), _KEY)
    if name not in _readable(site, visitor):
        raise NotFound("this feed is not read from here: whoever brings it has to deliver again")
    now, by = site.clock(), visitor.viewer.by
    # pressed twice within a minute, it is asked for once
    ask = scan_ask(visitor.tenant_id, f"again-{now:%Y%m%dT%H%M}-{name}", feeds=[name])
    await site.write(visitor, lambda unit: note_reading(unit, name, ask.flow_id, by=by, at=now))
    await site.desk.enqueue(ask)
    return back(visitor.back_path(RUNS), done="reading")


def _readable(site: Site, visitor: Visitor) -> tuple[str, ...]:
    """Feeds that can be read at once: sources of tickets, and Notion."""
    is_own = visitor.tenant_id == site.settings.tenant
    return feeds_asked_for(site.settings) if is_own else ()


async def _admin(site: Site, request: Request) -> Visitor:
    """An admin with his form: what concerns the whole tenant is his alone. Raises Forbidden."""
    visitor = await site.change(request)
    if not visitor.viewer.sees_operations:
        raise NotFound("there is no such page")
    if not visitor.viewer.is_admin:
        raise Forbidden("only an admin releases, replays, drops or has a feed read")
    return visitor


def _event_acts(site: Site, visitor: Visitor, desk: EventDesk) -> EventActs:
    hands = event_hands_of(site.store, site.settings, visitor.tenant_id, desk)
    return EventActs(desk=desk, hands=hands, by=visitor.viewer.by, clock=site.clock)


def _desk(site: Site, visitor: Visitor) -> EventDesk:
    return event_desk_of(site.store, site.settings, visitor.tenant_id)


def _letter(visitor: Visitor) -> DeadLetter:
    return DeadLetter(
        stream=one_line(visitor.said("stream"), _KEY),
        group=one_line(visitor.said("group"), _KEY),
        event_id=one_line(visitor.said("event_id"), _KEY),
    )


def _channel(name: str) -> EffectKind | None:
    """Raises InvalidInput for a channel that there is not."""
    if not name:
        return None
    try:
        return EffectKind(name)
    except ValueError as exc:
        raise InvalidInput("there is no such channel") from exc


def _path(channel: EffectKind | None, after: str) -> str:
    words = {"channel": "" if channel is None else channel.value, "after": after}
    query = urlencode({name: word for name, word in words.items() if word})
    return f"{RUNS}?{query}" if query else RUNS


def _needs(runs: RunsPage, board: Board) -> tuple[str, ...]:
    """What a person has to see to, by what it is; nothing where there is none of it."""
    events = f"{len(board.events)}{'+' if board.has_more_events else ''}"
    found = (
        (bool(board.events_trouble), "event bus silent"),
        (runs.parked_total > 0, counted(runs.parked_total, "parked effect")),
        (len(board.events) == 1, "1 parked event"),
        (len(board.events) > 1, f"{events} parked events"),
        (len(board.failed) > 0, counted(len(board.failed), "failed flow")),
        (_ill(runs) > 0, counted(_ill(runs), "feed in trouble", "feeds in trouble")),
    )
    return tuple(words for is_so, words in found if is_so)


def _ill(runs: RunsPage) -> int:
    return sum(not one.is_well for one in runs.feeds)


def _budget(site: Site) -> ModelBudget:
    section = site.settings.model
    return model_config_of(section).budget if section else ModelBudget()
