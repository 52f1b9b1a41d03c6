"""Events on the bus become tasks of the Sales Agent, once each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from pydantic import JsonValue

from app.domain.act import Act, ActKind
from app.domain.event import AgentEvent, EventType
from app.domain.feed import FactKind
from app.domain.flow import FlowAsk
from app.errors import TransientServiceError
from app.events.bus import TenantEventBus
from app.events.embedded import EmbeddedEventBus
from app.events.escalations import ESCALATIONS
from app.jobs.bus_word import ABOUT, BusSilence, BusWord, last_silence
from app.jobs.sales_listener import SalesListener
from app.ports.bus import EventBus
from app.storage.sql_store import SqlStore
from tests import builders
from tests.builders import NOW, days_ago
from tests.fakes.engine import EngineInMemory
from tests.integration.small_book import TENANT, SmallBook


@dataclass
class Hearing(EngineInMemory):
    """A desk that tells when it was first asked."""

    first: asyncio.Event = field(default_factory=asyncio.Event)

    async def enqueue(self, ask: FlowAsk) -> None:
        await EngineInMemory.enqueue(self, ask)
        self.first.set()


def escalation(account_id: str, event_id: str, *, ago_days: float = 0) -> AgentEvent:
    data: dict[str, JsonValue] = {"alert_type": "tam_escalation", "account_id": account_id}
    return AgentEvent(
        event_id=event_id,
        timestamp=days_ago(ago_days),
        event_type=EventType.AGENT_HEALTH,
        tenant_id=TENANT,
        source_agent_id="technical_account_manager",
        data=data,
    )


def listener(store: SqlStore, desk: EngineInMemory, name: str = "w1") -> SalesListener:
    def bus(tenant_id: str) -> EventBus:
        return EmbeddedEventBus(store, tenant_id)

    return SalesListener(
        store=store,
        desk=desk,
        bus_of=bus,
        clock=lambda: NOW,
        bus_word=BusWord(store=store, clock=lambda: NOW),
        name=name,
        every_seconds=0.01,
    )


def publish(store: SqlStore, *events: AgentEvent) -> None:
    async def tell() -> None:
        for event in events:
            await EmbeddedEventBus(store, TENANT).publish(ESCALATIONS, event)

    asyncio.run(tell())


def test_each_event_is_one_task_whoever_listens(book: SmallBook) -> None:
    desk = Hearing()
    old = escalation("beta", "e-0", ago_days=8)
    publish(book.store, old, escalation("acme", "e-1"), escalation("", "e-2"))
    assert asyncio.run(listener(book.store, desk).hear(TENANT)) == 3
    assert asyncio.run(listener(book.store, desk, "w2").hear(TENANT)) == 0
    assert list(desk.asked) == ["main:task:sales:event:e-1"]
    argument = desk.asked["main:task:sales:event:e-1"].argument
    assert argument["task"] == {
        "task_type": "handle_escalation",
        "tenant_id": TENANT,
        "account_id": "acme",
    }


def test_it_listens_until_it_is_stopped_and_waits_out_what_is_broken(book: SmallBook) -> None:
    book.bring(FactKind.ACCOUNTS, builders.rows_of(builders.account()))
    publish(book.store, escalation("acme", "e-1"))
    desk = Hearing()

    async def listen() -> None:
        ear = listener(book.store, desk)
        assert ear.start()
        assert ear.start()
        await asyncio.wait_for(desk.first.wait(), 10)
        ear.stop()
        ear.stop()
        await asyncio.sleep(0.05)

    asyncio.run(listen())
    assert list(desk.asked) == ["main:task:sales:event:e-1"]


def test_a_bus_out_of_reach_is_asked_again(book: SmallBook) -> None:
    book.bring(FactKind.ACCOUNTS, builders.rows_of(builders.account()))
    publish(book.store, escalation("acme", "e-1"))
    desk, tries = Hearing(), list[str]()

    def bus(tenant_id: str) -> EventBus:
        tries.append(tenant_id)
        if len(tries) < 3:
            raise TransientServiceError("bus", "open", "out of reach")
        return EmbeddedEventBus(book.store, tenant_id)

    async def listen() -> None:
        ear = replace(listener(book.store, desk), bus_of=bus)
        ear.start()
        await asyncio.wait_for(desk.first.wait(), 10)
        ear.stop()
        await asyncio.sleep(0.05)

    asyncio.run(listen())
    assert len(tries) >= 3


def test_an_outage_of_the_bus_is_two_lines_of_the_log(book: SmallBook) -> None:
    book.bring(FactKind.ACCOUNTS, builders.rows_of(builders.account()))
    publish(book.store, escalation("acme", "e-1"))
    desk, tries = Hearing(), list[str]()

    def bus(tenant_id: str) -> EventBus:
        tries.append(tenant_id)
        if len(tries) < 5:
            return TenantEventBus("redis://127.0.0.1:1/0", tenant_id)
        return EmbeddedEventBus(book.store, tenant_id)

    async def listen(name: str) -> None:
        ear = replace(listener(book.store, desk, name), bus_of=bus)
        ear.start()
        await asyncio.wait_for(desk.first.wait(), 10)
        await asyncio.sleep(0.1)
        ear.stop()
        await asyncio.sleep(0.05)

    asyncio.run(listen("w1"))
    back, lost = bus_lines(book.store)
    assert (lost.kind, back.kind) == (ActKind.BUS_LOST, ActKind.BUS_BACK)
    assert "no answer from the Redis server" in str(lost.after["error"])
    told = book.store.read_now(TENANT, last_silence)
    assert told == BusSilence(since=NOW, until=NOW)
    tries.clear()
    asyncio.run(BusWord(store=book.store, clock=lambda: NOW).silent(TENANT, "once is a restart"))
    assert len(bus_lines(book.store)) == 2


def test_an_outage_that_outlived_its_process_is_noted_once_and_ended_by_the_next(
    book: SmallBook,
) -> None:
    later = NOW + timedelta(hours=1)

    async def story() -> None:
        for _ in range(2):
            word = BusWord(store=book.store, clock=lambda: NOW)
            for _ in range(3):
                await word.silent(TENANT, "no answer")
        told = await book.store.read(TENANT, last_silence)
        assert told == BusSilence(since=NOW, until=None)
        heir = BusWord(store=book.store, clock=lambda: later)
        await heir.answered(TENANT)
        await heir.answered(TENANT)

    asyncio.run(story())
    assert book.store.read_now(TENANT, last_silence) == BusSilence(since=NOW, until=later)
    assert len(bus_lines(book.store)) == 2


def test_a_record_that_is_called_like_the_bus_is_no_word_of_it(book: SmallBook) -> None:
    """A ticket may have any id."""
    kind, after = ActKind.TICKET_ASSIGNED, {"account": "acme"}
    assigned = Act(at=NOW, by="os:rita", kind=kind, account_id="", about=ABOUT, after=after)
    book.store.write_now(TENANT, lambda unit: unit.diary.add_act(assigned))
    assert book.store.read_now(TENANT, last_silence) is None
    asyncio.run(BusWord(store=book.store, clock=lambda: NOW).answered(TENANT))
    assert bus_lines(book.store) == [assigned]


def bus_lines(store: SqlStore) -> list[Act]:
    """Newest first."""
    found = store.read_now(TENANT, lambda unit: unit.diary.acts(account_id=None, most=99))
    return [one for one in found if one.about == ABOUT]
