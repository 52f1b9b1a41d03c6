"""What people type and paste when they connect Notion, and what is made of it."""

from __future__ import annotations

import pytest

from app.domain.notion import NotionRole
from app.errors import InvalidInput
from app.services.notion.columns import COLUMNS
from app.services.notion.setup.address import id_in
from app.services.notion.setup.bodies import database_body
from app.services.notion.setup.estimate import estimate_of
from app.services.notion.setup.schema import container_of, source_of
from app.services.notion.setup.wishes import Named, Wishes, chosen_in, named_in

PAGE = "0123456789abcdef0123456789abcdef"
DASHED = "01234567-89ab-cdef-0123-456789abcdef"
OTHER = "f" * 32


@pytest.mark.parametrize(
    "pasted",
    [
        PAGE,
        DASHED,
        DASHED.upper(),
        f" <{DASHED}> ",
        f"https://www.notion.so/acme/Our-CRM-{PAGE}",
        f"https://app.notion.com/p/{PAGE}/",
        f"https://www.notion.so/{PAGE}?v={OTHER}",
        f"https://www.notion.so/acme/{OTHER}?v={OTHER}&p={PAGE}&pm=s",
        f"notion.so/acme/{DASHED}",
    ],
)
def test_an_id_is_found_in_what_people_paste(pasted: str) -> None:
    assert id_in(pasted) == DASHED


@pytest.mark.parametrize("pasted", ["", "CRM", "https://www.notion.so/acme", PAGE[:-1], "../" * 9])
def test_what_is_no_page_is_refused(pasted: str) -> None:
    with pytest.raises(InvalidInput, match="no page of Notion"):
        id_in(pasted)


def test_databases_are_named_with_their_table_or_left_out() -> None:
    wishes = named_in(
        {
            NotionRole.ACCOUNTS: f"{PAGE}#Kunden",
            NotionRole.TICKETS: "None",
            NotionRole.QBRS: " new",
        }
    )
    assert wishes.named == {NotionRole.ACCOUNTS: Named(database_id=DASHED, which="Kunden")}
    assert wishes.left_out == {NotionRole.TICKETS}
    assert wishes.made == {NotionRole.QBRS}
    assert named_in({NotionRole.QBRS: ""}) == Wishes()


def test_accounts_cannot_be_left_out() -> None:
    with pytest.raises(InvalidInput, match="nothing to connect"):
        named_in({NotionRole.ACCOUNTS: "none"})


def test_a_mapping_goes_to_the_database_that_has_the_column() -> None:
    found = chosen_in(["health score = Punktzahl", "QBRs:Account=Kunde", "Ticket ID=+Nummer"])
    assert found == {
        NotionRole.ACCOUNTS: {"Health Score": "Punktzahl"},
        NotionRole.QBRS: {"Account": "Kunde"},
        NotionRole.TICKETS: {"Ticket ID": "+Nummer"},
    }


@pytest.mark.parametrize(
    "mapping, why",
    [
        (["Health Score"], "OURS=YOURS|OURS=THEIRS"),
        (["Health Score=+ "], "OURS=THEIRS"),
        (["Colour=Farbe"], "no such column"),
        (["tickets:Health Score=x"], "no such column"),
        (["NPS=a", "NPS=b"], "mapped twice"),
    ],
)
def test_a_mapping_that_says_nothing_is_refused(mapping: list[str], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        chosen_in(mapping)


def test_a_book_of_ten_thousand_takes_five_minutes_a_day() -> None:
    estimate = estimate_of(10_000, 30_000, 180)
    assert (estimate.requests, estimate.first_requests) == (900, 10_400)
    assert estimate.minutes == pytest.approx(5.0)
    assert estimate.first_minutes == pytest.approx(57.8, abs=0.05)


def test_a_database_is_made_with_every_column_of_ours() -> None:
    body = database_body(NotionRole.QBRS, DASHED, "source")
    made = body["initial_data_source"]
    assert isinstance(made, dict)
    columns = made["properties"]
    assert isinstance(columns, dict)
    assert list(columns) == [spec.name for spec in COLUMNS[NotionRole.QBRS]]
    account = columns["Account"]
    assert isinstance(account, dict)
    assert account["relation"] == {
        "data_source_id": "source",
        "type": "single_property",
        "single_property": {},
    }


def test_answers_of_another_shape_read_as_nothing() -> None:
    empty = container_of({"title": "no list", "data_sources": ["no object"]})
    assert (empty.title, empty.sources) == ("(no title)", ())
    read = source_of(empty, {"id": 7, "properties": {"A": "no object", "B": {"type": "select"}}})
    assert [(theirs.name, theirs.options) for theirs in read.columns] == [("B", ())]
    assert source_of(empty, {"properties": []}).columns == ()
