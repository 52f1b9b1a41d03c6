"""Files to fill in: a header and a few believable rows of each kind, importable as they are."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.columns import COLUMNS
from app.feeds.file_kind import IMPORT_ORDER


def write_templates(folder: Path, today: date) -> tuple[Path, ...]:
    """Write a file of each kind and a README; days are about `today`. Returns what was written.

    Raises InvalidInput when one of them is there already, or the folder cannot be written.
    """
    rows = template_rows(today)
    texts = {folder / f"{kind}.csv": _table(kind, rows[kind]) for kind in IMPORT_ORDER}
    texts[folder / "README.md"] = reference_page()
    there = [path.name for path in texts if path.exists()]
    if there:
        raise InvalidInput(f"{folder}: {', '.join(there)} is there already; nothing was written")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8", newline="")
    except OSError as exc:
        raise InvalidInput(f"{folder}: cannot be written: {exc.strerror}") from exc
    return tuple(texts)


def reference_page() -> str:
    """Every column of every kind, as a page."""
    parts = [_INTRODUCTION]
    for kind in IMPORT_ORDER:
        parts.append(f"## {kind}.csv\n\n| column | | what stands in it |\n|---|---|---|")
        parts += [
            f"| `{column.name}` | {'required' if column.is_required else ''} | {column.says} |"
            for column in COLUMNS[kind]
        ]
        parts.append("")
    return "\n".join(parts).rstrip() + "\n"


def template_rows(today: date) -> Mapping[FactKind, Sequence[Sequence[str]]]:
    """Rows of each kind, cells in the order of its columns; missing cells at the end are empty."""
    days = _Days(today=today)
    return {**_customers(days.day), **_use(days.day, days.at), **_exchanges(days.day, days.at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Days:
    today: date

    def day(self, ago: int) -> str:
        return (self.today - timedelta(days=ago)).isoformat()

    def at(self, ago: int, clock: str) -> str:
        return f"{self.day(ago)}T{clock}:00Z"


def _customers(day: Callable[[int], str]) -> Mapping[FactKind, Sequence[Sequence[str]]]:
    return {
        FactKind.REPS: [
            ("maya@example.com", "Maya Lindqvist", "", "Europe/Berlin", "18:00", "08:00"),
            ("tom@example.com", "Tom Okafor", "", "America/New_York", "", ""),
        ],
        FactKind.ACCOUNTS: [
            (
                *("northwind", "Northwind Traders", "maya@example.com", "mid-market"),
                *("northwind.example.org", "reports;exports", "salesforce", "sap", day(900)),
                *("customer", "", "30", "", "48000", "EUR", day(300), day(-65), "40", "31"),
                "jira-component:Northwind; jira-project:NW",
            ),
            (
                *("fabrikam", "Fabrikam Instruments", "tom@example.com", "enterprise"),
                *("fabrikam.example.org", "reports;exports;api", "", "", day(420), "customer"),
                *("", "", "24", "126000", "USD", day(420), day(-310), "120", "117", ""),
            ),
            ("tailspin", "Tailspin Toys", "", "small", "tailspin.example.org"),
        ],
        FactKind.CONTRACTS: [
            ("TT-1", "tailspin", day(465), day(101), "9000", "GBP", "8", ""),
            ("TT-2", "tailspin", day(100), "", "", "", "10", "9"),
        ],
        FactKind.STAKEHOLDERS: [
            ("northwind", "ines@northwind.example.org", "Ines Duarte", "CTO", "high", "yes"),
            ("fabrikam", "raj@fabrikam.example.org", "Raj Mehta", "Head of IT", "", "no"),
        ],
    }


def _use(
    day: Callable[[int], str], at: Callable[[int, str], str]
) -> Mapping[FactKind, Sequence[Sequence[str]]]:
    return {
        FactKind.TICKETS: [
            (
                *("SUP-101", "northwind", "open", at(9, "08:30"), "P1", "", at(2, "10:00")),
                *("Nightly export stops half way", "exports", "yes", "no", ""),
            ),
            (
                *("SUP-102", "northwind", "pending", at(4, "12:00"), "P3", "", at(3, "09:15")),
                *("Colours of the usage report", "reports", "no", "no", ""),
            ),
            (
                *("SUP-090", "fabrikam", "resolved", at(40, "07:45"), "P2", at(37, "16:20")),
                *("", "API answers 429 too early", "api", "no", "no", "5"),
            ),
        ],
        FactKind.USAGE: [
            ("northwind", day(3), "", "21", "34", "812"),
            ("northwind", day(3), "exports", "4", "", "19"),
            ("fabrikam", day(2), "", "88", "140", "5310"),
        ],
        FactKind.HEARTBEATS: [
            ("northwind", at(1, "06:00"), "1200", "3", "2.4.1"),
            ("fabrikam", at(5, "06:00"), "90", "0", "2.3.0"),
        ],
    }


def _exchanges(
    day: Callable[[int], str], at: Callable[[int, str], str]
) -> Mapping[FactKind, Sequence[Sequence[str]]]:
    return {
        FactKind.INVOICES: [
            ("INV-5001", "northwind", day(20), day(50), "", "12000", "EUR"),
            ("INV-5002", "fabrikam", day(10), day(40), day(12), "31500", "USD"),
        ],
        FactKind.SURVEYS: [
            ("NPS-1", "northwind", day(33), "6", "ines@northwind.example.org"),
            ("NPS-2", "fabrikam", day(21), "9", "raj@fabrikam.example.org"),
        ],
        FactKind.INTERACTIONS: [
            (
                *("INT-1", "northwind", at(12, "13:00"), "call", "yes"),
                *("ines@northwind.example.org", "Asked when exports will be stable"),
            ),
            ("INT-2", "fabrikam", at(35, "15:00"), "meeting", "yes", "raj@fabrikam.example.org"),
        ],
        FactKind.SIGNALS: [
            (
                *("tailspin", day(4), "45 %", "declining", "2.5", day(19)),
                *("overdue_30", "medium", "7"),
            ),
            ("northwind", day(4), "", "stable", "", "", "current"),
        ],
    }


def _table(kind: FactKind, rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    width = len(COLUMNS[kind])
    writer.writerow(column.name for column in COLUMNS[kind])
    for row in rows:
        writer.writerow([*row, *[""] * (width - len(row))])
    return buffer.getvalue()


_INTRODUCTION = """\
# Files for `tend import`

