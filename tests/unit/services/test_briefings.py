"""What a rep is told and advised to say: by template, from the facts alone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import InvalidInput, NotFound
from app.services.writer import BRIEFING_FACTS, TemplateWriter
from tests.unit.services.outreach import hostile

WRITER = TemplateWriter()
TALK = {"account_name": "Acme", "what": "Sync", "evidence": "It is so.", "renewal": "2027-01-01"}


@pytest.mark.parametrize("kind", ["seats", "module", "integration"])
def test_a_talk_track_says_what_is_so_what_to_ask_and_what_to_offer(kind: str) -> None:
    lines = WRITER.briefing(f"talk_track_{kind}", TALK).splitlines()

    assert lines[0] == "For your talk with Acme; yours alone, not to be sent as it stands."
    assert lines[1] == "- What is so: It is so."
    assert [line.split()[1] for line in lines[2:]] == ["Ask", "Offer", "The"]
    assert "Sync" in "".join(lines)
    assert len(WRITER.briefing(f"talk_track_{kind}", {**TALK, "renewal": ""}).splitlines()) == 4


def test_a_narrative_lists_its_reasons_for_the_rep_alone() -> None:
    told = {"account_name": "Acme", "churn_level": "high", "reasons": "One.\nTwo."}

    assert WRITER.briefing("churn_narrative", told) == (
        "Acme: churn risk high. Why, for you only, never for the customer:\n- One.\n- Two."
    )
    assert "Nothing triggers it" in WRITER.briefing("churn_narrative", {**told, "reasons": ""})


def test_what_is_ready_to_be_read_is_told_with_where() -> None:
    told = {"account_name": "Acme", "period": "2026-Q1", "where": "tend qbr acme"}
    sparse = {**told, "health": "", "arr": "", "renewal": ""}

    assert WRITER.alert("qbr_ready", sparse) == (
        "[QBR READY] Acme: the quarterly business review for 2026-Q1 is prepared\n"
        "Read it before you present it: tend qbr acme"
    )


def test_missing_facts_and_unknown_names_are_named() -> None:
    with pytest.raises(InvalidInput, match="briefing talk_track_seats: facts missing: evidence"):
        WRITER.briefing("talk_track_seats", {"account_name": "Acme", "what": "", "renewal": ""})
    with pytest.raises(NotFound, match="no briefing 'gossip'"):
        WRITER.briefing("gossip", {})


@pytest.mark.parametrize("name", sorted(BRIEFING_FACTS))
@given(texts=st.lists(hostile, min_size=4, max_size=4))
def test_no_briefing_is_moved_by_hostile_facts(name: str, texts: list[str]) -> None:
    facts = dict(zip(sorted(BRIEFING_FACTS[name]), texts, strict=False))
    text = WRITER.briefing(name, facts)

    assert "49" not in text or any("49" in one for one in texts)
    assert not re.search(r"[\u202a-\u202e\x00-\x08\r]", text)
