"""Kayako Classic read into the store: signatures, XML, titles, accounts, and trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.ticket import Priority, TicketStatus
from app.feeds.kayako_classic_source import KayakoClassicSystem
from app.feeds.source_spec import TicketSystem
from app.services.http import ApiClient
from app.services.kayako.config import ClassicConfig
from app.storage.sql_store import SqlStore
from tests.integration.ticket_desk import Desk
from tests.servers.desk import Kind
from tests.servers.kayako import ClassicServer
from tests.servers.kayako.classic import KEY, SECRET

RECORDED = Path("kayako/classic_xml/penguinboy/src/test/resources")
LOOKUPS = 3
SAMPLE = 1


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> ClassicServer:
    return ClassicServer()


@pytest.fixture
def desk(sqlite_store: SqlStore, server: ClassicServer) -> Iterator[Desk]:
    with server.serving() as address:
        desk = Desk(store=sqlite_store, system="kayako-classic", address=address, made=system())
        desk.account("acme", "acme.example", organization="7")
        yield desk


def system(
    secret: str = SECRET, departments: tuple[int, ...] = ()
) -> Callable[[ApiClient, str], TicketSystem]:
    def made(api: ApiClient, address: str) -> TicketSystem:
        config = ClassicConfig(
            url=address,
            api_key=SecretStr(KEY),
            secret_key=SecretStr(secret),
            departments=departments,
        )
        return KayakoClassicSystem(api=api, config=config)

    return made


def fill(server: ClassicServer, count: int) -> None:
    for number in range(count):
        server.add_ticket(
            f"Größe {number} <€> ]]>",
            status=1 + number % 3,
            priority=1 + number % 5,
            department=1 + number % 2,
            organization=0 if number % 4 == 0 else 7,
            email="someone@acme.example",
        )


def test_every_ticket_arrives_once_and_every_request_is_signed_anew(
    desk: Desk, server: ClassicServer
) -> None:
    fill(server, 250)
    figures = desk.read()
    assert "failed" not in figures
    assert (figures["inserted"], figures["refused"], figures["unresolved"]) == (250, 0, 0)
    assert desk.count() == 250
    assert len(server.salts) == len(server.log)
    assert SECRET not in "".join(heard.asked.query["signature"] for heard in server.log)


def test_a_ticket_is_read_by_what_its_numbers_stand_for(desk: Desk, server: ClassicServer) -> None:
    server.add_ticket(
        "Export „kaputt“ ]]> & <b>", status=1, priority=4, organization=7, department=2,
        isescalated="1",
    )  # fmt: skip
    server.add_ticket("Done", status=3, priority=1, organization=7)
    desk.read()
    ticket = desk.ticket("ABC-001-10001")
    assert (ticket.account_id, ticket.mapped_by) == ("acme", "external-organization")
    assert (ticket.status, ticket.priority) == (TicketStatus.OPEN, Priority.P1)
    assert (ticket.subject, ticket.component) == ("Export „kaputt“ ]]> & <b>", "Vertrieb")
    assert ticket.escalated
    assert ticket.created_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    done = desk.ticket("ABC-002-10002")
    assert (done.status, done.priority) == (TicketStatus.RESOLVED, Priority.P4)
    assert done.resolved_at == datetime(2026, 11, 1, 8, 1, tzinfo=UTC)


def test_a_priority_that_nobody_knows_is_none_and_named(desk: Desk, server: ClassicServer) -> None:
    server.add_ticket("a", priority=5, organization=7)
    figures = desk.read()
    assert desk.ticket("ABC-001-10001").priority is None
    assert figures["assumed_priority"] == 1
    assert "Tägliches" in desk.feed().reason


def test_a_ticket_without_an_organisation_goes_by_domain_or_label(
    desk: Desk, server: ClassicServer
) -> None:
    server.add_ticket("a", email="someone@acme.example")
    server.add_ticket("b", email="someone@elsewhere.example", tags="vip acct:acme")
    server.add_ticket("c", email="someone@elsewhere.example", organization=8)
    server.add_ticket("d", email="someone@elsewhere.example")
    figures = desk.read()
    assert figures["by_rule"] == {"email-domain": 1, "label": 1}
    waiting = desk.waiting()
    assert waiting.keys() == {"ABC-003-10003", "ABC-004-10004"}
    assert 'elsewhere "kayako-classic-organization:8"' in waiting["ABC-003-10003"]
    assert 'elsewhere "' not in waiting["ABC-004-10004"]


def test_only_what_changed_is_read_again(desk: Desk, server: ClassicServer) -> None:
    fill(server, 330)
    desk.read()
    server.now = desk.now
    server.change(1, statusid="3")
    asked = len(server.log)
    figures = desk.read()
    assert len(server.log) - asked <= LOOKUPS + SAMPLE + 2
    assert (figures["full"], figures["inserted"], figures["updated"]) == (False, 0, 1)
    assert desk.ticket("ABC-001-10001").status is TicketStatus.RESOLVED


def test_a_version_that_cannot_sort_is_read_as_a_whole(desk: Desk, server: ClassicServer) -> None:
    fill(server, 330)
    server.keeps_order = False
    desk.read()
    server.now = desk.now
    server.change(330, statusid="3")
    figures = desk.read()
    assert (figures["full"], figures["updated"]) == (True, 1)


def test_only_the_departments_that_are_named_are_read(desk: Desk, server: ClassicServer) -> None:
    fill(server, 10)
    desk.made = system(departments=(2,))
    desk.read()
    assert desk.count() == 5


def test_a_ticket_that_is_deleted_is_closed(desk: Desk, server: ClassicServer) -> None:
    fill(server, 12)
    desk.read()
    server.delete(1)
    assert desk.read(is_full=True)["gone"] == 1
    assert desk.ticket("ABC-001-10001").status is TicketStatus.CLOSED


def test_a_wrong_secret_is_said_and_asked_once(desk: Desk, server: ClassicServer) -> None:
    desk.made = system("wrong-word")
    desk.read()
    assert "answered 403" in desk.feed().reason
    assert "wrong-word" not in desk.feed().reason
    assert len(server.log) == 1


def test_a_bomb_of_entities_fails_the_feed_and_nothing_else(
    desk: Desk, server: ClassicServer
) -> None:
    fill(server, 3)
    desk.read()
    declared = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    server.recorded["/Tickets/TicketPriority"] = (
        f'<!DOCTYPE t [<!ENTITY e0 "ha">{declared}]><ticketpriorities>&e9;</ticketpriorities>'
    ).encode()
    figures = desk.read()
    assert "something else than its list" in str(figures["failed"])
    assert desk.count() == 3


def test_a_list_that_comes_again_and_again_stops_the_reading(
    desk: Desk, server: ClassicServer
) -> None:
    tickets = "".join(
        f"<ticket id='{n}'><displayid>T-{n}</displayid><creationtime>1297840147</creationtime>"
        "<lastactivity>1297840147</lastactivity></ticket>"
        for n in range(1, 9)
    )
    server.recorded["/Tickets/Ticket/ListAll/"] = f"<tickets>{tickets}</tickets>".encode()
    server.ignores_start = True
    figures = desk.read()
    assert "the same as the one before" in str(figures["failed"])
    assert len(server.log) == LOOKUPS + SAMPLE + 2


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_at_any_call_is_got_over(desk: Desk, server: ClassicServer, kind: Kind) -> None:
    fill(server, 20)
    desk.read()
    server.go_wrong(kind)
    readings = [desk.read(is_full=True) for _ in range(2)]  # no list: not asked again at once
    assert "failed" not in readings[-1]
    assert desk.count() == 20


def test_a_third_of_all_answers_may_go_wrong(desk: Desk, server: ClassicServer) -> None:
    fill(server, 240)
    server.go_wrong(share=0.3)
    for _ in range(4):
        desk.read(is_full=True)
    assert len({heard.fault for heard in server.log}) >= 6
    server.go_wrong(share=0)
    assert "failed" not in desk.read(is_full=True)
    assert desk.count() == 240


@pytest.mark.needs_shared
@pytest.mark.parametrize("name", ["tickets", "basictickets", "ticket", "basicticket"])
def test_recorded_answers_become_tickets(
    desk: Desk, server: ClassicServer, shared_dir: Path, name: str
) -> None:
    folder = shared_dir / RECORDED
    for call, file in {
        "/Tickets/TicketStatus": "ticketstatuses",
        "/Tickets/TicketPriority": "ticketpriorities",
        "/Base/Department": "departments",
        "/Tickets/Ticket/ListAll/": name,
    }.items():
        server.recorded[call] = (folder / f"example_xml_{file}.xml").read_bytes()
    desk.account("test", organization="1" if name == "basictickets" else "7")
    figures = desk.read()
    assert "failed" not in figures
    ticket = desk.ticket("OLJ-171-16930")
    is_open = name == "basictickets"
    assert ticket.status is (TicketStatus.OPEN if is_open else TicketStatus.RESOLVED)
    assert ticket.priority is (Priority.P1 if is_open else None)
    assert (ticket.subject, ticket.component) == ("This is just a test", "Sales")
    assert ticket.created_at == datetime(2011, 2, 16, 7, 9, 7, tzinfo=UTC)
