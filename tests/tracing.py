"""Which tests coverage is taken of: not of those that run the same lines thousands of times.

Tracing makes them take twice as long and more, and what they run is covered by tests beside them:
the floors of coverage are as high as ever, and are reached without them.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1]
UNTRACED = (
    "tests/browser/",
    "tests/e2e/test_events_survive_kills.py",
    "tests/e2e/test_fan_out.py",
    "tests/e2e/test_kill.py",
    "tests/e2e/test_notion_proof.py",
    "tests/e2e/test_readme_commands.py",
    "tests/e2e/test_scan_survives_kill.py",
    "tests/e2e/test_service.py::test_kill_9_in_the_middle_loses_and_repeats_nothing",
    "tests/e2e/test_sync_survives_kills.py",
    "tests/e2e/test_tasks_survive_kills.py",
    "tests/injection/",
    "tests/integration/test_notion_tam.py::test_a_profile_of_400_people",
    "tests/integration/test_schedule_two_processes.py",
    "tests/integration/test_tam_tasks.py::test_no_two_accounts_of_the_book",
    "tests/unit/words/test_checks.py::test_every_fact_changed_is_refused",
)
"""How their ids begin."""
UNTRACED_PROPERTIES = ("tests/unit/blocks/", "tests/unit/services/", "tests/unit/words/")
"""Where property tests are others of them: sixty examples of what is written down beside them."""
_TOLD = "COVERAGE_PROCESS_CONFIG"
"""By this variable coverage has the processes that are started traced as well."""


def pytest_configure() -> None:
    """What is named here must be there, lest a renamed file be traced again unnoticed."""
    gone = [one for one in UNTRACED if not (ROOT / one.partition("::")[0]).exists()]
    if gone:
        raise pytest.UsageError(f"tests/tracing.py names what is not there: {', '.join(gone)}")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool | None, bool | None]:
    """Run such a test, all that is set up for it included, without a tracer."""
    with untraced() if is_untraced(item) else nullcontext():
        return (yield)


def is_untraced(item: pytest.Item) -> bool:
    """Whether a test is one of those."""
    is_property = item.get_closest_marker("hypothesis") is not None
    begins = (*UNTRACED, *UNTRACED_PROPERTIES) if is_property else UNTRACED
    return item.nodeid.startswith(begins)


@contextmanager
def untraced() -> Iterator[None]:
    """No tracing meanwhile, of this process and of those it starts."""
    measuring = Coverage.current()
    if measuring is None:
        yield
        return
    told = os.environ.pop(_TOLD, None)
    measuring.stop()
    try:
        yield
    finally:
        measuring.start()
        if told is not None:
            os.environ[_TOLD] = told
