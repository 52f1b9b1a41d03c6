"""Restores: a backup brought into an empty data folder; what was there is put aside, never deleted.

Everything is checked before anything is moved. It does not know who runs; that is told to it.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from app.disk import sync
from app.domain.effect import EffectRow, EffectState
from app.domain.feed import FactKind
from app.errors import AppError, Conflict, InvalidInput
from app.jobs.archive import (
    FLOWS,
    FLOWS_DUMP,
    OUTBOX,
    STORE,
    STORE_DUMP,
    Manifest,
    read_manifest,
    unpack,
)
from app.ports.store import Store, Unit
from app.settings import Settings
from app.storage.postgres_copy import (
    bring_back,
    load,
    occupied,
    put_aside,
    refuse_damaged_dump,
)
from app.storage.probing import probe, sqlite_file
from app.storage.schema import REVISIONS
from app.storage.sqlite_copy import refuse_damaged

ASIDE = "before-restore-"
"""What was there before a restore lies in a folder of this name, inside the data folder."""
_STAGING = ".restoring-"
_STAYING = ("lost+found", "tend.toml", "workers", "flows.sqlite3.service")
"""May lie in a data folder and stays: a disk's own, the settings, the marks of who works."""
_SIDE_FILES = ("", "-wal", "-shm")
REPEAT_REASON = "restored from a backup: it may have been done since that was made"
_NEVER = datetime.max.replace(tzinfo=UTC)
"""Every session began before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What a restore did."""

    manifest: Manifest
    put_aside: tuple[str, ...]
    """Where what was there before is now, in words."""


def restore_backup(
    settings: Settings, file: Path, *, at: datetime, force: bool, living: Collection[str]
) -> Restored:
    """Bring a backup in where nothing is, or with `force` where something is.

    Raises Conflict while somebody works here or where something is in the way, InvalidInput for an
    archive that is damaged, of a newer Tend or of another kind of database, ServiceError.
    """
    if living:
        raise Conflict(
            f"a service runs ({', '.join(sorted(living))}): stop it before restoring, or it would "
            "go on with what is no longer there"
        )
    manifest = read_manifest(file)
    _refuse_kind(settings, manifest)
    _refuse_occupied(settings, force=force)
    with _disk_errors(settings.home):
        settings.home.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=settings.home, prefix=_STAGING) as staging:
            folder = Path(staging)
            _refuse_too_large(folder, manifest)
            unpack(file, folder)
            _refuse_unsound(settings, folder, manifest)
            aside = _bring_in(settings, folder, f"{ASIDE}{at:%Y%m%dT%H%M%SZ}")
    return Restored(manifest=manifest, put_aside=aside)


def _refuse_kind(settings: Settings, manifest: Manifest) -> None:
    is_sqlite = sqlite_file(settings.store_url) is not None
    if is_sqlite != (manifest.database == "sqlite"):
        raise InvalidInput(
            f"this backup is of a store on {manifest.database}, and the settings name "
            f"{'SQLite' if is_sqlite else 'PostgreSQL'}: set TEND_DATABASE_URL to the same kind"
        )
    if manifest.schema_revision not in REVISIONS:
        raise InvalidInput(
            f"this backup was made by a newer Tend (version {manifest.tend_version}, schema "
            f"{manifest.schema_revision}; this program knows up to {REVISIONS[-1]}): update Tend"
        )
    names = {part.name for part in manifest.parts}
    if (STORE if is_sqlite else STORE_DUMP) not in names:
        raise InvalidInput("this backup holds no store")


def _refuse_occupied(settings: Settings, *, force: bool) -> None:
    if force:
        return
    mend = "restore into an empty one, or say --force: what is there is put aside, not deleted"
    if in_the_way(settings.home):
        raise Conflict(f"the data folder {settings.home} is not empty: {mend}")
    store = sqlite_file(settings.store_url)
    if store is None and occupied(settings.store_url):
        raise Conflict(f"the database of TEND_DATABASE_URL holds a store: {mend}")
    if store is not None and store.exists():
        raise Conflict(f"there is a store in {store}: {mend}")


def in_the_way(home: Path) -> tuple[Path, ...]:
    """What in a data folder a restore would have to put aside."""
    if not home.is_dir():
        return ()
    return tuple(
        path
        for path in sorted(home.iterdir())
        if path.name not in _STAYING and not path.name.startswith((ASIDE, _STAGING))
    )


def _refuse_too_large(folder: Path, manifest: Manifest) -> None:
    wanted, free = sum(part.size for part in manifest.parts), shutil.disk_usage(folder).free
    if wanted > free:
        raise InvalidInput(
            f"there is not enough room: the backup unpacks to {wanted / 1e6:,.0f} MB, "
            f"{free / 1e6:,.0f} MB are free in {folder.parent}"
        )


