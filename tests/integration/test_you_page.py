"""Your account: another password, one's own sessions, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
from argon2 import PasswordHasher

from app.domain.act import Act, ActKind
from app.domain.sign_in import FREE_FAILURES
from app.domain.viewer import Role, Sight, Viewer
from app.domain.web_session import IDLE, LONGEST, SEEN_EVERY
from app.jobs.sessions import end_sessions_of, is_open, make_link
from app.jobs.users import end_user
from app.ports.store import Unit
from app.services.passwords import Checked, Passwords
from app.services.session_tokens import read_token
from app.storage.sql_store import SqlStore
from app.web.cookies import COOKIE
from tests.servers.dashboard import ADMIN, PASSWORD, QUICK, Dashboard, text_of

KIM = Viewer(by="kim@example.com", role=Role.REP, sight=Sight.OWN)
LEE = Viewer(by="lee@example.com", role=Role.ADMIN)
NEXT = "five other words for tomorrow"
TYPED = {"current": PASSWORD, "password": NEXT, "again": NEXT}
WRONG = {**TYPED, "current": "none of my own words"}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"

T = TypeVar("T")


@pytest.fixture
def dashboard(sqlite_store: SqlStore, tmp_path: Path) -> Dashboard:
    """Visited by Kim, who has a password."""
    dashboard = Dashboard(sqlite_store, tmp_path)
    dashboard.sign_in(KIM)
    return dashboard


def write(dashboard: Dashboard, work: Callable[[Unit], T]) -> T:
    return dashboard.store.write_now("main", work)


def elsewhere(dashboard: Dashboard, email: str = KIM.by, agent: str = PHONE) -> Dashboard:
    """Another browser of somebody who has a user, signed in by password."""
    other = Dashboard(dashboard.store, dashboard.home, now=dashboard.now)
    form = {"email": email, "password": PASSWORD}
    answer = other.post("/sign-in", form, headers={"User-Agent": agent})
    assert answer.status_code == HTTPStatus.SEE_OTHER
    return other


def handle(browser: Dashboard) -> str:
    token = read_token(browser.session)
    assert token is not None
    return token.digest[:16]


def is_in(browser: Dashboard) -> bool:
    return browser.get("/you").status_code == HTTPStatus.OK


def changed(browser: Dashboard, form: Mapping[str, str] = TYPED) -> httpx.Response:
    return browser.post("/you/password", form)


def acts(dashboard: Dashboard) -> list[Act]:
    """The newest first."""
    return list(
        dashboard.store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=99))
    )


def signs_in(dashboard: Dashboard, password: str, email: str = KIM.by) -> bool:
    other = Dashboard(dashboard.store, dashboard.home, now=dashboard.now)
    answer = other.post("/sign-in", {"email": email, "password": password})
    return answer.status_code == HTTPStatus.SEE_OTHER


def test_somebody_sees_who_he_is_and_where_he_is_signed_in(dashboard: Dashboard) -> None:
    phone = elsewhere(dashboard)
    dashboard.sign_in(LEE)

    page = phone.get("/you")

    told = text_of(page)
    assert "Signed in as kim@example.com By e-mail and password Role rep" in told
    assert "those whose owner is kim@example.com" in told
    assert "Safari on iOS, 127.0.0.1 this browser" in told
    assert "An unknown browser" in told, "how the first one began, nobody wrote down"
    assert "tend users role" in told
    assert "lee@example.com" not in page.text
    token = read_token(phone.session)
    assert token is not None
    for secret in (phone.session, token.digest, "$argon2"):
        assert secret not in page.text


def test_a_changed_password_ends_every_other_session_and_link_and_begins_this_one_anew(
    dashboard: Dashboard,
) -> None:
    phone, before = elsewhere(dashboard), dashboard.session
    lee = Dashboard(dashboard.store, dashboard.home)
    lee.sign_in(LEE)
    link = read_token(write(dashboard, lambda unit: make_link(unit, by=KIM.by, at=dashboard.now)))
    assert link is not None

    answer = changed(dashboard)

    assert answer.headers["location"] == "/you?done=password-set"
    assert dashboard.session != before
    assert is_in(dashboard)
    assert is_in(lee)
    assert not is_in(phone)
    dashboard.cookies = {COOKIE: before}
    assert not is_in(dashboard)
    assert not dashboard.store.read_now(
        "main", lambda unit: is_open(unit, link.digest, dashboard.now)
    )
    assert signs_in(dashboard, NEXT)
    assert not signs_in(dashboard, PASSWORD)


def test_a_changed_password_is_written_down_and_no_password_with_it(dashboard: Dashboard) -> None:
    changed(dashboard, WRONG)
    changed(dashboard)
    told = [(act.kind, act.by, act.about) for act in acts(dashboard)]
    assert told[1:4] == [
        (ActKind.SIGNED_OUT, KIM.by, f"user:{KIM.by}"),
        (ActKind.PASSWORD_SET, KIM.by, f"user:{KIM.by}"),
        (ActKind.PASSWORD_REFUSED, KIM.by, f"user:{KIM.by}"),
    ]
    assert told[0] == (ActKind.SIGNED_IN, KIM.by, f"session:{handle(dashboard)}")
    kept = repr(acts(dashboard))
    for secret in (PASSWORD, NEXT, WRONG["current"], dashboard.session, "$argon2"):
        assert secret not in kept


@pytest.mark.parametrize(
    "form, why",
    [
        ({"password": "short", "again": "short"}, "at least 12 characters"),
        ({"password": "x" * 257, "again": "x" * 257}, "at most 256 characters"),
        ({"password": "password1234", "again": "password1234"}, "too easy to guess"),
        ({"password": "Kim@example.com", "again": "Kim@example.com"}, "cannot be the e-mail"),
        ({"again": "five other words for today"}, "not typed the same way twice"),
        ({"password": PASSWORD, "again": PASSWORD}, "the password you have already"),
        ({"password": "", "again": ""}, "at least 12 characters"),
    ],
)
def test_what_cannot_be_a_password_is_refused_and_counts_as_no_guess(
    dashboard: Dashboard, form: Mapping[str, str], why: str
) -> None:
    before = dashboard.session
    answer = changed(dashboard, {**TYPED, **form})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert why in text_of(answer)
    assert PASSWORD not in answer.text
    assert (dashboard.session, is_in(dashboard)) == (before, True)
    assert ActKind.PASSWORD_REFUSED not in [act.kind for act in acts(dashboard)]
    assert signs_in(dashboard, PASSWORD)


def test_a_wrong_password_changes_nothing(dashboard: Dashboard) -> None:
    answer = changed(dashboard, WRONG)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "That is not your password" in text_of(answer)
    assert "set-cookie" not in answer.headers
    assert is_in(dashboard)
    assert signs_in(dashboard, PASSWORD)


def test_who_guesses_in_an_open_browser_waits_as_who_guesses_at_the_door(
    dashboard: Dashboard,
) -> None:
    for _ in range(FREE_FAILURES + 1):
        again = Dashboard(dashboard.store, dashboard.home, cookies=dict(dashboard.cookies))
        assert changed(again, WRONG).status_code == HTTPStatus.FORBIDDEN
    right = Dashboard(dashboard.store, dashboard.home, cookies=dict(dashboard.cookies))
    answer = changed(right)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert answer.headers["retry-after"] == "30"
    assert "Too many tries. Wait 30 seconds" in text_of(answer)
    assert not signs_in(dashboard, PASSWORD), "one count for both ways"
    right.now += timedelta(seconds=30)
    assert changed(right).status_code == HTTPStatus.SEE_OTHER
    assert signs_in(right, NEXT), "and nothing is counted any more"


def test_a_flood_is_stopped_before_it_costs_a_hash_whichever_way_it_takes(
    dashboard: Dashboard,
) -> None:
    form = {"email": KIM.by, "password": PASSWORD}
    for _ in range(3):
        assert dashboard.post("/sign-in", form).status_code == HTTPStatus.SEE_OTHER
    for _ in range(2):
        assert changed(dashboard, WRONG).status_code == HTTPStatus.FORBIDDEN
    assert changed(dashboard).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert dashboard.post("/sign-in", form).status_code == HTTPStatus.TOO_MANY_REQUESTS


class Interrupted(Passwords):
    """Takes so long that something happens meanwhile."""

    def __init__(self, meanwhile: Callable[[], int]) -> None:
        super().__init__(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        self._meanwhile = meanwhile

    def check(self, kept: str, password: str) -> Checked:
        """As ever, but later."""
        checked = super().check(kept, password)
        self._meanwhile()
        return checked


def interrupted(dashboard: Dashboard, work: Callable[[Unit], int]) -> None:
    passwords = Interrupted(lambda: write(dashboard, work))
    dashboard.site = replace(dashboard.site, passwords=passwords)


def test_a_session_that_ends_meanwhile_changes_no_password(dashboard: Dashboard) -> None:
    interrupted(
        dashboard, lambda unit: end_sessions_of(unit, KIM.by, by="os:rita", at=dashboard.now)
    )
    answer = changed(dashboard)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "set-cookie" not in answer.headers
    assert signs_in(dashboard, PASSWORD)


def test_a_user_who_is_ended_meanwhile_gets_no_session(dashboard: Dashboard) -> None:
    interrupted(dashboard, lambda unit: end_user(unit, KIM.by, by="os:rita", at=dashboard.now))
    assert changed(dashboard).status_code == HTTPStatus.CONFLICT
    assert not is_in(dashboard)
    assert not signs_in(dashboard, NEXT)


def test_a_password_that_another_one_took_the_place_of_meanwhile_opens_nothing(
    dashboard: Dashboard,
) -> None:
    def take(unit: Unit) -> int:
        user = unit.users.get(KIM.by)
        assert user is not None
        later = dashboard.now + timedelta(seconds=1)
        unit.users.keep(
            replace(user, password_hash=QUICK.hash("a third one of words"), password_at=later)
        )
        return 0

    interrupted(dashboard, take)
    assert changed(dashboard).status_code == HTTPStatus.FORBIDDEN
    assert signs_in(dashboard, "a third one of words")


def test_who_came_by_a_link_has_no_password_and_ends_his_own_sessions(
    dashboard: Dashboard,
) -> None:
    dashboard.sign_in(ADMIN)
    other = Dashboard(dashboard.store, dashboard.home)
    other.sign_in(ADMIN)
    page = dashboard.get("/you")
    assert "You came by a link that worked once: there is no password to change" in text_of(page)
    assert 'type="password"' not in page.text
    assert "Users are added, changed and ended on the command line" in text_of(page)

    answer = changed(dashboard)

    assert answer.status_code == HTTPStatus.CONFLICT
    assert "set-cookie" not in answer.headers
    assert dashboard.post("/you/end-others").headers["location"] == "/you?done=others-ended"
    assert not is_in(other)
    assert is_in(dashboard)


def test_a_link_in_the_name_of_a_user_is_shown_to_him_and_knows_no_password(
    dashboard: Dashboard,
) -> None:
    text = write(dashboard, lambda unit: make_link(unit, by=KIM.by, at=dashboard.now))
    by_link = Dashboard(dashboard.store, dashboard.home)
    by_link.post(f"/sign-in/{text}")

    assert "by a link" in text_of(dashboard.get("/you"))
    assert changed(by_link).status_code == HTTPStatus.CONFLICT
    dashboard.post("/you/end-session", {"session": handle(by_link)})

    assert not is_in(by_link)
    assert signs_in(dashboard, PASSWORD)


def test_one_session_is_ended_and_the_others_are_not(dashboard: Dashboard) -> None:
    phone, tablet = elsewhere(dashboard), elsewhere(dashboard)
    answer = dashboard.post("/you/end-session", {"session": handle(phone)})
    assert answer.headers["location"] == "/you?done=session-ended"
    assert (is_in(phone), is_in(tablet), is_in(dashboard)) == (False, True, True)
    ended = acts(dashboard)[0]
    assert (ended.kind, ended.by) == (ActKind.SIGNED_OUT, KIM.by)
    assert ended.about == f"session:{handle(phone)}"
    again = dashboard.post("/you/end-session", {"session": handle(phone)})
    assert again.status_code == HTTPStatus.NOT_FOUND


def test_ones_own_session_ended_from_the_list_is_a_sign_out(dashboard: Dashboard) -> None:
    answer = dashboard.post("/you/end-session", {"session": handle(dashboard)})
    assert answer.headers["location"] == "/sign-in?done=signed-out"
    assert answer.headers["set-cookie"].startswith('tend_session=""; ')
    assert not is_in(dashboard)


def test_nobody_ends_or_sees_anothers_session_nor_learns_that_there_is_one(
    dashboard: Dashboard,
) -> None:
    lee = Dashboard(dashboard.store, dashboard.home)
    lee.sign_in(LEE)
    neighbour = Dashboard(dashboard.store, dashboard.home)
    neighbour.sign_in(KIM, tenant="neighbour")
    refused = [
        dashboard.post("/you/end-session", {"session": text})
        for text in (handle(lee), handle(neighbour), "0" * 16, "", handle(dashboard)[:8])
    ]
    assert {answer.status_code for answer in refused} == {HTTPStatus.NOT_FOUND}
    assert len({text_of(answer) for answer in refused}) == 1
    dashboard.post("/you/end-others")
    assert is_in(lee)
    assert is_in(neighbour)
    assert handle(lee) not in dashboard.get("/you").text


def test_ending_all_others_leaves_this_one_and_no_link(dashboard: Dashboard) -> None:
    phone, tablet = elsewhere(dashboard), elsewhere(dashboard)
    link = read_token(write(dashboard, lambda unit: make_link(unit, by=KIM.by, at=dashboard.now)))
    assert link is not None
    dashboard.post("/you/end-others")
    assert (is_in(phone), is_in(tablet), is_in(dashboard)) == (False, False, True)
    assert not dashboard.store.read_now(
        "main", lambda unit: is_open(unit, link.digest, dashboard.now)
    )
    assert acts(dashboard)[0].after == {"sessions": 2}
    many = len(acts(dashboard))
    assert dashboard.post("/you/end-others").status_code == HTTPStatus.SEE_OTHER
    assert len(acts(dashboard)) == many


def test_who_may_only_look_has_a_password_of_his_own_all_the_same(dashboard: Dashboard) -> None:
    dashboard.sign_in(replace(KIM, role=Role.READER))
    assert changed(dashboard).headers["location"] == "/you?done=password-set"
    assert signs_in(dashboard, NEXT)


def test_pages_are_closed_to_a_session_that_was_left_or_has_lasted(dashboard: Dashboard) -> None:
    dashboard.now += IDLE - timedelta(seconds=1)
    assert is_in(dashboard), "which is a use"
    dashboard.now += IDLE - timedelta(seconds=1)
    assert is_in(dashboard)
    dashboard.now += IDLE
    assert not is_in(dashboard)
    dashboard.sign_in(KIM)
    for _ in range(LONGEST // (IDLE / 2) - 1):
        dashboard.now += IDLE / 2
        assert is_in(dashboard)
    dashboard.now += IDLE / 2
    assert not is_in(dashboard), "however much it was used"


def test_a_session_that_is_over_is_not_in_the_list(dashboard: Dashboard) -> None:
    phone = elsewhere(dashboard)
    dashboard.now += IDLE - SEEN_EVERY
    assert "Safari on iOS" in text_of(dashboard.get("/you"))
    dashboard.now += SEEN_EVERY
    assert "Safari on iOS" not in text_of(dashboard.get("/you"))
    answer = dashboard.post("/you/end-session", {"session": handle(phone)})
    assert answer.status_code == HTTPStatus.NOT_FOUND


def test_what_a_browser_calls_itself_is_said_in_our_words_alone(dashboard: Dashboard) -> None:
    hostile = "<script>alert(1)</script> {{ 7*191 }} Firefox/140.0 X11; Linux"
    page = elsewhere(dashboard, agent=hostile).get("/you")
    assert "Firefox on Linux" in text_of(page)
    assert "alert(1)" not in page.text
    assert "alert(1)" not in repr(acts(dashboard))
