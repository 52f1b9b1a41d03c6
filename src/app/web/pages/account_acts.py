"""What a rep changes on an account's page: a contact, a note, a person's maturity, a letter's fate.

Each answers with the way back to its view, or with the view as it is, what was typed beside why it
could not be kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from http import HTTPStatus
from typing import TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.domain.account import Account, TechnicalMaturity
from app.domain.draft import OUTCOMES, Draft, DraftState
from app.errors import Conflict, InvalidInput, NotFound, ServiceError
from app.jobs.acts.contacts import Contact, ContactKind, add_note, log_interaction
from app.jobs.acts.letter_told import Told, tell
from app.jobs.acts.maturity import set_maturity
from app.jobs.pages.account_asked import AccountAsked, Refused
from app.jobs.pages.account_header import AccountHeader, account_header
from app.jobs.sight import account_in_sight, draft_in_sight
from app.ports.store import Unit
from app.web.answers import back
from app.web.fields import choice_in, day_in
from app.web.pages.account_view import account_page
from app.web.pages.account_views import READS, Shown
from app.web.paths import account_path
from app.web.site import Site, SiteNow, Visitor

Change: TypeAlias = Callable[[Unit, Account], None]

_DONE: Mapping[str, str] = {"log-call": "logged", "note": "noted", "maturity": "maturity-set"}
"""By the form that was sent: the code of what was done."""


def account_act_pages(site: SiteNow) -> APIRouter:
    """The changes that begin on an account's page."""
    routes = APIRouter()
    _contact_routes(routes, site)
    _word_routes(routes, site)
    return routes


def _contact_routes(routes: APIRouter, site: SiteNow) -> None:
    @routes.post("/accounts/log-call")
    async def log_call(request: Request) -> Response:
        """A contact in one line."""
        visitor = await site().change(request)

        def log(unit: Unit, account: Account) -> None:
            told = Contact(
                summary=visitor.said("summary"),
                kind=_kind(visitor),
                person=visitor.said("person"),
                on=_day(visitor),
            )
            log_interaction(unit, account, told, by=visitor.viewer.by, at=site().clock())

        return await _changed(site(), request, visitor, log, form="log-call", view="notes")

    @routes.post("/accounts/note")
    async def note(request: Request) -> Response:
        """A note, for our own people."""
        visitor = await site().change(request)

        def write(unit: Unit, account: Account) -> None:
            text = visitor.said("text")
            add_note(unit, account, text, by=visitor.viewer.by, at=site().clock())

        return await _changed(site(), request, visitor, write, form="note", view="notes")


def _word_routes(routes: APIRouter, site: SiteNow) -> None:
    @routes.post("/accounts/maturity")
    async def maturity(request: Request) -> Response:
        """How technical a person is."""
        visitor = await site().change(request)

        def say(unit: Unit, account: Account) -> None:
            person, level = visitor.said("person"), _maturity(visitor)
            set_maturity(unit, account, person, level, by=visitor.viewer.by, at=site().clock())

        return await _changed(site(), request, visitor, say, form="maturity", view="people")

    @routes.post("/accounts/letter-outcome")
    async def outcome(request: Request) -> Response:
        """What became of a letter."""
        visitor = await site().change(request)
        draft = await site().read(visitor, lambda unit: _letter(unit, visitor))
        try:
            told = Told(
                state=_state(visitor.said("state")),
                note=visitor.said("note"),
                by=visitor.viewer.by,
                at=site().clock(),
            )
            await tell(site().drafts_of(visitor.tenant_id), draft, told)
        except (InvalidInput, Conflict, ServiceError) as exc:
            refused = Refused(form="outcome", why=str(exc), typed=visitor.form)
            return await _again(site(), request, visitor, draft.account_id, "letters", refused)
        return back(account_path(draft.account_id, "letters"), "outcome-told")


def _letter(unit: Unit, visitor: Visitor) -> Draft:
    """The letter that a form names. Raises NotFound, also where it is out of sight."""
    return draft_in_sight(unit, visitor.viewer, visitor.said("draft_id"))


async def _changed(
    site: Site, request: Request, visitor: Visitor, change: Change, *, form: str, view: str
) -> Response:
    """Back to the view with what was done said; refused, the view with what was typed.

    Raises NotFound for an account that is not in his sight.
    """
    account_id = visitor.said("account_id")
    account = await site.read(
        visitor, lambda unit: account_in_sight(unit, visitor.viewer, account_id)
    )

    def work(unit: Unit) -> None:
        change(unit, account_in_sight(unit, visitor.viewer, account_id))

    try:
        await site.write(visitor, work)
    except (InvalidInput, Conflict, NotFound) as exc:
        refused = Refused(form=form, why=str(exc), typed=visitor.form)
        return await _again(site, request, visitor, account.account_id, view, refused)
    return back(visitor.back_path(account_path(account_id, view)), _DONE[form])


async def _again(
    site: Site, request: Request, visitor: Visitor, account_id: str, view: str, refused: Refused
) -> Response:
    now, reads = site.clock(), READS[view]

    def work(unit: Unit) -> tuple[AccountHeader, Shown]:
        header = account_header(unit, visitor.viewer, account_id, now)
        asked = AccountAsked(
            account=header.account,
            viewer=visitor.viewer,
            settings=header.settings.settings,
            now=now,
            refused=refused,
        )
        return header, reads.read(unit, header, asked)

    header, shown = await site.read(visitor, work)
    return account_page(
        request,
        visitor,
        reads.template,
        header,
        view=view,
        shown=shown,
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )


def _kind(visitor: Visitor) -> ContactKind:
    said = visitor.said("kind")
    why = f"{said!r}: a contact is one of {', '.join(ContactKind)}"
    return choice_in(ContactKind, said, why)


def _maturity(visitor: Visitor) -> TechnicalMaturity:
    why = "choose how technical a letter to this person may be"
    return choice_in(TechnicalMaturity, visitor.said("maturity"), why)


def _day(visitor: Visitor) -> date | None:
    """None where it was left empty."""
    said = visitor.said("on")
    return day_in(said, f"{said!r} is no day: write it as 2026-03-31") if said else None


def _state(word: str) -> DraftState:
    if word not in set(OUTCOMES):
        raise InvalidInput("a letter was sent, sent in other words, or not sent")
    return DraftState(word)