def _refuse_unsound(settings: Settings, folder: Path, manifest: Manifest) -> None:
    """The databases themselves, whatever the manifest says of them."""
    for name in (STORE, FLOWS):
        if (folder / name).exists():
            refuse_damaged(folder / name, said_of=name)
    for name in (STORE_DUMP, FLOWS_DUMP):
        if (folder / name).exists():
            refuse_damaged_dump(settings.store_url, folder / name, said_of=name)
    if (folder / STORE).exists():
        told = probe(f"sqlite:///{folder / STORE}").revision
        if told != manifest.schema_revision:
            raise InvalidInput(f"{STORE} is of schema {told!r}, not of the one that is listed")


def _bring_in(settings: Settings, folder: Path, aside: str) -> tuple[str, ...]:
    """The database first, where it is not a file: should that fail, nothing else has moved."""
    places = _places(settings, folder)
    moved: tuple[str, ...] = ()
    if (folder / STORE_DUMP).exists():
        moved = _bring_in_dumps(settings.store_url, folder, aside)
    moved += _move_aside(settings.home, places.values(), aside)
    for source, target in places.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    sync(settings.home)
    return moved


def _places(settings: Settings, folder: Path) -> dict[Path, Path]:
    """Where each unpacked file belongs."""
    places: dict[Path, Path] = {}
    store, flows = sqlite_file(settings.store_url), sqlite_file(settings.engine_url)
    if store is not None:
        places[folder / STORE] = store
    if flows is not None and flows != store and (folder / FLOWS).exists():
        places[folder / FLOWS] = flows
    if (folder / OUTBOX).exists():
        places[folder / OUTBOX] = settings.home / OUTBOX
    return places


def _move_aside(home: Path, targets: Collection[Path], aside: str) -> tuple[str, ...]:
    """What is in the way: from the data folder into one inside it, elsewhere under a new name."""
    moved: list[str] = []
    if found := in_the_way(home):
        (home / aside).mkdir()
        for path in found:
            path.rename(home / aside / path.name)
        moved.append(str(home / aside))
    for target in targets:
        for side in _SIDE_FILES:
            path = target.with_name(target.name + side)
            if path.exists():
                path.rename(path.with_name(f"{path.name}.{aside}"))
                moved.append(f"{path}.{aside}")
    return tuple(moved)


def _bring_in_dumps(url: str, folder: Path, aside: str) -> tuple[str, ...]:
    schema = aside.replace("-", "_").lower()
    was_there = bool(occupied(url))
    if was_there:
        put_aside(url, schema)
    try:
        for name in (FLOWS_DUMP, STORE_DUMP):
            if (folder / name).exists():
                load(url, folder / name)
    except AppError:
        bring_back(url, schema)
        raise
    return (f"schemas {schema} and {schema}_flows of the database",) if was_there else ()


async def mark_possible_repeats(store: Store) -> int:
    """Effects that no try was made at yet count as tried once; returns how many.

    The service may have made them after the backup: they are looked for before being made again,
    or say that they may be a repeat. Those in hand then are treated so anyway.
    """
    marked = 0
    for tenant in await store.tenants():
        marked += await store.write(tenant, _mark)
    return marked


def _mark(unit: Unit) -> int:
    owed = unit.work.open(states={EffectState.OWED}, most=1_000_000)
    return sum(_mark_one(unit, row) for row in owed if row.attempt == 0)


def _mark_one(unit: Unit, row: EffectRow) -> bool:
    taken = unit.effects.take(row.work.key, owner="restore", stale_after_seconds=0)
    return taken is not None and unit.effects.retry_later(
        row.work.key, attempt=taken.attempt, seconds=0, error=REPEAT_REASON
    )


async def end_restored_sessions(store: Store) -> None:
    """Everybody signs in anew: who was signed out after the backup is not to be inside again."""
    for tenant in await store.tenants():
        await store.write(tenant, _end_sessions)


def _end_sessions(unit: Unit) -> None:
    unit.sessions.forget(seen_before=_NEVER, begun_before=_NEVER)
    unit.sign_in_links.forget(ended_before=_NEVER)


@contextmanager
def _disk_errors(home: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise InvalidInput(f"nothing can be restored into {home}: {exc.strerror or exc}") from exc


def restored_counts(unit: Unit) -> dict[str, int]:
    """What came back, for a person to recognise."""
    return {
        "accounts": unit.facts.count(FactKind.ACCOUNTS),
        "tickets": unit.facts.count(FactKind.TICKETS),
        "incidents": len(unit.incidents.live()),
        "drafts": len(unit.outbox.drafts()),
    }
