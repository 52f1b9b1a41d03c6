"""Files are there whole or not at all, and for their owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.disk import sync, write_whole


def test_a_file_is_written_for_its_owner_alone_and_nothing_is_left_beside_it(
    tmp_path: Path,
) -> None:
    kept = tmp_path / "token.json"
    write_whole(kept, b"first")
    write_whole(kept, b"second")
    assert kept.read_bytes() == b"second"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [kept]


def test_what_cannot_be_put_in_place_leaves_what_was_there(tmp_path: Path) -> None:
    taken = tmp_path / "token.json"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_whole(taken, b"words")
    assert list(tmp_path.iterdir()) == [taken]
    assert [one.name for one in taken.iterdir()] == ["inside"]


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        sync(tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "gone" / "token.json", b"words")
