"""`tend users` and `tend dashboard`: who may sign in, and the way in from the machine itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.clock import system_clock
from app.domain.viewer import Role, Sight
from app.domain.web_session import Identity
from app.jobs.sessions import begin_session
from app.jobs.users import NewUser, add_user
from app.ports.store import Unit
from app.storage.service_lock import only_service, service_address
from app.storage.sql_store import open_store
from tests.builders import NOW
from tests.e2e.service_process import running
from tests.e2e.terminal import Terminal
from tests.e2e.typed import bare_environment, done, typed
from tests.servers.templates import at_head

KIM, LEE, PASSWORD = "kim@example.com", "lee@example.com", "four plain words here"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Kim is an admin, Lee a rep with his own accounts; Lee and the machine's user are inside."""
    home = tmp_path / "home"
    store = open_store(at_head(home / "tend.sqlite3"))
    now = system_clock()

    def write(unit: Unit) -> None:
        for email, role, sight in ((KIM, Role.ADMIN, Sight.ALL), (LEE, Role.REP, Sight.OWN)):
            new = NewUser(email=email, name="", role=role, sight=sight, password_hash="$h")
            add_user(unit, new, by="os:rita", at=now)
        begin_session(unit, Identity(by=LEE, is_by_link=False), at=now)
        begin_session(unit, Identity(by="os:[b]", is_by_link=True), at=now)

    store.write_now("main", write)
    store.close()
    return home


