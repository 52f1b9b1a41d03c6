"""A release that comes by the door: letters drafted for whom it matters to, each of them once."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import JsonValue, SecretStr

from app.domain.feed import FactKind
from app.domain.flow import FlowAsk, FlowState, Urgency
from app.errors import TransientServiceError
from app.jobs.release_letters import CHANGED, NO_MATTER, NOT_LIVE, LettersOwed
from app.jobs.task_desk import not_failed
from app.web.api import HttpConfig
from tests import builders
from tests.integration.small_book import MONDAY, TENANT, SmallBook
from tests.integration.stories.office import Office
from tests.servers.http_door import Door

SECRET = "a webhook's own"
NOON = MONDAY + timedelta(hours=5)
SALESFORCE: JsonValue = {"title": "Bulk mode", "integrations": ["Salesforce"]}
OKTA: JsonValue = {"title": "Okta sign-on", "integrations": ["Okta"]}
RELEASE: dict[str, JsonValue] = {"version": "4.2", "items": [SALESFORCE]}
PUBLISHED: dict[str, JsonValue] = {
    "action": "published",
    "release": {"tag_name": "v5.0", "body": "- feat(Salesforce): bulk mode"},
}


@dataclass(slots=True)
class Told:
    """A door before an office whose flows really run."""

    book: SmallBook
    door: Door
    office: Office
    key: str

    def post(self, release: JsonValue, **headers: str) -> httpx.Response:
        return self.door.ask("POST", "/v1/releases", key=self.key, body=release, headers=headers)

    def github(self, event: JsonValue, delivery: str = "d-1") -> httpx.Response:
        body = json.dumps(event).encode()
        signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "X-Hub-Signature-256": f"sha256={signature}",
            "X-GitHub-Delivery": delivery,
            "X-GitHub-Event": "release",
        }
        return self.door.ask("POST", "/v1/releases/github", body=body, headers=headers)

    def letters(self) -> list[str]:
        """Whom the drafts are about that are there now."""
        return sorted(draft.account_id for draft in self.book.drafts())

    def owed(self) -> list[str]:
        """Releases whose letters nobody has been asked for yet."""
        return list(self.book.store.read_now(TENANT, lambda unit: unit.owed_letters.waiting()))

    def sweep(self) -> int:
        """The service asks for what is owed."""
        engine = self.office.engine

        async def ask_flow(ask: FlowAsk) -> None:
            await engine.enqueue(await not_failed(engine, ask))

        return asyncio.run(LettersOwed(store=self.book.store, ask_flow=ask_flow).ask(TENANT))

    def take_up(self, office: Office) -> None:
        """Have another process behind the door."""
        self.office = office
        self.door.api = replace(self.door.api, desk=office.engine)

    def lose(self) -> None:
        """Have a door that keeps things and can ask for no flow, as if it died in between."""
        self.door.desk.broken = TransientServiceError("engine", "enqueue", "gone", retry_after=7)
        self.door.api = replace(self.door.api, desk=self.door.desk)


def told_at(home: Path, *, is_live: bool = True) -> Told:
    book = SmallBook.opened(home)
    if is_live:
        book.live_book("acme", "beta", "gone")
    else:
        book.add_accounts("acme", "beta", "gone")
    connected = {"acme": "Salesforce", "beta": "Okta", "gone": "Salesforce"}
    accounts = [
        builders.account(account_id=name, name=name.title(), integrations=(system,))
        for name, system in connected.items()
    ]
    book.bring(FactKind.ACCOUNTS, [builders.row_of(account) for account in accounts])
    book.end_contract("gone", on=MONDAY.date() - timedelta(days=200))
    config = HttpConfig(github_secret=SecretStr(SECRET))
    door = Door(book.store, config=config, now=NOON)
    told = Told(book, door, Office(book=book, clock=lambda: NOON), door.key())
    told.take_up(told.office)
    return told


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return told_at(tmp_path)


def test_a_release_drafts_letters_for_active_accounts_that_it_matters_to_once(told: Told) -> None:
    first = told.post(RELEASE)
    assert first.status_code == 200, first.text
    answer = first.json()
    assert (answer["matters_to"], answer["drafting_for"], answer["why_none"]) == (1, 1, "")
    assert told.letters() == ["acme"]
    (draft,) = told.book.drafts()
    assert "Bulk mode" in draft.body_text

    assert told.post(RELEASE).json()["drafting_for"] == 1
    told.take_up(told.office.restarted())
    assert told.post(RELEASE, **{"Idempotency-Key": "again"}).json()["drafting_for"] == 1
    assert told.letters() == ["acme"]


def test_nobody_waits_for_these_flows_and_all_of_them_end(told: Told) -> None:
    told.post(RELEASE)
    rows = asyncio.run(told.office.engine.flows(TENANT))
    assert {row.state for row in rows} == {FlowState.DONE}
    told.door.api = replace(told.door.api, desk=told.door.desk)
    told.post(RELEASE)
    (ask,) = told.door.desk.asked.values()
    assert ask.urgency is Urgency.USUAL


def test_github_s_two_words_on_a_release_and_its_redelivery_draft_once(told: Told) -> None:
    heard = told.github(PUBLISHED).json()
    assert heard == {"done": "kept v5.0", "drafting_for": 1, "why_none": ""}
    assert told.github({**PUBLISHED, "action": "released"}, "d-2").status_code == 200
    assert told.github(PUBLISHED).status_code == 409
    assert told.letters() == ["acme"]


@pytest.mark.parametrize("change", [{"draft": True}, {"prerelease": True}])
def test_what_is_not_for_customers_yet_drafts_nothing(
    told: Told, change: dict[str, JsonValue]
) -> None:
    release: JsonValue = {"tag_name": "v5.0", "body": "- feat(Salesforce): x", **change}
    heard = told.github({"action": "published", "release": release}).json()
    assert (heard["done"], heard["drafting_for"]) == ("nothing to keep", 0)
    assert told.letters() == []


def test_a_release_that_was_edited_is_kept_without_letters(told: Told) -> None:
    heard = told.github({**PUBLISHED, "action": "edited"}).json()
    assert (heard["done"], heard["drafting_for"]) == ("kept v5.0", 0)
    assert heard["why_none"].startswith("edited: ")
    assert told.letters() == []


def test_the_same_version_in_other_words_reaches_those_alone_who_were_not_told(told: Told) -> None:
    told.post(RELEASE)
    amended: dict[str, JsonValue] = {**RELEASE, "items": [SALESFORCE, OKTA]}
    assert told.post(amended).json()["drafting_for"] == 2
    assert told.letters() == ["acme", "beta"]


def test_an_old_delivery_given_again_drafts_nothing_of_what_was_replaced(told: Told) -> None:
    told.lose()
    assert told.github(PUBLISHED).status_code == 503
    told.take_up(told.office)
    changed: JsonValue = {"tag_name": "v5.0", "body": "- feat(Workday): sync"}
    assert (
        told.github({"action": "published", "release": changed}, "d-2").json()["why_none"]
        == NO_MATTER
    )
    assert told.github(PUBLISHED).status_code == 409
    assert told.letters() == []
    told.post({"version": "4.2", "items": [SALESFORCE]}, **{"Idempotency-Key": "k"})
    told.post({"version": "4.2", "items": [OKTA]})
    replayed = told.post({"version": "4.2", "items": [SALESFORCE]}, **{"Idempotency-Key": "k"})
    assert (replayed.json()["drafting_for"], replayed.json()["why_none"]) == (0, CHANGED)


def test_a_crash_between_keeping_and_asking_is_made_good_when_it_comes_again(told: Told) -> None:
    told.lose()
    assert told.post(RELEASE).status_code == 503
    assert told.github(PUBLISHED).status_code == 503
    assert told.letters() == []
    told.take_up(told.office)
    assert told.post(RELEASE).json()["is_new"] is False
    assert told.github(PUBLISHED).status_code == 409
    assert told.letters() == ["acme", "acme"]


def test_what_a_crash_left_unasked_is_asked_for_by_the_service(told: Told) -> None:
    told.lose()
    assert told.post(RELEASE).status_code == 503
    assert told.github(PUBLISHED).status_code == 503
    assert (told.owed(), told.letters()) == (["4.2", "v5.0"], [])
    told.take_up(told.office)
    assert told.sweep() == 2
    assert told.letters() == ["acme", "acme"]
    assert (told.owed(), told.sweep()) == ([], 0)
    assert told.post(RELEASE).json()["drafting_for"] == 1
    assert told.letters() == ["acme", "acme"]


def test_letters_that_were_asked_for_are_owed_no_more(told: Told) -> None:
    told.post(RELEASE)
    told.github(PUBLISHED)
    told.github({**PUBLISHED, "action": "edited"}, "d-2")
    told.post({"version": "9", "items": [{"title": "Nobody's", "integrations": ["Workday"]}]})
    assert told.owed() == []


def test_the_words_that_are_kept_by_now_are_told(told: Told) -> None:
    told.lose()
    told.post(RELEASE)
    edited: JsonValue = {"tag_name": "4.2", "body": "- feat(Okta): sign-on"}
    told.github({"action": "edited", "release": edited})
    told.take_up(told.office)
    assert told.sweep() == 1
    assert told.letters() == ["beta"]


def test_before_going_live_nothing_is_drafted_unasked(tmp_path: Path) -> None:
    told = told_at(tmp_path, is_live=False)
    answer = told.post(RELEASE).json()
    assert (answer["matters_to"], answer["drafting_for"]) == (1, 0)
    assert answer["why_none"] == NOT_LIVE
    assert told.owed() == []
    told.book.go_live(NOON)
    assert told.post(RELEASE).json()["drafting_for"] == 1
    assert told.letters() == ["acme"]
