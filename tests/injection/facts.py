"""Facts of one account in whose ticket subjects, and names where wanted, a text stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from app.domain.recap import Recap, UsageMove
from app.domain.ticket import Ticket, TicketStatus
from app.feeds.cells import read_name, read_subject
from app.ports.writer import Letter, OutreachFacts
from app.words.checks import refusals_of
from app.words.given import given_of
from app.words.refusal import Refusal
from tests import builders
from tests.builders import days_ago
from tests.unit.services.outreach import outreach, p1

HOSTS = ("tend.example", "acme.example")
"""Where our own people and the customer's are: their addresses may stand in a letter."""


def told_in_tickets(text: str) -> OutreachFacts:
    """An account with the text in the subject of an urgent ticket and of one just solved."""
    return outreach(
        open_tickets=(p1(subject=read_subject(text)), p1("PROD-9", subject="Export fails")),
        recap=Recap(since=days_ago(30).date(), solved=(_solved(text),), usage=UsageMove.STEADY),
        addressee="sam@acme.example",
    )


def told_everywhere(text: str) -> OutreachFacts:
    """The same, and the text is the account's name and its people's as well."""
    name = read_name(text)
    facts = told_in_tickets(text)
    people = (
        builders.stakeholder(name=name, role=name, is_primary=True),
        builders.stakeholder(email="kim@acme.example", name=name),
    )
    account = replace(facts.account, name=name, notes=text)
    return replace(facts, account=account, stakeholders=people)


def refused(letter: Letter, facts: OutreachFacts) -> Sequence[Refusal]:
    """What the checks find, no host being allowed."""
    return refusals_of(
        subject=letter.subject,
        body_text=letter.body_text,
        body_html=letter.body_html,
        to=(facts.addressee,),
        given=given_of(facts),
    )


def _solved(text: str) -> Ticket:
    return builders.ticket(
        ticket_id="PROD-3",
        status=TicketStatus.RESOLVED,
        created_at=days_ago(20),
        resolved_at=days_ago(6),
        subject=read_subject(text),
    )
