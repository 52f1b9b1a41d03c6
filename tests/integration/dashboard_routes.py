"""Every route of the dashboard, and how it is asked for what somebody else's eyes are for.

A route that is not told here is a failing test: who may see it is to be thought about first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote

from fastapi.routing import APIRoute

from app.domain.draft import DraftState, words_hash_of
from app.domain.effect import EffectState
from app.domain.incident import IncidentKind
from app.ports.store import Unit
from app.web.dashboard import PAGES
from app.web.opening import shut
from tests.servers.dashboard import PASSWORD


class Rule(StrEnum):
    """Who is served."""

    OF_ACCOUNT = "of an account"
    """Whoever sees the account; it is as if it were not there for others."""
    OF_MANY = "of many accounts"
    """Everybody, with the accounts that he sees and no others."""
    OPERATIONS = "operations"
    """Whoever sees every account; changes are an admin's."""
    OWN = "own"
    """Whose own it is, whatever his role; it is as if it were not there for others."""
    HIMSELF = "himself"
    """Whoever asks, about himself: there is no way to say anybody else."""
    OUTSIDE = "outside"
    """Who is not signed in yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """What somebody who must not see an account may have got hold of."""

    account: str
    person: str
    incident: str
    draft: str
    words: str
    """The hash of the draft's words."""
    effect: str
    """The key of one that is parked."""
    soon: str
    """A day to come."""
    event: str
    """The id of one that is parked."""
    session: str
    """What a session of whose account it is is called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One route with a request that would do something."""

    method: str
    path: str
    """As at the route."""
    rule: Rule
    at: str
    """Where to ask, with `{account}` and so on to fill in."""
    form: Mapping[str, str] = field(default_factory=dict)
    """Its fields, with the same to fill in."""

    @property
    def name(self) -> str:
        """For the list of tests."""
        return f"{self.method} {self.at}"

    def address(self, ids: Ids) -> str:
        """Where to ask."""
        return _filled(self.at, ids, is_path=True)

    def fields(self, ids: Ids) -> dict[str, str]:
        """What to send."""
        return {name: _filled(text, ids, is_path=False) for name, text in self.form.items()}


def _filled(text: str, ids: Ids, *, is_path: bool) -> str:
    for name in Ids.__slots__:
        word: str = getattr(ids, name)
        text = text.replace(f"{{{name}}}", quote(word) if is_path else word)
    return text


def ids_of(unit: Unit, account_id: str, *, event: str, soon: str, session: str) -> Ids:
    """Those of an account that is in trouble, with a letter waiting; of what is parked besides."""
    kinds = [kind for kind in IncidentKind if kind is not IncidentKind.FEED]
    incident = next(iter(unit.incidents.latest(kinds, [account_id]).values()))
    waiting = unit.outbox.drafts(state=DraftState.WAITING, account_id=account_id)
    return Ids(
        account=account_id,
        person=unit.people.stakeholders(account_id)[0].email,
        incident=incident.incident_id,
        draft=waiting[0].draft_id,
        words=words_hash_of(waiting[0].subject, waiting[0].body_text),
        effect=unit.work.open(states=[EffectState.PARKED], most=1)[0].work.key,
        event=event,
        soon=soon,
        session=session,
    )


def routes_there() -> frozenset[tuple[str, str]]:
    """Method and path of every route of every page."""
    return frozenset(
        (method, route.path)
        for pages in PAGES
        for route in pages(shut).routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    )


def _get(path: str, rule: Rule, at: str = "") -> Asked:
    return Asked(method="GET", path=path, rule=rule, at=at or path)


def _post(path: str, rule: Rule, **form: str) -> Asked:
    return Asked(method="POST", path=path, rule=rule, at=path, form=form)


_VIEWS = ("overview", "history", "tickets", "usage", "people", "letters", "growth", "notes")
_ACCOUNT = "/accounts/{account_id:path}"
_NEXT = "five other words for tomorrow"

