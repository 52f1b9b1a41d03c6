"""A backup's file: a compressed tar whose first part says what the others are and must hash to.

Nothing of it is believed before it was checked: names, kinds, sizes and sums. It knows no store.
"""

from __future__ import annotations

import gzip
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.errors import InvalidInput

FORMAT = 1
"""Raised when an older program could not read what a newer one writes."""
MANIFEST = "manifest.json"
STORE, FLOWS = "tend.sqlite3", "flows.sqlite3"
STORE_DUMP, FLOWS_DUMP = "store.pgdump", "flows.pgdump"
OUTBOX = "outbox"
"""The folder of mail files, inside the archive as on disk."""

_DATABASES = frozenset({STORE, FLOWS, STORE_DUMP, FLOWS_DUMP})
_MOST_MANIFEST_BYTES = 64 * 1024 * 1024
_MOST_DEPTH = 12
_CHUNK = 1024 * 1024
_ORDINARY = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})


class Part(BaseModel):
    """One file of a backup."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    size: int = Field(ge=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Manifest(BaseModel):
    """What a backup holds and of what it was made."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int
    made_at: datetime
    tend_version: str
    database: Literal["sqlite", "postgresql"]
    schema_revision: str
    parts: tuple[Part, ...]
    """In the order they were copied in."""


def part_of(name: str, path: Path) -> Part:
    """The part that this file makes. Raises OSError."""
    digest = sha256()
    size = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Part(name=name, size=size, sha256=digest.hexdigest())


def reason_against(name: str) -> str | None:
    """Why a part may not be called so; None: it may.

    Only names that a backup writes: the databases, and files below the outbox.
    """
    if name in _DATABASES:
        return None
    path = PurePosixPath(name)
    if not name.isprintable() or "\\" in name:
        return "it holds characters that no file of ours has"
    if path.is_absolute() or str(path) != name or {"..", "."} & set(path.parts):
        return "it leads out of the data folder"
    if len(path.parts) < 2 or path.parts[0] != OUTBOX or len(path.parts) > _MOST_DEPTH:
        return "no backup holds such a file"
    return None


def write_archive(file: Path, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write the manifest and its parts, readable by nobody else. Raises OSError."""
    file.touch(mode=0o600, exist_ok=False)
    with tarfile.open(file, "w:gz", compresslevel=6, format=tarfile.PAX_FORMAT) as tar:
        text = manifest.model_dump_json(indent=1).encode()
        tar.addfile(_entry(MANIFEST, len(text), manifest.made_at), BytesIO(text))
        for part in manifest.parts:
            with sources[part.name].open("rb") as stream:
                tar.addfile(_entry(part.name, part.size, manifest.made_at), stream)


def _entry(name: str, size: int, at: datetime) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = size, 0o600, int(at.timestamp())
    return entry


def read_manifest(file: Path) -> Manifest:
    """What a backup says of itself. Raises InvalidInput."""
    with _opened(file) as tar:
        return _manifest_of(tar, file)


def verify(file: Path) -> Manifest:
    """Read a backup to its end and hold every part to its size and sum. Raises InvalidInput."""
    return _walk(file, None)


def unpack(file: Path, into: Path) -> Manifest:
    """Write a backup's parts below an empty folder, each checked on its way.

    Raises InvalidInput where anything is not as the manifest says, OSError where the disk is full.
    """
    return _walk(file, into)


def _walk(file: Path, into: Path | None) -> Manifest:
    with _opened(file) as tar:
        manifest = _manifest_of(tar, file)
        expected = {part.name: part for part in manifest.parts}
        while (entry := tar.next()) is not None:
            part = expected.pop(entry.name, None)
            if part is None:
                raise InvalidInput(f"{file}: {_shown(entry.name)} is not in its list of parts")
            _refuse_odd(entry, part, file)
            _copy(tar, entry, part, None if into is None else into / part.name, file)
    if expected:
        raise InvalidInput(f"{file} is not whole: {_shown(next(iter(expected)))} is missing")
    return manifest


def _refuse_odd(entry: tarfile.TarInfo, part: Part, file: Path) -> None:
    if entry.type not in _ORDINARY or entry.issparse():
        raise InvalidInput(f"{file}: {_shown(entry.name)} is a link or device, not a file")
    if entry.size != part.size:
        raise InvalidInput(f"{file} is damaged: {_shown(entry.name)} has another size than listed")


def _copy(
    tar: tarfile.TarFile, entry: tarfile.TarInfo, part: Part, target: Path | None, file: Path
) -> None:
    stream = tar.extractfile(entry)
    if stream is None:
        raise InvalidInput(f"{file}: {_shown(entry.name)} is not a file")
    digest = sha256()
    with _written(target) as writing:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
            writing.write(chunk)
    if digest.hexdigest() != part.sha256:
        raise InvalidInput(f"{file} is damaged: {_shown(part.name)} is not what was backed up")


@contextmanager
def _written(target: Path | None) -> Iterator[IO[bytes]]:
    """A new file, on disk when it is left; without a target, nothing is kept."""
    if target is None:
        with Path(os.devnull).open("wb") as nowhere:
            yield nowhere
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as new:
        yield new
        new.flush()
        os.fsync(new.fileno())


def _manifest_of(tar: tarfile.TarFile, file: Path) -> Manifest:
    entry = tar.next()
    if entry is None or entry.name != MANIFEST or entry.type not in _ORDINARY:
        raise InvalidInput(f"{file} is not a backup of Tend: it does not begin with {MANIFEST}")
    if entry.size > _MOST_MANIFEST_BYTES:
        raise InvalidInput(f"{file} is damaged: its list of parts is too long")
    stream = tar.extractfile(entry)
    text = stream.read() if stream is not None else b""
    try:
        told = json.loads(text)
        if isinstance(told, dict) and isinstance(told.get("format"), int):
            _refuse_format(told["format"], file)
        manifest = Manifest.model_validate(told)
    except (ValueError, ValidationError) as exc:
        raise InvalidInput(f"{file} is damaged: its list of parts cannot be read") from exc
    _refuse_names(manifest.parts, file)
    return manifest


def _refuse_format(number: int, file: Path) -> None:
    if number != FORMAT:
        raise InvalidInput(
            f"{file} was made by another Tend (format {number}, this program reads {FORMAT}): "
            "update Tend"
        )


def _refuse_names(parts: Sequence[Part], file: Path) -> None:
    names = [part.name for part in parts]
    if len(set(names)) != len(names):
        raise InvalidInput(f"{file} lists a part twice")
    for name in names:
        reason = reason_against(name)
        if reason is not None:
            raise InvalidInput(f"{file}: the part {_shown(name)} is refused: {reason}")


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    """The archive as a stream; whatever is wrong with its bytes is one kind of error."""
    try:
        with gzip.open(file, "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            yield tar
    except FileNotFoundError as exc:
        raise InvalidInput(f"{file}: there is no such file") from exc
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as exc:
        raise InvalidInput(f"{file} is damaged, or not a backup of Tend: {exc}") from exc
    except (IsADirectoryError, PermissionError) as exc:
        raise InvalidInput(f"{file} cannot be read: {exc.strerror}") from exc


def _shown(name: str) -> str:
    return repr(name[:200])
