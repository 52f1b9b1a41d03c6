"""What is said of Notion's limits, and of how long a book takes there."""

from __future__ import annotations

from app.cli.notion_words import limits_told, said_of
from app.ports.limits import Budget
from app.services.notion.setup.estimate import estimate_of
from app.services.notion.setup.planning import Plan, Survey
from app.services.notion.setup.wishes import ROLES
from app.services.notion.setup.workspace import Bot

BUDGET = Budget(calls=180, per_seconds=60)


def survey(most_file_bytes: int | None, *, makes: bool = True) -> Survey:
    bot = Bot(bot_id="b", name="Tend", workspace="Acme", most_file_bytes=most_file_bytes)
    return Survey(bot=bot, plans=tuple(Plan(role=role, source=None) for role in ROLES if makes))


def test_a_book_is_told_how_long_it_takes_the_first_time_and_daily() -> None:
    first, daily = said_of((10_000, 30_000, estimate_of(10_000, 30_000, 180)), BUDGET)
    assert "10,000 accounts and 30,000 tickets" in first
    assert "10,400 requests, 58 minutes at 180 requests a minute" in first
    assert "900 a day, 5 minutes" in daily
    _, daily = said_of((1_000, 3_000, estimate_of(1_000, 3_000, 180)), BUDGET)
    assert "90 a day, less than a minute" in daily


def test_limits_are_said_where_a_workspace_is_free_or_may_be() -> None:
    assert limits_told(survey(5_242_880), BUDGET)[0].startswith(
        "This workspace is on Notion's free"
    )
    assert limits_told(survey(None), BUDGET)[0].startswith("If this is a free workspace")
    assert limits_told(survey(5 * 1024**3), BUDGET) == []
    assert limits_told(survey(None, makes=False), BUDGET) == []
