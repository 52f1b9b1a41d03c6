"""What is kept of what a browser calls itself: words of ours."""

from __future__ import annotations

import pytest

from app.web.origins import browser_in

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    "agent, told",
    [
        (
            f"{MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox on Linux",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36",
            "Chrome on Windows",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0) {WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15",
            "Safari on macOS",
        ),
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Safari/604.1",
            "Chrome on iOS",
        ),
        (
            f"{MOZILLA} (Linux; Android 15) {WEBKIT} SamsungBrowser/28.0",
            "Samsung Internet on Android",
        ),
        (f"{MOZILLA} (X11; Linux x86_64) something else", "Linux"),
        ("Firefox/140.0", "Firefox"),
        ("curl/8.14.1", ""),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_a_word_of_ours(agent: str, told: str) -> None:
    assert browser_in(agent) == told
