"""Whether a column of theirs will do for one of ours, and if not, why, in words for a person.

It reads no answers and sends nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from app.domain.notion import NotionRole
from app.services.notion.columns import ACCOUNT_COLUMNS, COLUMNS, KEY, ColumnSpec, Owner
from app.services.notion.setup.schema import Theirs

COMPUTED = frozenset(
    {
        *("formula", "rollup", "unique_id", "button", "verification"),
        *("created_time", "created_by", "last_edited_time", "last_edited_by"),
    }
)
"""Types that Notion fills itself: nobody can write them."""
LIKE = 3
_TELLING: Mapping[NotionRole, frozenset[str]] = {
    NotionRole.ACCOUNTS: frozenset(
        spec.name for spec in ACCOUNT_COLUMNS if spec.name not in {"Notes", "Segment"}
    ),
    NotionRole.TICKETS: frozenset({"Ticket ID"}),
    NotionRole.QBRS: frozenset({KEY}),
}
"""Names that another kind of database would hardly have."""
TICKET_KEY = "Ticket ID"
_WORDS = {"rich_text": "text", "url": "URL", "unique_id": "ID"}


def unfit(spec: ColumnSpec, theirs: Theirs, *, accounts_source: str, is_written: bool) -> str:
    """Why it will not do; empty: it will."""
    if theirs.type not in spec.types:
        return f"it is of type {word_of(theirs.type)}; Tend needs {types_told(spec)}"
    if theirs.type == "relation" and theirs.points_to != accounts_source:
        return "it relates to another database than the accounts that are connected"
    if not is_written or spec.owner is Owner.PEOPLE:
        return ""
    if spec.name == TICKET_KEY and theirs.type == "number":
        return "a number cannot hold ids such as ABC-12, which Tend writes there"
    if theirs.type in COMPUTED:
        return f"Notion fills it itself ({word_of(theirs.type)}); Tend must write it"
    missing = missing_options(spec, theirs)
    if theirs.type == "status" and missing:
        return f"as a status it needs the options {', '.join(missing)}: add them in Notion"
    return ""


def missing_options(spec: ColumnSpec, theirs: Theirs) -> tuple[str, ...]:
    """Options of ours that it has not; a select gets them when they are first written."""
    if theirs.type not in {"select", "status"}:
        return ()
    return tuple(option for option in spec.options if option not in theirs.options)


def types_told(spec: ColumnSpec) -> str:
    """The types that will do, ours first."""
    return " or ".join(word_of(kind) for kind in (spec.type, *sorted(spec.also - {spec.type})))


def word_of(kind: str) -> str:
    """A type as people know it from Notion."""
    return _WORDS.get(kind, kind.replace("_", " "))


def looks_like(role: NotionRole, columns: Collection[Theirs]) -> bool:
    """Whether a database of another title has the columns of this role: three, its own among them.

    Names such as Status and Priority alone are anybody's.
    """
    known = {
        spec.name
        for spec in COLUMNS[role]
        if spec.type != "title"
        for theirs in columns
        if theirs.type in spec.types and _is_called(spec, theirs.name)
    }
    return len(known) >= LIKE and bool(known & _TELLING[role])


def _is_called(spec: ColumnSpec, name: str) -> bool:
    letters = name.strip().casefold()
    return letters == spec.name.casefold() or letters in spec.aliases
