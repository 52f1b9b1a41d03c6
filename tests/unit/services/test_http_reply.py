from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import AccessExpired, RemoteRefused, ServiceError, TransientServiceError
from app.services.http_reply import Reply, error_of, wait_asked

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def reply(status: int = 200, content: bytes = b"", **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(
        system="notion", operation="read a page", status=status, headers=named, content=content
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
def test_any_answer_of_the_two_hundreds_went_well(status: int) -> None:
    assert error_of(reply(status), now=NOW) is None


@pytest.mark.parametrize(
    "status, kind",
    [
        (401, AccessExpired),
        (403, AccessExpired),
        (304, RemoteRefused),
        (400, RemoteRefused),
        (404, RemoteRefused),
        (409, RemoteRefused),
        (410, RemoteRefused),
        (422, RemoteRefused),
        (408, TransientServiceError),
        (425, TransientServiceError),
        (429, TransientServiceError),
        (500, TransientServiceError),
        (502, TransientServiceError),
        (503, TransientServiceError),
        (529, TransientServiceError),
        (599, TransientServiceError),
    ],
)
def test_every_other_status_has_its_kind_of_error(status: int, kind: type[ServiceError]) -> None:
    error = error_of(reply(status, b"secret words of a customer"), now=NOW)
    assert type(error) is kind
    assert f"notion: read a page: answered {status}" in str(error)
    assert "secret" not in str(error)


def test_a_refusal_keeps_its_status() -> None:
    error = error_of(reply(404), now=NOW)
    assert isinstance(error, RemoteRefused)
    assert error.status == 404


@pytest.mark.parametrize("status", [429, 503, 529])
def test_overload_hands_on_the_wait(status: int) -> None:
    error = error_of(reply(status, retry_after="7"), now=NOW)
    assert isinstance(error, TransientServiceError)
    assert error.retry_after == 7


def test_other_trouble_asks_for_no_wait() -> None:
    error = error_of(reply(500, retry_after="7"), now=NOW)
    assert isinstance(error, TransientServiceError)
    assert error.retry_after is None


@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"retry-after": "49"}, 49),
        ({"retry-after": " 0 "}, 0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "999999999999"}, 3600),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 -0000"}, 30),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "Sat, 21 Nov 2093 12:00:00 GMT"}, 3600),
        (
            {
                "retry-after": "Sat, 21 Nov 2026 09:00:20 GMT",
                "date": "Sat, 21 Nov 2026 09:00:00 GMT",
            },
            20,
        ),
        ({"ratelimit-reset": "12"}, 12),
        ({"retry-after": "5", "ratelimit-reset": "12"}, 5),
        ({"retry-after": "soon", "ratelimit-reset": "12"}, 12),
        ({}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": "٣"}, None),
        ({"ratelimit-reset": "limit=5"}, None),
    ],
)
def test_the_wait_asked_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_asked(headers, now=NOW) == seconds


@given(
    st.text() | st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,9} [\d:]{1,9} [+-]?\w{0,9}"), st.text()
)
def test_whatever_is_asked_the_wait_is_from_none_to_an_hour(asked: str, date: str) -> None:
    wait = wait_asked({"retry-after": asked, "date": date, "ratelimit-reset": date}, now=NOW)
    assert wait is None or 0 <= wait <= 3600


def test_a_body_is_read_as_json() -> None:
    assert reply(content='{"name": "Zoë", "n": [1, null]}'.encode()).json_value() == {
        "name": "Zoë",
        "n": [1, None],
    }


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>Back soon</html>", b"{", b'{"a": NaN}', b"\xff\xfe\xfa", b"[" * 200_000],
)
def test_a_body_that_is_no_json_may_be_one_later(content: bytes) -> None:
    with pytest.raises(TransientServiceError, match="something else than JSON"):
        reply(content=content).json_value()
