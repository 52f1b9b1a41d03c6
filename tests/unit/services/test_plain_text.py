"""Other people's text on its way to being shown."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from app.services.plain_text import file_name_part, many_lines, one_line, paragraphs


def test_lines_and_blanks_become_single_spaces() -> None:
    assert one_line(" a\r\nBcc:\tb\u2028c\u00a0 d ", 50) == "a Bcc: b c d"


def test_direction_marks_and_control_characters_go() -> None:
    assert one_line("\u202eabc\u202c\x00\x1b[31m\ufeff\u200bd", 50) == "abc[31md"


def test_joiners_that_belong_to_spelling_stay() -> None:
    assert one_line("क्\u200dष 👩\u200d💻", 50) == "क्\u200dष 👩\u200d💻"


def test_a_long_text_is_cut_and_says_so() -> None:
    assert one_line("abcdef", 4) == "abc…"
    assert one_line("abcd", 4) == "abcd"
    assert one_line("ab cdef", 4) == "ab…"


def test_several_lines_are_cleaned_line_by_line() -> None:
    assert many_lines("a \x00\r\n\n  b\u2028c", 50) == "a\nb\nc"


def test_paragraphs_stay_apart_by_one_empty_line() -> None:
    text = "\n\nDear  Sam,\r\n\n \n\x1b[31mall is\u202e well.\n- one\n- two\n\n\n"
    assert paragraphs(text) == "Dear Sam,\n\n[31mall is well.\n- one\n- two"
    assert paragraphs(" \n\u200b\n") == ""


def test_a_file_name_takes_no_path_along() -> None:
    assert file_name_part("../../etc/passwd") == "etc passwd"
    assert file_name_part("C:\\Temp\\x?.eml*") == "C Temp x .eml"
    assert file_name_part(".hidden.") == "hidden"
    assert file_name_part("/..") == ""


@given(st.text(), st.integers(1, 80))
def test_one_line_is_one_line_and_not_too_long(text: str, most: int) -> None:
    line = one_line(text, most)
    assert len(line) <= most
    assert line.splitlines() in ([], [line])
    assert line == one_line(line, most)
    line.encode()


@given(st.text())
def test_any_file_name_fits_and_stays_in_its_folder(text: str) -> None:
    name = file_name_part(text)
    assert len(name.encode()) <= 120
    assert not set('<>:"/\\|?*\0\n') & set(name)
    assert not name.startswith(".")
    assert all(unicodedata.category(char) != "Cc" for char in name)
