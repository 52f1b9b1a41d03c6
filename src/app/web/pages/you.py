"""`/you`: who the visitor is, his password, and where else he is signed in.

Whatever his role, these are his own: they ask for a form of his session, and for nothing more.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.user import LONGEST_PASSWORD, SHORTEST_PASSWORD
from app.domain.web_session import IDLE, LONGEST
from app.errors import InvalidInput
from app.jobs.own_sessions import MOST, end_others, end_own
from app.jobs.pages.you import YouPage, read_you
from app.jobs.password_change import ChangingPassword, PasswordChange
from app.jobs.sessions import NewSession
from app.web.answers import back, page
from app.web.cookies import carry, drop
from app.web.origins import origin_of
from app.web.paths import SIGN_IN, YOU
from app.web.sign_in_door import Door, seconds_of, told_to_wait
from app.web.site import Site, Visitor
from app.web.wording import counted

_IDLE = counted(IDLE // timedelta(hours=1), "hour")
_LASTING = counted(LONGEST.days, "day")
_WRONG = "That is not your password. Type the one that you sign in with."


def add_you(routes: APIRouter, door: Door) -> None:
    """Nothing here names anybody: it is always the visitor himself."""

    @routes.get(YOU)
    async def you(request: Request) -> Response:
        """Your account."""
        site = door.site()
        now = site.clock()
        visitor, shown = await site.show(request, lambda unit, one: read_you(unit, one, now))
        return _page(request, visitor, shown)

    @routes.post(f"{YOU}/password")
    async def change_password(request: Request) -> Response:
        """Another password; fields: `current`, `password`, `again`."""
        site = door.site()
        return await _changed(door, site, request, await site.signed_in_form(request))

    @routes.post(f"{YOU}/end-session")
    async def end_one(request: Request) -> Response:
        """The end of one session; field: `session`. Raises NotFound."""
        site = door.site()
        visitor, at = await site.signed_in_form(request), site.clock()
        by, handle = visitor.viewer.by, visitor.said("session")
        ended = await site.write(visitor, lambda unit: end_own(unit, by, handle, at=at))
        if ended.digest != visitor.session.digest:
            return back(YOU, "session-ended")
        answer = back(SIGN_IN, "signed-out")
        drop(answer, request, site.settings)
        return answer

    @routes.post(f"{YOU}/end-others")
    async def end_all_others(request: Request) -> Response:
        """The end of all sessions but this one."""
        site = door.site()
        visitor, at = await site.signed_in_form(request), site.clock()
        await site.write(visitor, lambda unit: end_others(unit, visitor.session, at=at))
        return back(YOU, "others-ended")


async def _changed(door: Door, site: Site, request: Request, visitor: Visitor) -> Response:
    change = PasswordChange(
        session=visitor.session,
        current=visitor.said("current"),
        new=visitor.said("password"),
        again=visitor.said("again"),
        origin=origin_of(request),
    )
    seconds = await door.limits.wait_seconds(change.origin.client, visitor.viewer.by)
    if seconds:
        return await _to_wait(site, request, visitor, timedelta(seconds=seconds))
    changing = ChangingPassword(
        store=site.store, passwords=site.passwords, turns=door.turns, clock=site.clock
    )
    try:
        came = await changing.tried(visitor.tenant_id, change)
    except InvalidInput as exc:
        return await _refused(site, request, visitor, str(exc), HTTPStatus.UNPROCESSABLE_ENTITY)
    if isinstance(came, NewSession):
        answer = back(YOU, "password-set")
        carry(answer, came.text, request, site.settings)
        return answer
    if came.wait:
        return await _to_wait(site, request, visitor, came.wait)
    return await _refused(site, request, visitor, _WRONG, HTTPStatus.FORBIDDEN)


async def _to_wait(site: Site, request: Request, visitor: Visitor, wait: timedelta) -> Response:
    status = HTTPStatus.TOO_MANY_REQUESTS
    answer = await _refused(site, request, visitor, told_to_wait(wait), status)
    answer.headers["Retry-After"] = seconds_of(wait)
    return answer


async def _refused(
    site: Site, request: Request, visitor: Visitor, trouble: str, status: HTTPStatus
) -> Response:
    now, viewer = site.clock(), visitor.viewer
    shown = await site.read(visitor, lambda unit: read_you(unit, viewer, now))
    return _page(request, visitor, shown, trouble=trouble, status=status)


def _page(
    request: Request,
    visitor: Visitor,
    shown: YouPage,
    *,
    trouble: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    return page(
        request,
        visitor,
        "you.html",
        title="Your account",
        here="you",
        status=status,
        shown=shown,
        trouble=trouble[:1].upper() + trouble[1:],
        shortest=SHORTEST_PASSWORD,
        longest=LONGEST_PASSWORD,
        idle=_IDLE,
        lasting=_LASTING,
        most=MOST,
    )
