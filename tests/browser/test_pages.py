"""Every page in a browser: nothing is heard, nobody is left out, nothing sticks out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.pages import NAMES, addresses, shown
from tests.browser.serving import Served
from tests.browser.windows import Heard, window

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async ([type, values]) =>
  (await axe.run(document, {runOnly: {type, values}})).violations"""
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""Rules that may find something else in another scheme."""
NARROW = 375
REFUSED = {"no such page": 404, "way in, used up": 410}
"""Pages that come with a status of their own, which the console tells."""


@pytest.fixture(scope="package")
def paths(looked_at: Served) -> Mapping[str, str]:
    return addresses(looked_at)


@pytest.fixture(scope="module")
def watched(browser: Browser, looked_at: Served) -> Iterator[tuple[Page, Heard]]:
    with window(browser, looked_at.origin) as opened:
        yield opened


@pytest.fixture(scope="module")
def examined(browser: Browser, looked_at: Served) -> Iterator[Page]:
    """A window that axe may put its script into."""
    with window(browser, looked_at.origin, is_watched_by_policy=False) as (page, _):
        yield page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_shown_without_a_word_in_the_console(
    watched: tuple[Page, Heard], looked_at: Served, paths: Mapping[str, str], name: str
) -> None:
    page, heard = watched
    heard.troubles.clear()
    status = REFUSED.get(name, 200)
    assert shown(page, looked_at, name, paths[name]).status == status
    if status != 200:
        heard.troubles = [one for one in heard.troubles if f"status of {status}" not in one]
    assert page.locator("h1").count() == 1
    heard.nothing()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_that_leaves_somebody_out(
    examined: Page, looked_at: Served, paths: Mapping[str, str], name: str, scheme: str
) -> None:
    examined.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    shown(examined, looked_at, name, paths[name])
    examined.evaluate(AXE)
    asked = ["tag", list(WCAG)] if scheme == "light" else ["rule", list(OF_COLOURS)]
    found = examined.evaluate(RUN_AXE, asked)
    told = [
        f"{one['id']} ({one['impact']}): {one['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in one["nodes"][:3])
        for one in found
    ]
    assert not told, "\n".join(told)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_sticks_out_of_a_narrow_window(
    watched: tuple[Page, Heard], looked_at: Served, paths: Mapping[str, str], name: str
) -> None:
    page, _ = watched
    page.set_viewport_size({"width": NARROW, "height": 800})
    shown(page, looked_at, name, paths[name])
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    needed, there = page.evaluate(widths)
    page.set_viewport_size({"width": 1440, "height": 900})
    assert needed <= there, f"{needed} px wide in a window of {NARROW}"
