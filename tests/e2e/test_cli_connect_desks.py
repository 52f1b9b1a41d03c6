"""`tend connect` of Kayako, Kayako Classic and Zendesk, against help desks behind a socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import JsonValue

from app.domain.feed import FactKind
from app.ports.rows import ExternalId
from app.ports.store import Unit
from app.storage.sql_store import open_store
from tests.e2e.terminal import Terminal
from tests.e2e.typed import Said, everything_stored, typed
from tests.servers.kayako import ClassicServer, KayakoServer
from tests.servers.kayako.classic import KEY, SECRET
from tests.servers.kayako.server import EMAIL, PASSWORD
from tests.servers.templates import at_head
from tests.servers.zendesk import EMAIL as ZENDESK_EMAIL
from tests.servers.zendesk import TOKEN, ZendeskServer

USER = f"{ZENDESK_EMAIL}/token"
SYSTEMS = ("kayako", "kayako-classic", "zendesk")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder that knows one account, by its organisation in each help desk."""
    folder = tmp_path / "home"
    folder.mkdir()
    store = open_store(at_head(folder / "tend.sqlite3"))

    def write(unit: Unit) -> None:
        unit.facts.upsert(FactKind.ACCOUNTS, [{"account_id": "acme", "name": "Acme"}])
        unit.mapping.add_external_ids(
            [
                ExternalId(system=f"{system}-organization", external_id="7", account_id="acme")
                for system in SYSTEMS
            ]
        )

    asyncio.run(store.write("main", write))
    store.close()
    return folder


@pytest.fixture
def kayako() -> Iterator[tuple[KayakoServer, str]]:
    server = KayakoServer()
    for number in range(60):
        server.add_case(
            f"Größe {number}",
            status=("OPEN", "PENDING", "COMPLETED")[number % 3],
            level=4 if number % 2 else None,
            organization=None if number % 5 == 0 else 7,
        )
    with server.serving() as address:
        yield server, address


@pytest.fixture
def classic() -> Iterator[tuple[ClassicServer, str]]:
    server = ClassicServer()
    for number in range(4):
        server.add_ticket(
            f"Ticket {number}", status=1 + number % 2, priority=5 if number else 4, organization=7
        )
    with server.serving() as address:
        yield server, address


@pytest.fixture
def zendesk() -> Iterator[str]:
    server = ZendeskServer()
    for number in range(5):
        server.add(
            f"Ticket {number}",
            status=("open", "hold")[number % 2],
            priority="urgent" if number else None,
            organization=7 if number else None,
        )
    with server.serving() as address:
        yield address


def words_of(value: JsonValue) -> dict[str, tuple[JsonValue, JsonValue]]:
    """What becomes of each word, and how many of the sample have it."""
    assert isinstance(value, list)
    found = {}
    for one in value:
        assert isinstance(one, dict)
        found[str(one["word"])] = (one["becomes"], one["tickets"])
    return found


def test_a_kayako_is_tried_before_it_is_connected(
    home: Path, kayako: tuple[KayakoServer, str]
) -> None:
    _, address = kayako
    before = everything_stored(home)

    said = typed(
        home,
        *("connect", "kayako", "--url", f"{address}/", "--email", EMAIL),
        KAYAKO_PASSWORD=PASSWORD,
    )

    assert said.code == 0, said.words
    assert "Cases to read: about 60." in said.words
    assert "Of 50 cases 40 have an account (40 by external-organization), 10 none." in said.words
    assert "Statuses: COMPLETED → resolved (17), PENDING → pending (17)" in said.words
    assert "Priorities: 4 → P1 (25), (none) → unknown (25)." in said.words
    block = (
        f'[tickets.kayako] system = "kayako" url = "{address}/" email = "{EMAIL}" password = "…"'
    )
    assert block in said.words
    assert PASSWORD not in said.words
    assert everything_stored(home) == before
    assert sorted(path.name for path in home.parent.iterdir()) == ["home"]


def test_a_source_that_is_set_is_tried_by_its_settings(
    home: Path, kayako: tuple[KayakoServer, str]
) -> None:
    _, address = kayako
    source = {"system": "kayako", "url": address, "email": EMAIL, "password": PASSWORD}
    own = {"statuses": {"PENDING": "open"}, "priorities": {"4": "P2"}}
    settings = json.dumps({"support": {**source, **own}})

    plain = typed(home, "connect", "kayako", "support", TEND_TICKETS=settings)
    told = typed(home, "connect", "kayako", "support", "--json", TEND_TICKETS=settings).json()
    other = typed(home, "connect", "zendesk", "support", TEND_TICKETS=settings)

    assert "It works. [tickets.support] is set: tend sync support reads it." in plain.words
    assert (told["system"], told["tickets"], told["sampled"]) == ("kayako", 60, 50)
    assert words_of(told["statuses"])["PENDING"] == ("open", 17)
    assert words_of(told["priorities"])["4"] == ("P2", 25)
    assert (other.code, "[tickets.support] is kayako, not zendesk" in other.words) == (2, True)


