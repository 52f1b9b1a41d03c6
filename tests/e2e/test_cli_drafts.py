"""`tend drafts`: a rep reads what waits, puts it in other words, drops it and takes it along."""

from __future__ import annotations

import re
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from pydantic import JsonValue

from tests.e2e.test_cli_hostile_text import invisible_in
from tests.e2e.typed import Said, bare_environment, done, everything_stored, typed

KIM = "kim@example.com"
DRAFT_ID = re.compile(r"\bd-[0-9a-f]{10}\b")


def draft_of(home: Path, account: str = "northwind") -> str:
    (draft_id,) = DRAFT_ID.findall(done(home, "drafts", "--account", account).out)
    return str(draft_id)


def file_of(home: Path, draft_id: str) -> Path:
    (path,) = (home / "outbox").glob(f"* {draft_id}.eml")
    return path


def listed(home: Path, *words: str) -> list[dict[str, JsonValue]]:
    found = done(home, "drafts", "list", "--json", *words).json()["drafts"]
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, dict)]


def with_editor(home: Path, script: str, *words: str) -> Said:
    """Type it with an editor that does `script` to the text; the file is `path`."""
    program = home.parent / "editor.py"
    program.write_text(
        f"import pathlib, sys\npath = pathlib.Path(sys.argv[1])\ntext = path.read_text()\n{script}",
        encoding="utf-8",
    )
    return typed(home, *words, VISUAL="", EDITOR=f"'{sys.executable}' '{program}'")


def edited_in_a_mail_program(home: Path, draft_id: str) -> Path:
    path = file_of(home, draft_id)
    path.write_bytes(path.read_bytes().replace(b"Kind regards", b"Warm regards"))
    assert b"Warm regards" in path.read_bytes()
    return path


def test_what_waits_is_listed_with_where_it_is(live_home: Path) -> None:
    said = done(live_home, "drafts")
    assert done(live_home, "drafts", "list").out == said.out
    assert len(DRAFT_ID.findall(said.out)) == 3
    assert said.out.count(" outbox ") == 3
    assert "edited" not in said.out
    maya = listed(live_home, "--rep", "Maya@Example.com")
    assert {one["account_id"] for one in maya} == {"northwind", "northsea"}
    assert {(one["box"], one["is_edited"], one["worded_by"]) for one in maya} == {
        ("outbox", False, "template")
    }


def test_an_empty_list_says_what_to_do(empty_home: Path) -> None:
    said = done(empty_home, "drafts").words
    assert "No drafts wait." in said
    assert "tend scan" in said
    assert "tend ask" in said


def test_a_list_narrowed_to_nothing_says_where_the_others_are(live_home: Path) -> None:
    narrowed = done(live_home, "drafts", "--rep", "nobody@example.com").words
    assert "tend drafts --all" in narrowed
    assert listed(live_home, "--rep", "nobody@example.com") == []


def test_a_letter_is_shown_as_the_customer_reads_it_and_apart_what_is_the_reps(
    live_home: Path,
) -> None:
    draft_id = draft_of(live_home)
    said = done(live_home, "drafts", "show", draft_id)
    letter, _, apart = said.words.partition("For you, not for the customer")
    assert "To: ines@northwind.example" in letter
    assert "Confidence" not in letter
    assert "by a template" in apart
    assert "escalation outreach for Northwind Traders" in apart
    assert str(file_of(live_home, draft_id)) in said.words
    whole = done(live_home, "drafts", "show", draft_id, "--json").json()
    assert (whole["draft_id"], whole["is_there"], whole["refused"]) == (draft_id, True, [])
    assert str(whole["body_html"]).startswith("<html>")


def test_a_letter_to_look_at_twice_is_marked_and_says_why(live_home: Path) -> None:
    (one,) = listed(live_home, "--account", "evil")
    assert one["confidence"] == "low"
    assert "low confidence" in done(live_home, "drafts", "--account", "evil").words
    assert "low confidence" not in done(live_home, "drafts", "--account", "northwind").words
    apart = done(live_home, "drafts", "show", draft_of(live_home, "evil")).words
    _, _, reasons = apart.partition("Confidence low: read it twice")
    refused = one["refused"]
    assert isinstance(refused, list)
    assert refused
    assert "- template: " in reasons