ROUTES: tuple[Asked, ...] = (
    _get("/", Rule.OF_MANY),
    *(_get(_ACCOUNT, Rule.OF_ACCOUNT, f"/accounts/{{account}}?view={one}") for one in _VIEWS),
    _get(_ACCOUNT, Rule.OF_ACCOUNT, "/accounts/{account}?view=refresh&of=20261121T070000Z"),
    _post("/accounts/log-call", Rule.OF_ACCOUNT, account_id="{account}", summary="x", kind="call"),
    _post("/accounts/note", Rule.OF_ACCOUNT, account_id="{account}", text="x"),
    _post("/accounts/ask", Rule.OF_ACCOUNT, account_id="{account}", task="review"),
    _post(
        "/accounts/maturity",
        Rule.OF_ACCOUNT,
        account_id="{account}",
        person="{person}",
        maturity="low",
    ),
    _post(
        "/accounts/override",
        Rule.OF_ACCOUNT,
        account_id="{account}",
        agent="tam",
        band="Green",
        until="{soon}",
        reason="x",
    ),
    _post("/accounts/override/clear", Rule.OF_ACCOUNT, account_id="{account}", agent="tam"),
    _post("/accounts/refresh", Rule.OF_ACCOUNT, account_id="{account}"),
    _post("/accounts/letter-outcome", Rule.OF_ACCOUNT, draft_id="{draft}", state="sent"),
    *(
        _get("/documents/{kind}", Rule.OF_ACCOUNT, f"/documents/{kind}&account={{account}}")
        for kind in ("profile?for=customer", "profile?for=internal", "qbr?for=internal")
    ),
    _post("/incidents/acknowledge", Rule.OF_ACCOUNT, incident_id="{incident}"),
    _post("/incidents/snooze", Rule.OF_ACCOUNT, incident_id="{incident}", until="{soon}"),
    _post("/incidents/dismiss", Rule.OF_ACCOUNT, incident_id="{incident}", reason="x"),
    _get("/log", Rule.OF_MANY),
    _get("/log", Rule.OF_MANY, "/log?account={account}"),
    _get("/accounts", Rule.OF_MANY),
    _get("/accounts", Rule.OF_MANY, "/accounts?q=freight"),
    _get("/accounts.csv", Rule.OF_MANY),
    _get("/drafts", Rule.OF_MANY),
    _get("/drafts", Rule.OF_MANY, "/drafts?show=all"),
    _get("/drafts/{draft_id}", Rule.OF_ACCOUNT, "/drafts/{draft}"),
    _get("/drafts/{draft_id}", Rule.OF_ACCOUNT, "/drafts/{draft}?edit&look"),
    _get("/drafts/{draft_id}.eml", Rule.OF_ACCOUNT, "/drafts/{draft}.eml"),
    _get("/drafts/{draft_id}/letter", Rule.OF_ACCOUNT, "/drafts/{draft}/letter"),
    _post(
        "/drafts/edit",
        Rule.OF_ACCOUNT,
        draft_id="{draft}",
        subject="Your tickets",
        text="Hello, shall we talk?",
        words="{words}",
    ),
    _post("/drafts/sent", Rule.OF_ACCOUNT, draft_id="{draft}"),
    _post("/drafts/drop", Rule.OF_ACCOUNT, draft_id="{draft}", note="x"),
    _get("/runs", Rule.OPERATIONS),
    _post("/runs/release", Rule.OPERATIONS, key="{effect}"),
    _post("/runs/read", Rule.OPERATIONS, feed="support"),
    _post("/runs/replay", Rule.OPERATIONS, stream="escalations", group="sales", event_id="{event}"),
    _post(
        "/runs/drop",
        Rule.OPERATIONS,
        stream="escalations",
        group="sales",
        event_id="{event}",
        reason="x",
    ),
    _get("/you", Rule.HIMSELF),
    _post("/you/password", Rule.HIMSELF, current=PASSWORD, password=_NEXT, again=_NEXT),
    _post("/you/end-others", Rule.HIMSELF),
    _post("/you/end-session", Rule.OWN, session="{session}"),
)
"""Every request that the tests of who sees what are made with."""

TOLD_ELSEWHERE = frozenset(
    {
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("GET", "/sign-in/{text}"),
        ("POST", "/sign-in/{text}"),
        ("POST", "/sign-out"),
        ("GET", "/runs/live"),
    }
)
"""Signing in and out: `test_sign_in` holds them; and a stream, which has a test of its own."""
