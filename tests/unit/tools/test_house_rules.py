"""Every house rule fires on what it forbids and stays quiet on its nearest lawful neighbour."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path
from textwrap import dedent

import pytest

from tools.checkout import read_tree
from tools.house_rules import BOUNDARIES, DECIDING, findings

ROOT = Path(__file__).parents[3]
ROOM = "src/app/jobs/sweeper.py"
MOCK, LOW, PATCH, SKIP, FAIL = "Mock", "mock", "patch", "skip", "fail"
"""In parts, so that a search for what is forbidden finds only what is meant."""
TEST = "tests/unit/jobs/test_sweeper.py"
PORT = '''
from typing import Protocol

class Bus(Protocol):
    """Carries events."""

    def publish(self, event: str) -> None:
        """Put it on."""
        ...
'''


def rules_broken(path: str, text: str, **more: str) -> list[str]:
    """Names of the rules that `text` breaks as the file `path`, beside the ports of `PORT`."""
    files = {path: dedent(text), "src/app/ports/bus.py": PORT, **more}
    return [finding.rule for finding in findings(files)]


def of_lines(count: int) -> str:
    return "x = 1\n" * count


def of_methods(count: int) -> str:
    return "class Room:\n" + "".join(f"    def door{i}(self): ...\n" for i in range(count))


def of_body(count: int) -> str:
    return 'def walk():\n    """Long way.\n\n    Of words.\n    """\n' + "    x = 1\n" * count


@pytest.mark.parametrize(
    "path,text,rule",
    [
        (ROOM, "def f(x: object): ...", "object-typed"),
        (ROOM, "def f(x: 'object | None'): ...", "object-typed"),
        (ROOM, "def f(*, x: Optional[object]): ...", "object-typed"),
        (ROOM, "async def f() -> object: ...", "object-typed"),
        (TEST, "def f(*args: object): ...", "object-typed"),
        (ROOM, "def f(**overrides: object): ...", "object-typed"),
        (ROOM, "from typing import Any", "any-typed"),
        (
            ROOM,
            "class A:\n def __init__(self, bus: Bus | None = None): ...",
            "optional-collaborator",
        ),
        (ROOM, "class A:\n def __init__(self, bus: 'Optional[Bus]'): ...", "optional-collaborator"),
        (ROOM, "@dataclass\nclass A:\n bus: Bus | None = None", "optional-collaborator"),
        (ROOM, "class B: ...\n@dataclass\nclass A:\n b: B | None", "optional-collaborator"),
        (ROOM, "class P(Protocol):\n def f(self) -> int: ...", "undocumented-port"),
        (ROOM, "class P(Protocol[T]):\n def f(self) -> int: ...", "undocumented-port"),
        (ROOM, "class P(Protocol):\n @property\n def f(self) -> int: ...", "undocumented-port"),
        (ROOM, of_lines(301), "module-length"),
        (TEST, of_lines(601), "module-length"),
        (ROOM, of_body(40), "function-length"),
        (ROOM, "def scan(" + "\n    x," * 60 + "\n): ...", "function-length"),
        ("src/app/cli/scan_cmd.py", of_body(41), "function-length"),
        (ROOM, of_methods(8), "public-surface"),
        ("src/app/domain/band.py", "async def f(): ...", "awaiting-decision"),
        ("src/app/agents/sales/schemas.py", "x = lambda: (await y)", "awaiting-decision"),
        ("src/app/agents/customer_success/churn.py", "async def f(): ...", "awaiting-decision"),
        (ROOM, "try: ...\nexcept Exception: ...", "blanket-catch"),
        (ROOM, "try: ...\nexcept (KeyError, BaseException): ...", "blanket-catch"),
        (ROOM, "try: ...\nexcept: ...", "blanket-catch"),
        (ROOM, "with contextlib.suppress(Exception): ...", "blanket-catch"),
        ("src/app/jobs/utils.py", "", "vague-name"),
        ("src/app/jobs/retry_helpers.py", "", "vague-name"),
        ("src/app/common/clock.py", "", "vague-name"),
        ("src/app/jobs/base_job.py", "", "vague-name"),
        ("src/app/jobs/sweeper2.py", "", "vague-name"),
        (ROOM, "class SweepManager: ...", "vague-name"),
        (ROOM, "print(1)", "printing"),
        (ROOM, "console.print(1)", "printing"),
        (TEST, f"from x import y\nMagic{MOCK}()", "mocking"),
        (TEST, f"bus = {LOW}.Async{MOCK}()", "mocking"),
        (TEST, f"with {PATCH}('x'): ...", "mocking"),
        (TEST, f"@{LOW}.{PATCH}('x')\ndef f(): ...", "mocking"),
        (TEST, f"{LOW}er.spy(x)", "mocking"),
        (TEST, "monkeypatch.setattr(x, 'y', 1)", "mocking"),
        (TEST, f"pytest.{SKIP}('no server')", "hidden-test"),
        (TEST, f"@pytest.mark.{SKIP}if(True)\ndef f(): ...", "hidden-test"),
        (TEST, f"@pytest.mark.x{FAIL}\ndef f(): ...", "hidden-test"),
        (TEST, f"x = pytest.importor{SKIP}('x')", "hidden-test"),
        (ROOM, "x = 1  # TO" + "DO later", "unfinished"),
        (ROOM, "raise NotImplemented" + "Error", "unfinished"),
        ("docs/x.md", "see /ro" + "ot/x", "machine-words"),
        ("Makefile", "cd /wo" + "rk/x", "machine-words"),
        ("x.lock", "--index-url https://p" + "ypi.org/simple", "machine-words"),
    ],
)
def test_a_rule_fires_on_what_it_forbids(path: str, text: str, rule: str) -> None:
    assert rule in rules_broken(path, text)


@pytest.mark.parametrize(
    "path,text",
    [
        (ROOM, "def f(x: Mapping[str, int], y: objects.Object) -> None: ..."),
        ("src/app/services/jira/models.py", "from typing import Any"),
        (TEST, "from typing import Any"),
        (TEST, "def f(**overrides: object): ..."),
        (ROOM, "class A:\n def __init__(self, bus: Bus, name: str | None = None): ..."),
        (ROOM, "@dataclass\nclass V: ...\n@dataclass\nclass A:\n v: V | None = None"),
        (ROOM, "class A(Protocol):\n @property\n def bus(self) -> Bus: ..."),
        (ROOM, "class A(Protocol):\n def __call__(self) -> int: ..."),
        (ROOM, "class A:\n def f(self) -> int: ..."),
        (ROOM, of_lines(300)),
        (TEST, of_lines(600)),
        ("src/app/agents/sales/prompts.py", of_lines(900)),
        (ROOM, of_body(39)),
        (ROOM, of_methods(7)),
        ("src/app/agents/sales/nodes.py", "async def f(): await x"),
        (ROOM, "try: ...\nexcept (KeyError, ValueError): ..."),
        (ROOM, "with contextlib.suppress(KeyError): ..."),
        ("src/app/agents/technical_account_manager/nodes.py", ""),
        ("src/app/agents/base.py", ""),
        ("src/app/cli/table.py", "console.print(1)"),
        ("src/app/cli/scan_cmd.py", "def scan(" + "\n    x," * 60 + "\n): ..."),
        (TEST, "monkeypatch.setenv('TEND_HOME', 'x')\nmonkeypatch.chdir('x')"),
        (TEST, f"client.{PATCH}('/settings')"),
        (TEST, "accounts.skip(3)"),
        ("docs/x.md", "docs/how-to/roots/network"),
    ],
)
def test_a_rule_stays_quiet_on_what_is_lawful(path: str, text: str) -> None:
    assert rules_broken(path, text) == []


@pytest.mark.parametrize("boundary", sorted(BOUNDARIES))
def test_a_boundary_may_catch_everything_once(boundary: str) -> None:
    catch = "try: ...\nexcept Exception: ...\n"
    assert rules_broken(boundary, catch) == []
    assert rules_broken(boundary, catch * 2) == ["blanket-catch"]


def test_there_are_at_most_four_boundaries() -> None:
    assert len(BOUNDARIES) <= 4


def test_the_import_contract_knows_the_same_deciding_code() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    named = ("Deciding code speaks to nobody", "What is written to Notion is decided without")
    modules = [m for c in contracts if c["name"].startswith(named) for m in c["source_modules"]]
    paths = [f"src/{module.replace('.', '/')}" for module in modules]
    patterns = [pattern.removesuffix("/*").removesuffix(".py") for pattern in DECIDING]
    for path in paths:
        assert any(path == pattern or fnmatch(path, pattern) for pattern in patterns), path
    for pattern in patterns:
        assert any(path == pattern or fnmatch(path, pattern) for path in paths), pattern


def test_methods_that_a_port_prescribes_do_not_count() -> None:
    doors = "".join(f"    def door{i}(self):\n        'Opens.'\n" for i in range(9))
    ports = {"src/app/ports/wide.py": "class Wide(Protocol):\n" + doors}
    assert rules_broken(ROOM, of_methods(9), **ports) == []
    assert rules_broken(ROOM, of_methods(17), **ports) == ["public-surface"]


def test_a_finding_says_where_which_rule_and_how_to_mend_it() -> None:
    [finding] = findings({ROOM: "x = 1\ntry: ...\nexcept: ...\n"})
    assert str(finding) == f"{ROOM}:3: blanket-catch: catch what the call raises, by name"


def test_the_repository_is_read_as_git_sees_it() -> None:
    files = read_tree(ROOT)
    assert "tools/house_rules.py" in files
    assert not [path for path in files if path.startswith((".git/", ".venv/"))]
