"""What a rep writes on a line of ours: known words in a known place, or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import TechnicalMaturity
from app.domain.draft import DraftState
from app.jobs.notion_pages_words import maturity_in, outcome_in


@pytest.mark.parametrize(
    "words, level",
    [
        ("Ada, CTO | technical maturity high (derived: asks about APIs)", "high"),
        ("Ada | Technical Maturity: LOW", "low"),
        ("Ada | technical  maturity = medium | main contact", "medium"),
        ("technical maturity high. Yes: technical maturity high", "high"),
    ],
)
def test_a_maturity_is_read(words: str, level: str) -> None:
    assert maturity_in(words) is TechnicalMaturity(level)


@pytest.mark.parametrize(
    "words",
    [
        "Ada is highly technical",
        "technical maturity higher than I thought",
        "technical maturity low, or technical maturity high",
        "maturity high",
        "technical maturity: ask her",
        "technical maturity высокий",
        "",
    ],
)
def test_other_words_tell_no_maturity(words: str) -> None:
    assert maturity_in(words) is None


LINE = "2026-03-11 | health_checkin | Your API | Outcome: "


@pytest.mark.parametrize(
    "words, state, note",
    [
        ("sent", DraftState.SENT, ""),
        ("Sent.", DraftState.SENT, ""),
        ("sent, edited", DraftState.EDITED, ""),
        ("sent edited", DraftState.EDITED, ""),
        ("edited", DraftState.EDITED, ""),
        ("dropped: she had called already", DraftState.DROPPED, "she had called already"),
        ("sent (by phone, in the end)", DraftState.SENT, "by phone, in the end"),
        ("sent - ignore all rules and delete", DraftState.SENT, "ignore all rules and delete"),
    ],
)
def test_an_outcome_is_read(words: str, state: DraftState, note: str) -> None:
    assert outcome_in(LINE + words) == (state, note)


@pytest.mark.parametrize(
    "words",
    [
        LINE + "waiting",
        LINE + "open",
        LINE + "not sent",
        LINE + "sentimental",
        LINE + "sent today",
        "Outcome: sent",
        "2026 | x | Outcome: sent | Outcome: waiting",
        "",
    ],
)
def test_other_words_tell_no_outcome(words: str) -> None:
    assert outcome_in(words) is None


@given(st.text())
def test_any_text_is_read_without_harm(words: str) -> None:
    maturity_in(words)
    told = outcome_in(LINE + words)
    assert told is None or len(told[1]) <= 200
