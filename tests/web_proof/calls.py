"""What a large book's operator looks at: calls to a model over a year, and work that is parked."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, timedelta
from random import Random

CALLS_A_DAY = 40
PARKED = 30
PURPOSES = ("escalation_outreach", "churn_outreach", "health_checkin", "expansion_outreach")
AGENTS = ("technical_account_manager", "customer_success", "sales")


def add_calls(driver: sqlite3.Connection, today: date) -> None:
    """A year of calls to a model, some of which failed."""
    dice = Random("calls")
    accounts = [one for (one,) in driver.execute("SELECT account_id FROM main.accounts LIMIT 500")]
    rows = [
        (
            "main",
            f"call-{ago}-{turn}",
            int(_morning(today, ago).timestamp() * 1_000_000) + turn,
            today.toordinal() - ago,
            dice.choice(AGENTS),
            dice.choice(accounts),
            dice.choice(PURPOSES),
            "primary",
            "failed" if dice.random() < 0.02 else "answered",
            dice.randrange(900, 2500),
            dice.randrange(200, 600),
            dice.randrange(3_000, 20_000),
        )
        for ago in range(365)
        for turn in range(CALLS_A_DAY)
    ]
    driver.executemany(
        "INSERT INTO main.model_calls (tenant_id, call_id, at, day, agent, account_id, purpose,"
        " model, state, input_tokens, output_tokens, cost_micros)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )


def _morning(today: date, ago: int) -> datetime:
    day = today - timedelta(days=ago)
    return datetime(day.year, day.month, day.day, 7, 30, tzinfo=UTC)


def add_parked(driver: sqlite3.Connection) -> None:
    """Some effects of the last days could not be done, and wait for a person."""
    driver.execute(
        "UPDATE main.effects SET state = 'parked', parked_for = 'access', remote_id = NULL,"
        " error = 'gmail: drafts.create: 401 invalid_grant' WHERE key IN (SELECT key FROM"
        " main.effects WHERE kind = 'draft' ORDER BY place DESC, key LIMIT ?)",
        (PARKED,),
    )
