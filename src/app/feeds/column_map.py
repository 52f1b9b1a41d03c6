"""Which of a file's columns means which of ours: by a map, a preset, the same name, or a guess.

A guess takes a column only where exactly one fits; two that fit are both left out and named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from app.domain.feed import FactKind
from app.domain.reported import FIGURES
from app.feeds.column import Column
from app.feeds.columns import COLUMNS
from app.feeds.map_file import KindMap
from app.feeds.presets import PRESETS, Preset
from app.feeds.refusals import FileRefused, excerpt


class Because(StrEnum):
    """Why a column was taken or left out."""

    MAP = "--map"
    PRESET = "preset"
    SAME_NAME = "same name"
    GUESS = "guessed"
    UNKNOWN = "not known"
    TWO_FIT = "two columns fit"
    NOT_OURS = "not our revenue"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnUse:
    """What becomes of one column of the file."""

    theirs: str
    position: int
    """From 0."""
    ours: str
    """Empty: it is left out."""
    because: Because


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMap:
    """What becomes of every column of a file of one kind."""

    kind: FactKind
    uses: tuple[ColumnUse, ...]
    constants: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Our column to words of theirs, folded, and what is read in their place."""
    missing: tuple[Column, ...] = ()
    """Required columns that nothing gives."""

    @property
    def taken(self) -> tuple[ColumnUse, ...]:
        """The columns that are read."""
        return tuple(use for use in self.uses if use.ours)

    @property
    def left_out(self) -> tuple[ColumnUse, ...]:
        """The columns that are not read."""
        return tuple(use for use in self.uses if not use.ours)

    @property
    def tells_nothing(self) -> bool:
        """Whether it should report signals, and no column is one."""
        told = {use.ours for use in self.taken} | set(self.constants)
        return self.kind is FactKind.SIGNALS and told.isdisjoint(FIGURES)

    @property
    def needs_a_look(self) -> bool:
        """Whether anything but the same name decided, so that a person should see it."""
        return bool(self.left_out) or any(u.because is not Because.SAME_NAME for u in self.uses)


# In a CRM "annual revenue" is what the customer earns; taking it for ARR would be wrong by far.
_THEIR_REVENUE = frozenset({"annualrevenue", "revenue", "totalrevenue", "companyrevenue"})


def map_columns(
    kind: FactKind, header: Sequence[str], chosen: KindMap, preset: Preset | None
) -> ColumnMap:
    """Decide for every column of the header. Raises FileRefused when the map does not fit it."""
    decided: dict[int, tuple[str, Because]] = {}
    _apply(chosen.columns, header, decided, Because.MAP, is_strict=True)
    if preset is not None and kind is FactKind.ACCOUNTS:
        _apply(PRESETS[preset], header, decided, Because.PRESET, is_strict=False)
    given = {ours for ours, _ in decided.values()} | set(chosen.constants)
    free = [place for place in range(len(header)) if place not in decided]
    _take_same_names(kind, header, free, decided, given)
    _guess(kind, header, [place for place in free if place not in decided], decided, given)
    uses = tuple(
        ColumnUse(theirs=name, position=place, ours=decided[place][0], because=decided[place][1])
        for place, name in enumerate(header)
    )
    named = {use.ours for use in uses} | set(chosen.constants)
    missing = tuple(c for c in COLUMNS[kind] if c.is_required and c.name not in named)
    return ColumnMap(
        kind=kind, uses=uses, constants=chosen.constants, words=chosen.words, missing=missing
    )


def how_to_name(table: ColumnMap) -> str:
    """The error for required columns that nothing gives, with the lines for a map file."""
    names = ", ".join(column.name for column in table.missing)
    free = [use.theirs for use in table.left_out if use.theirs]
    lines = "; ".join(f'"{_likely(c, table)}" = "{c.name}"' for c in table.missing)
    have = ", ".join(excerpt(name) for name in free[:12]) or "nothing else"
    return (
        f"no column for {names}; the columns not taken are {have}. Put into a --map file, "
        f"under [{table.kind}], with the file's own column name: {lines}"
    )


def normalised(name: str) -> str:
    """A column's name without case, spaces and signs."""
    return "".join(char for char in name.casefold() if char.isalnum())


def fit(kind: FactKind, header: Sequence[str], chosen: KindMap) -> int:
    """How many of the header's columns this kind knows; 0 when it could not be read as that."""
    try:
        table = map_columns(kind, header, chosen, None)
    except FileRefused:
        table = map_columns(kind, header, KindMap(), None)
    return 0 if table.missing or table.tells_nothing else len(table.taken)


def _apply(
    names: Mapping[str, str],
    header: Sequence[str],
    decided: dict[int, tuple[str, Because]],
    because: Because,
    *,
    is_strict: bool,
) -> None:
    places = {" ".join(name.split()).casefold(): place for place, name in enumerate(header)}
    given = {ours for ours, _ in decided.values() if ours}
    for theirs, ours in names.items():
        place = places.get(" ".join(theirs.split()).casefold())
        if place is None:
            if is_strict:
                have = ", ".join(excerpt(name) for name in header[:20])
                raise FileRefused(
                    f"--map names the column {excerpt(theirs)}, which is not there; "
                    f"the file has {have}"
                )
            continue
        if place in decided or ours in given:
            continue
        decided[place] = (ours, because)
        given |= {ours} if ours else set()


def _take_same_names(
    kind: FactKind,
    header: Sequence[str],
    free: Sequence[int],
    decided: dict[int, tuple[str, Because]],
    given: set[str],
) -> None:
    ours = {normalised(column.name): column.name for column in COLUMNS[kind]}
    for place in free:
        name = ours.get(normalised(header[place]))
        if name is not None and name not in given:
            decided[place] = (name, Because.SAME_NAME)
            given.add(name)


def _guess(
    kind: FactKind,
    header: Sequence[str],
    free: Sequence[int],
    decided: dict[int, tuple[str, Because]],
    given: set[str],
) -> None:
    words = {normalised(alias): c.name for c in COLUMNS[kind] for alias in c.aliases}
    fits = {place: words.get(normalised(header[place]), "") for place in free}
    for place, name in fits.items():
        rivals = sum(1 for other in fits.values() if other == name)
        if normalised(header[place]) in _THEIR_REVENUE and kind is FactKind.ACCOUNTS:
            decided[place] = ("", Because.NOT_OURS)
        elif not name or name in given:
            decided[place] = ("", Because.UNKNOWN)
        elif rivals > 1:
            decided[place] = ("", Because.TWO_FIT)
        else:
            decided[place] = (name, Because.GUESS)


def _likely(column: Column, table: ColumnMap) -> str:
    words = {normalised(alias) for alias in (column.name, *column.aliases)}
    for use in table.left_out:
        if normalised(use.theirs) in words:
            return use.theirs
    return "Their column"
