"""Signing in to the dashboard: by password, by link; who is kept out, and what is written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

import pytest
from argon2 import PasswordHasher

from app.domain.act import Act, ActKind
from app.domain.sign_in import FREE_FAILURES, LONGEST_WAIT
from app.domain.viewer import Role, Sight, Viewer
from app.domain.web_session import IDLE, LONGEST
from app.jobs.sessions import LINK_LASTS, SignedIn, make_link, mark_seen, session_of
from app.jobs.users import NewUser, add_user, end_user, set_password, set_role
from app.ports.store import Unit
from app.services.passwords import Passwords
from app.services.session_tokens import csrf_of, read_token
from app.storage.sql_store import SqlStore
from app.web.cookies import COOKIE
from tests.builders import NOW
from tests.servers.dashboard import QUICK, Dashboard, text_of

KIM, PASSWORD = "kim@example.com", "four plain words here"
FORMER = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
TYPED = {"email": KIM, "password": PASSWORD}
WRONG = {"email": KIM, "password": "four other words here"}


T = TypeVar("T")


@pytest.fixture
def dashboard(sqlite_store: SqlStore, tmp_path: Path) -> Dashboard:
    """Visited by nobody yet; Kim is an admin and a colleague another."""
    dashboard = Dashboard(sqlite_store, tmp_path)
    for email in (KIM, "lee@example.com"):
        added(dashboard, email)
    return dashboard


def added(dashboard: Dashboard, email: str, role: Role = Role.ADMIN, tenant: str = "main") -> None:
    new = NewUser(
        email=email, name="", role=role, sight=Sight.ALL, password_hash=QUICK.hash(PASSWORD)
    )
    write(dashboard, lambda unit: add_user(unit, new, by="os:rita", at=NOW), tenant)


def write(dashboard: Dashboard, work: Callable[[Unit], T], tenant: str = "main") -> T:
    return dashboard.store.write_now(tenant, work)


def link_to(dashboard: Dashboard, tenant: str = "main") -> str:
    text = write(dashboard, lambda unit: make_link(unit, by="os:rita", at=dashboard.now), tenant)
    return f"/sign-in/{text}"


def who(dashboard: Dashboard) -> SignedIn | None:
    """By the cookie that the browser carries."""
    return who_by(dashboard, dashboard.session)


def who_by(dashboard: Dashboard, text: str) -> SignedIn | None:
    token = read_token(text)
    if token is None:
        return None
    return dashboard.store.read_now(
        token.tenant_id, lambda unit: session_of(unit, token.digest, dashboard.now)
    )


def acts(dashboard: Dashboard, tenant: str = "main") -> list[Act]:
    return list(
        dashboard.store.read_now(tenant, lambda unit: unit.diary.acts(account_id=None, most=99))
    )


def kinds(dashboard: Dashboard) -> list[ActKind]:
    return [act.kind for act in acts(dashboard) if act.kind is not ActKind.USER_ADDED]


def test_kim_signs_in_with_her_password_and_is_led_where_she_was_going(
    dashboard: Dashboard,
) -> None:
    form = dashboard.get("/sign-in?next=/accounts/acme%3Fview%3Dusage")
    assert 'value="/accounts/acme?view=usage"' in form.text

    answer = dashboard.post("/sign-in", {**TYPED, "email": " Kim@Example.com", "next": "/drafts"})

    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/drafts")
    found = who(dashboard)
    assert found is not None
    assert found.viewer == Viewer(by=KIM, role=Role.ADMIN)
    assert dashboard.get("/sign-in?next=/drafts").headers["location"] == "/drafts"
    signed_in = acts(dashboard)[0]
    assert (signed_in.kind, signed_in.by) == (ActKind.SIGNED_IN, KIM)


def test_the_cookie_is_kept_from_scripts_and_other_sites(dashboard: Dashboard) -> None:
    cookie = dashboard.post("/sign-in", TYPED).headers["set-cookie"]
    assert {"HttpOnly", "Path=/", "SameSite=lax", "Max-Age=604800"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert cookie.startswith("tend_session=main.")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/%0d%0aLocation: https://evil.example",
        "http:evil.example",
    ],
)
def test_nobody_is_led_to_another_site(dashboard: Dashboard, elsewhere: str) -> None:
    assert dashboard.post("/sign-in", {**TYPED, "next": elsewhere}).headers["location"] == "/"


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(dashboard: Dashboard) -> None:
    wrong = dashboard.post("/sign-in", WRONG)
    unknown = dashboard.post("/sign-in", {**WRONG, "email": "who@example.com"})
    assert wrong.status_code == unknown.status_code == HTTPStatus.FORBIDDEN
    assert text_of(wrong) == text_of(unknown)
    assert "Wrong e-mail or password." in text_of(wrong)
    assert "set-cookie" not in wrong.headers
    refused = [act for act in acts(dashboard) if act.kind is ActKind.SIGN_IN_REFUSED]
    assert [act.about for act in refused] == ["dashboard", f"user:{KIM}"]
    kept = repr(acts(dashboard))
    assert "other words" not in kept
    assert "who@example.com" not in kept


def test_a_session_that_was_foisted_on_the_browser_ends_when_somebody_signs_in(
    dashboard: Dashboard,
) -> None:
    dashboard.post("/sign-in", {**TYPED, "email": "lee@example.com"})
    foisted = dashboard.cookies[COOKIE]

    dashboard.post("/sign-in", TYPED)

    assert dashboard.cookies[COOKIE] != foisted
    assert who_by(dashboard, foisted) is None
    dashboard.cookies = {COOKIE: f"main.{'a' * 43}"}
    dashboard.post("/sign-in", TYPED)
    assert who_by(dashboard, f"main.{'a' * 43}") is None
    assert who(dashboard) is not None


def test_another_sites_page_can_sign_nobody_in_or_out(dashboard: Dashboard) -> None:
    path = link_to(dashboard)
    strange = {"Origin": "https://evil.example"}
    for target, form in (("/sign-in", TYPED), (path, {})):
        answer = dashboard.post(target, form, headers=strange)
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "set-cookie" not in answer.headers
    crossing = {"Sec-Fetch-Site": "cross-site"}
    assert dashboard.post(path, headers=crossing).status_code == HTTPStatus.FORBIDDEN
    dashboard.post("/sign-in", TYPED)
    assert dashboard.post("/sign-out", headers=strange).status_code == HTTPStatus.FORBIDDEN
    assert dashboard.post("/sign-out", csrf="x").status_code == HTTPStatus.FORBIDDEN
    assert who(dashboard) is not None


def test_signing_out_ends_the_session_and_not_only_the_cookie(dashboard: Dashboard) -> None:
    dashboard.post("/sign-in", TYPED)
    carried = dashboard.cookies[COOKIE]

    answer = dashboard.post("/sign-out")

    assert answer.headers["location"] == "/sign-in?done=signed-out"
    assert 'tend_session=""' in answer.headers["set-cookie"]
    assert who_by(dashboard, carried) is None
    assert kinds(dashboard)[0] is ActKind.SIGNED_OUT
    assert "You are signed out." in text_of(dashboard.get("/sign-in?done=signed-out"))


def restarted(dashboard: Dashboard) -> Dashboard:
    """Another process over the same store, which remembers nothing of its own."""
    return Dashboard(dashboard.store, dashboard.home, now=dashboard.now)


def guessed(dashboard: Dashboard, times: int, email: str = KIM) -> list[int]:
    """Guess wrong, so often, as soon as it is allowed; the seconds to wait in between."""
    waits = []
    while times:
        answer = restarted(dashboard).post("/sign-in", {**WRONG, "email": email})
        if answer.status_code == HTTPStatus.TOO_MANY_REQUESTS:
            waits.append(int(answer.headers["retry-after"]))
            dashboard.now += timedelta(seconds=waits[-1])
        else:
            assert answer.status_code == HTTPStatus.FORBIDDEN
            times -= 1
    return waits


def test_who_guesses_waits_longer_and_longer_whatever_restarts(dashboard: Dashboard) -> None:
    waits = guessed(dashboard, FREE_FAILURES + 5)
    assert waits == [30, 60, 120, 240]
    assert guessed(dashboard, FREE_FAILURES + 5, "who@example.com") == waits

    right = restarted(dashboard).post("/sign-in", TYPED)
    assert right.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Too many tries. Wait 1 minute" not in text_of(right)
    dashboard.now += LONGEST_WAIT
    assert restarted(dashboard).post("/sign-in", TYPED).status_code == HTTPStatus.SEE_OTHER
    assert guessed(dashboard, FREE_FAILURES) == []


def test_a_flood_from_one_address_is_stopped_whoever_it_tries_for(dashboard: Dashboard) -> None:
    for number in range(15):
        tried = dashboard.post("/sign-in", {**WRONG, "email": f"{number}@example.com"})
        assert tried.status_code == HTTPStatus.FORBIDDEN
    stopped = dashboard.post("/sign-in", TYPED)
    assert stopped.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert 1 <= int(stopped.headers["retry-after"]) <= 10
    link = dashboard.post(link_to(dashboard))
    assert link.status_code == HTTPStatus.TOO_MANY_REQUESTS
    again = restarted(dashboard)
    for _ in range(5):
        assert again.post("/sign-in", TYPED).status_code == HTTPStatus.SEE_OTHER
    assert again.post("/sign-in", TYPED).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_a_link_signs_in_once_and_looking_at_it_does_not_use_it_up(dashboard: Dashboard) -> None:
    path = link_to(dashboard)
    for _ in range(3):
        assert "Open the dashboard" in text_of(dashboard.get(path))

    answer = dashboard.post(path)

    assert (answer.status_code, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/")
    found = who(dashboard)
    assert found is not None
    assert found.viewer == Viewer(by="os:rita", role=Role.ADMIN)
    for answer in (dashboard.get(path), dashboard.post(path)):
        assert answer.status_code == HTTPStatus.GONE
        assert "This link no longer works" in text_of(answer)
    assert kinds(dashboard) == [ActKind.SIGN_IN_REFUSED, ActKind.SIGNED_IN, ActKind.LINK_MADE]
    assert path.rpartition("/")[2] not in repr(acts(dashboard))


def test_a_link_is_over_after_its_time(dashboard: Dashboard) -> None:
    path = link_to(dashboard)
    dashboard.now += LINK_LASTS
    assert dashboard.get(path).status_code == HTTPStatus.GONE
    assert dashboard.post(path).status_code == HTTPStatus.GONE
    assert who(dashboard) is None


@pytest.mark.parametrize("made_up", ["x", "main.short", "MAIN." + "a" * 43, "a/b", "%00"])
def test_a_link_that_was_never_made_opens_nothing(dashboard: Dashboard, made_up: str) -> None:
    for answer in (dashboard.get(f"/sign-in/{made_up}"), dashboard.post(f"/sign-in/{made_up}")):
        assert answer.status_code in {HTTPStatus.GONE, HTTPStatus.NOT_FOUND}
    nobodys = dashboard.post(f"/sign-in/nobody.{'a' * 43}")
    assert nobodys.status_code == HTTPStatus.GONE
    assert acts(dashboard, "nobody") == []


def test_a_session_ends_when_it_is_left_and_when_it_has_lasted_too_long(
    dashboard: Dashboard,
) -> None:
    dashboard.post("/sign-in", TYPED)
    dashboard.now += IDLE
    assert who(dashboard) is None
    dashboard.post("/sign-in", TYPED)
    for _ in range(LONGEST // (IDLE / 2) - 1):
        dashboard.now += IDLE / 2
        used(dashboard)
    dashboard.now += IDLE / 2
    assert who(dashboard) is None


def used(dashboard: Dashboard) -> None:
    """As a page does that is read by this session."""
    found, at = who(dashboard), dashboard.now
    assert found is not None
    write(dashboard, lambda unit: mark_seen(unit, found.session, at))


def test_what_an_admin_does_to_a_user_counts_at_once(dashboard: Dashboard) -> None:
    dashboard.post("/sign-in", TYPED)
    write(
        dashboard,
        lambda unit: set_role(unit, KIM, Role.READER, Sight.OWN, by="os:rita", at=NOW),
    )
    found = who(dashboard)
    assert found is not None
    assert found.viewer == Viewer(by=KIM, role=Role.READER, sight=Sight.OWN)

    other = QUICK.hash("another four plain words")
    ended = write(dashboard, lambda unit: set_password(unit, KIM, other, by="os:rita", at=NOW))
    assert (ended, who(dashboard)) == (1, None)
    assert dashboard.post("/sign-in", TYPED).status_code == HTTPStatus.FORBIDDEN
    new = {**TYPED, "password": "another four plain words"}
    assert dashboard.post("/sign-in", new).status_code == HTTPStatus.SEE_OTHER

    assert write(dashboard, lambda unit: end_user(unit, KIM, by="os:rita", at=NOW)) == 1
    assert who(dashboard) is None
    answer = dashboard.post("/sign-in", new)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "Wrong e-mail or password." in text_of(answer)


def test_tenants_have_users_and_sessions_of_their_own(dashboard: Dashboard) -> None:
    added(dashboard, "sam@example.com", tenant="other")
    sam = {**TYPED, "email": "sam@example.com"}
    assert dashboard.post("/sign-in", sam).status_code == HTTPStatus.FORBIDDEN
    dashboard.post("/sign-in", TYPED)
    kims = dashboard.cookies[COOKIE]
    assert who_by(dashboard, kims.replace("main.", "other.")) is None

    dashboard.post(link_to(dashboard, "other"))

    assert dashboard.cookies[COOKIE].startswith("other.")
    assert who(dashboard) is not None
    assert who_by(dashboard, kims) is None


def test_where_nobody_has_a_password_the_page_names_the_link(
    sqlite_store: SqlStore, tmp_path: Path
) -> None:
    alone = Dashboard(sqlite_store, tmp_path)
    page = alone.get("/sign-in")
    assert "tend dashboard" in text_of(page)
    assert 'type="password"' not in page.text
    alone.site = replace(alone.site, is_local=False)
    assert 'type="password"' in alone.get("/sign-in").text


def test_a_hash_of_former_parameters_is_renewed_and_the_session_holds(
    dashboard: Dashboard,
) -> None:
    def kept() -> str:
        user = dashboard.store.read_now("main", lambda unit: unit.users.get(KIM))
        return "" if user is None else user.password_hash

    write(
        dashboard,
        lambda unit: set_password(unit, KIM, FORMER.hash(PASSWORD), by="os:rita", at=NOW),
    )
    before = kept()
    dashboard.post("/sign-in", TYPED)
    assert before != kept()
    assert "$m=8,t=1,p=1$" in kept()
    assert who(dashboard) is not None
    assert dashboard.post("/sign-in", TYPED).status_code == HTTPStatus.SEE_OTHER


def test_what_is_typed_is_escaped(dashboard: Dashboard) -> None:
    typed = {"email": '"><script>alert(1)</script>', "password": "x", "next": '/"><b>'}
    page = dashboard.post("/sign-in", typed)
    assert "<script>alert" not in page.text
    assert "&gt;&lt;script&gt;" in page.text
    assert "<b>" not in page.text


def test_every_form_of_a_session_carries_a_word_of_its_own(dashboard: Dashboard) -> None:
    dashboard.post("/sign-in", TYPED)
    first = csrf_of(dashboard.cookies[COOKIE])
    dashboard.post("/sign-in", TYPED)
    assert dashboard.post("/sign-out", csrf=first).status_code == HTTPStatus.FORBIDDEN
    assert dashboard.post("/sign-out").status_code == HTTPStatus.SEE_OTHER
