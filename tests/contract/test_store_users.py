"""Users, sessions, sign-in links and wrong passwords, as every store keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.domain.sign_in import FailedSignIns
from app.domain.user import User
from app.domain.viewer import Role, Sight
from app.domain.web_session import SignInLink, WebSession
from app.ports.store import Unit
from app.storage.sql_store import SqlStore
from tests.builders import NOW, days_ago

KIM = User(
    email="kim@example.com",
    name="Kim Sånds",
    role=Role.REP,
    sight=Sight.OWN,
    password_hash="$argon2id$x",
    password_at=days_ago(2),
    made_at=days_ago(3),
    made_by="os:rita",
)
LEE = replace(KIM, email="lee@example.com", ended_at=NOW)
SESSION = WebSession(digest="s1", by=KIM.email, is_by_link=False, began_at=days_ago(1), seen_at=NOW)
BY_LINK = WebSession(digest="s2", by="os:rita", is_by_link=True, began_at=NOW, seen_at=NOW)
LINK = SignInLink(digest="l1", by="os:rita", made_at=NOW, ends_at=NOW + timedelta(minutes=10))
FAILED = FailedSignIns(digest="f1", failures=3, last_at=NOW)


def test_a_user_is_found_by_email_and_by_its_own_tenant_alone(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.users.keep(KIM))
    assert store.read_now("main", lambda unit: unit.users.get(KIM.email)) == KIM
    assert store.read_now("main", lambda unit: unit.users.get(LEE.email)) is None
    assert store.read_now("other", lambda unit: unit.users.get(KIM.email)) is None
    assert store.read_now("other", lambda unit: unit.users.all()) == ()
    assert not store.read_now("other", lambda unit: unit.users.has_any())


def test_users_are_listed_by_email_and_replaced_by_it(store: SqlStore) -> None:
    changed = replace(KIM, role=Role.ADMIN, sight=Sight.ALL, name="")

    def write(unit: Unit) -> None:
        for user in (LEE, KIM, changed):
            unit.users.keep(user)

    store.write_now("main", write)
    assert store.read_now("main", lambda unit: unit.users.all()) == (changed, LEE)


def test_a_user_who_was_ended_is_kept_but_is_none_to_sign_in(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.users.keep(LEE))
    assert not store.read_now("main", lambda unit: unit.users.has_any())
    store.write_now("main", lambda unit: unit.users.keep(KIM))
    assert store.read_now("main", lambda unit: unit.users.has_any())
    assert store.read_now("main", lambda unit: unit.users.get(LEE.email)) == LEE


def test_a_session_comes_with_the_user_of_its_name_as_he_is_now(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        unit.sessions.add(SESSION)
        unit.sessions.add(BY_LINK)

    store.write_now("main", write)
    store.write_now("other", lambda unit: unit.users.keep(KIM))
    assert store.read_now("main", lambda unit: unit.sessions.get("s1")) == (SESSION, None)
    store.write_now("main", lambda unit: unit.users.keep(KIM))
    assert store.read_now("main", lambda unit: unit.sessions.get("s1")) == (SESSION, KIM)
    assert store.read_now("main", lambda unit: unit.sessions.get("s2")) == (BY_LINK, None)
    assert store.read_now("main", lambda unit: unit.sessions.get("s3")) is None
    assert store.read_now("other", lambda unit: unit.sessions.get("s1")) is None


def test_a_use_is_noted_without_bringing_an_ended_session_back(store: SqlStore) -> None:
    later = NOW + timedelta(minutes=6)
    store.write_now("main", lambda unit: unit.sessions.add(SESSION))
    store.write_now("other", lambda unit: unit.sessions.mark_seen("s1", later))
    store.write_now("main", lambda unit: unit.sessions.mark_seen("s1", later))
    seen = replace(SESSION, seen_at=later)
    assert store.write_now("other", lambda unit: unit.sessions.end("s1")) is None
    assert store.write_now("main", lambda unit: unit.sessions.end("s1")) == seen
    assert store.write_now("main", lambda unit: unit.sessions.end("s1")) is None
    store.write_now("main", lambda unit: unit.sessions.mark_seen("s1", later))
    assert store.read_now("main", lambda unit: unit.sessions.get("s1")) is None


def test_sessions_are_counted_and_ended_by_whose_they_are(store: SqlStore) -> None:
    idle = replace(SESSION, digest="s3", seen_at=days_ago(1))

    def write(unit: Unit) -> None:
        for session in (BY_LINK, SESSION, replace(SESSION, digest="s0"), idle):
            unit.sessions.add(session)

    store.write_now("main", write)
    store.write_now("other", lambda unit: unit.sessions.add(SESSION))
    counts = store.read_now("main", lambda unit: unit.sessions.counts(seen_after=days_ago(0.5)))
    assert list(counts.items()) == [(KIM.email, 2), ("os:rita", 1)]
    assert store.write_now("main", lambda unit: unit.sessions.end_all_of(KIM.email)) == 3
    assert store.write_now("main", lambda unit: unit.sessions.end_all_of(KIM.email)) == 0
    assert store.read_now("main", lambda unit: unit.sessions.get("s2")) is not None
    assert store.read_now("other", lambda unit: unit.sessions.get("s1")) is not None


def test_somebodys_open_sessions_are_listed_the_last_used_first(store: SqlStore) -> None:
    early = replace(SESSION, digest="s3", seen_at=days_ago(0.2))
    idle = replace(SESSION, digest="s4", seen_at=days_ago(0.5))
    long = replace(SESSION, digest="s5", began_at=days_ago(7))

    def write(unit: Unit) -> None:
        for session in (early, BY_LINK, idle, SESSION, long):
            unit.sessions.add(session)

    def of(unit: Unit, most: int) -> tuple[WebSession, ...]:
        return unit.sessions.open_of(
            KIM.email, seen_after=days_ago(0.5), begun_after=days_ago(7), most=most
        )

    store.write_now("main", write)
    store.write_now("other", lambda unit: unit.sessions.add(replace(SESSION, digest="s6")))
    assert store.read_now("main", lambda unit: of(unit, 9)) == (SESSION, early)
    assert store.read_now("main", lambda unit: of(unit, 1)) == (SESSION,)


def test_all_sessions_but_one_are_ended(store: SqlStore) -> None:
    def write(unit: Unit) -> None:
        for session in (BY_LINK, SESSION, replace(SESSION, digest="s0")):
            unit.sessions.add(session)

    store.write_now("main", write)
    store.write_now("other", lambda unit: unit.sessions.add(SESSION))
    ended = store.write_now("main", lambda unit: unit.sessions.end_all_of(KIM.email, but="s1"))
    assert ended == 1
    assert store.read_now("main", lambda unit: unit.sessions.get("s0")) is None
    assert store.read_now("main", lambda unit: unit.sessions.get("s1")) is not None
    assert store.read_now("main", lambda unit: unit.sessions.get("s2")) is not None
    assert store.read_now("other", lambda unit: unit.sessions.get("s1")) is not None


def test_sessions_that_are_over_are_forgotten(store: SqlStore) -> None:
    idle = replace(BY_LINK, digest="s3", began_at=days_ago(1), seen_at=days_ago(1))
    long = replace(BY_LINK, digest="s4", began_at=days_ago(8))

    def write(unit: Unit) -> None:
        for session in (BY_LINK, idle, long):
            unit.sessions.add(session)

    def forget(unit: Unit) -> int:
        return unit.sessions.forget(seen_before=days_ago(0.5), begun_before=days_ago(7))

    store.write_now("main", write)
    assert store.write_now("other", forget) == 0
    assert store.write_now("main", forget) == 2
    assert store.read_now("main", lambda unit: unit.sessions.get("s2")) is not None


def test_a_link_is_taken_once_and_looking_takes_nothing(store: SqlStore) -> None:
    store.write_now("main", lambda unit: unit.sign_in_links.add(LINK))
    assert store.write_now("other", lambda unit: unit.sign_in_links.take("l1")) is None
    for _ in range(2):
        assert store.read_now("main", lambda unit: unit.sign_in_links.get("l1")) == LINK
    assert store.read_now("other", lambda unit: unit.sign_in_links.get("l1")) is None
    assert store.write_now("main", lambda unit: unit.sign_in_links.take("l1")) == LINK
    assert store.write_now("main", lambda unit: unit.sign_in_links.take("l1")) is None
    assert store.read_now("main", lambda unit: unit.sign_in_links.get("l1")) is None


def test_links_go_by_their_time_and_by_whose_they_are(store: SqlStore) -> None:
    old = replace(LINK, digest="l2", ends_at=days_ago(1))
    others = replace(LINK, digest="l3", by="os:kim")

    def write(unit: Unit) -> None:
        for link in (LINK, old, others):
            unit.sign_in_links.add(link)

    store.write_now("main", write)
    assert store.write_now("other", lambda unit: unit.sign_in_links.forget(ended_before=NOW)) == 0
    assert store.write_now("main", lambda unit: unit.sign_in_links.forget(ended_before=NOW)) == 1
    assert store.write_now("other", lambda unit: unit.sign_in_links.drop_all_of("os:rita")) == 0
    assert store.write_now("main", lambda unit: unit.sign_in_links.drop_all_of("os:rita")) == 1
    assert store.read_now("main", lambda unit: unit.sign_in_links.get("l3")) == others


def test_wrong_passwords_are_counted_cleared_and_forgotten(store: SqlStore) -> None:
    more = replace(FAILED, failures=4, last_at=NOW + timedelta(seconds=1))

    def write(unit: Unit) -> None:
        unit.sign_in_failures.keep(FAILED)
        unit.sign_in_failures.keep(more)
        unit.sign_in_failures.keep(replace(FAILED, digest="f2", last_at=days_ago(2)))

    store.write_now("main", write)
    assert store.read_now("main", lambda unit: unit.sign_in_failures.get("f1")) == more
    assert store.read_now("other", lambda unit: unit.sign_in_failures.get("f1")) is None
    before = days_ago(1)
    assert store.write_now("other", lambda unit: unit.sign_in_failures.forget(before=NOW)) == 0
    assert store.write_now("main", lambda unit: unit.sign_in_failures.forget(before=before)) == 1
    store.write_now("other", lambda unit: unit.sign_in_failures.clear("f1"))
    assert store.read_now("main", lambda unit: unit.sign_in_failures.get("f1")) == more
    store.write_now("main", lambda unit: unit.sign_in_failures.clear("f1"))
    assert store.read_now("main", lambda unit: unit.sign_in_failures.get("f1")) is None
