"""`tend connect gmail` as people type it, against a Google of our own."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.services.gsuite.config import COMPOSE_SCOPE, READ_SCOPE
from app.services.gsuite.token_files import TokenFiles
from tests.e2e.typed import typed
from tests.servers.gmail import gmail_server
from tests.servers.google import GoogleServer
from tests.servers.google_access import consent

REP = "rita@tend.example"
_BROWSER = """
import sys, urllib.parse, urllib.request
asked = urllib.parse.parse_qs(urllib.parse.urlsplit(sys.argv[1]).query)
answer = urllib.parse.urlencode({"code": "the-code", "state": asked["state"][0]})
urllib.request.urlopen(asked["redirect_uri"][0] + "?" + answer).read()
"""


@pytest.fixture
def google() -> Iterator[GoogleServer]:
    with gmail_server(REP) as (server, _):
        server.grants = lambda form: REP if "code" in form or "refresh_token" in form else None
        server.scopes = (COMPOSE_SCOPE, READ_SCOPE)
        yield server


@pytest.fixture
def client(google: GoogleServer, tmp_path: Path) -> Path:
    """The OAuth client as Google lets one download it."""
    path = tmp_path / "client.json"
    installed = {
        "client_id": "client",
        "client_secret": "very-secret",
        "auth_uri": f"{google.url}/auth",
        "token_uri": f"{google.url}/token",
        "redirect_uris": ["http://localhost"],
    }
    path.write_text(json.dumps({"installed": installed}))
    return path


def settings(google: GoogleServer, home: Path) -> Mapping[str, str]:
    where = {"api_root": google.url, "token_uri": f"{google.url}/token"}
    return {
        "TEND_HOME": str(home),
        "TEND_GMAIL": json.dumps(where),
        "OAUTHLIB_INSECURE_TRANSPORT": "1",  # the tests' Google speaks no TLS
        "COLUMNS": "400",
    }


def started(google: GoogleServer, home: Path, *words: str, **more: str) -> subprocess.Popen[str]:
    """The command as a process that can be answered."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TEND_")}
    return subprocess.Popen(
        [sys.executable, "-m", "app", "connect", "gmail", *words],
        env={**kept, **settings(google, home), **more},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(command: subprocess.Popen[str], answer: str = "") -> tuple[int, str]:
    out, err = command.communicate(answer, timeout=60)
    return command.returncode, out + err


def asked_page(command: subprocess.Popen[str]) -> str:
    """The page on which the rep consents."""
    assert command.stdout is not None
    return next(line.strip() for line in command.stdout if line.startswith("http"))


def test_a_consent_is_pasted_from_a_browser_elsewhere(
    google: GoogleServer, client: Path, tmp_path: Path
) -> None:
    forms: list[Mapping[str, list[str]]] = []

    def granted(form: Mapping[str, list[str]]) -> str:
        forms.append(form)
        return REP

    google.grants = granted
    words = ("--client", str(client), "--no-browser", "--wider", "--rep", REP.upper())
    command = started(google, tmp_path, *words)
    page = parse_qs(urlsplit(asked_page(command)).query)
    assert page["scope"] == [f"{COMPOSE_SCOPE} {READ_SCOPE}"]
    assert (page["login_hint"], page["access_type"]) == ([REP], ["offline"])
    code, told = ended(command, f"http://localhost:1/?code=c&state={page['state'][0]}\n")
    assert code == 0, told
    assert f"Drafts of {REP} are connected" in told
    assert "very-secret" not in told
    kept = TokenFiles(tmp_path).read(REP)
    assert (kept.account, kept.scopes) == (REP, (COMPOSE_SCOPE, READ_SCOPE))
    assert TokenFiles(tmp_path).path_of(REP).stat().st_mode & 0o777 == 0o600
    proof = sha256(forms[0]["code_verifier"][0].encode()).digest()
    assert base64.urlsafe_b64encode(proof).decode().rstrip("=") == page["code_challenge"][0]


def test_a_consent_is_given_in_the_browser_here(
    google: GoogleServer, client: Path, tmp_path: Path
) -> None:
    browser = tmp_path / "browser.py"
    browser.write_text(_BROWSER)
    google.scopes = (COMPOSE_SCOPE,)
    command = started(
        google, tmp_path, "--client", str(client), "--wider",
        BROWSER=f"{sys.executable} {browser} %s &",
    )  # fmt: skip
    code, told = ended(command)
    assert code == 0, told
    assert "Reading mail was not consented to" in told
    assert TokenFiles(tmp_path).read(REP).scopes == (COMPOSE_SCOPE,)


@pytest.mark.parametrize(
    "answer, why",
    [
        ("http://localhost:1/?error=access_denied&state={state}", "was not given"),
        ("http://localhost:1/?code=c&state=another", "not the address"),
        ("nothing", "not the address"),
    ],
)
def test_what_is_no_consent_keeps_nothing(
    google: GoogleServer, client: Path, tmp_path: Path, answer: str, why: str
) -> None:
    command = started(google, tmp_path, "--client", str(client), "--no-browser")
    state = parse_qs(urlsplit(asked_page(command)).query)["state"][0]
    code, told = ended(command, answer.format(state=state) + "\n")
    assert code == 2
    assert why in told
    assert TokenFiles(tmp_path).reps() == ()


@pytest.mark.parametrize(
    "scopes, rep, why",
    [
        ((READ_SCOPE,), REP, "leave that box ticked"),
        ((COMPOSE_SCOPE,), "kim@tend.example", f"the consent is {REP}'s, not kim@tend.example's"),
    ],
)
def test_another_consent_than_asked_for_keeps_nothing(
    google: GoogleServer, client: Path, tmp_path: Path, scopes: tuple[str, ...], rep: str, why: str
) -> None:
    google.scopes = scopes
    words = ("--client", str(client), "--no-browser", "--rep", rep)
    command = started(google, tmp_path, *words)
    state = parse_qs(urlsplit(asked_page(command)).query)["state"][0]
    code, told = ended(command, f"http://localhost:1/?code=c&state={state}\n")
    assert code == 2
    assert why in told
    assert TokenFiles(tmp_path).reps() == ()


def test_without_a_client_it_says_what_to_set_up(tmp_path: Path) -> None:
    said = typed(tmp_path, "connect", "gmail")
    assert said.code == 2
    assert "enable the Gmail API" in said.words
    assert "tend connect gmail --client FILE" in said.words


def test_a_file_that_is_no_client_is_named(tmp_path: Path) -> None:
    path = tmp_path / "client.json"
    path.write_text('{"web": {"client_secret": "very-secret"}}')
    for client, why in ((path, "of type Desktop app"), (tmp_path / "none", "No such file")):
        said = typed(tmp_path, "connect", "gmail", "--client", str(client))
        assert said.code == 2
        assert why in said.words
        assert "very-secret" not in said.words


def test_a_check_says_who_is_connected_and_who_is_not_any_more(
    google: GoogleServer, tmp_path: Path
) -> None:
    where = dict(settings(google, tmp_path))
    none = typed(tmp_path, "connect", "gmail", "--check", **where)
    assert (none.code, "No mailbox is connected" in none.words) == (1, True)
    consent(tmp_path, REP, wider=True)
    well = typed(tmp_path, "connect", "gmail", "--check", **where)
    assert (well.code, f"{REP}: reached by consent, mail too" in well.words) == (0, True)
    consent(tmp_path, "kim@tend.example")
    swapped = typed(tmp_path, "connect", "gmail", "--check", "--json", **where)
    assert swapped.code == 1
    kim, rita = json.loads(swapped.out)
    assert (kim["rep"], rita["trouble"]) == ("kim@tend.example", "")
    assert REP in kim["trouble"]
    google.grants = lambda _: None
    google.tokens.clear()
    gone = typed(tmp_path, "connect", "gmail", "--check", "--rep", REP, **where)
    assert (gone.code, "invalid_grant" in gone.words) == (1, True)
