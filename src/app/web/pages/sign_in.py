"""`/sign-in` and `/sign-out`: the only pages for who is not signed in.

A link is used up by a button's form, never by being looked at: programs that preview links look.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.jobs.sessions import (
    NewSession,
    begin_session,
    end_session,
    is_open,
    note_refused_link,
    session_of,
    use_link,
)
from app.jobs.signing_in import SignIn, SignInTry
from app.ports.store import Unit
from app.services.session_tokens import PresentedToken, read_token
from app.web.answers import back
from app.web.cookies import carried, carry, drop
from app.web.origins import origin_of
from app.web.paths import HOME, SIGN_IN, own_path
from app.web.rendering import render
from app.web.said import said
from app.web.sign_in_door import Door, seconds_of, told_to_wait
from app.web.site import Forbidden, Site, form_of, is_from_here

_WRONG = "Wrong e-mail or password."
_USED_UP = "This link no longer works: each one works once, and only for a while."


def add_sign_in(routes: APIRouter, door: Door) -> None:
    """Signing in by e-mail and password or by a link, and signing out."""

    @routes.get(SIGN_IN)
    async def ask(request: Request) -> Response:
        """The form, or what to do where nobody has a password."""
        return await _asked(door, request)

    @routes.post(SIGN_IN)
    async def try_password(request: Request) -> Response:
        """A try with e-mail and password."""
        return await _tried(door, request)

    @routes.get(f"{SIGN_IN}/{{text}}")
    async def look_at_link(text: str) -> Response:
        """What a link is for, and the button that uses it."""
        return await _looked_at(door, text)

    @routes.post(f"{SIGN_IN}/{{text}}")
    async def use(request: Request, text: str) -> Response:
        """A session for whoever has the link."""
        return await _used(door, request, text)

    @routes.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        """The end of this session."""
        site = door.site()
        visitor, at = await site.signed_in_form(request), site.clock()
        await site.write(visitor, lambda unit: end_session(unit, visitor.session.digest, at=at))
        answer = back(SIGN_IN, "signed-out")
        drop(answer, request, site.settings)
        return answer


async def _asked(door: Door, request: Request) -> Response:
    site, to = door.site(), own_path(request.query_params.get("next", ""))
    token, at = _carried(request, site), site.clock()
    if token is not None and await site.store.read(
        token.tenant_id, lambda unit: session_of(unit, token.digest, at) is not None
    ):
        return back(to)
    return await _form(site, to, done=said(request.query_params.get("done", "")))


async def _tried(door: Door, request: Request) -> Response:
    site = door.site()
    _refuse_strangers_form(request)
    form = await form_of(request)
    to, origin = own_path(form.get("next", "")), origin_of(request)
    email = form.get("email", "").strip().lower()
    wait = timedelta(seconds=await door.limits.wait_seconds(origin.client, email))
    if wait:
        return await _to_wait(site, to, email, wait)
    tenant, former = site.settings.tenant, _carried(request, site)
    attempt = SignInTry(
        email=email,
        password=form.get("password", ""),
        origin=origin,
        instead_of=former.digest if former and former.tenant_id == tenant else "",
    )
    way_in = SignIn(store=site.store, passwords=site.passwords, turns=door.turns, clock=site.clock)
    came = await way_in.tried(tenant, attempt)
    if isinstance(came, NewSession):
        return await _let_in(site, request, came, tenant, to)
    if came.wait:
        return await _to_wait(site, to, email, came.wait)
    return await _form(site, to, email=email, trouble=_WRONG, status=HTTPStatus.FORBIDDEN)


async def _looked_at(door: Door, text: str) -> Response:
    site, link = door.site(), read_token(text)
    at = site.clock()
    if link is None or not await site.store.read(
        link.tenant_id, lambda unit: is_open(unit, link.digest, at)
    ):
        return _gone()
    return _page({"kind": "link", "action": f"{SIGN_IN}/{text}"})


async def _used(door: Door, request: Request, text: str) -> Response:
    site, link, origin = door.site(), read_token(text), origin_of(request)
    _refuse_strangers_form(request)
    wait = timedelta(seconds=await door.limits.wait_seconds(origin.client))
    if wait:
        return await _to_wait(site, HOME, "", wait)
    if link is None:
        return _gone()
    token, at = _carried(request, site), site.clock()
    former = token.digest if token and token.tenant_id == link.tenant_id else ""

    def use(unit: Unit) -> NewSession | None:
        who = use_link(unit, link.digest, at=at)
        if who is None:
            return None
        return begin_session(unit, who, at=at, instead_of=former, origin=origin)

    came = await site.store.write(link.tenant_id, use)
    if came is None:
        own, client = site.settings.tenant, origin.client
        await site.store.write(own, lambda unit: note_refused_link(unit, client=client, at=at))
        return _gone()
    return await _let_in(site, request, came, link.tenant_id, HOME)


async def _let_in(site: Site, request: Request, came: NewSession, tenant: str, to: str) -> Response:
    former, at = _carried(request, site), site.clock()
    if former is not None and former.tenant_id != tenant:
        await site.store.write(
            former.tenant_id, lambda unit: end_session(unit, former.digest, at=at)
        )
    answer = back(to)
    carry(answer, came.text, request, site.settings)
    return answer


async def _form(
    site: Site,
    to: str,
    *,
    email: str = "",
    trouble: str = "",
    done: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    has_users = await site.store.read(site.settings.tenant, lambda unit: unit.users.has_any())
    kind = "form" if has_users or not site.is_local else "no users"
    view = {"kind": kind, "next": to, "email": email, "trouble": trouble, "done": done}
    return _page({**view, "is_local": site.is_local}, status)


async def _to_wait(site: Site, to: str, email: str, wait: timedelta) -> Response:
    status = HTTPStatus.TOO_MANY_REQUESTS
    answer = await _form(site, to, email=email, trouble=told_to_wait(wait), status=status)
    answer.headers["Retry-After"] = seconds_of(wait)
    return answer


def _gone() -> Response:
    return _page({"kind": "gone", "trouble": _USED_UP}, HTTPStatus.GONE)


def _page(view: Mapping[str, str | bool], status: HTTPStatus = HTTPStatus.OK) -> Response:
    title = "Open the dashboard" if view["kind"] in {"link", "gone"} else "Sign in"
    return render("sign_in.html", {"title": title, **view}, status)


def _refuse_strangers_form(request: Request) -> None:
    """Nobody is to be signed in as somebody else by a stranger's page."""
    if not is_from_here(request):
        raise Forbidden("this form came from another site: load the page again")


def _carried(request: Request, site: Site) -> PresentedToken | None:
    return read_token(carried(request, site.settings))
