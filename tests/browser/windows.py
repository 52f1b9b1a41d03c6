"""Windows of a browser, and what pages say, ask for and stumble over meanwhile.

The browser is never let out: a request to anywhere but the dashboard is noted and refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Route,
    expect,
    sync_playwright,
)
from playwright.sync_api import Error as BrowserError

from app.web.cookies import COOKIE
from tests.servers.chromium import program

PATIENCE_MS = 20_000
"""A machine may have other work; nothing takes so long on one that has not."""
_HARMLESS = "Autofocus processing was blocked"
"""Somebody was quicker than the page and has his focus somewhere already."""
_ARGUMENTS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser, closed in the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=list(_ARGUMENTS))
        yield browser
        browser.close()


@dataclass
class Heard:
    """What happened in a browser's window that should not."""

    troubles: list[str] = field(default_factory=list)
    """Console messages of every kind, errors, dialogs, requests elsewhere."""

    def said(self, message: ConsoleMessage) -> None:
        """A line of the console."""
        if not message.text.startswith(_HARMLESS):
            self.troubles.append(f"console {message.type}: {message.text}")

    def broke(self, error: BrowserError) -> None:
        """A script's error that nobody caught."""
        self.troubles.append(f"script: {error.message}")

    def asked(self, dialog: Dialog) -> None:
        """An alert, or a question."""
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def nothing(self) -> None:
        """Raises AssertionError with everything heard; then it begins anew."""
        troubles, self.troubles = self.troubles, []
        assert not troubles, "\n".join(troubles)


@contextmanager
def window(
    browser: Browser,
    origin: str,
    *,
    javascript: bool = True,
    is_watched_by_policy: bool = True,
    width: int = 1440,
    scheme: str = "light",
    session: str = "",
) -> Iterator[tuple[Page, Heard]]:
    """A page of a context of its own at `origin`, and what is heard of it.

    `session`: the cookie of whoever is signed in.
    `is_watched_by_policy`: False lets Playwright put a script in that the page's policy forbids.
    """
    context = browser.new_context(
        base_url=origin,
        bypass_csp=not is_watched_by_policy,
        java_script_enabled=javascript,
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
        accept_downloads=True,
    )
    if session:
        context.add_cookies([{"name": COOKIE, "value": session, "url": origin}])
    heard = Heard()
    _keep_in(context, origin, heard)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    expect.set_options(timeout=PATIENCE_MS)
    page.on("console", heard.said)
    page.on("pageerror", heard.broke)
    page.on("dialog", heard.asked)
    try:
        yield page, heard
    finally:
        context.close()


def _keep_in(context: BrowserContext, origin: str, heard: Heard) -> None:
    def elsewhere(route: Route) -> None:
        heard.troubles.append(f"request: {route.request.method} {route.request.url}")
        route.abort()

    context.route(lambda url: not url.startswith((f"{origin}/", "data:", "blob:")), elsewhere)
