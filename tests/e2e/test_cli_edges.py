"""The command line's edge: help, versions, wrong words and wrong settings. Never a traceback."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import __version__
from app.settings import Settings
from app.storage.service_lock import only_service
from tests.e2e.typed import Said, done, started, typed

COMMANDS = (
    *("demo", "import", "scan", "explain", "go-live", "inbox", "drafts", "drafts show", "feeds"),
    *("drafts list", "drafts edit", "drafts drop", "drafts export"),
    *("tickets unresolved", "settings", "settings show", "settings apply", "settings history"),
)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_help_with_examples(empty_home: Path, command: str) -> None:
    said = done(empty_home, *command.split(), "--help")
    assert f"Usage: tend {command}" in said.words
    assert "Examples:" in said.out
    assert f"tend {command}" in said.words.partition("Examples:")[2]
    assert "completion" not in said.out
    assert not empty_home.exists()


@pytest.mark.parametrize("words", [[], ["--help"]])
def test_the_overview_lists_every_command_and_where_to_begin(
    empty_home: Path, words: list[str]
) -> None:
    said = done(empty_home, *words)
    for command in COMMANDS:
        assert f" {command.split()[0]} " in said.out
    assert "First time here? tend demo" in said.words
    assert said.err == ""


def test_help_version_and_a_wrong_word_as_processes(empty_home: Path) -> None:
    assert started(empty_home, "--version").out == f"tend {__version__}\n"
    assert started(empty_home, "scan", "--help").code == 0
    wrong = started(empty_home, "scna")
    assert (wrong.code, "Did you mean 'scan'?" in wrong.words) == (2, True)


def test_the_installed_command_is_the_same(empty_home: Path) -> None:
    command = Path(sys.executable).with_name("tend")
    ran = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert ran.stdout == f"tend {__version__}\n"


@pytest.mark.parametrize(
    "words, reason",
    [
        (["frobnicate"], "There is no command 'frobnicate'. tend --help lists all of them."),
        (["exlpain", "x"], "Did you mean 'explain'?"),
        (["--loud"], "No such option: --loud"),
        (["scan", "--loud"], "No such option: --loud"),
        (["scan", "acme"], "unexpected extra argument"),
        (["settings", "set"], "No such command 'set'"),
        (["settings"], "Usage: tend settings"),
    ],
)
def test_a_word_that_tend_does_not_know_ends_with_two(
    empty_home: Path, words: list[str], reason: str
) -> None:
    said = typed(empty_home, *words)
    assert said.code == 2
    assert reason in said.words


BROKEN_SETTINGS = [
    ({"TEND_TENANT": "Bad Name"}, "TEND_TENANT: "),
    ({"TEND_LOG_LEVEL": "loud"}, "TEND_LOG_LEVEL: "),
    ({"TEND_LOG_FORMAT": "xml"}, "TEND_LOG_FORMAT: "),
    ({"TEND_DATABASE_URL": "mysql://x"}, "TEND_DATABASE_URL: mysql is not a store Tend knows"),
    ({"TEND_DATABASE_URL": "hello"}, "TEND_DATABASE_URL: not an address of a store"),
    ({"TEND_DATABASE_URL": "sqlite://"}, "TEND_DATABASE_URL: a store in memory"),
    ({"TEND_DATABASE_URL": "sqlite:////proc/no/x"}, "TEND_DATABASE_URL or TEND_HOME: the folder"),
    ({"TEND_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "TEND_DATABASE_URL: the store cannot be"),
    ({"TEND_HOME": "/proc/no/such"}, "TEND_HOME: the data folder /proc/no/such cannot be made"),
]


@pytest.mark.parametrize("settings, reason", BROKEN_SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(
    empty_home: Path, settings: dict[str, str], reason: str
) -> None:
    for command in (["feeds"], ["scan"]):
        said = typed(empty_home, *command, **settings)
        assert said.code == 2
        assert reason in said.words


def test_a_password_in_an_address_is_never_printed(empty_home: Path) -> None:
    address = "postgresql://ana:hunter2@127.0.0.1:1/x"
    assert "hunter2" not in typed(empty_home, "feeds", TEND_DATABASE_URL=address).words


def with_file(home: Path, text: str) -> Said:
    (home.parent / "tend.toml").write_text(text, encoding="utf-8")
    return started(home, "feeds")


@pytest.mark.parametrize(
    "text, reason",
    [
        ("tenant = ", "tend.toml: cannot be read as TOML"),
        ('tenant = "Bad Name"', "TEND_TENANT: "),
        ('tennant = "main"', "tend.toml: tennant: there is no such setting here"),
    ],
)
def test_a_broken_file_of_settings_is_named(empty_home: Path, text: str, reason: str) -> None:
    said = with_file(empty_home, text)
    assert said.code == 2
    assert reason in said.words


def test_an_empty_setting_is_none(empty_home: Path) -> None:
    empty = {"TEND_HOME": "", "TEND_TENANT": "", "XDG_DATA_HOME": str(empty_home)}
    assert f"in {empty_home / 'tend'} (tenant main)" in typed(empty_home, "feeds", **empty).err


def test_a_setting_of_the_file_holds(empty_home: Path) -> None:
    assert "(tenant acme)" in with_file(empty_home, 'tenant = "acme"').err


def test_a_file_that_is_no_store_is_named(empty_home: Path) -> None:
    empty_home.mkdir()
    (empty_home / "tend.sqlite3").write_bytes(b"this is no database" * 100)
    said = typed(empty_home, "scan")
    assert said.code == 2
    assert "the store cannot be opened" in said.words


def test_each_tenant_has_a_book_of_its_own(live_home: Path) -> None:
    said = typed(live_home, "scan", TEND_TENANT="another")
    assert "There are no active accounts yet" in said.words
    assert typed(live_home, "explain", "northwind", TEND_TENANT="another").code == 2


def test_output_into_a_closed_pipe_is_no_error(live_home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "app", "explain", "northwind", "--json"],
        env={"TEND_HOME": str(live_home), "PATH": "/usr/bin:/bin"},
        cwd=live_home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


def test_demo_tells_its_folder_and_refuses_one_that_is_not_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = tmp_path / "mine"
    assert done(home, "demo", "--where", "--home", str(folder)).out == f"{folder}\n"
    assert not folder.exists()
    folder.mkdir()
    (folder / "letter.txt").write_text("dear", encoding="utf-8")
    said = typed(home, "demo", "--home", str(folder))
    assert (said.code, "choose another with --home" in said.words) == (2, True)
    assert (folder / "letter.txt").exists()


@pytest.mark.parametrize("address", ["http://127.0.0.1:8321", ""])
def test_a_demo_that_runs_is_not_emptied_under_its_service(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "made-by-tend-demo").touch()
    flows = Settings(home=folder, database_url="").engine_url
    with only_service(flows, since=datetime.now(UTC)) as note:
        note(address)
        said = typed(tmp_path / "home", "demo", "--home", str(folder))
    assert (said.code, "end it with Ctrl-C first" in said.words) == (2, True)
    assert address in said.words
    assert (folder / "made-by-tend-demo").exists()
