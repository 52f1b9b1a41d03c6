"""Zendesk read into the store by a spec alone: no code of its own stands beside it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

import app.feeds.zendesk_source
from app.domain.ticket import Priority, TicketStatus
from app.errors import ConfigurationError
from app.feeds.plain_system import PlainConfig, PlainSystem, auth_of
from app.feeds.source_spec import AuthKind, TicketSystem
from app.feeds.zendesk_source import SPEC
from app.services.budgets import DEFAULT_BUDGETS
from app.services.http import ApiClient
from app.storage.sql_store import SqlStore
from tests.integration.ticket_desk import Desk
from tests.servers.desk import Kind
from tests.servers.zendesk import EMAIL, TOKEN, ZendeskServer


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> ZendeskServer:
    return ZendeskServer(most=100)


@pytest.fixture
def desk(sqlite_store: SqlStore, server: ZendeskServer) -> Iterator[Desk]:
    with server.serving() as address:
        desk = Desk(store=sqlite_store, system="zendesk", address=address, made=system)
        desk.account("acme", "acme.example", organization="7")
        yield desk


def config_of(address: str = "https://x.zendesk.com", user: str = f"{EMAIL}/token") -> PlainConfig:
    return PlainConfig(system="zendesk", url=address, user=user, key=SecretStr(TOKEN))


def system(api: ApiClient, address: str) -> TicketSystem:
    return PlainSystem(api=api, spec=SPEC, config=config_of(address))


def fill(server: ZendeskServer, count: int) -> None:
    for number in range(count):
        server.add(
            f"Größe {number} €",
            status=("new", "open", "pending", "hold", "solved", "closed")[number % 6],
            priority=(None, "low", "normal", "high", "urgent")[number % 5],
            organization=None if number % 4 == 0 else 7,
            email="someone@acme.example",
        )


def test_the_spec_is_data() -> None:
    content = Path(app.feeds.zendesk_source.__file__).read_text(encoding="utf-8")
    statements = {type(node) for node in ast.walk(ast.parse(content))}
    assert not statements & {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda}
    assert DEFAULT_BUDGETS["zendesk"].calls == 10
    assert DEFAULT_BUDGETS["zendesk"].per_seconds == 60


def test_every_ticket_arrives_once(desk: Desk, server: ZendeskServer) -> None:
    fill(server, 450)
    figures = desk.read()
    assert (figures["inserted"], figures["pages"], figures["unresolved"]) == (450, 5, 0)
    assert desk.count() == 450
    assert len(server.log) == 5


def test_a_ticket_is_read_by_its_words(desk: Desk, server: ZendeskServer) -> None:
    server.add("Export „kaputt“", priority="urgent", organization=7)
    server.add("b", status="hold", email="someone@acme.example")
    server.add("c", status="solved", priority="low", tags=["vip", "acct:acme"])
    server.add("d", organization=8, email="someone@gmail.com")
    figures = desk.read()
    first = desk.ticket("ZD-1")
    assert (first.subject, first.status, first.priority, first.mapped_by) == (
        "Export „kaputt“",
        TicketStatus.OPEN,
        Priority.P1,
        "external-organization",
    )
    assert (desk.ticket("ZD-2").status, desk.ticket("ZD-2").priority) == (
        TicketStatus.PENDING,
        None,
    )
    assert (desk.ticket("ZD-3").status, desk.ticket("ZD-3").priority) == (
        TicketStatus.RESOLVED,
        Priority.P4,
    )
    assert figures["by_rule"] == {"external-organization": 1, "email-domain": 1, "label": 1}
    assert desk.waiting().keys() == {"ZD-4"}


def test_reading_goes_on_at_the_cursor(desk: Desk, server: ZendeskServer) -> None:
    fill(server, 250)
    desk.read()
    server.change(3, status="solved")
    server.change(4, status="deleted")
    server.add("New", organization=7)
    asked = len(server.log)
    figures = desk.read()
    assert len(server.log) - asked == 1
    assert "start_time" not in server.log[-1].asked.query
    assert (figures["tickets"], figures["inserted"], figures["gone"]) == (3, 1, 1)
    assert desk.ticket("ZD-3").status is TicketStatus.RESOLVED
    assert desk.ticket("ZD-4").status is TicketStatus.CLOSED
    again = desk.read()
    assert (again["tickets"], again["inserted"], again["updated"]) == (0, 0, 0)


@pytest.mark.parametrize("kind", Kind)
def test_a_fault_on_the_way_changes_nothing(desk: Desk, server: ZendeskServer, kind: Kind) -> None:
    fill(server, 150)
    server.go_wrong(kind)
    readings = [desk.read(is_full=True) for _ in range(3)]  # no list: not asked again at once
    assert "failed" not in readings[-1]
    assert desk.count() == 150


def test_a_key_that_is_refused_is_asked_with_once(desk: Desk, server: ZendeskServer) -> None:
    desk.made = lambda api, address: PlainSystem(
        api=api, spec=SPEC, config=config_of(address, user=EMAIL)
    )
    desk.read()
    assert "answered 401" in desk.feed().reason
    assert TOKEN not in desk.feed().reason
    assert len(server.log) == 1


def test_a_key_is_shown_as_the_spec_wants_it() -> None:
    bearer = auth_of(replace(SPEC, auth=AuthKind.BEARER), config_of())
    assert bearer.value.get_secret_value() == f"Bearer {TOKEN}"
    with pytest.raises(ConfigurationError, match="needs a user"):
        auth_of(SPEC, config_of(user=""))
    with pytest.raises(ConfigurationError, match="of its own"):
        auth_of(replace(SPEC, auth=AuthKind.KAYAKO_HMAC), config_of())
