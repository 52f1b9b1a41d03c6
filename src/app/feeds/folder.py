"""A folder that files are dropped into: what lies there, and by which rules it is read.

Beside the files may lie `map.toml`, as for `tend import --map`, and `folder.toml` with what else
that command is told by options. It knows no store.
"""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from app.domain.tenant_settings import TenantSettings
from app.errors import InvalidInput
from app.feeds.file_kind import FILE_LIMIT, files_in
from app.feeds.formats import DateOrder, DecimalMark, Formats
from app.feeds.import_choices import ImportChoices, hours_of
from app.feeds.map_file import MapFile, read_map
from app.feeds.presets import Preset
from app.feeds.text_lines import known_encoding

FOLDER = "folder"
"""The feed's name."""
MAP_FILE, RULES_FILE = "map.toml", "folder.toml"
_RULES_LIMIT = 1_048_576


class FolderRules(BaseModel):
    """What `folder.toml` may say; each as the option of `tend import` of that name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    dates: DateOrder = DateOrder.ISO
    decimal: DecimalMark = DecimalMark.UNTOLD
    encoding: str = ""
    preset: Preset | None = None
    every: str = ""
    """How often files come, such as 24h; half as long again and their feed is late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A file that lies in the folder."""

    name: str
    """Its path within the folder, bytes that are no text spelled out."""
    path: Path
    stamp: str


def dropped_files(folder: Path) -> Mapping[str, Dropped]:
    """Every importable file of the folder, by name, in order of it; none is fine.

    Raises InvalidInput when the folder is not there, cannot be read or holds too many.
    """
    try:
        with os.scandir(folder):
            paths = sorted(files_in(folder))
    except OSError as exc:
        msg = f"TEND_FEED_FOLDER: the folder {folder} cannot be read: {exc.strerror}"
        raise InvalidInput(msg) from exc
    if len(paths) > FILE_LIMIT:
        msg = f"TEND_FEED_FOLDER: {len(paths):,} files in {folder}; at most {FILE_LIMIT:,} are read"
        raise InvalidInput(msg)
    found: dict[str, Dropped] = {}
    for path in paths:
        stamp = stamp_of(path)
        if stamp:
            name = os.fsencode(path.relative_to(folder)).decode("utf-8", "backslashreplace")
            found[name] = Dropped(name=name, path=path, stamp=stamp)
    return found


def stamp_of(path: Path) -> str:
    """Size and time of change; empty: it is not there."""
    try:
        status = path.stat()
    except OSError:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}"


def digest_of(path: Path) -> str:
    """Of the file's content; empty: it cannot be read."""
    try:
        # A named pipe put in the file's place would otherwise be waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return ""


def choices_of(folder: Path, settings: TenantSettings, now: datetime) -> tuple[ImportChoices, str]:
    """How the folder's files are read, and a digest that changes where that changes.

    Raises InvalidInput naming the file and the key.
    """
    rules_text, map_text = _text_of(folder / RULES_FILE), _text_of(folder / MAP_FILE)
    rules = _rules(folder / RULES_FILE, rules_text)
    try:
        mapping = read_map(folder / MAP_FILE) if map_text else MapFile()
        encoding = known_encoding(rules.encoding) if rules.encoding else None
        every_hours = hours_of(rules.every) if rules.every else None
    except InvalidInput as exc:
        raise InvalidInput(f"{folder}: {str(exc).removeprefix('--')}") from exc
    choices = ImportChoices(
        now=now,
        formats=Formats(
            dates=rules.dates,
            decimal=rules.decimal,
            zone=settings.zone,
            currency=settings.default_currency,
        ),
        encoding=encoding,
        mapping=mapping,
        preset=rules.preset,
        every_hours=every_hours,
    )
    surroundings = f"{settings.zone}\n{settings.default_currency}\n".encode()
    told = b"\0".join((surroundings, rules_text, map_text))
    return choices, hashlib.sha256(told).hexdigest()


def _text_of(path: Path) -> bytes:
    """The file's first MiB; empty: it is not there."""
    try:
        with path.open("rb") as stream:
            return stream.read(_RULES_LIMIT)
    except FileNotFoundError:
        return b""
    except OSError as exc:
        raise InvalidInput(f"{path}: cannot be read: {exc.strerror}") from exc


def _rules(path: Path, text: bytes) -> FolderRules:
    try:
        return FolderRules.model_validate(tomllib.loads(text.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise InvalidInput(f"{path}: is not TOML: {exc}") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{path}: {key}: {first['msg']}") from exc
