"""By the keyboard alone: with single keys, and with Tab and Enter where those are switched off."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from app.domain.incident import IncidentState
from tests.browser.serving import Served
from tests.browser.test_morning import NAME, kept
from tests.browser.windows import window

MOST_TABS = 150
MOST_THINGS = 20
FOCUSED = """() => {
  const one = document.activeElement;
  return (one.getAttribute('aria-label') || (one.labels && one.labels[0]?.textContent)
    || one.textContent || one.value || '').replace(/\\s+/g, ' ').trim();
}"""
IS_SEEN = """() => {
  const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
  return outlineStyle !== 'none' && parseFloat(outlineWidth) > 0;
}"""
SAID = "We start with the oldest one tomorrow."


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what begins with the words has the focus; it must be seen to have it."""
    met = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        met.append(page.evaluate(FOCUSED))
        if met[-1].startswith(words):
            assert page.evaluate(IS_SEEN), f"{words}: the focus is not to be seen"
            return
    raise AssertionError(f"{words!r} is not among {met}")


def test_an_incident_an_account_and_a_draft_by_single_keys(
    browser: Browser, worked_on: Served
) -> None:
    with window(browser, worked_on.origin) as (page, heard):
        opens_the_dashboard(page, worked_on)
        raised = len(kept(worked_on).incidents)
        goes_to(page, NAME)
        page.keyboard.press("a")
        to_do = page.locator("li[data-item]", has_text=NAME).get_by_role(
            "button", name="Acknowledge"
        )
        expect(to_do).to_have_count(raised - 1)
        states = [one.state for one in kept(worked_on).incidents]
        assert states.count(IncidentState.ACKNOWLEDGED) == 1
        page.goto("/")
        page.keyboard.press("j")
        name = page.locator("[data-item]:focus").get_by_role("link").first.inner_text()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        page.goto("/drafts")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/drafts/d-"))
        writes_on_it(page, "e")
        heard.nothing()


def test_the_same_with_tab_and_enter_where_single_keys_are_off(
    browser: Browser, worked_on: Served
) -> None:
    with window(browser, worked_on.origin) as (page, heard):
        opens_the_dashboard(page, worked_on)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        tab_to(page, "Single keys work")
        page.keyboard.press("Space")
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.closest('[data-item]') === null")
        raised = page.get_by_role("button", name="Acknowledge").count()
        tab_to(page, "Acknowledge")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Acknowledge")).to_have_count(raised - 1)
        page.goto("/")
        tab_to(page, NAME)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
        tab_to(page, "Letters")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("view=letters"))
        tab_to(page, "Your open tickets")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile("/drafts/d-"))
        tab_to(page, "Edit")
        writes_on_it(page, "Enter")
        heard.nothing()


def goes_to(page: Page, name: str) -> None:
    """Down the list to the first thing about it: which is the first of all depends on the day."""
    for _ in range(MOST_THINGS):
        page.keyboard.press("j")
        if name in page.locator("[data-item]:focus").inner_text():
            return
    raise AssertionError(f"{name!r} is not in the list")


def opens_the_dashboard(page: Page, served: Served) -> None:
    """The one button of the link's page has the focus."""
    page.goto(served.way_in)
    expect(page.get_by_role("button", name="Open the dashboard")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{served.origin}/")
    page.wait_for_load_state()


def writes_on_it(page: Page, key: str) -> None:
    """The form opens by the key; a sentence more, and it is saved."""
    page.wait_for_load_state()
    page.keyboard.press(key)
    expect(page.get_by_role("heading", name="Edit the letter")).to_be_visible()
    expect(page.get_by_role("textbox", name="Subject")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n{SAID}\n")
    tab_to(page, "Save")
    page.keyboard.press("Enter")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text(SAID)
