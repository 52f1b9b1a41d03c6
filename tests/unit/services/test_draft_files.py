"""The folder of drafts: whole files, never written over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.services.draft_files import WITHDRAWN, DraftFiles, FileFate, file_name
from app.services.eml import eml_of
from tests import builders

DRAFT = builders.draft(draft_id="d-1a2b3c4d5e", account_name="Acme GmbH")


def test_a_draft_is_written_whole_under_a_name_a_person_can_read(tmp_path: Path) -> None:
    path = DraftFiles(folder=tmp_path / "outbox").write(DRAFT)
    assert path.name == "2026-03-11 Acme GmbH d-1a2b3c4d5e.eml"
    assert path.read_bytes() == eml_of(DRAFT)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_an_account_name_takes_no_file_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    path = DraftFiles(folder=folder).write(replace(DRAFT, account_name="../../x/\n.."))
    assert path.resolve().parent == folder.resolve()
    assert file_name(replace(DRAFT, account_name="\u202e/")) == "2026-03-11 draft d-1a2b3c4d5e.eml"


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    files = DraftFiles(folder=tmp_path)
    path = files.write(DRAFT)
    path.write_text("edited by Rita")
    assert files.write(replace(DRAFT, account_name="Acme, renamed")) == path
    assert path.read_text() == "edited by Rita"


def test_what_a_killed_writer_left_is_swept_away(tmp_path: Path) -> None:
    left = tmp_path / ".d-1a2b3c4d5e.x1.tmp"
    left.write_text("half")
    other = tmp_path / ".d-ffffffffff.x1.tmp"
    other.write_text("somebody else's")
    DraftFiles(folder=tmp_path).write(DRAFT)
    assert not left.exists()
    assert other.exists()


def test_a_half_written_file_is_no_draft(tmp_path: Path) -> None:
    (tmp_path / ".d-1a2b3c4d5e.x1.tmp").write_text("half")
    assert DraftFiles(folder=tmp_path).find("d-1a2b3c4d5e") is None


def test_nothing_is_found_where_there_is_no_folder(tmp_path: Path) -> None:
    assert DraftFiles(folder=tmp_path / "none").find("d-1a2b3c4d5e") is None


def test_an_untouched_file_is_moved_aside(tmp_path: Path) -> None:
    files = DraftFiles(folder=tmp_path)
    path = files.write(DRAFT)
    assert files.take_away(DRAFT) is FileFate.MOVED
    assert not path.exists()
    assert (tmp_path / WITHDRAWN / path.name).read_bytes() == eml_of(DRAFT)
    assert files.take_away(DRAFT) is FileFate.GONE


def test_an_edited_file_is_left_alone(tmp_path: Path) -> None:
    files = DraftFiles(folder=tmp_path)
    path = files.write(DRAFT)
    path.write_bytes(path.read_bytes() + b"PS")
    assert files.take_away(DRAFT) is FileFate.EDITED
    assert path.read_bytes().endswith(b"PS")


def test_a_draft_in_new_words_keeps_its_file(tmp_path: Path) -> None:
    files = DraftFiles(folder=tmp_path)
    path = files.write(DRAFT)
    later = replace(DRAFT, subject="Other words", account_name="Acme, renamed")
    assert files.overwrite(later)
    assert path.read_bytes() == eml_of(later)
    path.unlink()
    assert not files.overwrite(later)


def test_files_that_are_not_as_written_are_told_in_one_look(tmp_path: Path) -> None:
    files = DraftFiles(folder=tmp_path)
    drafts = [replace(DRAFT, draft_id=f"d-{serial}") for serial in range(3)]
    for draft in drafts[:2]:
        files.write(draft)
    path = files.write(drafts[1])
    path.write_bytes(path.read_bytes() + b"PS")
    told = files.not_as_written(drafts)
    assert told == {"d-1": FileFate.EDITED, "d-2": FileFate.GONE}
    nowhere = DraftFiles(folder=tmp_path / "none")
    assert nowhere.not_as_written(drafts[:1]) == {"d-0": FileFate.GONE}
