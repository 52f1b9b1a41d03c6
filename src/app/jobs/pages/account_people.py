"""An account's people: who they are, how technical, who said so, and when each was last heard."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.account import Stakeholder, TechnicalMaturity
from app.domain.act import MaturityWord
from app.domain.activity import Interaction, SurveyResponse
from app.jobs.pages.account_asked import AccountAsked, Refused
from app.ports.store import Unit

MOST_PEOPLE, MOST_SURVEYS, MOST_CONTACTS = 200, 6, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One of the customer's people."""

    person: Stakeholder
    word: MaturityWord | None
    """What a rep said of his maturity; None: it is as imported, or nobody told."""
    last_contact: Interaction | None
    """None: no contact names him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """The view."""

    people: tuple[PersonLine, ...]
    """At most 200, primary ones first."""
    known: int
    """How many there are."""
    others: tuple[Interaction, ...]
    """Newest contacts with people who are not on the list, newest first."""
    levels: tuple[TechnicalMaturity, ...]
    contacts: tuple[Interaction, ...]
    """The newest with anybody, newest first."""
    surveys: tuple[SurveyResponse, ...]
    """The newest answers to the recommendation question, newest first."""
    refused: Refused | None
    """A change that was just refused."""


def people_view(unit: Unit, asked: AccountAsked) -> PeopleView:
    """The account's people."""
    people = unit.people.stakeholders(asked.account_id)
    words = unit.words.maturities(asked.account_id)
    contacts = dict(unit.sheet.last_contacts(asked.account_id, until=asked.now))
    contacts.pop("", None)
    lines = tuple(
        PersonLine(
            person=one,
            word=words.get(one.email.lower()),
            last_contact=contacts.pop(one.email.lower(), None),
        )
        for one in people
    )
    others = sorted(contacts.values(), key=lambda one: one.happened_at, reverse=True)
    return PeopleView(
        people=lines[:MOST_PEOPLE],
        known=len(lines),
        others=tuple(others[:MOST_PEOPLE]),
        levels=tuple(TechnicalMaturity),
        refused=asked.refused,
        contacts=unit.detail.contacts(asked.account_id, until=asked.now, most=MOST_CONTACTS),
        surveys=unit.sheet.surveys(asked.account_id, most=MOST_SURVEYS),
    )
