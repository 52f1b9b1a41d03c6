from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.column_map import Because, ColumnMap, how_to_name, map_columns
from app.feeds.file_kind import kind_by_header, kind_by_name
from app.feeds.map_file import KindMap, MapFile, read_map
from app.feeds.presets import Preset
from app.feeds.refusals import FileRefused


def accounts(*header: str, told: KindMap | None = None, preset: Preset | None = None) -> ColumnMap:
    return map_columns(FactKind.ACCOUNTS, header, told or KindMap(), preset)


def taken(table: ColumnMap) -> dict[str, str]:
    return {use.theirs: use.ours for use in table.taken}


def test_our_own_names_are_taken_whatever_their_case_and_spaces() -> None:
    table = accounts("Account ID", "NAME", "owner-email")
    assert taken(table) == {
        "Account ID": "account_id",
        "NAME": "name",
        "owner-email": "owner_email",
    }
    assert not table.needs_a_look


def test_usual_names_are_guessed_and_shown() -> None:
    table = accounts("Customer ID", "Company Name", "Account Owner", "ACV", "Fax")
    assert taken(table) == {
        "Customer ID": "account_id",
        "Company Name": "name",
        "Account Owner": "owner_email",
        "ACV": "arr",
    }
    assert [use.theirs for use in table.left_out] == ["Fax"]
    assert table.needs_a_look


def test_two_columns_for_one_of_ours_are_both_left_out() -> None:
    table = accounts("account_id", "name", "Tier", "Plan")
    assert {use.theirs: use.because for use in table.left_out} == {
        "Tier": Because.TWO_FIT,
        "Plan": Because.TWO_FIT,
    }


def test_the_same_name_wins_over_a_guess() -> None:
    table = accounts("account_id", "name", "segment", "Tier")
    assert taken(table)["segment"] == "segment"
    assert [use.theirs for use in table.left_out] == ["Tier"]


def test_two_columns_for_a_required_one_are_an_error_with_the_line_to_write() -> None:
    table = accounts("account_id", "Company Name", "Account Name")
    assert [column.name for column in table.missing] == ["name"]
    assert how_to_name(table) == (
        "no column for name; the columns not taken are 'Company Name', 'Account Name'. Put into a "
        "--map file, under [accounts], with the file's own column name: "
        '"Company Name" = "name"'
    )


def test_a_customers_own_revenue_is_not_taken_for_ours() -> None:
    table = accounts("account_id", "name", "Annual Revenue")
    assert table.left_out[0].because is Because.NOT_OURS


def test_a_map_decides_before_everything_and_may_leave_columns_out() -> None:
    told = KindMap(
        columns={"Firma": "name", "Annual  revenue": "arr", "Notes": ""},
        constants={"currency": "EUR"},
    )
    table = accounts("account_id", "Firma", "Annual Revenue", "Notes", told=told)
    assert taken(table) == {"account_id": "account_id", "Firma": "name", "Annual Revenue": "arr"}
    assert table.constants == {"currency": "EUR"}


def test_a_map_that_names_a_column_which_is_not_there_is_an_error() -> None:
    with pytest.raises(FileRefused, match="--map names the column 'Frima', which is not there"):
        accounts("account_id", "Firma", told=KindMap(columns={"Frima": "name"}))


HUBSPOT = (
    *("Record ID", "Company name", "Company owner", "Create Date", "Phone Number"),
    *("Last Activity Date", "City", "Country/Region", "Industry", "Company Domain Name"),
    *("Lifecycle Stage", "Annual Revenue", "Annual contract value", "Website URL"),
)
SALESFORCE = (
    *("Account ID", "Account Name", "Account Owner", "Type", "Industry", "Annual Revenue"),
    *("Billing City", "Website", "Account Owner Alias", "Created Date", "Description"),
)


def test_the_hubspot_preset_knows_a_company_export() -> None:
    table = accounts(*HUBSPOT, preset=Preset.HUBSPOT)
    assert taken(table) == {
        "Record ID": "account_id",
        "Company name": "name",
        "Company owner": "owner_email",
        "Industry": "segment",
        "Company Domain Name": "domains",
        "Lifecycle Stage": "deal_stage",
        "Annual contract value": "arr",
    }


