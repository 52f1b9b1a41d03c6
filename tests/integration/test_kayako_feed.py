"""The new Kayako read into the store: sessions, pages, priorities, accounts, and trouble."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from app.domain.ticket import Priority, TicketStatus
from app.feeds.kayako_source import KayakoSystem
from app.feeds.source_spec import TicketSystem
from app.feeds.sync_item import Overrides
from app.services.http import ApiClient
from app.services.kayako.config import KayakoConfig
from app.storage.sql_store import SqlStore
from tests.integration.ticket_desk import Desk
from tests.servers.desk import Heard, Kind
from tests.servers.kayako import KayakoServer
from tests.servers.kayako.server import EMAIL, PASSWORD


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> KayakoServer:
    return KayakoServer()


@pytest.fixture
def desk(sqlite_store: SqlStore, server: KayakoServer) -> Iterator[Desk]:
    with server.serving() as address:
        desk = Desk(store=sqlite_store, system="kayako", address=address, made=system())
        desk.account("acme", "acme.example", organization="7")
        yield desk


def system(
    password: str = PASSWORD, prefix: str = "KY-"
) -> Callable[[ApiClient, str], TicketSystem]:
    def made(api: ApiClient, address: str) -> TicketSystem:
        secret = SecretStr(password)
        config = KayakoConfig(url=address, email=EMAIL, password=secret, prefix=prefix)
        return KayakoSystem(api=api, config=config)

    return made


def asked_with(server: KayakoServer, header: str) -> list[Heard]:
    return [heard for heard in server.log if header in heard.asked.headers]


def fill(server: KayakoServer, count: int) -> None:
    """Cases of all kinds: few have a priority, a quarter of the requesters no organisation."""
    for number in range(count):
        server.add_case(
            f"Größe {number} €",
            status=("NEW", "OPEN", "PENDING", "COMPLETED", "CLOSED", "CUSTOM")[number % 6],
            level=(None, None, 1, 2, 3, 4)[number % 6],
            organization=None if number % 4 == 0 else 7,
            email="someone@acme.example",
        )


def test_every_case_arrives_once_by_one_login(desk: Desk, server: KayakoServer) -> None:
    fill(server, 250)
    figures = desk.read()
    assert "failed" not in figures
    assert (figures["inserted"], figures["refused"], figures["unresolved"]) == (250, 0, 0)
    assert desk.count() == 250
    assert desk.waiting() == {}
    assert server.logins == 1
    assert len(asked_with(server, "authorization")) == 1
    assert len(asked_with(server, "x-session-id")) == figures["pages"]


def test_a_case_is_read_by_type_and_level(desk: Desk, server: KayakoServer) -> None:
    server.add_case("Export „kaputt“", level=4, organization=7, rating="BAD")
    server.add_case("Export fails", status="COMPLETED", level=1, organization=7)
    server.change(102, status="COMPLETED")
    desk.read()
    ticket = desk.ticket("KY-101")
    assert (ticket.account_id, ticket.mapped_by) == ("acme", "external-organization")
    assert (ticket.status, ticket.priority, ticket.csat) == (TicketStatus.OPEN, Priority.P1, 1)
    assert (ticket.subject, ticket.escalated) == ("Export „kaputt“", False)
    assert ticket.created_at == datetime(2026, 11, 1, 8, tzinfo=UTC)
    done = desk.ticket("KY-102")
    assert (done.status, done.priority, done.csat) == (TicketStatus.RESOLVED, Priority.P4, None)
    assert done.resolved_at == datetime(2026, 11, 1, 8, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "status, means",
    [
        ("NEW", TicketStatus.OPEN),
        ("OPEN", TicketStatus.OPEN),
        ("PENDING", TicketStatus.PENDING),
        ("COMPLETED", TicketStatus.RESOLVED),
        ("CLOSED", TicketStatus.CLOSED),
        ("CUSTOM", TicketStatus.OPEN),
    ],
)
def test_a_state_is_told_by_its_type(
    desk: Desk, server: KayakoServer, status: str, means: TicketStatus
) -> None:
    server.add_case("Export fails", status=status, organization=7)
    desk.read()
    assert desk.ticket("KY-101").status is means


@pytest.mark.parametrize(
    "level, means",
    [(4, Priority.P1), (3, Priority.P2), (2, Priority.P3), (1, Priority.P4), (None, None)],
)
def test_a_priority_is_told_by_its_level_and_may_be_missing(
    desk: Desk, server: KayakoServer, level: int | None, means: Priority | None
) -> None:
    server.add_case("Export fails", level=level, organization=7)
    figures = desk.read()
    assert desk.ticket("KY-101").priority is means
    assert figures["assumed_priority"] == (means is None)


def test_a_requester_without_an_organisation_is_known_by_his_domain_alone(
    desk: Desk, server: KayakoServer
) -> None:
    server.add_case("a", email="someone@ACME.example")
    server.add_case("b", email="someone@gmail.com")
    server.add_case("c", organization=8, email="someone@elsewhere.example")
    server.add_case("d", email="someone@elsewhere.example", tags=("vip", "acct:acme"))
    figures = desk.read()
    assert figures["by_rule"] == {"email-domain": 1, "label": 1}
    waiting = desk.waiting()
    assert waiting.keys() == {"KY-102", "KY-103"}
    assert 'elsewhere "kayako-organization:8"' in waiting["KY-103"]


def test_a_second_instance_has_a_prefix_of_its_own(desk: Desk, server: KayakoServer) -> None:
    server.add_case("Export fails", organization=7)
    desk.made = system(prefix="EU-")
    desk.read()
    assert desk.tickets("KY-101", "EU-101").keys() == {"EU-101"}


def test_what_a_tenant_says_of_a_type_goes_first(desk: Desk, server: KayakoServer) -> None:
    desk.overrides = Overrides(
        statuses={"custom": TicketStatus.PENDING}, priorities={"3": Priority.P1}
    )
    server.add_case("Export fails", status="CUSTOM", level=3, organization=7)
    desk.read()
    ticket = desk.ticket("KY-101")
    assert (ticket.status, ticket.priority) == (TicketStatus.PENDING, Priority.P1)


def test_only_what_changed_is_read_again(desk: Desk, server: KayakoServer) -> None:
    fill(server, 330)
    desk.read()
    server.now = desk.now
    server.change(130, status="CLOSED")
    server.add_case("New", organization=7)
    asked = len(server.log)
    figures = desk.read()
    assert len(server.log) - asked <= 3
    assert (figures["full"], figures["inserted"], figures["updated"]) == (False, 1, 1)
    assert desk.ticket("KY-130").status is TicketStatus.CLOSED
    again = desk.read()
    assert (again["inserted"], again["updated"]) == (0, 0)


def test_a_completed_case_that_is_open_again_is_reopened(desk: Desk, server: KayakoServer) -> None:
    server.add_case("Export fails", organization=7)
    server.change(101, status="COMPLETED")
    server.change(101, status="OPEN", level=3)
    desk.read()
    ticket = desk.ticket("KY-101")
    assert (ticket.status, ticket.reopened, ticket.resolved_at) == (TicketStatus.OPEN, True, None)
    assert ticket.priority is Priority.P2


def test_what_is_in_the_trash_or_gone_is_closed(desk: Desk, server: KayakoServer) -> None:
    fill(server, 12)
    desk.read()
    assert desk.ticket("KY-102").status is TicketStatus.OPEN
    server.now = desk.now
    server.change(102, state="TRASH")
    server.change(103, state="SUSPENDED")
    figures = desk.read(is_full=True)
    assert figures["gone"] == 2
    assert desk.ticket("KY-102").status is TicketStatus.CLOSED
    assert desk.ticket("KY-103").status is TicketStatus.CLOSED


def test_a_session_that_ends_is_begun_again(desk: Desk, server: KayakoServer) -> None:
    fill(server, 150)
    for status in (401, 403):
        server.refused_status = status
        server.ends_after = len(server.log) + 2
        figures = desk.read(is_full=True)
        assert "failed" not in figures
    assert desk.count() == 150
    assert server.logins == 4


def test_a_second_factor_says_what_to_do(desk: Desk, server: KayakoServer) -> None:
    server.asks_for_code = True
    figures = desk.read()
    reason = desk.feed().reason
    assert reason == figures["failed"]
    assert "second factor" in reason
    assert "without two-factor authentication" in reason
    assert len(server.log) == 1


def test_a_wrong_password_is_said_and_asked_once(desk: Desk, server: KayakoServer) -> None:
    desk.made = system("wrong-word")
    desk.read()
    assert "email or password is wrong" in desk.feed().reason
    assert "wrong-word" not in desk.feed().reason
    assert len(server.log) == 1


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_at_any_call_is_got_over(desk: Desk, server: KayakoServer, kind: Kind) -> None:
    fill(server, 30)
    desk.read()
    server.go_wrong(kind)
    server.change(101, status="CLOSED")
    readings = [desk.read(is_full=True) for _ in range(3)]  # no list: not asked again at once
    assert "failed" not in readings[-1]
    assert desk.count() == 30


def test_a_third_of_all_answers_may_go_wrong(desk: Desk, server: KayakoServer) -> None:
    fill(server, 240)
    server.go_wrong(share=0.3)
    outcomes = ["failed" in desk.read(is_full=True) for _ in range(4)]
    assert False in outcomes
    assert desk.count() == 240
    assert len({heard.fault for heard in server.log}) >= 6
    server.go_wrong(share=0)
    assert desk.read(is_full=True)["updated"] == 0
    assert desk.feed().failed_since is None
