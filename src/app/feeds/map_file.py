"""The file behind `--map`: which of a file's own columns means which of ours. TOML.

[accounts]
"Firma" = "name"
"Internal remark" = ""          # left out on purpose

[accounts.constants]
currency = "EUR"                # the same for every row

[tickets.words.status]
"Geschlossen" = "closed"        # their word in our column's cells, and what it means

[jira]
organization_field = "customfield_10002"
account_field = "customfield_10050"
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.columns import COLUMNS

_SIZE_LIMIT = 1_048_576


class JiraMap(BaseModel):
    """Which custom fields of a Jira site name the customer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    organization_field: str | None = Field(default=None, pattern=r"^[a-zA-Z0-9_.-]{1,100}$")
    """The field of service desk organisations, where a page brings no schema that tells it."""
    account_field: str | None = Field(default=None, pattern=r"^[a-zA-Z0-9_.-]{1,100}$")
    """A field that names the account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindMap:
    """What a map says of one kind of file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Their column to ours; "" leaves it out."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Our column to a text that every row gets."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column to their words, case folded, and what is read in their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFile:
    """A whole map; a kind that it does not speak of is guessed."""

    kinds: Mapping[FactKind, KindMap] = field(default_factory=dict)
    jira: JiraMap = field(default_factory=JiraMap)

    def of(self, kind: FactKind) -> KindMap:
        """What it says of `kind`; an empty map where it says nothing."""
        return self.kinds.get(kind, KindMap())


_Table: TypeAlias = dict[str, str | dict[str, str | dict[str, str]]]
_TABLE = TypeAdapter[_Table](_Table)


def read_map(path: Path) -> MapFile:
    """Read a map. Raises InvalidInput that names the table and the key."""
    try:
        with path.open("rb") as stream:
            tables = tomllib.loads(stream.read(_SIZE_LIMIT).decode("utf-8"))
    except OSError as exc:
        raise InvalidInput(f"--map {path}: cannot be read: {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidInput(f"--map {path}: is not TOML: {exc}") from exc
    kinds: dict[FactKind, KindMap] = {}
    jira = JiraMap()
    for name, table in tables.items():
        try:
            if name == "jira":
                jira = JiraMap.model_validate(table)
            else:
                kinds[_kind(name)] = _kind_map(_kind(name), _TABLE.validate_python(table))
        except ValidationError as exc:
            first = exc.errors()[0]
            key = ".".join(str(part) for part in first["loc"][:1])
            raise InvalidInput(f"--map {path}: [{name}] {key}: {first['msg']}") from exc
        except InvalidInput as exc:
            raise InvalidInput(f"--map {path}: [{name}] {exc}") from exc
    return MapFile(kinds=kinds, jira=jira)


def _kind(name: str) -> FactKind:
    try:
        return FactKind(name)
    except ValueError as exc:
        allowed = ", ".join([*FactKind, "jira"])
        raise InvalidInput(f"is not a kind of file; allowed: {allowed}") from exc


def _kind_map(kind: FactKind, table: _Table) -> KindMap:
    columns: dict[str, str] = {}
    constants: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    for key, value in table.items():
        if isinstance(value, str):
            columns[key] = value
        elif key == "constants":
            constants = _texts(value)
        elif key == "words":
            words = _words(value)
        else:
            raise InvalidInput(f'{key!r}: a text is expected, such as "{key}" = "name"')
    targets = [value for value in columns.values() if value] + list(constants)
    ours = [column.name for column in COLUMNS[kind]]
    for name in [*targets, *words]:
        if name not in ours:
            known = ", ".join(ours)
            raise InvalidInput(f"{name!r} is not one of our columns; those are: {known}")
    for name in targets:
        if targets.count(name) > 1:
            raise InvalidInput(f"{name!r} is given twice")
    return KindMap(columns=columns, constants=constants, words=words)


def _texts(table: Mapping[str, str | dict[str, str]]) -> dict[str, str]:
    for name, value in table.items():
        if not isinstance(value, str):
            raise InvalidInput(f'constants: {name!r}: a text is expected, such as {name} = "EUR"')
    return {name: value for name, value in table.items() if isinstance(value, str)}


def _words(table: Mapping[str, str | dict[str, str]]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for name, said in table.items():
        if isinstance(said, str):
            raise InvalidInput(
                f"words: {name!r}: our column is expected before the words, "
                f'such as [….words.status] and "{name}" = "closed"'
            )
        words[name] = {folded(theirs): meant for theirs, meant in said.items()}
    return words


def folded(text: str) -> str:
    """A word without its case and with single spaces, so that it is found again."""
    return " ".join(text.split()).casefold()
