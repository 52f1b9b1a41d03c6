"""Backups: everything Tend keeps, in one file, while a service may be running.

The order is what makes it sound. Flows are copied first, then the store, then the mail files: a
flow that the copy repeats finds its effects done in the ledger, while work that the flows thought
done and the store never heard of would be lost; and a row's file is never older than the row.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from app import __version__
from app.disk import sync
from app.errors import Conflict, InvalidInput
from app.jobs.archive import (
    FLOWS,
    FLOWS_DUMP,
    OUTBOX,
    STORE,
    STORE_DUMP,
    Manifest,
    part_of,
    reason_against,
    verify,
    write_archive,
)
from app.settings import Settings
from app.storage.postgres_copy import dump_flows, dump_store, refuse_damaged_dump
from app.storage.probing import Probe, probe, sqlite_file
from app.storage.sqlite_copy import copy_online


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """A backup that was written and read back."""

    file: Path
    manifest: Manifest
    size: int
    """Bytes of the file."""
    left_out: tuple[str, ...]
    """Files of the outbox that are links, or whose names cannot be kept."""


@dataclass(frozen=True, slots=True)
class _Copied:
    """Copies in a folder, by the name of their part, in the order they were made."""

    sources: dict[str, Path]
    left_out: tuple[str, ...] = ()


def make_backup(settings: Settings, file: Path, *, at: datetime, replace: bool) -> BackupMade:
    """Write a backup and read it back; the file is there whole or not at all.

    Raises Conflict where the file is there and may not be replaced, InvalidInput where it cannot
    be written or there is nothing to back up, ConfigurationError, ServiceError.
    """
    file = file.absolute()
    _refuse_place(settings, file, replace=replace)
    found = probe(settings.store_url)
    if found.revision is None:
        raise InvalidInput("there is nothing to back up yet: no command has made a store here")
    with (
        _disk_errors(file),
        TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder,
    ):
        copied = _copy_all(settings, found, Path(folder))
        manifest = Manifest(
            format=1,
            made_at=at,
            tend_version=__version__,
            database="postgresql" if STORE_DUMP in copied.sources else "sqlite",
            schema_revision=found.revision,
            parts=tuple(part_of(name, path) for name, path in copied.sources.items()),
        )
        written = Path(folder) / "archive"
        write_archive(written, manifest, copied.sources)
        sync(written)
        if verify(written) != manifest:
            raise InvalidInput(f"{file} reads back differently: the disk cannot be trusted")
        size = written.stat().st_size
        written.replace(file)
        sync(file.parent)
    return BackupMade(file=file, manifest=manifest, size=size, left_out=copied.left_out)


def _refuse_place(settings: Settings, file: Path, *, replace: bool) -> None:
    if file.exists() and not replace:
        raise Conflict(f"{file} is there already: choose another name, or say --force")
    if not file.parent.is_dir():
        raise InvalidInput(f"there is no folder {file.parent}")
    if file.is_dir():
        raise InvalidInput(f"{file} is a folder: name a file in it, such as tend.tar.gz")
    if settings.home.resolve() in file.resolve().parents:
        raise InvalidInput(
            f"{file} lies in the data folder: what takes one would take the other; put the backup "
            "somewhere else, best on another disk"
        )


def _copy_all(settings: Settings, found: Probe, folder: Path) -> _Copied:
    sources: dict[str, Path] = {}
    for name, copy in _databases(settings, found):
        sources[name] = folder / name
        copy(sources[name])
    files = _copy_outbox(settings.home / OUTBOX, folder / OUTBOX)
    return _Copied({**sources, **files.sources}, files.left_out)


def _databases(settings: Settings, found: Probe) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """What to copy the databases by, the flows first."""
    store, flows = sqlite_file(settings.store_url), sqlite_file(settings.engine_url)
    if store is None:
        if found.has_flows:
            yield FLOWS_DUMP, partial(_dump, dump_flows, settings.store_url)
        yield STORE_DUMP, partial(_dump, dump_store, settings.store_url)
        return
    if flows is not None and flows != store and flows.is_file():
        yield FLOWS, partial(copy_online, flows)
    yield STORE, partial(copy_online, store)


def _dump(dump: Callable[[str, Path], None], url: str, target: Path) -> None:
    dump(url, target)
    refuse_damaged_dump(url, target, said_of=target.name)


def _copy_outbox(outbox: Path, into: Path) -> _Copied:
    """Copies of the mail files: a rep may edit or take one at any moment."""
    copies: dict[str, Path] = {}
    left_out: list[str] = []
    for path in sorted(outbox.rglob("*")):
        relative = path.relative_to(outbox.parent)
        if path.is_symlink() or reason_against(relative.as_posix()) is not None:
            left_out.append(str(relative))
            continue
        if not path.is_file() or (path.name.startswith(".") and path.suffix == ".tmp"):
            continue
        copy = into / path.relative_to(outbox)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(path, copy, follow_symlinks=False)
        except FileNotFoundError:  # taken by its rep meanwhile
            continue
        copies[relative.as_posix()] = copy
    return _Copied(copies, tuple(left_out))


@contextmanager
def _disk_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise InvalidInput(f"{file} cannot be written: {exc.strerror or exc}") from exc
