"""Which column of a hand-made database is which of ours, and what becomes of each."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from app.domain.notion import NotionColumn, NotionRole
from app.errors import InvalidInput
from app.services.notion.columns import spec_of
from app.services.notion.setup.fitness import looks_like, missing_options, types_told, unfit
from app.services.notion.setup.matching import (
    Asked,
    Becomes,
    Match,
    columns_of,
    matched,
    untouched,
)
from app.services.notion.setup.schema import Source, Theirs

ACCOUNTS = "accounts-source"
PRIORITIES = ("P1", "P2", "P3", "P4")
STATES = ("open", "pending", "resolved", "closed")


def column(name: str, kind: str, *options: str, points_to: str = "") -> Theirs:
    return Theirs(
        property_id=f"id of {name}", name=name, type=kind, options=options, points_to=points_to
    )


def source(*columns: Theirs) -> Source:
    return Source(database_id="d", data_source_id=ACCOUNTS, title="Kunden", url="", columns=columns)


def asked(*columns: Theirs, role: NotionRole = NotionRole.ACCOUNTS, **more: object) -> Asked:
    given: dict[str, object] = {
        "role": role,
        "source": source(*columns),
        "accounts_source": ACCOUNTS,
        "is_written": True,
    }
    return Asked(**{**given, **more})  # type: ignore[arg-type]


def one(question: Asked, name: str) -> Match:
    return next(match for match in matched(question) if match.spec.name == name)


def kept(name: str, kind: str) -> Mapping[str, NotionColumn]:
    return {
        "Health Score": NotionColumn(property_id=f"id of {name}", type=kind, name="Health Score")
    }


def test_a_column_of_the_same_name_is_ours() -> None:
    match = one(asked(column("Health Score", "number")), "Health Score")
    assert match.becomes is Becomes.WRITTEN
    assert match.theirs is not None
    assert match.is_mapped


def test_a_name_in_other_letters_is_the_same_name() -> None:
    assert one(asked(column("health score ", "number")), "Health Score").is_mapped


def test_a_column_is_known_by_its_other_names_where_its_type_fits() -> None:
    assert one(asked(column("Contract End", "date")), "Renewal Date").becomes is Becomes.READ
    assert one(asked(column("Contract End", "number")), "Renewal Date").theirs is None


def test_the_title_is_the_name_whatever_it_is_called() -> None:
    assert one(asked(column("Firma", "title")), "Name").name == "Firma"


def test_no_other_column_is_taken_by_its_type_alone() -> None:
    match = one(asked(column("Mitarbeiter", "number")), "Health Score")
    assert match.theirs is None
    assert match.becomes is Becomes.ADDED


def test_what_people_keep_is_read_and_only_added_where_that_is_asked_for() -> None:
    assert one(asked(column("NPS", "rollup")), "NPS").becomes is Becomes.READ
    assert one(asked(), "NPS").becomes is Becomes.LEFT_OUT
    assert one(asked(adds_all=True), "NPS").becomes is Becomes.ADDED


def test_a_heartbeat_is_both_read_and_written() -> None:
    assert one(asked(column("Last Heartbeat", "date")), "Last Heartbeat").becomes is Becomes.BOTH


def test_a_key_is_written_on_new_rows_only() -> None:
    assert one(asked(column("External ID", "rich_text")), "External ID").becomes is Becomes.KEY


def test_a_renamed_column_is_known_by_its_id() -> None:
    question = asked(column("Punktzahl", "number"), earlier=kept("Punktzahl", "number"))
    assert one(question, "Health Score").name == "Punktzahl"


def test_a_column_that_is_gone_is_looked_for_by_its_name() -> None:
    question = asked(column("Health Score", "number"), earlier=kept("another", "number"))
    assert one(question, "Health Score").is_mapped


def test_what_people_chose_goes_before_what_it_was() -> None:
    question = asked(
        column("Old", "number"),
        column("New", "number"),
        earlier=kept("Old", "number"),
        chosen={"Health Score": "New"},
    )
    assert one(question, "Health Score").name == "New"


def test_a_column_can_be_added_under_a_name_of_their_choice() -> None:
    question = asked(column("Health Score", "rich_text"), chosen={"Health Score": "+Tend Score"})
    match = one(question, "Health Score")
    assert (match.becomes, match.name, match.theirs) == (Becomes.ADDED, "Tend Score", None)


def test_a_column_of_theirs_can_be_added_too_where_they_name_it() -> None:
    assert one(asked(chosen={"NPS": "+NPS"}), "NPS").becomes is Becomes.ADDED


def test_a_choice_that_is_not_there_is_refused_with_what_there_is() -> None:
    with pytest.raises(InvalidInput, match="no column 'Punkte' in Kunden; there are Punktzahl"):
        matched(asked(column("Punktzahl", "number"), chosen={"Health Score": "Punkte"}))


def test_one_column_cannot_be_two_of_ours() -> None:
    chosen = {"Health Score": "Punktzahl", "CSM Health Score": "Punktzahl"}
    with pytest.raises(InvalidInput, match="one of our columns only"):
        matched(asked(column("Punktzahl", "number"), chosen=chosen))


def test_a_column_of_another_type_is_left_out_and_said() -> None:
    match = one(asked(column("Health Score", "rich_text")), "Health Score")
    assert match.becomes is Becomes.LEFT_OUT
    assert match.why == "it is of type text; Tend needs number"
    assert not match.is_mapped
    assert not match.is_blocking


def test_a_name_that_is_used_for_something_else_is_not_added_again() -> None:
    question = asked(column("Health Score", "number"), chosen={"CSM Health Score": "Health Score"})
    match = one(question, "Health Score")
    assert (match.becomes, match.theirs) == (Becomes.LEFT_OUT, None)
    assert "used for something else" in match.why


def test_a_key_of_another_type_stands_in_the_way() -> None:
    assert one(asked(column("External ID", "number")), "External ID").is_blocking


def test_a_relation_is_the_account_where_only_one_leads_there() -> None:
    leading = column("Kunde", "relation", points_to=ACCOUNTS)
    other = column("Produkt", "relation", points_to="elsewhere")
    assert one(asked(leading, other, role=NotionRole.TICKETS), "Account").name == "Kunde"
    second = column("Partner", "relation", points_to=ACCOUNTS)
    assert one(asked(leading, second, role=NotionRole.TICKETS), "Account").theirs is None


def test_a_relation_elsewhere_is_not_the_account() -> None:
    elsewhere = column("Account", "relation", points_to="elsewhere")
    match = one(asked(elsewhere, role=NotionRole.TICKETS), "Account")
    assert match.is_blocking
    assert "another database" in match.why


def test_nothing_is_added_to_tickets_that_are_only_read() -> None:
    found = matched(asked(role=NotionRole.TICKETS, is_written=False))
    assert not [match for match in found if match.becomes is Becomes.ADDED]
    assert [match.spec.name for match in found if match.is_blocking] == [
        "Ticket ID",
        "Account",
        "Status",
    ]


@pytest.mark.parametrize(
    "theirs, why",
    [
        (column("Status", "formula"), "Notion fills it itself"),
        (column("Status", "status", "open", "closed"), "needs the options pending, resolved"),
        (column("Ticket ID", "unique_id"), "Notion fills it itself"),
        (column("Ticket ID", "number"), "cannot hold ids such as ABC-12"),
    ],
)
def test_what_cannot_be_written_stands_in_the_way_of_writing(theirs: Theirs, why: str) -> None:
    written = one(asked(theirs, role=NotionRole.TICKETS), theirs.name)
    assert why in written.why
    read = one(asked(theirs, role=NotionRole.TICKETS, is_written=False), theirs.name)
    assert read.becomes is Becomes.READ


def test_a_status_with_our_options_can_be_written() -> None:
    match = one(asked(column("Status", "status", *STATES), role=NotionRole.TICKETS), "Status")
    assert match.becomes is Becomes.WRITTEN


def test_the_mapping_is_remembered_by_ids_and_the_rest_is_theirs() -> None:
    mine, theirs = column("Health Score", "number"), column("Ort", "rich_text")
    question = asked(mine, theirs)
    found = matched(question)
    assert columns_of(found) == {
        "Health Score": NotionColumn(
            property_id="id of Health Score", type="number", name="Health Score"
        )
    }
    assert untouched(question.source, found) == ("Ort",)


def test_options_that_are_missing_are_named() -> None:
    priority = spec_of(NotionRole.TICKETS, "Priority")
    assert missing_options(priority, column("Priority", "select", "P1")) == PRIORITIES[1:]
    assert missing_options(priority, column("Priority", "rich_text")) == ()


def test_whoever_owns_a_column_it_must_be_of_a_type_that_is_read() -> None:
    interval = spec_of(NotionRole.ACCOUNTS, "Check-in Interval")
    told = unfit(interval, column("x", "date"), accounts_source="", is_written=True)
    assert told == "it is of type date; Tend needs number"
    assert types_told(spec_of(NotionRole.ACCOUNTS, "NPS")) == "number or formula or rollup"


def test_a_database_is_known_by_its_columns() -> None:
    accounts = (column("ARR", "number"), column("NPS", "number"), column("Owner", "people"))
    assert looks_like(NotionRole.ACCOUNTS, accounts)
    assert not looks_like(NotionRole.ACCOUNTS, accounts[:2])
    tasks = (column("Status", "select"), column("Priority", "select"), column("Created", "date"))
    assert not looks_like(NotionRole.TICKETS, tasks)
    assert looks_like(NotionRole.TICKETS, (*tasks, column("Ticket ID", "unique_id")))
