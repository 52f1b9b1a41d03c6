"""A review as a whole: its period, what is for the customer, and what is not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from pydantic import JsonValue

from app.agents.customer_success.qbr import (
    form_of,
    kept_review,
    period_in_words,
    period_of,
    refuse_other_times,
    review,
    title_of,
)
from app.agents.customer_success.qbr_text import INTERNAL_TITLE, render_qbr_text
from app.agents.customer_success.schemas import QBRContent
from app.agents.front_door import as_json
from app.domain.act import Note
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.opportunity import OpportunityState
from app.domain.override import Override
from app.domain.tenant_settings import TenantSettings
from app.errors import InvalidInput
from tests.builders import NOW, TODAY, account, contract, day_ago, days_ago, incident
from tests.fakes.dossiers import dossier, known_facts
from tests.unit.agents.customer_success.any_dossiers import dossiers
from tests.unit.agents.customer_success.test_gate import found, word
from tests.unit.agents.scored_accounts import feeds_for

FULL = known_facts(contract=contract(seats_used=50))


def made(given: Dossier) -> QBRContent:
    return review(given, "2026-Q1", "quarterly")


def kept(body: dict[str, JsonValue], key: str = "2026-Q1") -> Document:
    return Document(
        kind=DocumentKind.QBR,
        subject="acme",
        key=key,
        title="Acme: review",
        body=body,
        made_by="customer_success",
        made_at=NOW,
    )


@pytest.mark.parametrize(
    "metadata, told",
    [
        ({}, ("2026-Q1", "quarterly")),
        ({"trigger": "quarterly"}, ("2026-Q1", "quarterly")),
        ({"trigger": "contract_proximity"}, ("2026-12-31:acme-1", "contract_proximity")),
        ({"period": "2026-Q2"}, ("2026-Q2", "quarterly")),
        ({"period": "2027-03-31:C-12"}, ("2027-03-31:C-12", "contract_proximity")),
    ],
)
def test_the_period_is_as_asked_else_this_quarter(
    metadata: dict[str, JsonValue], told: tuple[str, str]
) -> None:
    assert period_of(metadata, dossier()) == told


@pytest.mark.parametrize(
    "metadata, reason",
    [
        ({"trigger": "boredom"}, "trigger: quarterly or contract_proximity"),
        ({"period": "2026"}, "period: a quarter such as"),
        ({"period": 2026}, "period: a quarter such as"),
        ({"period": "2026-02-31:C-1"}, "period: a quarter such as"),
        ({"period": "2026-Q1", "trigger": "contract_proximity"}, "this form is quarterly"),
    ],
)
def test_what_is_wrong_with_a_period_is_said(metadata: dict[str, JsonValue], reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        period_of(metadata, dossier())


def test_a_contract_without_an_end_has_no_term_to_review() -> None:
    endless = dossier(facts=known_facts(contract=contract(ends_on=None)))

    with pytest.raises(InvalidInput, match="no running contract of this account has an end"):
        period_of({"trigger": "contract_proximity"}, endless)


@pytest.mark.parametrize("period", ["2025-Q4", "2026-Q1", "2026-Q2", "2019-12-31:C-1"])
def test_the_quarters_around_today_can_be_prepared(period: str) -> None:
    refuse_other_times(period, TODAY)


@pytest.mark.parametrize("period", ["2025-Q3", "2026-Q3", "1999-Q1"])
def test_figures_of_today_make_no_review_of_long_ago(period: str) -> None:
    with pytest.raises(InvalidInput, match="2025-Q4, 2026-Q1 or 2026-Q2 alone"):
        refuse_other_times(period, TODAY)


def test_a_period_is_read_as_people_say_it() -> None:
    assert period_in_words("2026-Q1") == "2026-Q1"
    assert title_of("Acme\n", "2027-03-31:C") == (
        "Acme: quarterly business review for the contract term up to 2027-03-31"
    )
    assert form_of(None) is None


def test_the_kept_review_of_the_period_is_found_among_all_documents() -> None:
    content = made(dossier())
    others = (
        kept({}, key="2025-Q4"),
        Document(
            kind=DocumentKind.ADOPTION,
            subject="acme",
            key="2026-Q1",
            title="",
            body={},
            made_by="",
            made_at=NOW,
        ),
    )
    given = dossier(documents=(*others, kept(as_json(content))))

    assert kept_review(given, "2026-Q1") == content
    assert kept_review(dossier(documents=others), "2026-Q1") is None


def test_a_kept_review_that_is_broken_is_named() -> None:
    with pytest.raises(InvalidInput, match="Acme: review: the kept review is not in order"):
        kept_review(dossier(documents=(kept({"account_id": "acme"}),)), "2026-Q1")


def test_what_was_closed_is_not_offered_again() -> None:
    closed = found("acme", OpportunityState.CLOSED)
    full = dossier(facts=FULL)
    one = f"{made(full).expansion_next_steps.points}"

    assert "13 more seats" in one
    known = [
        type(closed)(
            **{name: getattr(closed, name) for name in closed.__slots__}
            | {"opportunity_id": "seats:acme:acme-1:50"}
        )
    ]
    given = dossier(facts=FULL, opportunities=tuple(known))
    assert "13 more seats" not in f"{made(given).expansion_next_steps.points}"


def test_what_a_rep_should_know_stands_apart() -> None:
    said: Override = word(Agent.TAM, Band.RED, until=day_ago(-3))
    given = dossier(
        facts=known_facts(account=account(notes="CFO is new", deal_stage="Renewal")),
        incidents=(incident(opened_at=days_ago(6)),),
        words={Agent.TAM: said},
        notes=tuple(
            Note(account_id="acme", at=NOW, by="rita@tend.example", text=f"note {number}\nmore")
            for number in range(5)
        ),
    )

    assert made(given).internal_notes.splitlines() == [
        "Churn risk: medium (a technical escalation is open).",
        "The TAM band is Red by the word of rita@tend.example until 2026-03-14: they told me",
        "Incident: technical escalation, open, since 2026-03-05 (tam_escalation:acme:1)",
        "Nothing is offered now: technical health is Red.",
        "Deal stage: Renewal",
        "CRM notes: CFO is new",
        *[f"Note of 2026-03-11 by rita@tend.example: note {number} more" for number in range(3)],
    ]


def test_a_quiet_account_has_little_to_note() -> None:
    assert made(dossier()).internal_notes == "Churn risk: low."


def test_a_review_for_the_customer_has_its_four_sections_and_nothing_internal() -> None:
    content = made(dossier(facts=FULL))
    text = render_qbr_text(content, for_customer=True)

    assert text.startswith("Acme: quarterly business review for 2026-Q1\n=====")
    assert "As known on 2026-03-11." in text
    for title in ("Account health", "Return and business impact", "Feature adoption"):
        assert f"{title}\n---" in text
    assert INTERNAL_TITLE not in text
    assert "Churn" not in text


def test_a_review_for_the_rep_ends_with_the_marked_internal_notes() -> None:
    text = render_qbr_text(made(dossier()), for_customer=False)

    assert text.endswith(f"{INTERNAL_TITLE}\n{'-' * len(INTERNAL_TITLE)}\n  - Churn risk: low.\n")
    empty = made(dossier()).model_copy(update={"internal_notes": "", "prepared_on": None})
    bare = render_qbr_text(empty, for_customer=False)
    assert bare.endswith("  - Nothing to note.\n")
    assert "As known on" not in bare
    assert "Your contact: Rita.\n" in bare
    nobodys = render_qbr_text(empty.model_copy(update={"rep_name": ""}), for_customer=True)
    assert "Your contact" not in nobodys


def test_markdown_keeps_other_peoples_text_as_text() -> None:
    hostile = "[click](https://evil.example) <b>|*now*"
    given = dossier(
        facts=known_facts(account=account(name=hostile, integrations=(hostile,))),
        settings=TenantSettings(),
    )
    text = render_qbr_text(made(given), for_customer=True, markdown=True)

    assert "\\[click\\](https://evil.example) \\<b\\>\\|\\*now\\*" in text
    assert not re.search(r"(?<!\\)\[click", text)
    assert "| Integrations | \\[click" in text
    assert "## Account health" in text


def test_markdown_has_no_empty_table() -> None:
    unscanned = dossier(records={}, usage_90={}, feeds=feeds_for(FactKind.USAGE))
    text = render_qbr_text(made(unscanned), for_customer=True, markdown=True)

    assert "Health has not been measured yet.\n\n## Return" in text


@given(dossiers())
def test_no_review_for_a_customer_says_churn_or_risk_and_none_is_a_wall_of_text(
    given: Dossier,
) -> None:
    content = made(given)
    text = render_qbr_text(content, for_customer=True)

    assert not re.search("churn|risk", text, re.IGNORECASE)
    assert QBRContent.model_validate_json(content.model_dump_json()) == content
    for section in (
        content.account_health_summary,
        content.roi_business_impact,
        content.feature_adoption_scorecard,
        content.expansion_next_steps,
    ):
        assert 1 <= len(re.findall(r"\.(?:\s|$)", section.text)) <= 4
        assert len(section.text) < 700
        assert len(section.metrics) <= 16
