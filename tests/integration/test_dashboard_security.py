"""Who sees what, and who may change it: every route of the dashboard, none forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.session_tokens import csrf_of
from app.web.cookies import COOKIE
from tests.integration.dashboard_ground import INES, MARCUS, NEIGHBOUR, READER, REP, Ground, opened
from tests.integration.dashboard_routes import ROUTES, TOLD_ELSEWHERE, Asked, Rule, routes_there
from tests.servers.dashboard import ADMIN, Dashboard

CHANGES = [one for one in ROUTES if one.method == "POST"]
READINGS = [one for one in ROUTES if one.method == "GET"]
OF_SOMEBODY = [one for one in ROUTES if one.rule is not Rule.HIMSELF or one.method == "GET"]
"""Where one can ask for what is another's."""
OF_THE_BOOK = [one for one in CHANGES if one.rule not in {Rule.OWN, Rule.HIMSELF}]


@pytest.fixture(scope="module")
def ground(lived_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """For tests after which everything is as it was."""
    with opened(lived_home, tmp_path_factory.mktemp("guarded")) as ground:
        yield ground


@pytest.fixture
def own_ground(lived_home: Path, tmp_path: Path) -> Iterator[Ground]:
    """For a test that changes something."""
    with opened(lived_home, tmp_path) as ground:
        yield ground


def named(one: Asked) -> str:
    return one.name


def test_no_route_is_forgotten() -> None:
    assert routes_there() == {(one.method, one.path) for one in ROUTES} | TOLD_ELSEWHERE


@pytest.mark.parametrize("one", READINGS, ids=named)
def test_who_may_see_it_sees_it(ground: Ground, one: Asked) -> None:
    assert ground.asked(ground.visited_by(ADMIN), one).status_code == 200
    if one.rule is Rule.OF_ACCOUNT:
        assert ground.asked(ground.visited_by(MARCUS), one).status_code == 200


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_who_may_change_it_does(own_ground: Ground, one: Asked) -> None:
    who = own_ground.visited_by(ADMIN if one.rule is Rule.OPERATIONS else MARCUS)
    before = own_ground.version()
    fields = one.fields(own_ground.ids) | {"back": "//evil.example/"}
    answer = who.post(one.address(own_ground.ids), fields)
    assert answer.status_code in {200, 303}, answer.text
    assert re.match("/[^/]|/$|$", answer.headers.get("location", "")), "led to another site"
    assert own_ground.version() != before or who.desk.asked


@pytest.mark.parametrize("one", OF_SOMEBODY, ids=named)
def test_another_reps_things_are_as_if_they_were_not_there(ground: Ground, one: Asked) -> None:
    ines = ground.visited_by(INES)
    before = ground.version()
    answer = ground.asked(ines, one)
    if one.rule not in {Rule.OF_MANY, Rule.HIMSELF}:
        assert answer.status_code == 404
    for name, owner in ground.names.items():
        if owner not in {INES.by, ""}:
            assert name not in answer.text
    assert ground.version() == before


@pytest.mark.parametrize("one", OF_SOMEBODY, ids=named)
def test_another_tenants_things_are_as_if_they_were_not_there(ground: Ground, one: Asked) -> None:
    neighbour = ground.visited_by(NEIGHBOUR, tenant="neighbour")
    before = ground.version()
    answer = ground.asked(neighbour, one)
    if one.rule in {Rule.OF_ACCOUNT, Rule.OWN}:
        assert answer.status_code == 404
    for name in ground.names:
        assert name not in answer.text
    assert ground.version() == before


@pytest.mark.parametrize("one", ROUTES, ids=named)
def test_who_is_not_signed_in_is_asked_to(ground: Ground, one: Asked) -> None:
    stranger = Dashboard(store=ground.store, home=ground.home, now=ground.now)
    before = ground.version()
    answer = ground.asked(stranger, one)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert ground.version() == before


@pytest.mark.parametrize("word", ["", "wrong", "of another session"])
@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_a_form_without_the_sessions_word_changes_nothing(
    ground: Ground, one: Asked, word: str
) -> None:
    admin = ground.visited_by(ADMIN)
    csrf = _csrf_of_another(ground) if word.startswith("of") else word
    before = ground.version()
    assert ground.asked(admin, one, csrf=csrf).status_code == 403
    assert ground.version() == before


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_a_form_that_another_site_sends_changes_nothing(ground: Ground, one: Asked) -> None:
    admin = ground.visited_by(ADMIN)
    before = ground.version()
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = admin.post(one.address(ground.ids), one.fields(ground.ids), headers=headers)
        assert answer.status_code == 403
    assert ground.version() == before


@pytest.mark.parametrize("one", OF_THE_BOOK, ids=named)
def test_who_may_only_look_changes_nothing(ground: Ground, one: Asked) -> None:
    reader = ground.visited_by(READER)
    before = ground.version()
    assert ground.asked(reader, one).status_code == 403
    assert ground.version() == before


@pytest.mark.parametrize("one", CHANGES, ids=named)
def test_what_concerns_the_tenant_is_an_admins(ground: Ground, one: Asked) -> None:
    rep = ground.visited_by(REP)
    if one.rule is Rule.OPERATIONS:
        before = ground.version()
        assert ground.asked(rep, one).status_code == 403
        assert ground.version() == before


@pytest.mark.parametrize("one", READINGS, ids=named)
def test_every_page_comes_with_careful_headers(ground: Ground, one: Asked) -> None:
    headers = ground.asked(ground.visited_by(ADMIN), one).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    if policy.startswith("sandbox;"):  # a document: styles of its own, and nothing that runs
        assert "script-src" not in policy
        assert "allow-" not in policy
        assert "frame-ancestors 'self'" in policy
    else:
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def _csrf_of_another(ground: Ground) -> str:
    return csrf_of(ground.visited_by(REP).cookies[COOKIE])
