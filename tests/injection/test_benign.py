"""Harmless words that look like an attack are quoted like any others."""

from __future__ import annotations

from app.services.writer import TemplateWriter
from tests.injection.corpora import benign
from tests.injection.facts import told_in_tickets


def test_harmless_subjects_are_quoted_and_not_left_out() -> None:
    writer, quoted = TemplateWriter(), 0
    for case in benign():
        letter = writer.letter("escalation_outreach", told_in_tickets(case.text))
        quoted += case.text[:40].split("\n")[0] in letter.body_text
    assert quoted >= 58
