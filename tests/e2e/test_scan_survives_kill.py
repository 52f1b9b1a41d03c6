"""`tend scan`, killed again and again at any moment: nothing lost, nothing twice."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.effect import EffectState
from tests.integration.small_book import TENANT, SmallBook
from tests.noon import lives_at_noon

ACCOUNTS = 60
IN_TROUBLE = 50
KILLS = 8


def prepared(home: Path) -> None:
    """A live book of which half turned red since its baseline, yesterday at noon."""
    book = SmallBook.opened(home)
    book.store.write_now(TENANT, lives_at_noon)
    names = [f"acct{number:03d}" for number in range(ACCOUNTS)]
    book.add_accounts(*names)
    yesterday = datetime.now(UTC) - timedelta(days=1)
    book.add_feed()
    book.scan(yesterday)
    book.act(yesterday)
    book.go_live(yesterday)
    for name in names[:IN_TROUBLE]:
        book.open_p1s(name, 4, since=yesterday - timedelta(days=5))
    book.store.close()


def started(home: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "app", "scan"],
        env={"TEND_HOME": str(home), "TEND_TENANT": TENANT, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd=home,
    )


def finished(home: Path) -> None:
    process = started(home)
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()


def what_came_of_it(home: Path) -> dict[str, list[str]]:
    """Everything that people would notice, by what it is about."""
    book = SmallBook.opened(home)
    try:
        counts = book.store.read_now(TENANT, lambda unit: unit.work.counts())
        assert counts[EffectState.OWED] == counts[EffectState.INTENT] == 0
        assert counts[EffectState.PARKED] == 0
        return {
            "incidents": sorted(incident.incident_id for incident in book.incidents()),
            "drafts": sorted(f"{d.draft_id} {d.subject} {d.state}" for d in book.drafts()),
            "files": sorted(path.name[11:] for path in book.settings.outbox.glob("*.eml")),
            "leftovers": sorted(
                path.name for path in book.settings.outbox.rglob("*") if path.suffix != ".eml"
            ),
            "mail": sorted(f"{timeless(a.key)} {a.text}" for a in book.alerts("email")),
            "chat": sorted(f"{timeless(a.key)} {a.text}" for a in book.alerts("chat")),
            "events": sorted(event.event_id for event in book.events()),
            "flags": sorted(
                f"{account_id} {book.record(account_id).incident_id}" for account_id in book.bands()
            ),
        }
    finally:
        book.store.close()


def timeless(key: str) -> str:
    """A key without the moment that its scan was asked for at."""
    return re.sub(r"\d{8}T\d{12}Z", "", key)


def test_kill_9_at_any_point_loses_and_repeats_nothing(tmp_path: Path) -> None:
    undisturbed, killed = tmp_path / "undisturbed", tmp_path / "killed"
    prepared(undisturbed)
    shutil.copytree(undisturbed, killed)
    began = time.monotonic()
    finished(undisturbed)
    whole = time.monotonic() - began
    dice = random.Random(5)
    kills = 0
    while kills < KILLS:
        process = started(killed)
        try:
            process.wait(timeout=dice.uniform(0.2, 0.45) * whole)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate()
        if process.returncode == 0:
            break
    finished(killed)
    expected = what_came_of_it(undisturbed)
    assert kills >= 3
    assert what_came_of_it(killed) == expected
    assert len(expected["drafts"]) == IN_TROUBLE


def test_ctrl_c_says_that_nothing_is_lost_and_the_next_run_goes_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    prepared(home)
    process = started(home)
    assert process.stderr is not None
    assert b"Tend keeps its things" in process.stderr.readline()  # it has begun
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    assert process.returncode in {130, 0}
    if process.returncode == 130:
        assert b"Nothing is lost" in errors
        assert b"Traceback" not in errors
    finished(home)
    assert len(what_came_of_it(home)["drafts"]) == IN_TROUBLE