def test_the_salesforce_preset_never_takes_the_customers_revenue_for_ours() -> None:
    table = accounts(*SALESFORCE, preset=Preset.SALESFORCE)
    assert taken(table) == {
        "Account ID": "account_id",
        "Account Name": "name",
        "Account Owner": "owner_email",
        "Industry": "segment",
        "Website": "domains",
        "Description": "notes",
    }


@pytest.mark.parametrize(
    "name, kind",
    [
        ("accounts.csv", FactKind.ACCOUNTS),
        ("accounts-2026.csv", FactKind.ACCOUNTS),
        ("2026_usage export.csv.gz", FactKind.USAGE),
        ("Ticket.csv", FactKind.TICKETS),
        ("hubspot-companies.csv", FactKind.ACCOUNTS),
        ("accounts usage.csv", None),
        ("export.csv", None),
    ],
)
def test_a_files_name_says_what_it_holds(name: str, kind: FactKind | None) -> None:
    assert kind_by_name(Path(name)) is kind


def test_a_header_says_what_a_file_holds() -> None:
    assert kind_by_header(("account_id", "day", "logins"), MapFile()) is FactKind.USAGE
    assert kind_by_header(("Company Name", "Customer ID", "Tier"), MapFile()) is FactKind.ACCOUNTS


def test_a_header_of_no_kind_is_an_error() -> None:
    with pytest.raises(FileRefused, match="fits no kind of file"):
        kind_by_header(("colour", "taste"), MapFile())


MAP = """
[accounts]
"Firma" = "name"

[accounts.constants]
currency = "EUR"

[jira]
account_field = "customfield_10050"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "map.toml"
    path.write_text(text)
    return path


def test_a_map_file_holds_columns_constants_and_jira_fields(tmp_path: Path) -> None:
    told = read_map(written(tmp_path, MAP))
    assert told.of(FactKind.ACCOUNTS) == KindMap(
        columns={"Firma": "name"}, constants={"currency": "EUR"}
    )
    assert told.of(FactKind.USAGE) == KindMap()
    assert told.jira.account_field == "customfield_10050"
    assert MapFile().jira.account_field is None


@pytest.mark.parametrize(
    "text, reason",
    [
        ("[accounts]\nFirma = ", "is not TOML"),
        ('[acounts]\nFirma = "name"', r"\[acounts\] is not a kind of file; allowed: accounts"),
        ('[accounts]\nFirma = "nmae"', r"\[accounts\] 'nmae' is not one of our columns"),
        ('[accounts]\nFirma = "name"\nCo = "name"', "'name' is given twice"),
        ("[accounts]\nFirma = 3", r"\[accounts\] Firma"),
        ('[accounts.extra]\nFirma = "name"', "'extra': a text is expected"),
        ('[tickets.words]\nOffen = "open"', "words: 'Offen': our column is expected before"),
        ('[tickets.words.colour]\nRot = "red"', "'colour' is not one of our columns"),
        ('[accounts.constants.currency]\nx = "EUR"', "constants: 'currency': a text is expected"),
        ('[jira]\naccount = "x"', r"\[jira\] account"),
        ("accounts = 3", r"\[accounts\]"),
    ],
)
def test_a_map_file_that_cannot_be_used_says_where(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        read_map(written(tmp_path, text))


def test_a_map_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_map(tmp_path / "none.toml")


def test_a_map_that_fits_the_header_tells_the_kind() -> None:
    accounts = KindMap(columns={"Kundennr": "account_id", "Firma": "name"})
    usage = KindMap(columns={"Kundennr": "account_id", "Woche": "day"})
    mapping = MapFile(kinds={FactKind.ACCOUNTS: accounts, FactKind.USAGE: usage})
    assert kind_by_header(("Kundennr", "Firma", "ARR"), mapping) is FactKind.ACCOUNTS
    assert kind_by_header(("Kundennr", "Woche", "Logins"), mapping) is FactKind.USAGE
    assert kind_by_header(("account_id", "day", "logins"), mapping) is FactKind.USAGE
