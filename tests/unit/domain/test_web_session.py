"""Until when a session holds, and who looks by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.viewer import Role, Sight, Viewer
from app.domain.web_session import IDLE, LONGEST, SEEN_EVERY, WebSession, viewer_of
from tests.builders import NOW
from tests.unit.domain.test_user import KIM

BY_PASSWORD = WebSession(digest="d1", by=KIM.email, is_by_link=False, began_at=NOW, seen_at=NOW)
BY_LINK = replace(BY_PASSWORD, by="os:rita", is_by_link=True)
A_MOMENT = timedelta(microseconds=1)


def test_a_session_is_over_when_it_is_left_for_half_a_day() -> None:
    assert not BY_PASSWORD.is_over(NOW + IDLE - A_MOMENT)
    assert BY_PASSWORD.is_over(NOW + IDLE)


def test_a_session_is_over_after_a_week_however_much_it_is_used() -> None:
    used = replace(BY_PASSWORD, seen_at=NOW + LONGEST - A_MOMENT)
    assert not used.is_over(NOW + LONGEST - A_MOMENT)
    assert used.is_over(NOW + LONGEST)


def test_a_session_is_called_by_a_part_of_its_digest_which_opens_nothing() -> None:
    session = replace(BY_PASSWORD, digest="0123456789abcdef" * 4)
    assert session.handle == "0123456789abcdef"
    assert session.about == "session:0123456789abcdef"


def test_a_use_is_worth_noting_every_few_minutes() -> None:
    assert not BY_PASSWORD.is_use_worth_noting(NOW + SEEN_EVERY - A_MOMENT)
    assert BY_PASSWORD.is_use_worth_noting(NOW + SEEN_EVERY)


def test_who_came_by_a_link_may_do_everything() -> None:
    assert viewer_of(BY_LINK, None, NOW) == Viewer(by="os:rita", role=Role.ADMIN)
    as_user = replace(BY_LINK, by=KIM.email)
    reader = replace(KIM, role=Role.READER, ended_at=NOW)
    assert viewer_of(as_user, reader, NOW) == Viewer(by=KIM.email, role=Role.ADMIN)


def test_a_user_looks_in_the_role_that_he_has_now() -> None:
    rep = replace(KIM, role=Role.REP, sight=Sight.OWN)
    assert viewer_of(BY_PASSWORD, rep, NOW) == rep.viewer


def test_nobody_looks_by_a_session_that_is_over_or_whose_user_is_gone() -> None:
    assert viewer_of(BY_LINK, None, NOW + IDLE) is None
    assert viewer_of(BY_PASSWORD, KIM, NOW + IDLE) is None
    assert viewer_of(BY_PASSWORD, None, NOW) is None
    assert viewer_of(BY_PASSWORD, replace(KIM, ended_at=NOW), NOW) is None
