"""`tend events`: what operators see of the bus, on either carrier, and how parked events go on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.bootstrap import bus_of, open_store_of
from app.domain.act import Act, ActKind
from app.domain.event import AgentEvent, EventType
from app.events.consuming import Consumer, Outcome, Parked, handle_once
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.e2e.made_up_book import ESCAPING, HOSTILE
from tests.e2e.test_cli_hostile_text import invisible_in
from tests.e2e.typed import Said, typed

STREAM, GROUP = "escalations", "sales"


@dataclass(frozen=True, slots=True)
class Place:
    """A data folder and its bus."""

    home: Path
    redis_url: str

    def say(self, *words: str) -> Said:
        settings = {"TEND_REDIS_URL": self.redis_url} if self.redis_url else {}
        return typed(self.home, *words, **settings)

    def done(self, *words: str) -> Said:
        said = self.say(*words)
        assert said.code == 0, said.words
        return said

    def publish(self, *events: AgentEvent, stream: str = STREAM) -> None:
        settings, store = self._opened()

        async def work() -> None:
            async with aclosing(bus_of(store, settings, "main")) as bus:
                for event in events:
                    assert await bus.publish(stream, event)

        try:
            asyncio.run(work())
        finally:
            store.close()

    def consume(
        self, handler: Callable[[SqlStore], Callable[[AgentEvent], Awaitable[Outcome]]]
    ) -> dict[str, int]:
        """Have a group handle what there is; how many ended how."""
        settings, store = self._opened()

        async def work() -> dict[str, int]:
            async with aclosing(bus_of(store, settings, "main")) as bus:
                consumer = Consumer(
                    bus=bus, group=GROUP, streams=[STREAM], handler=handler(store), name="one"
                )
                return {kind.__name__: many for kind, many in (await consumer.drain()).items()}

        try:
            return asyncio.run(work())
        finally:
            store.close()

    def acts(self) -> tuple[Act, ...]:
        """The audit log, newest first."""
        _, store = self._opened()
        try:
            return store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=9))
        finally:
            store.close()

    def _opened(self) -> tuple[Settings, SqlStore]:
        settings = Settings(
            home=self.home, database_url="", tenant="main", redis_url=self.redis_url
        )
        return settings, open_store_of(settings)


@pytest.fixture(params=["embedded", "redis"])
def place(request: pytest.FixtureRequest, empty_home: Path) -> Place:
    url: str = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    return Place(empty_home, url)


def told(number: int, **data: JsonValue) -> AgentEvent:
    return AgentEvent(
        event_id=f"main:e{number}",
        event_type=EventType.AGENT_HEALTH,
        tenant_id="main",
        source_agent_id="technical_account_manager",
        data={"alert_type": "tam_escalation", "account_id": f"account-{number}", **data},
    )


def refusing(store: SqlStore) -> Callable[[AgentEvent], Awaitable[Outcome]]:
    del store

    async def handle(event: AgentEvent) -> Outcome:
        del event
        return Parked(f"{HOSTILE} {ESCAPING}")

    return handle


def marking(store: SqlStore) -> Callable[[AgentEvent], Awaitable[Outcome]]:
    async def handle(event: AgentEvent) -> Outcome:
        return await handle_once(store, GROUP, event, lambda _: None)

    return handle


def ids(said: Said, name: str) -> list[JsonValue]:
    found = said.json()[name]
    assert isinstance(found, list)
    return [one["event_id"] for one in found if isinstance(one, dict)]


def test_with_nothing_there_each_list_says_what_to_do(place: Place) -> None:
    assert "tend go-live" in place.done("events", "list").out
    assert "Nothing is parked" in place.done("events", "parked").out
    assert "Nobody takes events yet (0 are kept)" in place.done("events", "groups").words
    assert "Nothing to replay" in place.done("events", "replay", "--all").out
    assert place.done("events", "list", "--json").json() == {"events": []}
    assert place.done("events", "parked", "--json").json() == {"parked": []}
    assert place.done("events", "groups", "--json").json() == {"streams": [], "groups": []}


def test_events_are_listed_by_stream_and_over_all_of_them(place: Place) -> None:
    place.publish(told(1), told(2))
    place.publish(told(3), stream="opportunities")
    shown = place.done("events", "list").out
    for word in ("main:e1", "main:e3", "account-2", "agent.health tam_escalation", "opportunities"):
        assert word in shown
    assert ids(place.done("events", "list", "--stream", STREAM, "--json"), "events") == [
        "main:e1",
        "main:e2",
    ]
    assert ids(place.done("events", "list", "--most", "1", "--json"), "events") == ["main:e3"]
    assert "(3 are kept)" in place.done("events", "groups").words


def test_what_is_parked_is_shown_and_replayed(place: Place) -> None:
    place.publish(told(1), told(2), told(3))
    assert place.consume(refusing) == {"Parked": 3}
    parked = place.done("events", "parked")
    assert "tend events replay main:e2" in parked.out
    assert "1×" in parked.out
    assert ids(place.done("events", "parked", "--json"), "parked") == [
        "main:e1",
        "main:e2",
        "main:e3",
    ]
    assert place.done("events", "groups", "--json").json()["groups"] == [
        {
            "stream": STREAM,
            "group": GROUP,
            "lag": 0,
            "in_hand": 0,
            "waiting": 0,
            "parked": 3,
            "missed": 0,
        }
    ]
    assert "3" in place.done("events", "groups").out

    refused = place.say("events", "replay", "main:e1", "main:e9")
    assert refused.code == 2
    assert "'main:e9' is not parked, so nothing was replayed" in refused.words
    assert "1 event for sales" in place.done("events", "replay", "main:e2").out
    assert place.consume(marking) == {"Done": 1}
    assert "2 events for sales" in place.done("events", "replay", "--all").out
    assert place.consume(marking) == {"Done": 2}
    assert "Nothing is parked" in place.done("events", "parked").out


def test_a_parked_event_is_dropped_with_a_reason(place: Place) -> None:
    place.publish(told(1), told(2))
    assert place.consume(refusing) == {"Parked": 2}
    refused = place.say("events", "drop", "main:e9", "--reason", "gone")
    assert refused.code == 2
    assert "'main:e9' is not parked, so nothing was dropped" in refused.words
    assert place.say("events", "drop", "main:e1", "--reason", " ").code == 2
    said = place.done("events", "drop", "main:e1", "--reason", "the account is gone")
    assert "Dropped, for 1 group" in said.out
    assert ids(place.done("events", "parked", "--json"), "parked") == ["main:e2"]
    place.done("events", "replay", "--all")
    kinds = [(act.kind, act.about) for act in reversed(place.acts())]
    dropped = [(ActKind.DROP_ASKED, "main:e1"), (ActKind.DROPPED, "main:e1")]
    replayed = [(ActKind.REPLAY_ASKED, "group:sales"), (ActKind.REPLAYED, "group:sales")]
    # elsewhere than in the store, what is asked for is written down first
    assert kinds == (dropped + replayed if place.redis_url else [dropped[1], replayed[1]])
    (*_, last) = reversed(place.acts())
    assert (last.after["events"], last.after["ids"]) == (1, ["main:e2"])


def test_a_stretch_of_a_stream_is_replayed_to_a_group(place: Place) -> None:
    place.publish(told(1), told(2))
    assert place.consume(marking) == {"Done": 2}
    stretch = ("events", "replay", "--stream", STREAM, "--group", GROUP, "--since", "2026-01-01")
    assert "2 events for sales" in place.done(*stretch).out
    assert place.consume(marking) == {"Ignored": 2}
    assert "2 events for sales" in place.done(*stretch, "--anew").out
    assert place.consume(marking) == {"Done": 2}
    assert "Nothing to replay" in place.done(*stretch, "--until", "2026-01-02").out


@pytest.mark.parametrize(
    "words, told_so",
    [
        ([], "say which"),
        (["main:e1", "--all"], "one of the three"),
        (["--all", "--anew"], "go with --stream"),
        (["--stream", "escalations"], "needs --group"),
        (["--stream", "escalations", "--group", "nobody"], "takes nothing from"),
        (["--stream", "escalations", "--group", "sales", "--since", "soon"], "Invalid value"),
    ],
)
def test_a_replay_that_is_not_clear_is_refused(
    empty_home: Path, words: list[str], told_so: str
) -> None:
    said = Place(empty_home, "").say("events", "replay", *words)
    assert said.code == 2
    assert told_so in said.words


def test_hostile_text_is_shown_and_never_obeyed(place: Place) -> None:
    place.publish(told(1, account_id=HOSTILE, alert_type=ESCAPING))
    place.consume(refusing)
    for words in (["list"], ["parked"], ["groups"]):
        for form in ([], ["--json"]):
            said = place.done("events", *words, *form)
            assert invisible_in(said.out + said.err) == set()
    assert "[red]x[/red]" in place.done("events", "list").out
    assert "[red]x[/red]" in place.done("events", "parked").out
    refused = place.say("events", "replay", ESCAPING)
    assert refused.code == 2
    assert invisible_in(refused.out + refused.err) == set()


def test_a_bus_out_of_reach_is_told_by_the_settings_name(empty_home: Path) -> None:
    said = Place(empty_home, "redis://:secret@localhost:1/0").say("events", "list")
    assert said.code == 2
    assert "TEND_REDIS_URL" in said.err
    assert "secret" not in said.out + said.err
