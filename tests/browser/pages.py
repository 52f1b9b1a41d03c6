"""Every page of the dashboard with an address that shows it, over the made-up book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from playwright.sync_api import Page, Response

from app.domain.draft import DraftState
from app.jobs.sessions import START_LINK_LASTS, make_link
from app.ports.store import Unit
from app.web.cookies import COOKIE
from tests.browser.serving import Served
from tests.web_proof.plan import VIEWS

ACCOUNT = "alderpoint-freight"
"""It is in trouble, has letters waiting and somebody to write to."""

OUTSIDE = ("sign-in", "sign-in by password", "way in", "way in, used up")
"""Pages for who is not signed in."""

OF_USERS = ("sign-in by password", "your account of a user")
"""Pages that are others as soon as somebody has a password."""

NAMES = (
    *OUTSIDE,
    "today",
    "accounts",
    "accounts, none found",
    *(f"account {view}" for view in VIEWS),
    "drafts",
    "draft",
    "runs",
    "log",
    "your account",
    "your account of a user",
    "no such page",
)


def addresses(served: Served) -> Mapping[str, str]:
    """Paths by the names of `NAMES`."""
    with served.store() as store:
        draft_id = store.read_now("main", _a_draft)
        link = store.write_now("main", _a_link)
    return {
        "sign-in": "/sign-in?next=/drafts",
        "sign-in by password": "/sign-in?next=/drafts",
        "way in": f"/sign-in/{link}",
        "way in, used up": served.way_in.removeprefix(served.origin),
        "today": "/",
        "accounts": "/accounts",
        "accounts, none found": "/accounts?q=nobody+of+that+name",
        **{f"account {view}": f"/accounts/{ACCOUNT}?view={view}" for view in VIEWS},
        "drafts": "/drafts",
        "draft": f"/drafts/{draft_id}",
        "runs": "/runs",
        "log": "/log",
        "your account": "/you",
        "your account of a user": "/you",
        "no such page": "/accounts/there-is-no-such-account",
    }


def _a_draft(unit: Unit) -> str:
    waiting = unit.outbox.drafts(state=DraftState.WAITING, account_id=ACCOUNT)
    return waiting[0].draft_id


def _a_link(unit: Unit) -> str:
    return make_link(unit, by="os:rita", at=datetime.now(UTC), lasts=START_LINK_LASTS)


def shown(page: Page, served: Served, name: str, path: str) -> Response:
    """Go there, signed in or not as the page wants it; what was answered."""
    if name not in OF_USERS:
        return _gone_to(page, served, path, "" if name in OUTSIDE else served.session)
    with served.with_a_user() as session:
        return _gone_to(page, served, path, "" if name in OUTSIDE else session)


def _gone_to(page: Page, served: Served, path: str, session: str) -> Response:
    context = page.context
    context.clear_cookies()
    if session:
        context.add_cookies([{"name": COOKIE, "value": session, "url": served.origin}])
    answer = page.goto(path, wait_until="load")
    assert answer is not None
    return answer