def test_a_letter_is_written_as_a_page(live_home: Path, tmp_path: Path) -> None:
    page = tmp_path / "letter.html"
    said = done(live_home, "drafts", "show", draft_of(live_home, "evil"), "--html", str(page))
    assert str(page) in said.words
    html = page.read_text(encoding="utf-8")
    assert "EVIL-1" in html
    assert "<script" not in html
    assert "default-src 'none'" in html


def test_a_rep_edits_the_letter_in_the_editor(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    script = "path.write_text(text.replace('Subject: ', 'Subject: Re ').replace('Hello', 'Hallo'))"
    said = with_editor(live_home, script, "drafts", "edit", draft_id, "--by", KIM)
    assert said.code == 0, said.words
    assert f"{draft_id} has your words now, in outbox" in said.words
    shown = done(live_home, "drafts", "show", draft_id).words
    assert "Subject: Re Your open tickets" in shown
    assert "by its rep" in shown
    assert "Edited yes" in shown
    mail = message_from_bytes(file_of(live_home, draft_id).read_bytes(), policy=default)
    assert str(mail["Subject"]).startswith("Re Your open tickets")
    assert "edited" in done(live_home, "drafts", "--account", "northwind").out
    story = done(live_home, "history", "northwind").words
    assert re.search(rf"{KIM} edited .*% of its words: Re Your open tickets", story)


def test_an_editor_left_without_a_change_changes_nothing(live_home: Path) -> None:
    draft_id, before = draft_of(live_home), everything_stored(live_home)
    said = with_editor(live_home, "", "drafts", "edit", draft_id)
    assert (said.code, "nothing was changed" in said.words) == (0, True)
    assert everything_stored(live_home) == before


@pytest.mark.parametrize(
    "script, told",
    [
        ("path.write_text('Subject: x\\n\\n'); ", "the letter says nothing"),
        ("path.write_text('mine'); sys.exit(3)", "ended with 3, so nothing is changed"),
    ],
)
def test_what_was_typed_is_not_lost_where_it_cannot_be_kept(
    live_home: Path, script: str, told: str
) -> None:
    draft_id, before = draft_of(live_home), everything_stored(live_home)
    said = with_editor(live_home, script, "drafts", "edit", draft_id)
    assert (said.code, told in said.words) == (2, True), said.words
    assert everything_stored(live_home) == before
    kept = re.search(r"kept in (\S+): tend drafts edit (\S+) --body-file (\S+)", said.words)
    assert kept is not None
    assert kept[2] == draft_id
    path = Path(kept[3])
    assert path.read_text(encoding="utf-8") in {"Subject: x\n\n", "mine"}
    path.unlink()


@pytest.mark.parametrize(
    "editor, told",
    [
        ("", "EDITOR is not set"),
        ("/no/such/editor", "/no/such/editor cannot be started"),
        ("vi 'x", "EDITOR: No closing quotation"),
    ],
)
def test_an_editor_that_cannot_be_used_is_named(live_home: Path, editor: str, told: str) -> None:
    said = typed(live_home, "drafts", "edit", draft_of(live_home), VISUAL="", EDITOR=editor)
    assert (said.code, told in said.words) == (2, True), said.words


def test_a_rep_edits_the_letter_from_a_file_and_by_an_option(
    live_home: Path, tmp_path: Path
) -> None:
    draft_id = draft_of(live_home)
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear Ines,\n\nI called your team.\n\nMaya\n", encoding="utf-8")
    done(live_home, "drafts", "edit", draft_id, "--body-file", str(letter))
    done(live_home, "drafts", "edit", draft_id, "--subject", "Our call")
    whole = done(live_home, "drafts", "show", draft_id, "--json").json()
    assert (whole["subject"], whole["worded_by"]) == ("Our call", "rep")
    assert whole["body_text"] == letter.read_text(encoding="utf-8")
    letter.write_text("Subject: Another\n\nDear Ines.\n", encoding="utf-8")
    done(live_home, "drafts", "edit", draft_id, "--body-file", str(letter))
    whole = done(live_home, "drafts", "show", draft_id, "--json").json()
    assert (whole["subject"], whole["body_text"]) == ("Another", "Dear Ines.\n")


def test_the_text_is_taken_from_standard_input(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    ran = subprocess.run(
        [sys.executable, "-m", "app", "drafts", "edit", draft_id, "--body-file", "-"],
        env=bare_environment() | {"TEND_HOME": str(live_home)},
        input="Dear Ines, from a pipe.",
        text=True,
        capture_output=True,
        check=True,
    )
    assert "has your words now" in ran.stdout
    assert "from a pipe" in done(live_home, "drafts", "show", draft_id).words


def test_a_reps_words_are_warned_about_and_kept(live_home: Path, tmp_path: Path) -> None:
    draft_id = draft_of(live_home)
    letter = tmp_path / "letter.txt"
    letter.write_text(
        "Dear Ines,\n\nwe will give you a discount of 40 % on Nightly export stops.\n\nMaya\n",
        encoding="utf-8",
    )
    said = done(live_home, "drafts", "edit", draft_id, "--body-file", str(letter))
    assert "Look again: " in said.err
    assert "40" in said.err
    assert "discount of 40 %" in done(live_home, "drafts", "show", draft_id).words
    again = done(live_home, "drafts", "edit", draft_id, "--subject", "Your open tickets, again")
    assert "40" not in again.err, "what was told once is not told again"


def test_what_was_edited_in_a_mail_program_is_shown_and_not_written_over(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    path = edited_in_a_mail_program(live_home, draft_id)
    assert listed(live_home, "--account", "northwind")[0]["is_edited"] is True
    assert "edited" in done(live_home, "drafts", "--account", "northwind").out
    assert "Warm regards" in done(live_home, "drafts", "show", draft_id).words
    refused = typed(live_home, "drafts", "edit", draft_id, "--subject", "Mine")
    assert (refused.code, "was edited in outbox itself" in refused.words) == (2, True)
    in_editor = with_editor(live_home, "sys.exit(9)", "drafts", "edit", draft_id)
    assert "was edited in outbox itself" in in_editor.words, "told before anything is typed"
    done(live_home, "drafts", "edit", draft_id, "--subject", "Mine", "--over")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert (str(mail["Subject"]), "Warm regards" in body.get_content()) == ("Mine", True)


def test_a_dropped_draft_is_out_of_the_mailbox_and_in_the_history(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    name = file_of(live_home, draft_id).name
    said = done(live_home, "drafts", "drop", draft_id, "--note", "called instead", "--by", KIM)
    assert f"{draft_id} is dropped, and out of outbox" in said.words
    assert (live_home / "outbox" / "dropped" / name).exists()
    assert "dropped: called instead" in done(live_home, "history", "northwind").words
    assert listed(live_home, "--account", "northwind") == []
    (one,) = listed(live_home, "--account", "northwind", "--all")
    assert (one["draft_id"], one["state"]) == (draft_id, "dropped")
    assert "nowhere: it was dropped" in done(live_home, "drafts", "show", draft_id).words


def test_an_edited_draft_is_dropped_only_when_that_is_said(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    edited_in_a_mail_program(live_home, draft_id)
    refused = typed(live_home, "drafts", "drop", draft_id)
    assert (refused.code, "--even-edited drops it anyway" in refused.words) == (2, True)
    done(live_home, "drafts", "drop", draft_id, "--even-edited")
    assert listed(live_home, "--account", "northwind") == []


def test_a_file_that_the_rep_took_away_is_told(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    file_of(live_home, draft_id).unlink()
    assert "gone from the outbox" in done(live_home, "drafts", "--account", "northwind").out
    shown = done(live_home, "drafts", "show", draft_id).words
    assert "not in outbox any more: say what became of it by tend outcome" in shown
    said = done(live_home, "drafts", "drop", draft_id)
    assert "not in outbox any more" in said.words


def test_drafts_are_exported_as_mail_files(live_home: Path, tmp_path: Path) -> None:
    letters = tmp_path / "to" / "letters"
    said = done(live_home, "drafts", "export", "--all-waiting", "--to", str(letters))
    assert f"3 written: {letters}" in said.words
    written = {path.name: path.read_bytes() for path in letters.iterdir()}
    assert written == {p.name: p.read_bytes() for p in (live_home / "outbox").glob("*.eml")}
    again = done(live_home, "drafts", "export", "--account", "northwind", "--to", str(letters))
    assert "0 written, 1 there already" in again.words


def test_what_a_mail_program_made_of_a_letter_is_what_is_exported(
    live_home: Path, tmp_path: Path
) -> None:
    draft_id = draft_of(live_home)
    path = edited_in_a_mail_program(live_home, draft_id)
    done(live_home, "drafts", "export", draft_id, "--to", str(tmp_path / "letters"))
    assert (tmp_path / "letters" / path.name).read_bytes() == path.read_bytes()


def test_one_draft_is_printed_byte_for_byte(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    ran = subprocess.run(
        [sys.executable, "-m", "app", "drafts", "export", draft_id, "--to", "-"],
        env=bare_environment() | {"TEND_HOME": str(live_home)},
        capture_output=True,
        check=True,
    )
    assert ran.stdout == file_of(live_home, draft_id).read_bytes()


def test_no_file_is_written_over(live_home: Path, tmp_path: Path) -> None:
    draft_id = draft_of(live_home)
    there = tmp_path / file_of(live_home, draft_id).name
    there.write_text("mine", encoding="utf-8")
    said = typed(live_home, "drafts", "export", "--all-waiting", "--to", str(tmp_path))
    assert (said.code, there.name in said.words) == (2, True)
    assert [path.name for path in tmp_path.glob("*.eml")] == [there.name]
    assert there.read_text(encoding="utf-8") == "mine"


def test_exporting_nothing_says_so(empty_home: Path, tmp_path: Path) -> None:
    said = done(empty_home, "drafts", "export", "--all-waiting", "--to", str(tmp_path / "x"))
    assert "No drafts wait." in said.words


@pytest.mark.parametrize(
    "words, told",
    [
        (["edit", "d-0000000000", "--subject", "x"], "there is no draft 'd-0000000000'"),
        (["drop", "d-0000000000"], "there is no draft 'd-0000000000'"),
        (["export", "d-0000000000", "--to", "-"], "there is no draft 'd-0000000000'"),
        (["export", "--to", "x"], "which drafts?"),
        (["export", "d-0000000000", "--all-waiting", "--to", "x"], "which drafts?"),
        (["export", "--all-waiting", "--to", "-"], "--to - prints one draft, and these are 3"),
        (["export", "--all-waiting", "--to", "/proc/no/such"], "--to /proc/no/such: cannot be"),
        (["export", "--all-waiting"], "Missing option '--to'"),
        (["drop", "DRAFT", "--by", "kim"], "not an e-mail address"),
        (["edit", "DRAFT", "--body-file", "/no/such"], "--body-file /no/such: cannot be read"),
        (["edit", "DRAFT", "--subject", "\u200b"], "the subject says nothing"),
    ],
)
def test_what_cannot_be_done_is_told_and_changes_nothing(
    live_home: Path, words: list[str], told: str
) -> None:
    named = [draft_of(live_home) if word == "DRAFT" else word for word in words]
    before = everything_stored(live_home)
    said = typed(live_home, "drafts", *named)
    assert said.code == 2
    assert told in said.words
    assert everything_stored(live_home) == before


def test_hostile_words_of_a_mail_program_are_shown_and_never_obeyed(live_home: Path) -> None:
    draft_id = draft_of(live_home)
    path = file_of(live_home, draft_id)
    hostile = "Subject: [red]x[/red] \x1b[2J\u202e\n\nDear\x1b]0;mine\x07 [bold]Ines\x9b2J\u200e\n"
    path.write_text(hostile, encoding="utf-8")
    for words in ([], ["show", draft_id], ["show", draft_id, "--json"], ["list", "--json"]):
        said = done(live_home, "drafts", *words)
        assert invisible_in(said.out + said.err) == set()
    assert "[bold]Ines" in done(live_home, "drafts", "show", draft_id).out
