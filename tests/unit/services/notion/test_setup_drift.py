"""What is said of a database that is not as it was, and what mends it."""

from __future__ import annotations

from dataclasses import replace

from app.domain.notion import NotionColumn, NotionDatabase, NotionRole
from app.services.notion.columns import COLUMNS
from app.services.notion.setup.drift import (
    Drift,
    drift_of,
    ownership_drift,
    renewed,
    rows_drift,
)
from app.services.notion.setup.schema import Sample, Source, Theirs

SOURCE = "accounts-source"


def theirs(role: NotionRole, **changed: Theirs | None) -> Source:
    """The database with all columns as we make them, but for those given (None: it is gone)."""
    columns = []
    for spec in COLUMNS[role]:
        key = spec.name.replace(" ", "_")
        made = Theirs(
            property_id=spec.name,
            name=spec.name,
            type=spec.type,
            options=spec.options,
            points_to=SOURCE if spec.type == "relation" else "",
        )
        found = changed.get(key, made)
        if found is not None:
            columns.append(found)
    return Source(
        database_id="d", data_source_id=SOURCE, title="Kunden", url="u", columns=tuple(columns)
    )


def stored(role: NotionRole, *without: str, is_written: bool = True) -> NotionDatabase:
    return NotionDatabase(
        role=role,
        database_id="d",
        data_source_id=SOURCE,
        columns={
            spec.name: NotionColumn(property_id=spec.name, type=spec.type, name=spec.name)
            for spec in COLUMNS[role]
            if spec.name not in without
        },
        is_written=is_written,
    )


def told(
    database: NotionDatabase, source: Source, *, accounts_source: str = SOURCE
) -> tuple[Drift, ...]:
    return drift_of(database, source, accounts_source=accounts_source)


def test_a_database_as_it_was_made_has_not_drifted() -> None:
    for role in NotionRole:
        assert told(stored(role), theirs(role)) == ()


def test_a_renamed_column_changes_nothing_and_its_name_is_remembered() -> None:
    there = theirs(
        NotionRole.ACCOUNTS,
        Health_Score=Theirs(property_id="Health Score", name="Punktzahl", type="number"),
    )
    (drift,) = told(stored(NotionRole.ACCOUNTS), there)
    assert drift.says == "Health Score is called Punktzahl now, which changes nothing"
    assert not drift.is_wrong
    new = renewed(stored(NotionRole.ACCOUNTS), there)
    assert new.columns["Health Score"].name == "Punktzahl"
    assert new.url == "u"
    assert told(new, there) == ()


def test_a_deleted_column_must_be_mended() -> None:
    database = stored(NotionRole.ACCOUNTS)
    (drift,) = told(database, theirs(NotionRole.ACCOUNTS, NPS=None))
    assert (drift.says, drift.is_wrong) == ("the column NPS is gone", True)
    called = replace(database.columns["NPS"], name="Zufriedenheit")
    database = replace(database, columns={**database.columns, "NPS": called})
    (drift,) = told(database, theirs(NotionRole.ACCOUNTS, NPS=None))
    assert drift.says == "the column Zufriedenheit (NPS) is gone"


def test_another_type_must_be_mended() -> None:
    text = Theirs(property_id="Health Score", name="Health Score", type="rich_text")
    (drift,) = told(stored(NotionRole.ACCOUNTS), theirs(NotionRole.ACCOUNTS, Health_Score=text))
    assert drift.is_wrong
    assert "it is of type text; Tend needs number" in drift.says
    assert "--map 'Health Score=" in drift.mend


def test_another_type_that_will_do_is_taken_by_connecting_again() -> None:
    formula = Theirs(property_id="NPS", name="NPS", type="formula")
    (drift,) = told(stored(NotionRole.ACCOUNTS), theirs(NotionRole.ACCOUNTS, NPS=formula))
    assert drift.says == "NPS was of type number and is formula now"
    assert (drift.is_wrong, drift.mend) == (True, "tend connect notion")


def test_options_that_went_are_said_and_made_when_they_are_written() -> None:
    bands = Theirs(
        property_id="Health Status", name="Health Status", type="select", options=("Green",)
    )
    (drift,) = told(stored(NotionRole.ACCOUNTS), theirs(NotionRole.ACCOUNTS, Health_Status=bands))
    assert "no option Amber, Red, Unknown" in drift.says
    assert not drift.is_wrong


def test_a_relation_that_leads_elsewhere_must_be_mended() -> None:
    drifts = told(stored(NotionRole.QBRS), theirs(NotionRole.QBRS), accounts_source="another")
    assert [drift.is_wrong for drift in drifts] == [True]


def test_columns_of_ours_that_were_never_there_are_said() -> None:
    database = stored(NotionRole.ACCOUNTS, "Churn Risk", "NPS")
    (drift,) = told(database, theirs(NotionRole.ACCOUNTS))
    assert drift.says == "it has no Churn Risk: Tend cannot show it there"
    assert not drift.is_wrong
    read = stored(NotionRole.TICKETS, "Priority", is_written=False)
    assert told(read, theirs(NotionRole.TICKETS)) == ()


def test_a_needed_column_that_is_not_mapped_must_be_mended() -> None:
    (drift,) = told(stored(NotionRole.TICKETS, "Ticket ID"), theirs(NotionRole.TICKETS))
    assert drift.is_wrong


def test_rows_of_one_key_must_be_mended_and_rows_without_one_are_said() -> None:
    assert rows_drift(NotionRole.ACCOUNTS, ["a", "b"]) == ()
    unkeyed, doubled = rows_drift(NotionRole.ACCOUNTS, ["", "b", "a", "b", "a", "c", "c", "d", "d"])
    assert "1 row without External ID: they go by the id" in unkeyed.says
    assert not unkeyed.is_wrong
    assert "a, b, c and 1 more" in doubled.says
    assert doubled.is_wrong
    (unkeyed,) = rows_drift(NotionRole.TICKETS, [""] * 2_000)
    assert unkeyed.says == "2,000 rows without Ticket ID: they are not read"
    (doubled,) = rows_drift(NotionRole.QBRS, ["a", "a"])
    assert doubled.says.endswith("External ID: a")


def test_tickets_that_somebody_else_fills_too_are_said() -> None:
    foreign = Sample(rows=10, has_more=False, by_others=3)
    (drift,) = ownership_drift(stored(NotionRole.TICKETS), foreign)
    assert "3 of 10 rows" in drift.says
    assert drift.mend.endswith("--read-tickets")
    assert ownership_drift(stored(NotionRole.TICKETS, is_written=False), foreign) == ()
    assert ownership_drift(stored(NotionRole.ACCOUNTS), foreign) == ()
    own = replace(foreign, by_others=0)
    assert ownership_drift(stored(NotionRole.TICKETS), own) == ()
