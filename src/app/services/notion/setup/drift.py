"""What has changed in a database since it was connected, and what mends it: decided, nothing asked.

A new name is no drift: columns go by their ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.notion import NotionDatabase, NotionRole
from app.services.notion.columns import COLUMNS, KEY, TITLES, ColumnSpec, Owner
from app.services.notion.setup.fitness import TICKET_KEY, missing_options, unfit, word_of
from app.services.notion.setup.schema import Sample, Source, Theirs
from app.services.plain_text import one_line

MOST_NAME = 40
SHOWN = 3
"""Keys that are told as examples."""
CONNECT = "tend connect notion"
KEYS = {NotionRole.ACCOUNTS: KEY, NotionRole.TICKETS: TICKET_KEY, NotionRole.QBRS: KEY}
"""Which column tells the rows of a database apart."""
_UNKEYED = {
    NotionRole.ACCOUNTS: (
        ": they go by the id of their page, apart from what other feeds know of the same account"
    ),
    NotionRole.TICKETS: ": they are not read",
    NotionRole.QBRS: ": they are left alone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One thing that is not as it was."""

    about: str
    """The database, as we call it; `Notion` for the connection."""
    says: str
    mend: str = ""
    """What to do; empty: nothing."""
    is_wrong: bool = False
    """Whether it must be mended."""


def drift_of(stored: NotionDatabase, source: Source, *, accounts_source: str) -> tuple[Drift, ...]:
    """What became of the columns that are mapped, and which of ours are missing."""
    told: list[Drift] = []
    for spec in COLUMNS[stored.role]:
        before = stored.columns.get(spec.name)
        if before is None:
            told += _unmapped(stored, spec)
            continue
        theirs = source.of_id(before.property_id)
        if theirs is None:
            told.append(_gone(stored, spec, before.name))
            continue
        told += _changed(stored, spec, theirs, accounts_source)
    return tuple(told)


def renewed(stored: NotionDatabase, source: Source) -> NotionDatabase:
    """As it is remembered, with the names that its columns have now."""
    there = {theirs.property_id: theirs.name for theirs in source.columns}
    columns = {
        ours: replace(column, name=there.get(column.property_id, column.name))
        for ours, column in stored.columns.items()
    }
    return replace(stored, columns=columns, url=source.url or stored.url)


def rows_drift(role: NotionRole, keys: Sequence[str]) -> tuple[Drift, ...]:
    """What is wrong with the rows, by the key of each; empty where a row has none."""
    about, column = TITLES[role], KEYS[role]
    told = []
    unkeyed = sum(not key for key in keys)
    if unkeyed:
        says = f"{_rows(unkeyed)} without {column}{_UNKEYED[role]}"
        told.append(Drift(about=about, says=says, mend=f"fill in {column} there"))
    doubled = sorted(key for key, many in Counter(filter(None, keys)).items() if many > 1)
    if doubled:
        shown = ", ".join(one_line(key, MOST_NAME) for key in doubled[:SHOWN])
        more = f" and {len(doubled) - SHOWN} more" if len(doubled) > SHOWN else ""
        says = f"two rows or more of one {column}: {shown}{more}"
        mend = "keep one of each: move what you need, and put the others into the trash"
        told.append(Drift(about=about, says=says, mend=mend, is_wrong=True))
    return tuple(told)


def ownership_drift(stored: NotionDatabase, sample: Sample) -> tuple[Drift, ...]:
    """Whether somebody else fills tickets that Tend writes."""
    if stored.role is not NotionRole.TICKETS or not stored.is_written or not sample.by_others:
        return ()
    says = (
        f"{sample.by_others} of {sample.rows} rows looked at were not made by Tend: somebody else "
        "fills it too, and rows may stand there twice"
    )
    mend = f"if another system fills it: {CONNECT} --read-tickets"
    return (Drift(about=TITLES[stored.role], says=says, mend=mend),)


def _unmapped(stored: NotionDatabase, spec: ColumnSpec) -> Iterator[Drift]:
    about = TITLES[stored.role]
    if spec.is_needed:
        says = f"{spec.name} is not mapped, and nothing can be done without it"
        yield Drift(about=about, says=says, mend=CONNECT, is_wrong=True)
    elif stored.is_written and spec.owner is not Owner.PEOPLE and spec.type != "title":
        says = f"it has no {spec.name}: Tend cannot show it there"
        yield Drift(about=about, says=says, mend=f"{CONNECT} adds it, or says why it does not")


def _gone(stored: NotionDatabase, spec: ColumnSpec, name: str) -> Drift:
    shown = one_line(name, MOST_NAME)
    called = spec.name if shown == spec.name else f"{shown} ({spec.name})"
    return Drift(
        about=TITLES[stored.role],
        says=f"the column {called} is gone",
        mend=f"restore it in Notion, or {CONNECT}: adds what is Tend's, goes on without the rest",
        is_wrong=True,
    )


def _changed(
    stored: NotionDatabase, spec: ColumnSpec, theirs: Theirs, accounts_source: str
) -> Iterator[Drift]:
    about, before = TITLES[stored.role], stored.columns[spec.name]
    name = one_line(theirs.name, MOST_NAME)
    if theirs.name != before.name:
        was = one_line(before.name, MOST_NAME)
        yield Drift(about=about, says=f"{was} is called {name} now, which changes nothing")
    why = unfit(spec, theirs, accounts_source=accounts_source, is_written=stored.is_written)
    if why:
        mend = f"change it back in Notion, or {CONNECT} --map '{spec.name}=ANOTHER COLUMN'"
        yield Drift(about=about, says=f"{name}: {why}", mend=mend, is_wrong=True)
    elif theirs.type != before.type:
        says = f"{name} was of type {word_of(before.type)} and is {word_of(theirs.type)} now"
        yield Drift(about=about, says=says, mend=CONNECT, is_wrong=True)
    elif stored.is_written and spec.owner is Owner.TEND and theirs.type == "select":
        missing = missing_options(spec, theirs)
        if missing:
            says = f"{name} has no option {', '.join(missing)}: made when it is first written"
            yield Drift(about=about, says=says)


def _rows(many: int) -> str:
    return "1 row" if many == 1 else f"{many:,} rows"
