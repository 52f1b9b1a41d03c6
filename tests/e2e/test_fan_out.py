"""Five hundred customers at once, killed and taken up again: no result goes to another customer.

Each customer's person, product trouble and company have a word that nobody else has, so that a
result that strays to another customer's letter, alert or event is seen.
"""

from __future__ import annotations

import json
import random
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.fact_rows import FactRow
from app.domain.feed import FactKind
from app.domain.ticket import Priority
from tests import builders
from tests.integration.small_book import TENANT, SmallBook

CUSTOMERS = 500
KILLS = 5
WORD = re.compile(r"zq[a-j]{3}x", re.IGNORECASE)


def word(number: int) -> str:
    """A word of this customer's own: digits as letters between marks."""
    return "zq" + "".join("abcdefghij"[int(digit)] for digit in f"{number:03d}") + "x"


def account_id(number: int) -> str:
    return f"acct{number:03d}"


def prepared(home: Path) -> SmallBook:
    book = SmallBook.opened(home)
    book.add_accounts(*(account_id(number) for number in range(CUSTOMERS)))
    yesterday = datetime.now(UTC) - timedelta(days=1)
    book.add_feed()
    book.scan(yesterday)
    book.act(yesterday)
    book.go_live(yesterday)
    renamed: list[FactRow] = []
    people: list[FactRow] = []
    tickets: list[FactRow] = []
    for number in range(CUSTOMERS):
        own = word(number).title()
        name = account_id(number)
        renamed.append({"account_id": name, "name": f"{own} Works"})
        person = builders.stakeholder(
            account_id=name, email=f"sam@{name}.example", name=f"{own} Field", is_primary=True
        )
        people.append(builders.row_of(person))
        tickets.extend(
            builders.row_of(
                builders.ticket(
                    ticket_id=f"{own}-{serial}",
                    account_id=name,
                    priority=Priority.P1,
                    created_at=yesterday - timedelta(days=5),
                    subject=f"Export of {own} stops",
                )
            )
            for serial in range(4)
        )
    book.bring(FactKind.ACCOUNTS, renamed)
    book.bring(FactKind.STAKEHOLDERS, people)
    book.bring(FactKind.TICKETS, tickets)
    return book


def scanned_with_kills(home: Path) -> int:
    """`tend scan` until it ends by itself; returns how often it was killed before."""
    dice, kills = random.Random(11), 0
    while True:
        process = subprocess.Popen(
            [sys.executable, "-m", "app", "scan"],
            env={"TEND_HOME": str(home), "TEND_TENANT": TENANT, "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd=home,
        )
        try:
            _, errors = process.communicate(
                timeout=dice.uniform(2.0, 4.0) if kills < KILLS else 100
            )
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
        else:
            assert process.returncode == 0, errors.decode()
            return kills


def strays(owner: str, *texts: str) -> list[str]:
    """Words of other customers, or the lack of the owner's own."""
    own = word(int(owner.removeprefix("acct")))
    found = {match.group().lower() for text in texts for match in WORD.finditer(text)}
    if found == {own}:
        return []
    return [f"{owner} ({own}): {sorted(found)}"]


def all_strays(book: SmallBook) -> list[str]:
    found: list[str] = []
    for draft in book.drafts():
        found += strays(draft.account_id, draft.subject, draft.body_text, draft.body_html)
        if account_id(int(draft.key.split(":")[2].removeprefix("acct"))) != draft.account_id:
            found.append(draft.key)
        if draft.to != (f"sam@{draft.account_id}.example",):
            found.append(f"{draft.draft_id} to {draft.to}")
    for alert in book.alerts():
        if alert.account_id:
            found += strays(alert.account_id, alert.text)
    for event in book.events():
        told = event.body["data"]
        assert isinstance(told, dict)
        if str(told["account_id"]) not in event.event_id + json.dumps(event.body):
            found.append(event.event_id)
    return found


def test_results_of_500_customers_never_swap(tmp_path: Path) -> None:
    book = prepared(tmp_path / "home")
    kills = scanned_with_kills(tmp_path / "home")
    assert kills >= 2
    drafts = book.drafts()
    assert sorted(draft.account_id for draft in drafts) == sorted(
        account_id(number) for number in range(CUSTOMERS)
    )
    assert all_strays(book) == []
    book.store.close()


def test_a_letter_that_strayed_would_be_seen() -> None:
    mine, others = word(1).title(), word(2).title()
    texts: Sequence[str] = (f"Dear {mine} Field", f"the export of {mine} stops")
    assert strays("acct001", *texts) == []
    assert strays("acct001", *texts, f"and {others}") != []
    assert strays("acct002", *texts) != []
    assert strays("acct001", "Dear customer") != []
