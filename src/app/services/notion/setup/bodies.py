"""What is sent to make a database or a column of ours. It sends nothing itself."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import JsonValue

from app.blocks.rich_text import NotionObject, texts
from app.domain.notion import NotionRole
from app.services.notion.columns import COLUMNS, TITLES, ColumnSpec, Owner
from app.services.notion.setup.matching import Becomes, Match

_ABOUT = {
    NotionRole.ACCOUNTS: (
        "Accounts, kept up by Tend: health scores and their reasons are its own, everything else "
        "is yours."
    ),
    NotionRole.TICKETS: "Support tickets, as Tend takes them from the systems they are worked in.",
    NotionRole.QBRS: "Quarterly business reviews, prepared by Tend for you to present.",
}
_COLUMN_ABOUT = {
    Owner.TEND: "Written by Tend: what is typed here is overwritten.",
    Owner.LATER: "Written by Tend, and by you: the later date counts.",
}
_NUMBERS = {"Feature Adoption Rate": "percent"}
_COLOURS = {
    "Green": "green",
    "Amber": "yellow",
    "Red": "red",
    "Unknown": "gray",
    "low": "green",
    "medium": "yellow",
    "high": "orange",
    "critical": "red",
    "P1": "red",
    "P2": "orange",
    "P3": "yellow",
    "P4": "gray",
}


def database_body(role: NotionRole, parent_id: str, accounts_source: str) -> NotionObject:
    """A database with all columns of ours, below a page."""
    columns: NotionObject = {
        spec.name: column_body(spec, accounts_source) for spec in COLUMNS[role]
    }
    return {
        "parent": {"type": "page_id", "page_id": parent_id},
        "title": _words(TITLES[role]),
        "description": _words(_ABOUT[role]),
        "initial_data_source": {"properties": columns},
    }


def additions(matches: Iterable[Match], accounts_source: str) -> NotionObject:
    """The columns that are to be added, by name; empty: none."""
    return {
        match.name: column_body(match.spec, accounts_source)
        for match in matches
        if match.becomes is Becomes.ADDED
    }


def column_body(spec: ColumnSpec, accounts_source: str) -> NotionObject:
    """One column of ours."""
    body: NotionObject = {spec.type: _config(spec, accounts_source)}
    about = _COLUMN_ABOUT.get(spec.owner, "")
    if about and spec.type != "title":
        body["description"] = about
    return body


def _config(spec: ColumnSpec, accounts_source: str) -> NotionObject:
    if spec.type == "relation":
        return {"data_source_id": accounts_source, "type": "single_property", "single_property": {}}
    if spec.type == "select":
        return {"options": [_option(name) for name in spec.options]}
    if spec.type == "number":
        return {"format": _NUMBERS.get(spec.name, "number")}
    return {}


def _option(name: str) -> NotionObject:
    return {"name": name, "color": _COLOURS.get(name, "default")}


def _words(text: str) -> list[JsonValue]:
    return [*texts(text)]