def test_a_classic_says_what_its_numbers_stand_for(
    home: Path, classic: tuple[ClassicServer, str]
) -> None:
    _, address = classic
    keys = {"KAYAKO_API_KEY": KEY, "KAYAKO_SECRET_KEY": SECRET}
    words = ("connect", "kayako-classic", "old desk", "--url", address, "--department", "1")

    said = typed(home, *words, **keys)
    told = typed(home, *words, "--json", **keys).json()

    assert said.code == 0, said.words
    assert "Kayako Classic does not say beforehand how many tickets there are." in said.words
    assert "Of 4 tickets 4 have an account (4 by external-organization), 0 none." in said.words
    assert "2 Wartet auf Kunde → open (2), 1 Offen → open (2), 3 Erledigt → resolved (0)" in (
        said.words
    )
    assert "Tägliches → unknown (3), Urgent → P1 (1), Low → P4 (0)" in said.words
    assert "Priorities that nobody knows: Tägliches. Say what they mean" in said.words
    block = f'[tickets."old desk"] system = "kayako-classic" url = "{address}" departments = [1]'
    assert f'{block} api_key = "…" secret_key = "…"' in said.words
    assert (told["tickets"], told["unresolved"]) == (None, [])
    assert words_of(told["priorities"])["Tägliches"] == ("", 3)
    for secret in (KEY, SECRET):
        assert secret not in said.words + json.dumps(told)


def test_a_zendesk_is_tried_before_it_is_connected(home: Path, zendesk: str) -> None:
    words = ("connect", "zendesk", "--url", zendesk, "--user", USER)

    said = typed(home, *words, ZENDESK_TOKEN=TOKEN)
    told = typed(home, *words, "--json", ZENDESK_TOKEN=TOKEN).json()

    assert said.code == 0, said.words
    assert "Of 5 tickets 4 have an account (4 by external-organization), 1 none." in said.words
    assert "Without: ZD-1. See tend tickets assign." in said.words
    assert "Statuses: open → open (3), hold → pending (2)." in said.words
    assert f'[tickets.zendesk] system = "zendesk" url = "{zendesk}" user = "{USER}"' in said.words
    assert TOKEN not in said.words
    assert (told["by_rule"], told["unresolved"]) == ({"external-organization": 4}, ["ZD-1"])


def test_what_lets_nobody_in_is_said_and_never_shown(
    home: Path, kayako: tuple[KayakoServer, str], classic: tuple[ClassicServer, str], zendesk: str
) -> None:
    wrong = "very-wrong"
    at_kayako = ("connect", "kayako", "--url", kayako[1], "--email", EMAIL)
    at_classic = ("connect", "kayako-classic", "--url", classic[1])
    keys = {"KAYAKO_API_KEY": KEY, "KAYAKO_SECRET_KEY": wrong}

    refused = [
        (typed(home, *at_kayako, KAYAKO_PASSWORD=wrong), "email or password is wrong"),
        (typed(home, *at_classic, **keys), "Both keys, and whether the API is on"),
        (
            typed(
                home,
                *("connect", "zendesk", "--url", zendesk, "--user", USER),
                ZENDESK_TOKEN=wrong,
            ),
            "The user needs /token behind the address",
        ),
    ]
    kayako[0].asks_for_code = True
    second = typed(home, *at_kayako, KAYAKO_PASSWORD=PASSWORD)

    for said, why in (*refused, (second, "it asks for a second factor")):
        assert said.code == 2
        assert why in said.words
        assert wrong not in said.words
        assert PASSWORD not in said.words
        assert "It works" not in said.words


@pytest.mark.parametrize(
    "system, told",
    [
        ("kayako", "no url and no email and no password: put them into [tickets.kayako]"),
        ("kayako-classic", "api_key in KAYAKO_API_KEY and secret_key in KAYAKO_SECRET_KEY"),
        ("zendesk", "or give --url and --user, with key in ZENDESK_TOKEN"),
    ],
)
def test_without_a_terminal_it_says_what_is_wanting(home: Path, system: str, told: str) -> None:
    said = typed(home, "connect", system)
    shown = typed(home, "connect", system, "--help")

    assert (said.code, told in said.words) == (2, True), said.words
    assert "Examples:" in shown.words
    assert "--password" not in shown.words


def test_a_password_goes_nowhere_in_clear_text(home: Path) -> None:
    words = ("connect", "kayako", "--url", "http://acme.example", "--email", EMAIL)

    said: Said = typed(home, *words, KAYAKO_PASSWORD=PASSWORD)

    assert said.code == 2
    assert "must begin with https://" in said.words
    assert PASSWORD not in said.words


def test_a_help_desk_without_tickets_says_so(home: Path) -> None:
    with KayakoServer().serving() as address:
        words = ("connect", "kayako", "--url", address, "--email", EMAIL)
        said = typed(home, *words, KAYAKO_PASSWORD=PASSWORD)

    assert said.code == 0, said.words
    assert "It lists no cases: there are none yet, or we may see none." in said.words


def test_at_a_terminal_it_asks_and_shows_no_secret(
    home: Path, kayako: tuple[KayakoServer, str]
) -> None:
    terminal = Terminal(home, "connect", "kayako")
    terminal.answer("Address of the Kayako", kayako[1])
    terminal.answer("E-mail of the agent that reads for Tend", EMAIL)
    terminal.answer("Password of the agent", PASSWORD, is_hidden=True)

    assert terminal.ended() == 0, terminal.seen
    assert "Cases to read: about 60." in terminal.seen
    assert PASSWORD not in terminal.seen
