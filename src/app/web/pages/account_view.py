"""How a view of one account answers: the views there are, and the page round each of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias, TypeVar

from fastapi import Request
from fastapi.responses import Response

from app.domain.viewer import Viewer
from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_header import AccountHeader, account_header
from app.ports.store import Unit
from app.web.answers import page
from app.web.paths import account_path
from app.web.site import Site, Visitor

T = TypeVar("T")

AccountView: TypeAlias = Callable[[Site, Request, str], Awaitable[Response]]
"""Answers one view: the site, the request, the account's id. Raises what `Site.show` raises."""

TABS: Mapping[str, str] = {
    "overview": "Overview",
    "history": "History",
    "tickets": "Tickets",
    "usage": "Usage",
    "people": "People",
    "letters": "Letters",
    "growth": "Growth",
    "notes": "Notes",
}
"""Every view's name in an address (`?view=`), and what its tab says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One entry of the account's own menu."""

    name: str
    title: str
    href: str


def view_of(
    name: str, template: str, read: Callable[[Unit, AccountHeader, AccountAsked], T]
) -> AccountView:
    """A view that is read beside its header; the template finds what was read as `shown`."""

    async def answer(site: Site, request: Request, account_id: str) -> Response:
        now, words = site.clock(), dict(request.query_params)

        def work(unit: Unit, viewer: Viewer) -> tuple[AccountHeader, T]:
            header = account_header(unit, viewer, account_id, now)
            asked = AccountAsked(
                account=header.account,
                viewer=viewer,
                settings=header.settings.settings,
                now=now,
                words=words,
            )
            return header, read(unit, header, asked)

        visitor, (header, shown) = await site.show(request, work)
        return account_page(request, visitor, template, header, view=name, shown=shown)

    return answer


def account_page(
    request: Request,
    visitor: Visitor,
    template: str,
    header: AccountHeader,
    *,
    view: str,
    shown: T,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """A whole page; `template` extends `account_base.html`, `view` is one of `TABS`."""
    account = header.account
    tabs = [
        Tab(
            name=name,
            title=title,
            href=account_path(account.account_id, "" if name == "overview" else name),
        )
        for name, title in TABS.items()
    ]
    return page(
        request,
        visitor,
        template,
        title=account.name,
        here="book",
        header=header,
        account=account,
        home=account_path(account.account_id),
        view=view,
        tabs=tabs,
        shown=shown,
        status=status,
    )
