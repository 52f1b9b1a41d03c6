"""The first page in words: since when something is new, and who has room to grow."""

from __future__ import annotations

from datetime import date

from app.domain.opportunity import OpportunityKind
from app.domain.today import Window
from app.ports.today import NewOpportunity
from app.web.pages.today_words import growing, since_words
from tests.builders import NOW, TODAY, scan


def test_a_day_of_this_week_is_told_by_its_name_and_an_older_one_by_its_date() -> None:
    def told(day: date) -> str:
        return since_words(Window(since=scan(local_day=day)), TODAY)

    assert told(date(2026, 3, 6)) == " since Friday’s scan"
    assert told(date(2026, 3, 4)) == " since the scan of 4 March 2026"
    assert since_words(Window(), TODAY) == ""


def test_an_account_with_room_to_grow_is_told_once_with_all_of_it() -> None:
    def found(account: str, name: str) -> NewOpportunity:
        return NewOpportunity(
            opportunity_id=f"{account}:{name}",
            account_id=account,
            account=account.title(),
            kind=OpportunityKind.MODULE,
            name=name,
            updated_at=NOW,
        )

    first, second = growing([found("b", "Audit"), found("a", "Seats"), found("b", "NetSuite")])
    assert (first.account_id, first.account, first.names) == ("b", "B", ("Audit", "NetSuite"))
    assert second.names == ("Seats",)
    assert growing([]) == ()
