"""A made-up book of five customers as CSV files: what the command line's tests work on."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.e2e.typed import done

TODAY = datetime.now(UTC).date()
BASELINE_AGO = 10
"""Days since the first scan, when nothing was wrong yet."""

HOSTILE = "[red]x[/red] =cmd|' /C calc'!A0 <script>"
"""A name that a terminal, a spreadsheet and a browser would each like to run."""
ESCAPING = "\x1b[31mAll is lost\x1b[0m \x9b2J\x07\u202eereh kcilc"
"""A subject with terminal escapes and a reversal of the reading direction."""


def day(ago: int) -> str:
    return (TODAY - timedelta(days=ago)).isoformat()


ACCOUNTS = (
    ("account_id", "name", "owner_email", "arr", "currency", "contract_start", "renewal_date"),
    ("northwind", "Northwind Traders", "maya@example.com", "48000", "EUR", day(300), day(-200)),
    ("northsea", "North Sea Pumps", "maya@example.com", "9000", "EUR", day(300), day(-90)),
    ("fabrikam", "Fabrikam Instruments", "tom@example.com", "126000", "USD", day(300), day(-300)),
    ("evil", HOSTILE, "tom@example.com", "", "", "", ""),
    ("gone", "Long Gone Ltd", "tom@example.com", "500", "USD", day(600), day(200)),
)
"""Of these, `gone` is no customer any more."""

TICKETS_HEADER = ("ticket_id", "account_id", "status", "created_at", "priority", "subject")


def p1s(account_id: str, count: int, subject: str, *, ago: int = 9) -> list[Sequence[str]]:
    """Open P1 tickets, old enough to count."""
    return [
        (f"{account_id.upper()}-{serial}", account_id, "open", day(ago), "P1", subject)
        for serial in range(1, count + 1)
    ]


def write_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def fill(home: Path, folder: Path) -> None:
    """Import the book and scan it once, for a day before any ticket was opened."""
    folder.mkdir(parents=True, exist_ok=True)
    stakeholders = (
        ("account_id", "email", "name", "is_primary"),
        ("northwind", "ines@northwind.example", "Ines Duarte", "yes"),
        ("evil", "eve@evil.example", HOSTILE, "yes"),
    )
    tickets = (
        TICKETS_HEADER,
        *p1s("northwind", 4, "Nightly export stops"),
        *p1s("northsea", 2, "Pumps stand still"),
        *p1s("evil", 4, ESCAPING),
        ("FAB-1", "fabrikam", "open", day(2), "", "Colours of the report"),
    )
    done(
        home,
        "import",
        str(write_csv(folder / "accounts.csv", ACCOUNTS)),
        str(write_csv(folder / "stakeholders.csv", stakeholders)),
        str(write_csv(folder / "tickets.csv", tickets)),
    )
    done(home, "scan", "--replay", "--at", day(BASELINE_AGO))
