"""What a letter to an account may speak of: its facts, as the relationship profile has them.

Only what can be trusted goes in, and a rep's words on the profile count like any other fact.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.agents.technical_account_manager.addressee import addressee_of
from app.agents.technical_account_manager.health_report import silence_of
from app.agents.technical_account_manager.profile import StoredProfile
from app.agents.technical_account_manager.profile_people import people_of
from app.agents.technical_account_manager.readings import Reading
from app.agents.technical_account_manager.recap import last_letter, last_talk, recap_of
from app.agents.technical_account_manager.schemas import RelationshipProfile
from app.agents.technical_account_manager.trust import Trusted, trusted
from app.domain.account import Stakeholder
from app.domain.announcement import NOTHING_ANNOUNCED, Announced
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.recap import UsageMove
from app.ports.writer import OutreachFacts

BY_HAND = "manual"
NEW_CUSTOMER_DAYS = 28
"""Four weeks are for setting up; nobody is asked then why he does not use what he has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondent:
    """The account as a letter to it sees it."""

    dossier: Dossier
    known: Trusted
    people: tuple[Stakeholder, ...]
    """With the maturity that texts to them go by."""

    @property
    def addressee(self) -> Stakeholder | None:
        """Whom a letter greets; None: nobody is known."""
        return addressee_of(self.people, self.dossier.contacts)


def correspondent_of(
    dossier: Dossier,
    stored: StoredProfile,
    profile: RelationshipProfile,
    *,
    with_tickets: bool,
) -> Correspondent:
    """The account as a letter sees it: by its profile, and as far as its facts can be trusted.

    `with_tickets`: the letter is about the open tickets, whatever their feed says.
    """
    return Correspondent(
        dossier=dossier,
        known=as_profiled(trusted(dossier, with_tickets=with_tickets), profile),
        people=people_of(dossier, stored.said),
    )


def as_profiled(known: Trusted, profile: RelationshipProfile) -> Trusted:
    """The facts with what the profile says of integrations, environment and features.

    A ticket on a feature counts as a ticket, and not once more as its use.
    """
    counted = [
        one
        for one in profile.feature_adoption
        if one.source == BY_HAND or (known.usage_known and one.source != "ticket")
    ]
    account = replace(
        known.facts.account,
        integrations=tuple(one.integration_name for one in profile.integrations),
        environment=tuple(profile.customer_environment),
        features=tuple(
            dict.fromkeys((*known.facts.account.features, *(one.feature_name for one in counted)))
        ),
    )
    used = tuple(one.feature_name for one in counted if one.adopted)
    return replace(known, facts=replace(known.facts, account=account, features_used=used))


def letter_facts(
    to: Correspondent, *, look_back_days: int, announced: Announced = NOTHING_ANNOUNCED
) -> OutreachFacts:
    """All that a letter to the account may speak of."""
    dossier, facts = to.dossier, to.known.facts
    settings, now = dossier.settings, dossier.context.now
    record = dossier.records.get(Agent.TAM)
    letter = last_letter(dossier.letters)
    addressee = to.addressee
    recap = recap_of(
        to.known,
        letter,
        days=look_back_days,
        today=now.date(),
        percent=settings.csm.usage_decline_percent,
    )
    contact_on = facts.engagement.last_meaningful_on
    return OutreachFacts(
        account=facts.account,
        contract=facts.contract,
        stakeholders=to.people,
        rep=dossier.rep,
        open_tickets=facts.open_tickets,
        last_heartbeat=facts.last_heartbeat,
        silent_hours=silence_of(facts, Reading.of(dossier)),
        reasons=() if record is None else record.reasons,
        band=Band.UNKNOWN if record is None else record.band,
        now=now,
        usage_fell=recap.usage is UsageMove.FELL,
        features_unused=_unused(to.known, now.date()),
        features_used=facts.features_used,
        long_wait_days=settings.tam.p1_p2_age_threshold_days,
        many_tickets=settings.tam.open_ticket_count_threshold,
        tickets_known=to.known.tickets_known,
        last_contact_on=contact_on,
        last_talk=last_talk(dossier.contacts, contact_on),
        last_letter=letter,
        addressee="" if addressee is None else addressee.email,
        recap=recap,
        announced=announced,
    )


def _unused(known: Trusted, today: date) -> tuple[str, ...]:
    """Nothing is called unused while nobody tells of use, or while a customer is still set up."""
    facts = known.facts
    since = facts.account.customer_since
    is_new = since is not None and (today - since).days < NEW_CUSTOMER_DAYS
    if is_new or not known.usage_known:
        return ()
    return tuple(name for name in facts.account.features if name not in facts.features_used)
