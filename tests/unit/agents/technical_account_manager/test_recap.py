"""What a letter looks back on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agents.technical_account_manager.recap import (
    last_letter,
    last_talk,
    recap_of,
    usage_move,
)
from app.agents.technical_account_manager.trust import Trusted
from app.domain.draft import DraftState
from app.domain.recap import NO_LETTER, NO_TALK, LastLetter, LastTalk, Recap, UsageMove
from app.domain.ticket import Priority, Ticket, TicketStatus
from tests.builders import (
    TODAY,
    day_ago,
    days_ago,
    draft,
    facts,
    interaction,
    ticket,
    usage_window,
)


def solved(number: str, *, age: float, priority: Priority | None = None) -> Ticket:
    return ticket(
        ticket_id=number,
        status=TicketStatus.RESOLVED,
        resolved_at=days_ago(age),
        created_at=days_ago(age + 2),
        priority=priority,
    )


def recap(*tickets: Ticket, letter: LastLetter = NO_LETTER, days: int = 30) -> Recap:
    known = Trusted(
        facts=facts(usage=usage_window()),
        tickets=tickets,
        tickets_known=True,
        usage_known=True,
        troubles=(),
    )
    return recap_of(known, letter, days=days, today=TODAY, percent=25)


def test_only_letters_that_went_out_are_remembered() -> None:
    letters = [
        draft(draft_id="d-3", created_at=days_ago(1)),
        draft(draft_id="d-2", created_at=days_ago(9), state=DraftState.EDITED),
        draft(draft_id="d-1", created_at=days_ago(20), state=DraftState.SENT),
        draft(draft_id="d-0", created_at=days_ago(2), state=DraftState.DROPPED),
    ]

    assert last_letter(letters) == LastLetter(
        on=day_ago(9), communication_type="escalation_outreach"
    )
    assert last_letter(letters[:1]) == NO_LETTER


def test_the_last_talk_is_the_one_of_its_day() -> None:
    met = [
        interaction(interaction_id="b", kind="email", happened_at=days_ago(5)),
        interaction(
            interaction_id="c",
            kind="call",
            happened_at=days_ago(5),
            stakeholder_email="kim@acme.example",
        ),
        interaction(interaction_id="d", kind="visit", happened_at=days_ago(5), meaningful=False),
        interaction(interaction_id="e", kind="meeting", happened_at=days_ago(9)),
    ]

    assert last_talk(met, day_ago(5)) == LastTalk(kind="call", person="kim@acme.example")
    assert last_talk(met, day_ago(6)) == NO_TALK
    assert last_talk(met, None) == NO_TALK


def test_solved_tickets_are_told_urgent_ones_first_then_the_newest() -> None:
    found = recap(
        solved("old", age=31),
        solved("older", age=9),
        solved("newer", age=2),
        solved("urgent", age=20, priority=Priority.P1),
        ticket(ticket_id="open"),
    )

    assert [one.ticket_id for one in found.solved] == ["urgent", "newer", "older"]
    assert (found.since, found.is_since_letter) == (day_ago(30), False)


def test_a_letter_of_ours_cuts_short_what_is_looked_back_on() -> None:
    letter = LastLetter(on=day_ago(5), communication_type="health_checkin")

    found = recap(solved("before", age=9), solved("after", age=2), letter=letter)

    assert [one.ticket_id for one in found.solved] == ["after"]
    assert (found.since, found.is_since_letter) == (day_ago(5), True)


def test_a_letter_of_long_ago_cuts_nothing_short() -> None:
    letter = LastLetter(on=day_ago(40), communication_type="health_checkin")

    assert (recap(letter=letter).since, recap(letter=letter).is_since_letter) == (
        day_ago(30),
        False,
    )


@pytest.mark.parametrize(
    "recent, before, weeks, move",
    [
        (400, 800, 8, UsageMove.STEADY),
        (100, 800, 8, UsageMove.FELL),
        (900, 800, 8, UsageMove.GREW),
        (900, 800, 3, UsageMove.UNKNOWN),
        (0, 0, 8, UsageMove.UNKNOWN),
        (0, 800, 8, UsageMove.FELL),
    ],
)
def test_use_moves_by_the_tenants_own_threshold(
    recent: int, before: int, weeks: int, move: UsageMove
) -> None:
    window = usage_window(events_recent=recent, events_before=before, weeks_before=weeks)

    assert usage_move(window, 25) is move
    assert usage_move(None, 25) is UsageMove.UNKNOWN


@given(
    st.lists(st.floats(0, 200), max_size=6),
    st.integers(1, 120),
    st.none() | st.integers(0, 200),
)
def test_nothing_from_before_the_first_day_is_told(
    ages: list[float], days: int, letter_age: int | None
) -> None:
    letter = NO_LETTER if letter_age is None else LastLetter(on=day_ago(letter_age))
    found = recap(
        *(solved(str(n), age=age) for n, age in enumerate(ages)), letter=letter, days=days
    )

    assert found.since is not None
    assert found.since >= day_ago(days)
    for one in found.solved:
        assert one.resolved_at is not None
        assert found.since <= one.resolved_at.date() <= TODAY
