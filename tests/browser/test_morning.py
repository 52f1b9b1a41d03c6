"""A rep's morning from the link to a quiet incident: with scripts, without them, by keys alone."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.domain.draft import Alert, DraftState
from app.domain.incident import Incident, IncidentState
from app.jobs.acts.incidents import live_of
from app.ports.store import Unit
from tests.browser.serving import Served
from tests.browser.windows import window

ACCOUNT, NAME = "alderpoint-freight", "Alderpoint Freight"
EDIT = "I will call you tomorrow at nine and go through them one by one."
LONG_MS = 60_000
"""A scan of one account, on a machine that has other work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the store says of the account."""

    incidents: Sequence[Incident]
    alerts: Sequence[Alert]
    letters: dict[str, DraftState]
    scans: int


def kept(served: Served) -> Kept:
    def read(unit: Unit) -> Kept:
        return Kept(
            incidents=live_of(unit, ACCOUNT),
            alerts=[one for one in unit.outbox.alerts(most=10_000) if one.account_id == ACCOUNT],
            letters={one.draft_id: one.state for one in unit.outbox.drafts(account_id=ACCOUNT)},
            scans=len(unit.scans.recent(most=100)),
        )

    with served.store() as store:
        return store.read_now("main", read)


def opened_by_link(page: Page, served: Served) -> None:
    page.goto(served.way_in)
    page.get_by_role("button", name="Open the dashboard").click()
    expect(page).to_have_url(f"{served.origin}/")


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_the_story_of_a_morning(browser: Browser, worked_on: Served, *, javascript: bool) -> None:
    with window(browser, worked_on.origin, javascript=javascript) as (page, heard):
        opened_by_link(page, worked_on)
        looks_at_why(page)
        draft_id = edits_the_draft(page)
        mail = opened_in_mail_program(page)
        assert EDIT in mail.get_content()
        assert EDIT in outbox_file(worked_on, draft_id).get_content()
        page.get_by_role("button", name="Mark as sent").click()
        expect(page.locator("#message")).to_contain_text(re.compile("sent", re.IGNORECASE))
        page.goto(f"/accounts/{ACCOUNT}?view=letters")
        expect(page.locator("main")).to_contain_text("sent, edited")
        assert kept(worked_on).letters[draft_id] is DraftState.EDITED
        acknowledges_everything(page, worked_on)
        stays_quiet_after_a_scan(page, worked_on, javascript=javascript)
        heard.nothing()


def looks_at_why(page: Page) -> None:
    """From the list to the account, and from a bar to its tickets."""
    page.get_by_role("link", name=NAME, exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(page.get_by_role("heading", name=re.compile("Technical health"))).to_be_visible()
    page.locator("main").get_by_role("link", name="Ticket age", exact=True).click()
    expect(page).to_have_url(re.compile("view=tickets"))
    expect(page.locator("main")).to_contain_text("SUP-")


def edits_the_draft(page: Page) -> str:
    page.get_by_role("link", name="Letters").click()
    page.get_by_role("link", name=re.compile("Your open tickets")).first.click()
    expect(page.get_by_role("heading", name="What it rests on")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Edit")).click()
    text = page.get_by_role("textbox", name="Text")
    text.fill(f"{text.input_value().rstrip()}\n\n{EDIT}\n")
    page.get_by_role("button", name="Save").click()
    letter = page.frame_locator("iframe").locator("body")
    expect(letter).to_contain_text(EDIT)
    return page.url.rpartition("/")[2].partition("?")[0]


def opened_in_mail_program(page: Page) -> EmailMessage:
    with page.expect_download() as coming:
        page.get_by_role("link", name="Open in your mail program").click()
    content = Path(coming.value.path()).read_bytes()
    return text_of(content)


def outbox_file(served: Served, draft_id: str) -> EmailMessage:
    (file,) = (served.home / "outbox").rglob(f"*{draft_id}*.eml")
    return text_of(file.read_bytes())


def text_of(content: bytes) -> EmailMessage:
    found = message_from_bytes(content, policy=default).get_body(("plain",))
    assert isinstance(found, EmailMessage)
    return found


def acknowledges_everything(page: Page, served: Served) -> None:
    """Each of the account's incidents, where the day's list has it."""
    page.goto("/")
    to_do = page.locator("li[data-item]", has_text=NAME).get_by_role("button", name="Acknowledge")
    for left in reversed(range(len(kept(served).incidents))):
        to_do.first.click()
        expect(to_do).to_have_count(left)
        page.goto("/")
    states = {one.state for one in kept(served).incidents}
    assert states == {IncidentState.ACKNOWLEDGED}


def looks_again_until_it_is_done(page: Page) -> None:
    """Each click leads to a page of its own: what the last one said is no answer."""
    done = page.locator("#message", has_text="efreshed")
    again = page.get_by_role("link", name="Look again")
    deadline = time.monotonic() + LONG_MS / 1000
    expect(done.or_(again)).to_be_visible()
    while not done.count():
        assert time.monotonic() < deadline, page.locator("main").inner_text()
        time.sleep(0.2)
        with page.expect_navigation():
            again.click()
        expect(done.or_(again)).to_be_visible()


def stays_quiet_after_a_scan(page: Page, served: Served, *, javascript: bool) -> None:
    before = kept(served)
    page.goto(f"/accounts/{ACCOUNT}")
    page.get_by_role("button", name="Refresh now").click()
    if not javascript:
        looks_again_until_it_is_done(page)
    expect(page.locator("#message")).to_contain_text("efreshed", timeout=LONG_MS)
    after = kept(served)
    assert after.scans == before.scans + 1
    assert after.alerts == before.alerts
    assert {one.state for one in after.incidents} == {IncidentState.ACKNOWLEDGED}


def test_a_click_that_nobody_answers_says_so(browser: Browser, worked_on: Served) -> None:
    with window(browser, worked_on.origin) as (page, _):
        opened_by_link(page, worked_on)
        page.context.set_offline(True)
        page.locator("[data-item]").get_by_role("button", name="Acknowledge").first.click()
        expect(page.get_by_role("alert")).to_contain_text("Tend did not answer")
