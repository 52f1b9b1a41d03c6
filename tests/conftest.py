"""What every test may ask for: the hypothesis profile, markers, the shared material."""

from __future__ import annotations

import gc
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import chromium, emulator, mocking
from tests.servers.memory import keep_files_in_memory
from tests.servers.notion.conformity import TALLY

pytest_plugins = (
    "tests.servers.certificates",
    "tests.servers.imap",
    "tests.servers.lived_book",
    "tests.servers.postgres",
    "tests.servers.redis",
    "tests.servers.stores",
    "tests.tracing",
)

SHARED = Path(__file__).resolve().parents[2] / "shared"
_IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

settings.register_profile(
    "tend", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", parent=settings.get_profile("tend"), print_blob=True, derandomize=True
)
settings.load_profile("ci" if _IN_CI else "tend")
keep_files_in_memory()


def pytest_configure(config: pytest.Config) -> None:
    """Register our markers, so that a misspelt one is an error."""
    config.addinivalue_line(
        "markers", "needs_shared: reads ../shared; left out of a checkout that has none"
    )
    config.addinivalue_line(
        "markers", "needs_emulate: a Gmail of npm's; left out where make test-deps could not put it"
    )
    config.addinivalue_line(
        "markers", "needs_prism: a server of npm's; left out where make test-deps could not put it"
    )
    config.addinivalue_line(
        "markers", "needs_chromium: a browser; left out where make test-deps could not bring one"
    )


def missing_needs() -> dict[str, str]:
    """The markers of what is not here, and why; in CI everything must be."""
    if _IN_CI:
        return {}
    needs = {}
    if not SHARED.is_dir():
        needs["needs_shared"] = "tests that need ../shared, which is not here"
    if not mocking.is_installed():
        needs["needs_prism"] = "tests against servers made from OpenAPI: make test-deps installs it"
    if not emulator.is_installed():
        needs["needs_emulate"] = "tests against the emulated Gmail: make test-deps installs it"
    if chromium.program() is None:
        needs["needs_chromium"] = "tests in a browser: make test-deps installs Chromium"
    return needs


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs something that is not here; in CI that is a failure instead."""
    needs = missing_needs()
    wanting = [test for test in items if any(test.get_closest_marker(need) for need in needs)]
    if wanting:
        items[:] = [test for test in items if test not in wanting]
        config.hook.pytest_deselected(items=wanting)


def pytest_collection_finish() -> None:
    """Have the collector of garbage leave alone what is there to stay: modules and tests."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in a line each what was left out and why."""
    for why in missing_needs().values():
        terminalreporter.write_line(f"not run: {why}")


@pytest.fixture(autouse=True)
def requests_to_notion_conform() -> Iterator[None]:
    """Fail a test that sent the Notion test server what Notion's schemas refuse."""
    before = len(TALLY.violations)
    yield
    assert TALLY.violations[before:] == []


def pytest_sessionfinish() -> None:
    """Add the count of checked requests to the file that NOTION_TALLY names, a line a process."""
    path = os.environ.get("NOTION_TALLY", "")
    if path:
        told = {"checked": TALLY.checked, "violations": len(TALLY.violations)}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of shared material beside the checkout."""
    if not SHARED.is_dir():
        pytest.fail(f"../shared is not there (looked for {SHARED}); with CI=true it must be")
    return SHARED