`tend import --template DIR` writes one CSV file of each kind below, with example rows that go in as
they are. Columns may stand in any order, and those you do not have can be left out; your own column
names are recognised or told with `--map`.

An empty cell (or `-`, `NULL`, `#N/A`) means *unknown*, never 0. Days are written 2026-03-31 and
moments 2026-03-31T14:05:00Z; without an offset they are in your own time zone. `--dates` and
`--decimal` tell otherwise. Lists are separated by `;`.

`renewal_date` of accounts.csv is the **last day** of the current contract: it renews the day after.
The columns from `arr` to `seats_used` make one contract, `{account_id}:main`; where all of them are
empty the stored contract stays as it is. Accounts with several contracts use contracts.csv instead.

signals.csv is for figures that a CRM or another tool has made already, where you have no usage,
invoices, contacts or surveys to bring: what is measured from those goes before. An adoption rate
with `%` is a percentage, one without is a share up to 1 (`1` is all of it) and a percentage above.
Trend, payment status and engagement are also known by other usual words; `overdue` alone counts as
`overdue_30`. A newer row of the same feed is its whole word: what it leaves empty is unknown again.

`external_ids` say what other systems call the account, so that their tickets find it:
`jira-organization:NAME`, `jira-field:VALUE`, `label:SLUG` (for the label `acct:SLUG`),
`jira-component:NAME` (or `jira-component:PROJECT/NAME`), `jira-project:KEY`.
"""