def piped(home: Path, text: str, *words: str) -> tuple[int, str]:
    """Type it as a process with a text at its standard input; the exit code and what it said."""
    ran = subprocess.run(
        [sys.executable, "-m", "app", *words],
        env=bare_environment() | {"TEND_HOME": str(home), "COLUMNS": "160"},
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_nobody_is_there_at_first_and_it_is_said_what_to_do(empty_home: Path) -> None:
    said = done(empty_home, "users")
    assert "No user yet. On this machine tend dashboard opens the dashboard" in said.words
    assert json.loads(done(empty_home, "users", "--json").out) == []


def test_a_user_is_added_with_a_password_from_standard_input(empty_home: Path) -> None:
    words = "users", "add", "Kim@Example.com", "--password-stdin"
    code, said = piped(empty_home, f"{PASSWORD}\nmore\n", *words)
    assert code == 0, said
    assert "kim@example.com may sign in: rep, sees every account." in said
    assert "No user is an admin yet: tend users add EMAIL --role admin" in said
    assert PASSWORD not in said
    code, said = piped(empty_home, f"{PASSWORD}\n", *words)
    assert code == 2
    assert "there is a user kim@example.com already" in said


def test_a_poor_password_is_refused_and_nobody_is_added(empty_home: Path) -> None:
    for password, why in (("short", "at least 12"), ("password1234", "too easy to guess")):
        code, said = piped(empty_home, password, "users", "add", KIM, "--password-stdin")
        assert code == 2
        assert why in said
    assert json.loads(done(empty_home, "users", "--json").out) == []


def test_without_a_terminal_a_password_is_only_read_when_it_is_said_so(empty_home: Path) -> None:
    code, said = piped(empty_home, "", "users", "add", KIM)
    assert code == 2
    assert "no terminal to ask for a password at: --password-stdin reads it" in said


def test_a_password_is_asked_twice_and_never_shown(empty_home: Path) -> None:
    terminal = Terminal(empty_home, "users", "add", KIM, "--role", "admin", "--name", "Kim [b]")
    terminal.answer("Password for kim@example.com", "too short", is_hidden=True)
    terminal.answer("Password for kim@example.com", PASSWORD, is_hidden=True)
    terminal.answer("The same again", f"{PASSWORD}x", is_hidden=True)
    terminal.answer("Password for kim@example.com", PASSWORD, is_hidden=True)
    terminal.answer("The same again", PASSWORD, is_hidden=True)

    assert terminal.ended() == 0, terminal.seen
    assert "A password has at least 12 characters" in terminal.seen
    assert "That was not the same twice." in terminal.seen
    assert "plain words" not in terminal.seen
    assert "Kim [b]" in done(empty_home, "users").words


def test_users_are_listed_with_who_came_by_a_link(home: Path) -> None:
    said = done(home, "users", "list")
    assert f"{KIM} admin all 0" in said.words
    assert f"{LEE} rep own 1" in said.words
    assert "os:[b] came by a link: 1 session" in said.words
    kim, lee = json.loads(done(home, "users", "list", "--json").out)
    assert (kim["role"], kim["accounts"], kim["ended_at"]) == ("admin", "all", None)
    assert (lee["email"], lee["sessions"], lee["added_by"]) == (LEE, 1, "os:rita")
    assert "$h" not in said.words


def test_a_role_is_changed(home: Path) -> None:
    said = done(home, "users", "role", LEE, "reader", "--all-accounts", "--by", KIM)
    assert "lee@example.com: reader, sees every account." in said.words
    refused = typed(home, "users", "role", KIM, "rep")
    assert refused.code == 2
    assert "kim@example.com is the last admin" in refused.words
    refused = typed(home, "users", "role", LEE, "admin", "--own-accounts")
    assert "an admin sees every account" in refused.words


def test_a_user_who_is_ended_is_signed_out_at_once(home: Path) -> None:
    said = done(home, "users", "end", LEE)
    assert "lee@example.com may not sign in any more. 1 session ended." in said.words
    assert f"{LEE} rep own 0" in done(home, "users").words
    again = typed(home, "users", "end", LEE)
    assert again.code == 2
    assert "there are kim@example.com" in again.words
    last = typed(home, "users", "end", KIM)
    assert "kim@example.com is the last admin" in last.words


def test_a_new_password_ends_sessions(home: Path) -> None:
    code, said = piped(home, PASSWORD, "users", "password", LEE, "--password-stdin")
    assert code == 0, said
    assert "lee@example.com has a new password. 1 session ended." in said
    refused = typed(home, "users", "password", "who@example.com", "--password-stdin")
    assert "there is no user 'who@example.com' who may sign in" in refused.words


def test_somebody_is_signed_out_by_name(home: Path) -> None:
    assert "1 session ended." in done(home, "users", "sign-out", "os:[b]").words
    assert "No session was open." in done(home, "users", "sign-out", "Who@example.com").words


def test_an_address_that_is_none_is_refused_before_anything_is_asked(empty_home: Path) -> None:
    refused = typed(empty_home, "users", "add", "kim")
    assert refused.code == 2
    assert "'kim' is not an e-mail address, such as kim@example.com" in refused.words
    admin = typed(empty_home, "users", "add", KIM, "--role", "admin", "--own-accounts")
    assert "an admin sees every account" in admin.words


def test_the_dashboard_needs_a_service_that_this_machine_alone_reaches(home: Path) -> None:
    none = typed(home, "dashboard")
    assert none.code == 2
    assert "no service runs on this data folder: tend run starts one" in none.words
    flows = f"sqlite:///{home / 'flows.sqlite3'}"
    with only_service(flows, since=NOW) as note_address:
        assert service_address(flows) == ""
        assert "has no HTTP door (tend run --no-web)" in typed(home, "dashboard").words
        note_address("http://0.0.0.0:80")
        assert "is not on this machine alone" in typed(home, "dashboard").words
        note_address("http://[::1]:8321")
        assert done(home, "dashboard").out.startswith("http://[::1]:8321/sign-in/main.")
    assert service_address(flows) is None


@pytest.mark.parametrize("address", ["https://tend.example.com", "ftp://127.0.0.1", "127.0.0.1"])
def test_a_link_leads_nowhere_else(home: Path, address: str) -> None:
    refused = typed(home, "dashboard", "--at", address)
    assert refused.code == 2
    assert "is not on this machine alone" in refused.words
    assert "is no address" in typed(home, "dashboard", "--at", "http://127.0.0.1:x").words


def test_the_link_opens_the_dashboard_of_the_service_once(home: Path) -> None:
    with running(home) as service:
        service.until_ready()
        link = done(home, "dashboard").out.strip()
        assert link.startswith(f"{service.address}/sign-in/main.")
        with httpx.Client() as browser:
            assert "Open the dashboard" in browser.get(link).text
            opened = browser.post(link, data={"": ""})
            assert (opened.status_code, opened.headers["location"]) == (303, "/")
            assert "tend_session" in browser.cookies
            assert browser.post(link, data={"": ""}).status_code == 410
        assert link.rpartition("/")[2] not in service.words
