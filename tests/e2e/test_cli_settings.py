"""`tend settings`: shown, applied and remembered; what is wrong is named by file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.typed import Said, done, everything_stored, typed


def apply(home: Path, text: str | bytes) -> Said:
    file = home.parent / "mine.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return typed(home, "settings", "apply", str(file))


def test_what_is_shown_can_be_applied_and_changes_nothing(empty_home: Path) -> None:
    shown = done(empty_home, "settings", "show").out
    assert "[csm.weights]" in shown
    assert "provisional" in shown
    said = apply(empty_home, shown)
    assert (said.code, "Nothing differs from version 0" in said.words) == (0, True)


@pytest.mark.parametrize(
    "text",
    [
        'zone = "Europe/Berlin"\n[tam]\nticket_age_cap = 60\np1_p2_age_threshold_days = 2.5\n',
        "[csm.weights]\nrenewal = 1e-9\nadoption = 1e6\n",
        "default_owner = 'a\"b\\c@example.com'\n",
        'default_owner = "müller@example.com"\n',
        (
            '[value."Reverse \\"sync\\""]\nminutes_saved_per_use = 2.5\n[value.Export]\n'
            'revenue_per_use = 1.10\ncurrency = "EUR"\n'
        ),
        '[families]\n"data in & out" = ["Reverse sync", "Export"]\n',
    ],
)
def test_whatever_holds_is_shown_so_that_it_can_be_applied_again(
    empty_home: Path, text: str
) -> None:
    assert "Version 1 holds" in apply(empty_home, text).words
    shown = done(empty_home, "settings", "show").out
    assert "version 1" in shown.splitlines()[0]
    assert "Nothing differs from version 1" in apply(empty_home, shown).words


def test_every_version_is_kept_with_who_applied_it(empty_home: Path) -> None:
    assert "defaults hold" in done(empty_home, "settings", "history").words
    apply(empty_home, "[alerts]\nper_rep_per_day = 2\n")
    apply(empty_home, "[alerts]\nper_rep_per_day = 3\n")
    history = done(empty_home, "settings", "history").out.splitlines()
    assert [line.split()[0] for line in history] == ["1", "2"]
    assert all("UTC" in line for line in history)
    earlier = done(empty_home, "settings", "show", "--version", "1").out
    assert "per_rep_per_day = 2" in earlier
    assert "per_rep_per_day = 5" in done(empty_home, "settings", "show", "--version", "0").out
    assert typed(empty_home, "settings", "show", "--version", "9").words.endswith(
        "there is no version 9 of the settings"
    )


def test_keys_that_are_left_out_take_their_defaults(empty_home: Path) -> None:
    apply(empty_home, "[alerts]\nper_rep_per_day = 2\n")
    apply(empty_home, "[tam]\nred_threshold = 30\n")
    assert "per_rep_per_day = 5" in done(empty_home, "settings", "show").out


@pytest.mark.parametrize(
    "text, named",
    [
        ("[tam]\nred_treshold = 30\n", ["tam.red_treshold: there is no such setting"]),
        ("[tam]\nred_threshold = 300\n", ["tam.red_threshold: Input should be less than or equal"]),
        ('[tam]\nred_threshold = "low"\n', ["tam.red_threshold: Input should be a valid integer"]),
        ('zone = "Mars/Olympus"\n', ["zone: 'Mars/Olympus' is not an IANA time zone"]),
        ("[tam]\nred_threshold = 80\n", ["tam: red_threshold must not be above amber_threshold"]),
        ("tam = 3\n", ["tam: is a section with keys of its own"]),
        ("[tam]\np1_p2_age_threshold_days = inf\n", ["tam.p1_p2_age_threshold_days: "]),
        ('default_priority = "P9"\n', ["default_priority: "]),
        ('default_currency = "euro"\n', ["default_currency: "]),
        (
            "[tam]\nred_threshold = -1\n[alerts]\nper_rep_per_day = -1\n",
            ["tam.red_threshold: ", "alerts.per_rep_per_day: "],
        ),
        ("this is = not TOML = at all", ["cannot be read as TOML"]),
        (b"zone = '\xff'\n", ["cannot be read as TOML"]),
        (b"\xff\xfe\x00", ["cannot be read as TOML"]),
    ],
)
def test_what_is_wrong_with_a_file_is_named_by_file_and_key(
    empty_home: Path, text: str | bytes, named: list[str]
) -> None:
    done(empty_home, "settings", "show")
    before = everything_stored(empty_home)
    said = apply(empty_home, text)
    assert said.code == 2
    assert str(empty_home.parent / "mine.toml") in said.err
    for reason in named:
        assert reason in said.words
    assert everything_stored(empty_home) == before


def test_a_file_that_is_not_there_or_is_a_folder_is_named(empty_home: Path) -> None:
    missing = typed(empty_home, "settings", "apply", "no-such.toml")
    assert (missing.code, "no-such.toml: there is no such file" in missing.words) == (2, True)
    folder = typed(empty_home, "settings", "apply", str(empty_home.parent))
    assert (folder.code, str(empty_home.parent) in folder.err) == (2, True)


def test_who_applied_it_is_the_logged_in_person(empty_home: Path) -> None:
    file = empty_home.parent / "mine.toml"
    file.write_text("[alerts]\nper_rep_per_day = 2\n", encoding="utf-8")
    typed(empty_home, "settings", "apply", str(file), LOGNAME="ana")
    assert (
        done(empty_home, "settings", "history").out.rstrip().endswith("ana (this machine's user)")
    )


@pytest.mark.parametrize("owner", ["Kim", "kim@", "a@b@c", "tab\\there@example.com", "\\u0007@x.y"])
def test_a_default_owner_is_an_address(empty_home: Path, owner: str) -> None:
    said = apply(empty_home, f'default_owner = "{owner}"\n')
    assert said.code == 2
    assert "default_owner: must be an e-mail address" in said.err
