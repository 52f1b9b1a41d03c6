"""What kind of facts a file holds: by its name, else by the header that fits best."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.column_map import fit
from app.feeds.map_file import MapFile
from app.feeds.refusals import FileRefused, excerpt

IMPORT_ORDER: tuple[FactKind, ...] = (
    FactKind.REPS,
    FactKind.ACCOUNTS,
    FactKind.CONTRACTS,
    FactKind.STAKEHOLDERS,
    FactKind.TICKETS,
    FactKind.USAGE,
    FactKind.HEARTBEATS,
    FactKind.INVOICES,
    FactKind.SURVEYS,
    FactKind.INTERACTIONS,
    FactKind.SIGNALS,
)
"""What others depend on comes first."""

_NAMES: Mapping[str, FactKind] = {
    **{kind.value: kind for kind in FactKind},
    **{kind.value.removesuffix("s"): kind for kind in FactKind},
    "companies": FactKind.ACCOUNTS,
    "company": FactKind.ACCOUNTS,
    "customers": FactKind.ACCOUNTS,
    "subscriptions": FactKind.CONTRACTS,
    "contacts": FactKind.STAKEHOLDERS,
    "nps": FactKind.SURVEYS,
    "activities": FactKind.INTERACTIONS,
}
_READABLE = (".csv", ".tsv", ".json", ".csv.gz", ".tsv.gz", ".json.gz")
FILE_LIMIT = 10_000
"""Most files taken at once."""


def kind_by_name(path: Path) -> FactKind | None:
    """The kind that the file's name says; None where it says none, or several."""
    stem = path.name.split(".", 1)[0].casefold()
    found = {_NAMES[word] for word in re.split(r"[^a-z]+", stem) if word in _NAMES}
    return next(iter(found)) if len(found) == 1 else None


def kind_by_header(header: Sequence[str], mapping: MapFile) -> FactKind:
    """The kind that knows most of the columns, by the map where it fits the header.

    Raises FileRefused where none knows any, or two know as many.
    """
    fits = {kind: fit(kind, header, mapping.of(kind)) for kind in FactKind}
    most = max(fits.values())
    best = [kind.value for kind, known in fits.items() if known == most]
    if most == 0:
        have = ", ".join(excerpt(name) for name in header[:12])
        raise FileRefused(
            f"line 1: the header fits no kind of file (it has {have}); "
            "say --kind, or see the headers that `tend import --template DIR` writes"
        )
    if len(best) > 1:
        raise FileRefused(f"line 1: the header fits {' and '.join(best)} alike; say --kind")
    return FactKind(best[0])


def files_of(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to import: those named, and in folders every CSV, TSV and JSON, gzip or not.

    In order of name, each once. Raises InvalidInput for a folder without any, or with too many.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        inside = sorted(files_in(path))
        if not inside:
            raise InvalidInput(
                f"{path}: no importable file in this folder ({', '.join(_READABLE)})"
            )
        found.update(dict.fromkeys(inside))
    if len(found) > FILE_LIMIT:
        raise InvalidInput(f"{len(found):,} files; at most {FILE_LIMIT:,} are taken at once")
    return tuple(found)


def files_in(folder: Path) -> list[Path]:
    """Every importable file of a folder and its subfolders, by its name; hidden ones are not."""
    return [
        path
        for path in folder.rglob("*")
        if path.name.lower().endswith(_READABLE)
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    ]
