"""Since when something counts as new, in words."""

from __future__ import annotations

from datetime import date

from app.domain.today import Window
from app.web.pages.today_words import since_words
from tests.builders import TODAY, scan


def test_a_day_of_this_week_is_told_by_its_name_and_an_older_one_by_its_date() -> None:
    def told(day: date) -> str:
        return since_words(Window(since=scan(local_day=day)), TODAY)

    assert told(date(2026, 3, 6)) == " since Friday’s scan"
    assert told(date(2026, 3, 4)) == " since the scan of 4 March 2026"
    assert since_words(Window(), TODAY) == ""
