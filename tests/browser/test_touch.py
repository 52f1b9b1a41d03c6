"""The zoomable history under two fingers, as on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Served
from tests.browser.windows import window

ACCOUNT = "/accounts/redfern-hollow-media"
STEPS = 6


def hand_on(page: Page, height: float) -> Callable[..., None]:
    """Says what fingers do at this height, each at a place from the left."""
    session = page.context.new_cdp_session(page)

    def act(kind: str, *places: float) -> None:
        points = [{"x": place, "y": height, "id": finger} for finger, place in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    return act


def test_two_fingers_zoom_the_history_and_one_moves_along_it(
    browser: Browser, looked_at: Served
) -> None:
    origin, session = looked_at.origin, looked_at.session
    with window(browser, origin, width=375, session=session) as (page, heard):
        page.goto(f"{ACCOUNT}?view=history")
        chart = page.locator(".course-live .u-over").first
        expect(chart).to_be_visible()
        chart.scroll_into_view_if_needed()
        place = chart.bounding_box()
        assert place is not None
        middle, far = place["x"] + place["width"] / 2, place["width"] / 3
        fingers = hand_on(page, place["y"] + place["height"] / 2)
        everything = page.get_by_role("button", name="Show it all")
        expect(everything).to_have_count(0)

        fingers("touchStart", middle - 15, middle + 15)
        for step in range(1, STEPS):
            more = step * far / STEPS
            fingers("touchMove", middle - 15 - more, middle + 15 + more)
        fingers("touchEnd")
        expect(everything).to_have_count(2)
        told = page.locator(".u-tip").first
        fingers("touchStart", middle)
        expect(told).to_contain_text("score")
        before = told.inner_text()
        for step in range(1, STEPS):
            fingers("touchMove", middle + step * far / STEPS)
        fingers("touchEnd")
        expect(told).to_have_text(before)

        everything.first.click()
        expect(everything).to_have_count(0)
        heard.nothing()
