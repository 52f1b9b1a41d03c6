"""`tend task`, killed again and again at any moment: one draft, one note, nothing lost."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from app.domain.effect import EffectState
from app.domain.feed import FactKind
from app.domain.opportunity import OpportunityState
from tests import builders
from tests.integration.small_book import TENANT, SmallBook

KILLS = 8


def prepared(home: Path) -> None:
    """A live, healthy book in which one customer's seats are nearly all in use."""
    book = SmallBook.opened(home)
    book.add_accounts("acme", "beta")
    contract = builders.contract(
        ends_on=date.max, starts_on=None, seats_purchased=50, seats_used=49
    )
    book.bring(FactKind.CONTRACTS, [builders.row_of(contract)])
    yesterday = datetime.now(UTC) - timedelta(days=1)
    book.scan(yesterday)
    book.act(yesterday)
    book.go_live(yesterday)
    book.store.close()


def started(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "task", "check_expansion", "--account", "acme"],
        env={"TEND_HOME": str(home), "TEND_TENANT": TENANT, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=home,
    )


def finished(home: Path) -> None:
    process = started(home)
    _, errors = process.communicate(timeout=90)
    assert process.returncode == 0, errors.decode()


def what_came_of_it(home: Path) -> dict[str, list[str]]:
    """Everything that people would notice."""
    book = SmallBook.opened(home)
    try:
        counts = book.store.read_now(TENANT, lambda unit: unit.work.counts())
        assert counts[EffectState.OWED] == counts[EffectState.INTENT] == 0
        assert counts[EffectState.PARKED] == 0
        found = book.store.read_now(
            TENANT, lambda unit: unit.opportunities.in_state(list(OpportunityState))
        )
        told = book.store.read_now(TENANT, lambda unit: unit.events.stream("handoffs", most=100))
        return {
            "opportunities": sorted(f"{one.opportunity_id} {one.state}" for one in found),
            "drafts": sorted(f"{one.key} {one.subject}" for one in book.drafts()),
            "files": sorted(path.name[11:] for path in book.settings.outbox.glob("*.eml")),
            "notes": sorted(f"{one.key} {one.text}" for one in book.alerts()),
            "events": sorted(event.event_id for event in told),
        }
    finally:
        book.store.close()


def test_kill_9_at_any_point_of_a_task_loses_and_repeats_nothing(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    prepared(undisturbed)
    prepared(killed)
    began = time.monotonic()
    finished(undisturbed)
    whole = time.monotonic() - began
    dice = random.Random(11)
    kills = 0
    while kills < KILLS:
        process = started(killed)
        try:
            process.wait(timeout=dice.uniform(0.25, 0.85) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if process.returncode == 0:
            break
    finished(killed)
    expected = what_came_of_it(undisturbed)
    assert kills >= 1
    assert what_came_of_it(killed) == expected
    assert len(expected["drafts"]) == 1
    assert expected["opportunities"] == ["seats:acme:acme-1:50 recorded"]
