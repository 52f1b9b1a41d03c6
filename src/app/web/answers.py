"""How a route of the dashboard answers: a page, a piece of one, or the way back."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from app.web.paths import with_word
from app.web.rendering import render
from app.web.said import said
from app.web.site import Visitor, back_to_of

ValueT = TypeVar("ValueT")


def page(
    request: Request,
    visitor: Visitor,
    template: str,
    *,
    title: str,
    here: str,
    status: HTTPStatus = HTTPStatus.OK,
    **view: ValueT,
) -> Response:
    """A whole page; `here` is the entry of the main menu that it belongs to."""
    around = {
        "visitor": visitor,
        "viewer": visitor.viewer,
        "csrf": visitor.csrf,
        "zone": visitor.zone,
        "title": title,
        "here": here,
        "path": back_to_of(request),
        "done": said(request.query_params.get("done", "")),
    }
    return render(template, {**around, **view}, status)


def fragment(request: Request, visitor: Visitor, template: str, **view: ValueT) -> Response:
    """A piece of a page, for who asked for no more."""
    around = {
        "visitor": visitor,
        "viewer": visitor.viewer,
        "csrf": visitor.csrf,
        "zone": visitor.zone,
        "path": back_to_of(request),
    }
    return render(template, {**around, **view})


def back(to: str, done: str = "") -> Response:
    """See the page at `to`, a path of ours; `done` is the code of what it says was done."""
    target = with_word(to, done=done) if done else to
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)
