"""`/accounts`: the book of business, searched and in order, and the same as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TypedDict

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from markupsafe import Markup

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.book_filters import FilterInForce, filters_in_force
from app.domain.book_listing import BookRow
from app.domain.book_query import Asked, BookSort, asked
from app.jobs.pages.book import BATCH, BookPage, book_choices, book_ids, book_rows, read_book
from app.ports.book_listing import Course
from app.services.csv_safe import BYTE_ORDER_MARK, csv_text
from app.web.answers import fragment, page
from app.web.drawing.sparkline import sparkline
from app.web.pages import book_view as words
from app.web.pages.book_csv import HEADINGS, cells_of
from app.web.paths import account_path
from app.web.site import Site, SiteNow, Visitor, is_htmx

_HEADINGS = {
    BookSort.NAME: "Account",
    BookSort.TECHNICAL: "Technical",
    BookSort.COMMERCIAL: "Commercial",
    BookSort.ARR: "ARR",
    BookSort.RENEWAL: "Renewal",
    BookSort.COVERAGE: "Known",
}


def book_pages(site: SiteNow) -> APIRouter:
    """The page, its list alone where a search asks for no more, and the file."""
    routes = APIRouter()

    @routes.get(words.PATH)
    async def book(request: Request) -> Response:
        """One page of what the address asks for; what it cannot read is left out, and said."""
        told = asked(request.query_params.multi_items())
        answer = _list_alone if _wants_list(request) else _whole_page
        return await answer(site(), request, told)

    @routes.get(words.CSV_PATH)
    async def as_file(request: Request) -> Response:
        """Everything that matches, for a spreadsheet."""
        query = asked(request.query_params.multi_items()).query
        now = site().clock()
        visitor, ids = await site().show(
            request, lambda unit, viewer: book_ids(unit, viewer, now, query)
        )
        name = f"accounts-{now:%Y-%m-%d}.csv"
        return StreamingResponse(
            _lines(site(), visitor, now, ids),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return routes


async def _whole_page(site: Site, request: Request, told: Asked) -> Response:
    now = site.clock()
    visitor, (shown, choices) = await site.show(
        request,
        lambda unit, viewer: (
            read_book(unit, viewer, now, told.query),
            book_choices(unit, viewer, now),
        ),
    )
    return page(
        request,
        visitor,
        "book.html",
        title="Accounts",
        here="book",
        is_piece=False,
        has_accounts=choices.has_accounts,
        first_selects=words.first_selects(shown.query, choices, visitor.viewer),
        more_selects=words.more_selects(shown.query),
        **_view(shown, told.remarks),
    )


async def _list_alone(site: Site, request: Request, told: Asked) -> Response:
    """What a page that shows accounts already asks for; the address follows."""
    now = site.clock()
    visitor, shown = await site.show(
        request, lambda unit, viewer: read_book(unit, viewer, now, told.query)
    )
    view = _view(shown, told.remarks)
    answer = fragment(request, visitor, "book_list.html", is_piece=True, has_accounts=True, **view)
    answer.headers["HX-Push-Url"] = shown.query.address(words.PATH)
    return answer


class _View(TypedDict):
    shown: BookPage
    remarks: tuple[str, ...]
    filters: tuple[FilterInForce, ...]
    chips: tuple[words.Chip, ...]
    heads: Mapping[str, words.Heading]
    sorts: tuple[words.Option, ...]
    found: str
    account_path: Callable[[str], str]
    page_path: Callable[[int], str]
    csv_path: str
    clear_path: str
    ended_path: str
    soon_days: int
    agents: Mapping[Agent, str]
    sparkline: Callable[[Course, str, Band], Markup]


def _view(shown: BookPage, remarks: tuple[str, ...]) -> _View:
    query = shown.query
    return _View(
        shown=shown,
        remarks=remarks,
        filters=filters_in_force(query),
        chips=words.band_chips(query, shown.counts),
        heads={sort.value: words.heading(query, sort, told) for sort, told in _HEADINGS.items()},
        sorts=words.sort_options(query),
        found=words.found_words(query, shown.total),
        account_path=account_path,
        page_path=lambda number: query.on_page(number).address(words.PATH),
        csv_path=query.on_page(1).address(words.CSV_PATH),
        clear_path=query.everything().address(words.PATH),
        ended_path=replace(query, with_ended=True, page=1).address(words.PATH),
        soon_days=words.SOON_DAYS,
        agents=words.AGENTS,
        sparkline=sparkline,
    )


def _wants_list(request: Request) -> bool:
    """The script asks for the list alone; going back in the browser it asks for a whole page."""
    return is_htmx(request) and request.headers.get("hx-history-restore-request") != "true"


async def _lines(
    site: Site, visitor: Visitor, now: datetime, ids: tuple[str, ...]
) -> AsyncIterator[str]:
    """The order is that of the first reading; what stands on a line is read when it is sent."""
    yield BYTE_ORDER_MARK + csv_text([HEADINGS])
    for start in range(0, len(ids), BATCH):
        some = ids[start : start + BATCH]
        yield csv_text(cells_of(row) for row in await _rows(site, visitor, now, some))


async def _rows(
    site: Site, visitor: Visitor, now: datetime, ids: tuple[str, ...]
) -> tuple[BookRow, ...]:
    return await site.read(visitor, lambda unit: book_rows(unit, visitor.viewer, now, ids))
