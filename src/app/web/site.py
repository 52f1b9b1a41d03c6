"""What pages work with: who visits, what he may see and change, the store, the flows, the drafts.

Every page's reading and every change goes through here, so that none can forget to ask who it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TypeVar

from fastapi import HTTPException, Request

from app.clock import Clock
from app.domain.viewer import Viewer
from app.domain.web_session import WebSession
from app.errors import InvalidInput
from app.jobs.acts.draft_desk import DraftDesk
from app.jobs.sessions import mark_seen, session_of
from app.ports.engine import FlowDesk
from app.ports.store import Store, Unit
from app.services.passwords import Passwords
from app.services.session_tokens import csrf_holds, csrf_of, read_token
from app.settings import Settings
from app.web.cookies import carried
from app.web.paths import HOME, own_path

T = TypeVar("T")

_MOST_FIELDS = 60


class SignInNeeded(Exception):
    """Nobody is signed in; `back_to` is where he was going."""

    def __init__(self, back_to: str) -> None:
        super().__init__("nobody is signed in")
        self.back_to = back_to


class Forbidden(HTTPException):
    """He is signed in, and may not do that."""

    def __init__(self, why: str) -> None:
        super().__init__(HTTPStatus.FORBIDDEN, why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody who is signed in, and the request he made."""

    tenant_id: str
    viewer: Viewer
    session: WebSession
    csrf: str
    """What a form of his must carry."""
    zone: str
    """The tenant's, in which moments are shown."""
    form: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The fields of a change, passwords among them; files are none."""

    def said(self, name: str, otherwise: str = "") -> str:
        """A field of the form."""
        return self.form.get(name, otherwise)

    def back_path(self, otherwise: str = HOME) -> str:
        """Where the form says that he came from, if that is a path of ours."""
        return own_path(self.form.get("back", ""), otherwise=otherwise)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a running service offers to its pages."""

    store: Store
    clock: Clock
    settings: Settings
    desk: FlowDesk
    drafts_of: Callable[[str], DraftDesk]
    """A tenant's drafts and the mailboxes they are in."""
    passwords: Passwords
    is_local: bool
    """Only this machine reaches it."""

    async def show(self, request: Request, work: Callable[[Unit, Viewer], T]) -> tuple[Visitor, T]:
        """Read for a page what its visitor may see, in the transaction that finds who he is.

        Raises SignInNeeded, and what `work` raises: NotFound for what is out of his sight.
        """

        def read(unit: Unit, visitor: Visitor) -> tuple[Visitor, T]:
            return visitor, work(unit, visitor.viewer)

        return await self._known(request, read)

    async def change(self, request: Request) -> Visitor:
        """Whoever wants to change something, with his form; whether he may is settled.

        Raises SignInNeeded, Forbidden.
        """
        visitor = await self.signed_in_form(request)
        if not visitor.viewer.may_change:
            raise Forbidden("you may look, and change nothing: an admin can change your role")
        return visitor

    async def signed_in_form(self, request: Request) -> Visitor:
        """Whoever sends a form of ours, whatever he may do. Raises SignInNeeded, Forbidden."""
        visitor = await self._known(request, lambda _unit, found: found)
        form = await form_of(request)
        given = form.get("csrf", "") or request.headers.get("x-csrf", "")
        text = carried(request, self.settings)
        if not is_from_here(request) or not csrf_holds(text, given):
            raise Forbidden("this form is not one of your session: load the page again")
        return replace(visitor, form=form)

    async def read(self, visitor: Visitor, work: Callable[[Unit], T]) -> T:
        """Read for somebody who is known already."""
        return await self.store.read(visitor.tenant_id, work)

    async def write(self, visitor: Visitor, work: Callable[[Unit], T]) -> T:
        """Change his tenant's store, in one transaction."""
        return await self.store.write(visitor.tenant_id, work)

    async def _known(self, request: Request, work: Callable[[Unit, Visitor], T]) -> T:
        text = carried(request, self.settings)
        token = read_token(text)
        if token is None:
            raise SignInNeeded(back_to_of(request))
        now = self.clock()

        def read(unit: Unit) -> tuple[Visitor, T] | None:
            found = session_of(unit, token.digest, now)
            if found is None:
                return None
            visitor = Visitor(
                tenant_id=token.tenant_id,
                viewer=found.viewer,
                session=found.session,
                csrf=csrf_of(text),
                zone=unit.tenant.settings().settings.zone,
            )
            return visitor, work(unit, visitor)

        known = await self.store.read(token.tenant_id, read)
        if known is None:
            raise SignInNeeded(back_to_of(request))
        visitor, result = known
        if visitor.session.is_use_worth_noting(now):
            seen = visitor.session
            await self.write(visitor, lambda unit: mark_seen(unit, seen, now))
        return result


SiteNow = Callable[[], Site]
"""The site as it is with each request: the door is open before the store is, and after."""


async def form_of(request: Request) -> dict[str, str]:
    """The text fields of a form; the last of a name counts.

    Raises InvalidInput for a NUL, which nobody types and PostgreSQL does not keep.
    """
    async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
        fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    if any("\0" in value for value in fields.values()):
        raise InvalidInput("a form has no NUL in it")
    return fields


def is_from_here(request: Request) -> bool:
    """Whether the browser does not say that another site's page sends this."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host", "")


def back_to_of(request: Request) -> str:
    """The page that was asked for; for anything but a page's own reading, the first page."""
    if request.method != "GET" or is_htmx(request):
        return HOME
    query = f"?{request.url.query}" if request.url.query else ""
    raw = request.scope.get("raw_path", b"/").decode("ascii", errors="replace")
    return own_path(f"{raw.partition('?')[0]}{query}")


def is_htmx(request: Request) -> bool:
    """Whether a page asks for a piece of itself."""
    return request.headers.get("hx-request") == "true"
