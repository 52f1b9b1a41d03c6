"""The people of a relationship profile, and how technical a text to each of them may be.

A rep's word wins and says so; without one the signs in contacts and tickets speak.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.agents.technical_account_manager.matching import key_of
from app.agents.technical_account_manager.maturity import Maturity, Signs, maturity_of, said_by_rep
from app.agents.technical_account_manager.profile_words import ProfileWords, StakeholderWord
from app.agents.technical_account_manager.schemas import StakeholderProfile
from app.clock import local_day
from app.domain.account import Stakeholder
from app.domain.dossier import Dossier


def stakeholders_of(dossier: Dossier, said: ProfileWords) -> list[StakeholderProfile]:
    """Everybody known at the account, then whom only a rep named."""
    signs = _signs(dossier)
    words = _by_name(said.stakeholders)
    known = {key_of(person.name) for person in dossier.stakeholders}
    strangers = [
        Stakeholder(account_id=dossier.account_id, email="", name=word.name)
        for key, word in words.items()
        if key not in known
    ]
    return [
        _profile(person, words.get(key_of(person.name)), dossier, signs)
        for person in (*dossier.stakeholders, *strangers)
    ]


def people_of(dossier: Dossier, said: ProfileWords) -> tuple[Stakeholder, ...]:
    """The account's people as letters know them: each with the maturity that texts go by."""
    signs = _signs(dossier)
    words = _by_name(said.stakeholders)
    return tuple(
        replace(
            person,
            technical_maturity=_maturity(person, words.get(key_of(person.name)), signs).level,
        )
        for person in dossier.stakeholders
    )


def _profile(
    person: Stakeholder, word: StakeholderWord | None, dossier: Dossier, signs: Signs
) -> StakeholderProfile:
    maturity = _maturity(person, word, signs)
    said = "" if word is None or word.notes is None else word.notes
    known = (said, "main contact" if person.is_primary else "", _last_contact(person, dossier))
    return StakeholderProfile(
        name=person.name,
        role=person.role if word is None or word.role is None else word.role,
        technical_maturity=maturity.level,
        notes="; ".join(one for one in known if one),
        maturity_source=maturity.source,
        maturity_reason=maturity.reason,
    )


def _last_contact(person: Stakeholder, dossier: Dossier) -> str:
    """The last contact that told something; empty: none is known."""
    met = _signs(dossier).of(person.email)
    if not met:
        return ""
    last = max(met, key=lambda one: one.happened_at)
    return f"last contact {local_day(last.happened_at, dossier.settings.zone)} ({last.kind})"


def _maturity(person: Stakeholder, word: StakeholderWord | None, signs: Signs) -> Maturity:
    """A word on the profile wins, unless one said elsewhere has changed since."""
    if word is None or word.technical_maturity is None:
        return maturity_of(person, signs)
    elsewhere = person.technical_maturity
    if elsewhere is not None and elsewhere is not word.instead_of:
        return said_by_rep(elsewhere)
    return said_by_rep(word.technical_maturity)


def _signs(dossier: Dossier) -> Signs:
    return Signs(contacts=dossier.contacts, tickets=dossier.tickets)


def _by_name(words: Sequence[StakeholderWord]) -> Mapping[str, StakeholderWord]:
    return {key_of(word.name): word for word in words}
