"""Harmless words that look like an attack are quoted like any others."""

from __future__ import annotations

from app.services.writer import TemplateWriter
from tests.injection.corpora import benign
from tests.injection.facts import told_in_tickets
from tests.injection.figures import QUOTING, passes

FEWEST = 61
"""Of 63: one names a file like a host in Paraguay, one is an address that holds a picture."""


def test_a_letter_that_quotes_a_harmless_subject_stands() -> None:
    refused = [case.case_id for case in benign() if not passes(case, QUOTING[:1])]
    assert len(refused) <= len(benign()) - FEWEST, refused


def test_harmless_subjects_are_quoted_and_not_left_out() -> None:
    writer, quoted = TemplateWriter(), 0
    for case in benign():
        letter = writer.letter("escalation_outreach", told_in_tickets(case.text))
        quoted += case.text[:40].split("\n")[0] in letter.body_text
    assert quoted >= 58
