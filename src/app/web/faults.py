"""What a visitor sees when something does not go: which error has which status and which words.

It knows no page. What broke inside is written to the log, and not told.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Route

from app.errors import AppError, Conflict, InvalidInput, NotFound, TransientServiceError
from app.web.paths import HOME, SIGN_IN, own_path
from app.web.rendering import render
from app.web.site import SignInNeeded, is_htmx

log = structlog.get_logger(__name__)

_STATUSES = (
    (NotFound, HTTPStatus.NOT_FOUND),
    (Conflict, HTTPStatus.CONFLICT),
    (InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (TransientServiceError, HTTPStatus.SERVICE_UNAVAILABLE),
)
_TITLES = {
    HTTPStatus.NOT_FOUND: "There is nothing here",
    HTTPStatus.FORBIDDEN: "That is not yours to do",
    HTTPStatus.METHOD_NOT_ALLOWED: "That is not asked here",
    HTTPStatus.CONFLICT: "That does not go any more",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That could not be kept",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many tries",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not right now",
}
_NOTHING_HERE = "There is no such page, or it is not among what you may see."
_TOLD = {
    HTTPStatus.NOT_FOUND: _NOTHING_HERE,
    HTTPStatus.METHOD_NOT_ALLOWED: "This address is there, and not for what was asked of it.",
}
_BROKEN = "Something broke here, and it is in the log of the service."
_LOOK = "Look whether your change was kept before you send it again."


def tell_faults(web: FastAPI) -> None:
    """Have every error of the dashboard answered with a page, or a message for a piece of one."""
    web.add_exception_handler(SignInNeeded, _sign_in)
    web.add_exception_handler(StarletteHTTPException, _refused)
    web.add_exception_handler(AppError, _failed)
    web.add_exception_handler(ClientDisconnect, _left)
    web.add_exception_handler(Exception, _broken)


def fault(request: Request, status: HTTPStatus, told: str) -> Response:
    """The page, or the message, that says what did not go."""
    title = _TITLES.get(status, "That did not go")
    view = {"title": title, "told": _sentence(told), "status": int(status), "home": HOME}
    if is_htmx(request):
        answer = render("fault_message.html", view, status)
        answer.headers["HX-Retarget"] = "#message"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    return render("fault.html", {**view, "back": _came_from(request)}, status)


def _sentence(told: str) -> str:
    """What an error says, as a sentence of its own."""
    return told[:1].upper() + told[1:]


def _came_from(request: Request) -> str:
    """The page of ours whose form was sent; empty: none was, or the browser does not say."""
    came = urlsplit(request.headers.get("referer", ""))
    if request.method == "GET" or came.netloc != request.headers.get("host", ""):
        return ""
    return own_path(f"{came.path}?{came.query}" if came.query else came.path, otherwise="")


async def _sign_in(request: Request, exc: Exception) -> Response:
    back_to = exc.back_to if isinstance(exc, SignInNeeded) else HOME
    target = SIGN_IN if back_to == HOME else f"{SIGN_IN}?{urlencode({'next': back_to})}"
    if is_htmx(request):
        return Response(status_code=HTTPStatus.UNAUTHORIZED, headers={"HX-Redirect": target})
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)


async def _refused(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, StarletteHTTPException):
        return await _broken(request, exc)
    status = HTTPStatus(exc.status_code)
    told = _TOLD.get(status, str(exc.detail))
    answer = fault(request, status, told)
    answer.headers.update(exc.headers or {})
    return answer


async def _failed(request: Request, exc: Exception) -> Response:
    for kind, status in _STATUSES:
        if isinstance(exc, kind):
            return fault(request, status, _told(request, exc, status))
    return await _broken(request, exc)


def _told(request: Request, exc: Exception, status: HTTPStatus) -> str:
    """Where a system is, and what it says, is for the log: anybody at the door could read it."""
    if isinstance(exc, TransientServiceError):
        log.warning("page.put_off", page=_page_of(request), reason=str(exc))
        return f"No answer from {exc.system} just now. Try again in a minute."
    return _NOTHING_HERE if _is_page(request, status) else str(exc)


def _is_page(request: Request, status: HTTPStatus) -> bool:
    """A page that is not there tells nothing of why, so that nobody learns what others have."""
    return status is HTTPStatus.NOT_FOUND and request.method == "GET"


async def _left(request: Request, exc: Exception) -> Response:
    del request, exc
    return Response(status_code=HTTPStatus.BAD_REQUEST)


async def _broken(request: Request, exc: Exception) -> Response:
    log.error("page.failed", page=_page_of(request), exc_info=exc)
    told = _BROKEN if request.method == "GET" else f"{_BROKEN} {_LOOK}"
    return fault(request, HTTPStatus.INTERNAL_SERVER_ERROR, told)


def _page_of(request: Request) -> str:
    """The page by its route: an address may have a sign-in link's text in it."""
    route = request.scope.get("route")
    return route.path if isinstance(route, Route) else ""
