"""What an offer to a customer may speak of: what they use, and what is proposed. No price.

Only what can be trusted goes in; tickets, silence and falling use are other letters' matters.
"""

from __future__ import annotations

from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.proposal import Proposal
from app.ports.writer import OutreachFacts


def offer_facts(dossier: Dossier, proposal: Proposal) -> OutreachFacts:
    """The facts of an offer."""
    facts = dossier.facts
    return OutreachFacts(
        account=facts.account,
        contract=facts.contract,
        stakeholders=dossier.stakeholders,
        rep=dossier.rep,
        open_tickets=(),
        last_heartbeat=None,
        silent_hours=None,
        reasons=(),
        band=Band.UNKNOWN,
        now=dossier.context.now,
        features_used=_used(dossier),
        last_contact_on=facts.engagement.last_meaningful_on,
        proposal=proposal,
    )


def recipients(dossier: Dossier) -> tuple[str, ...]:
    """Whom the offer is addressed to: the primary contact, else the first; empty: nobody known."""
    primary = [one.email for one in dossier.stakeholders if one.is_primary]
    everyone = [one.email for one in dossier.stakeholders]
    return tuple((primary or everyone)[:1])


def _used(dossier: Dossier) -> tuple[str, ...]:
    """Features it has and uses; empty where usage cannot be trusted at the moment."""
    facts = dossier.facts
    if dossier.feeds.trouble_for(dossier.account_id, (FactKind.USAGE,)) is not None:
        return ()
    has = facts.account.features
    return tuple(one for one in facts.features_used if not has or one in has)
