"""What every test may ask for: the hypothesis profile, markers, the shared material."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ("tests.servers.postgres", "tests.servers.redis", "tests.servers.stores")

SHARED = Path(__file__).resolve().parents[2] / "shared"
_IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

settings.register_profile(
    "tend", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci", parent=settings.get_profile("tend"), print_blob=True, derandomize=True
)
settings.load_profile("ci" if _IN_CI else "tend")


def pytest_configure(config: pytest.Config) -> None:
    """Register our markers, so that a misspelt one is an error."""
    config.addinivalue_line(
        "markers", "needs_shared: reads ../shared; left out of a checkout that has none"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs ../shared where there is none; in CI that is a failure instead."""
    if SHARED.is_dir() or _IN_CI:
        return
    wanting = [test for test in items if test.get_closest_marker("needs_shared")]
    if wanting:
        items[:] = [test for test in items if test not in wanting]
        config.hook.pytest_deselected(items=wanting)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out and why."""
    if not SHARED.is_dir() and not _IN_CI:
        terminalreporter.write_line("not run: tests that need ../shared, which is not here")


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """The folder of shared material beside the checkout."""
    if not SHARED.is_dir():
        pytest.fail(f"../shared is not there (looked for {SHARED}); with CI=true it must be")
    return SHARED
