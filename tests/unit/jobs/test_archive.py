"""A backup's file: what is refused, and that nothing of it lands outside its folder."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from app.errors import InvalidInput
from app.jobs.archive import (
    FORMAT,
    MANIFEST,
    STORE,
    Manifest,
    Part,
    part_of,
    read_manifest,
    reason_against,
    unpack,
    verify,
    write_archive,
)
from tests.builders import NOW

LETTER = "outbox/2026-03-11 Zoë & Söhne d-1.eml"
CONTENTS = {STORE: b"a store" * 1000, LETTER: b"Dear Sam"}


def part(name: str, content: bytes) -> Part:
    return Part(name=name, size=len(content), sha256=sha256(content).hexdigest())


def manifest(*parts: Part, number: int = FORMAT) -> Manifest:
    return Manifest(
        format=number,
        made_at=NOW,
        tend_version="0.1.0",
        database="sqlite",
        schema_revision="0003",
        parts=parts,
    )


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A backup as Tend writes it."""
    sources: dict[str, Path] = {}
    for number, (name, content) in enumerate(CONTENTS.items()):
        sources[name] = tmp_path / f"source-{number}"
        sources[name].write_bytes(content)
    file = tmp_path / "good.tar.gz"
    parts = [part_of(name, path) for name, path in sources.items()]
    write_archive(file, manifest(*parts), sources)
    return file


def forged(tmp_path: Path, told: Manifest | bytes, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    """An archive of whatever somebody else put into one."""
    file = tmp_path / "forged.tar.gz"
    text = told if isinstance(told, bytes) else told.model_dump_json().encode()
    with tarfile.open(file, "w:gz") as tar:
        for entry, content in ((named(MANIFEST), text), *entries):
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return file


def named(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, link
    return entry


def everything_below(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_goes_in_comes_out(good: Path, tmp_path: Path) -> None:
    into = tmp_path / "into"
    into.mkdir()
    unpack(good, into)
    assert everything_below(into) == CONTENTS
    assert verify(good) == read_manifest(good)


def test_nobody_else_may_read_the_file(good: Path) -> None:
    assert good.stat().st_mode & 0o077 == 0


def test_a_file_that_is_there_is_not_written_over(good: Path) -> None:
    with pytest.raises(FileExistsError):
        write_archive(good, manifest(), {})


@pytest.mark.parametrize(
    "name",
    [
        *("../evil", "/etc/passwd", "outbox/../../evil", "outbox/./x", "outbox//x", "outbox/"),
        *("outbox", "workers/w1", "tend.toml", "tend.sqlite3-wal", "flows.sqlite3/x", ""),
        *("outbox/a\x1b[31m", "outbox/a\nb", "outbox\\..\\evil", "outbox/\u202egnp.exe", "."),
        "outbox/" + "a/" * 20 + "b",
    ],
)
def test_a_part_may_only_be_called_what_a_backup_calls_it(tmp_path: Path, name: str) -> None:
    assert reason_against(name) is not None
    file = forged(tmp_path, manifest(part(name, b"x")), (named(name), b"x"))
    into = tmp_path / "deep" / "into"
    into.mkdir(parents=True)
    with pytest.raises(InvalidInput, match="refused"):
        unpack(file, into)
    assert everything_below(tmp_path / "deep") == {}


@pytest.mark.parametrize(
    "kind",
    [
        *(tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE),
        *(tarfile.DIRTYPE, tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE),
    ],
)
def test_links_devices_and_folders_are_refused(tmp_path: Path, kind: bytes) -> None:
    entry = named(LETTER, kind, "/etc/passwd")
    file = forged(tmp_path, manifest(part(LETTER, b"")), (entry, b""))
    into = tmp_path / "into"
    into.mkdir()
    with pytest.raises(InvalidInput):
        unpack(file, into)
    assert list(into.rglob("*")) == []


def test_a_link_in_place_of_the_manifest_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "forged.tar.gz"
    with tarfile.open(file, "w:gz") as tar:
        tar.addfile(named(MANIFEST, tarfile.SYMTYPE, "/etc/passwd"))
    with pytest.raises(InvalidInput, match="not a backup of Tend"):
        read_manifest(file)


def test_a_part_that_is_not_listed_is_refused(tmp_path: Path) -> None:
    file = forged(tmp_path, manifest(part(STORE, b"x")), (named(STORE), b"x"), (named(LETTER), b""))
    with pytest.raises(InvalidInput, match="not in its list"):
        verify(file)


def test_a_part_that_comes_twice_is_refused(tmp_path: Path) -> None:
    twice = (named(STORE), b"x"), (named(STORE), b"x")
    with pytest.raises(InvalidInput, match="not in its list"):
        verify(forged(tmp_path, manifest(part(STORE, b"x")), *twice))
    with pytest.raises(InvalidInput, match="twice"):
        verify(forged(tmp_path, manifest(part(STORE, b"x"), part(STORE, b"y")), *twice))


def test_a_part_that_is_missing_is_missed(tmp_path: Path) -> None:
    file = forged(tmp_path, manifest(part(STORE, b"x"), part(LETTER, b"y")), (named(STORE), b"x"))
    with pytest.raises(InvalidInput, match="not whole"):
        verify(file)


def test_a_part_that_was_changed_is_damage(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="not what was backed up"):
        verify(forged(tmp_path, manifest(part(STORE, b"x")), (named(STORE), b"y")))
    with pytest.raises(InvalidInput, match="another size"):
        verify(forged(tmp_path, manifest(part(STORE, b"x")), (named(STORE), b"yy")))


def test_a_format_of_a_newer_tend_says_so_whatever_else_it_holds(tmp_path: Path) -> None:
    told = json.dumps({"format": FORMAT + 1, "novelty": True}).encode()
    with pytest.raises(InvalidInput, match="update Tend"):
        read_manifest(forged(tmp_path, told))


@pytest.mark.parametrize("told", [b"", b"{", b"[]", b"{}", b'{"format": 1}', b"\xff\xfe", b"1"])
def test_a_manifest_that_says_nothing_is_damage(tmp_path: Path, told: bytes) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        read_manifest(forged(tmp_path, told))


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


def emptied(content: bytes) -> bytes:
    del content
    return b""


def unpacked(content: bytes) -> bytes:
    return gzip.decompress(content)


def replaced(content: bytes) -> bytes:
    return b"PK\x03\x04" + content


@pytest.mark.parametrize("damage", [cut, flipped, emptied, unpacked, replaced])
def test_damaged_bytes_are_one_clear_error(good: Path, damage: Callable[[bytes], bytes]) -> None:
    good.write_bytes(damage(good.read_bytes()))
    with pytest.raises(InvalidInput, match=r"damaged|not a backup"):
        verify(good)


def test_what_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such file"):
        verify(tmp_path / "nothing")
    with pytest.raises(InvalidInput, match="cannot be read"):
        verify(tmp_path)
