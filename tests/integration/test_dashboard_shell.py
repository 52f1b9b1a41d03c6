"""What goes round every page of the dashboard: headers, hosts, files, errors, forms."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

import pytest

from app.domain.viewer import Role, Viewer
from app.storage.sql_store import SqlStore, open_store
from app.web.assets import FOLDER, asset
from app.web.hosts import our_hosts
from app.web.paths import account_path, own_path, with_word
from tests.servers.dashboard import Dashboard, text_of
from tests.servers.templates import at_head


@pytest.fixture
def dashboard(tmp_path: Path) -> Dashboard:
    return Dashboard(open_store(at_head(tmp_path / "tend.sqlite3")), tmp_path)


def test_nobody_sees_a_page_without_signing_in(dashboard: Dashboard) -> None:
    answer = dashboard.get("/accounts?q=acme&page=2")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["location"] == "/sign-in?next=%2Faccounts%3Fq%3Dacme%26page%3D2"


def test_a_piece_of_a_page_sends_the_whole_page_to_sign_in(dashboard: Dashboard) -> None:
    answer = dashboard.get("/accounts", headers={"HX-Request": "true"})
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.headers["hx-redirect"] == "/sign-in"


@pytest.mark.parametrize("cookie", ["", "main.x", "main." + "a" * 43, "../main." + "a" * 43])
def test_a_cookie_that_is_none_of_ours_opens_nothing(dashboard: Dashboard, cookie: str) -> None:
    dashboard.cookies = {"tend_session": cookie} if cookie else {}
    assert dashboard.get("/accounts").status_code == HTTPStatus.SEE_OTHER


def test_every_answer_has_careful_headers(dashboard: Dashboard) -> None:
    for path in ("/accounts", "/nothing", "/sign-in"):
        headers = dashboard.get(path).headers
        policy = headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"


def test_our_files_are_kept_for_good_under_an_address_that_names_their_content(
    dashboard: Dashboard,
) -> None:
    answer = dashboard.get(asset("tend.css"))
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.content == (FOLDER / "tend.css").read_bytes()


@pytest.mark.parametrize("name", ["../site.py", "%2e%2e/site.py", "nothing.css", "vendor"])
def test_no_other_file_is_given(dashboard: Dashboard, name: str) -> None:
    assert dashboard.get(f"/static/{name}").status_code == HTTPStatus.NOT_FOUND


def test_a_page_that_is_not_there_says_so(dashboard: Dashboard) -> None:
    dashboard.sign_in()
    answer = dashboard.get("/nothing/here")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is nothing here" in text_of(answer)


def test_a_stranger_s_name_for_our_address_is_refused(dashboard: Dashboard) -> None:
    answer = dashboard.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == HTTPStatus.MISDIRECTED_REQUEST


@pytest.mark.parametrize(
    "host, url, header, is_ours",
    [
        ("127.0.0.1", "", "127.0.0.1:8321", True),
        ("127.0.0.1", "", "localhost:8321", True),
        ("::1", "", "[::1]:8321", True),
        ("127.0.0.1", "", "tend.example", False),
        ("127.0.0.1", "https://tend.example", "tend.example", True),
        ("127.0.0.1", "", "", False),
        ("127.0.0.1", "", "[::1", False),
        ("127.0.0.1", "", "127.0.0.1@evil.example", False),
        ("192.0.2.7", "", "anything.example", True),
        ("192.0.2.7", "https://tend.example", "anything.example", False),
        ("192.0.2.7", "https://tend.example", "tend.example:443", True),
    ],
)
def test_hosts_that_are_ours(host: str, url: str, header: str, is_ours: bool) -> None:
    assert our_hosts(host, url)(header) is is_ours


def test_a_change_is_sent_as_a_form_of_modest_size(dashboard: Dashboard) -> None:
    dashboard.sign_in()
    as_json = dashboard.post("/sign-out", headers={"Content-Type": "application/json"})
    assert as_json.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    large = dashboard.post("/sign-out", {"note": "x" * 300_000})
    assert large.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize(
    "given",
    [
        *("//evil.example", "/\\evil.example", "https://evil.example", "evil.example", ""),
        *("/ /evil", "/\tevil", "/\n//evil", "javascript:alert(1)", "/ä", "/" + "a" * 3_000),
        *("\\\\evil.example", "/%\x00"),
    ],
)
def test_another_s_address_is_no_path_of_ours(given: str) -> None:
    assert own_path(given, otherwise="/here") == "/here"


@pytest.mark.parametrize("given", ["/", "/accounts?q=a%20b&page=2", "/accounts/a%2Fb", "/a//b"])
def test_paths_of_ours_are_followed(given: str) -> None:
    assert own_path(given) == given


def test_what_was_done_is_said_once() -> None:
    assert with_word("/accounts?done=x&q=a", done="logged") == "/accounts?q=a&done=logged"
    assert account_path("a/b c", "tickets") == "/accounts/a%2Fb%20c?view=tickets"


def test_a_store_has_no_session_of_a_stranger_s_tenant(dashboard: Dashboard) -> None:
    other: SqlStore = dashboard.store
    dashboard.sign_in(Viewer(by="os:rita", role=Role.ADMIN), tenant="other")
    (text,) = dashboard.cookies.values()
    dashboard.cookies = {"tend_session": text.replace("other.", "main.")}
    assert dashboard.get("/accounts").status_code == HTTPStatus.SEE_OTHER
    assert other is dashboard.store
