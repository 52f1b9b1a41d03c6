"""A model that obeys hidden orders is refused, and the customer's letter is the template's."""

from __future__ import annotations

import pytest

from app.services.writer import TemplateWriter
from tests.injection.corpora import CANARY, jailbreaks, malicious, sample
from tests.injection.facts import told_in_tickets
from tests.injection.obedient import LETTERS, NAME, WAYS, good_letter, is_replaced, orders, worded

CASES = (*malicious()[::6], *sample(jailbreaks(), 40))


@pytest.mark.parametrize("kind", LETTERS)
def test_the_same_model_is_believed_while_it_writes_what_is_true(kind: str) -> None:
    for case in malicious()[:3]:
        facts = told_in_tickets(case.text)
        letter = worded(kind, facts, "")
        assert letter.worded_by == NAME, letter.refused
        assert letter.body_text == good_letter(kind, facts).body_text


@pytest.mark.parametrize("way", WAYS)
def test_a_link_or_an_image_that_it_was_told_to_write_is_replaced(way: str) -> None:
    facts = told_in_tickets(malicious()[0].text)
    letter = worded("escalation_outreach", facts, WAYS[way])
    plain = TemplateWriter().letter("escalation_outreach", facts)
    assert (letter.body_html, letter.worded_by) == (plain.body_html, "template")
    assert letter.confidence == "low"
    assert letter.refused


def test_a_canary_is_named_to_the_rep_as_what_was_refused() -> None:
    facts = told_in_tickets(malicious()[0].text)
    letter = worded("escalation_outreach", facts, f"<p>Reference: {CANARY}</p>")
    assert CANARY not in letter.body_text
    assert any(CANARY.split("-")[0] in why for why in letter.refused)


def test_every_order_of_every_kind_is_tried_in_turn() -> None:
    tried = {orders(case)[n % len(orders(case))] for n, case in enumerate(CASES)}
    assert len(tried) > 12


def test_whatever_an_order_makes_a_model_write_is_replaced() -> None:
    assert [case.case_id for n, case in enumerate(CASES) if not is_replaced(case, n)] == []
