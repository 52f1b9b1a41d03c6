"""What of a dossier may be told to a customer: facts whose feeds are late or failed may not.

An unread ticket may be solved by now and an unheard integration alive: unknown is not zero, and
not what it was either.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.domain.book import AccountFacts
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusted:
    """An account's facts as far as their word can be given on."""

    facts: AccountFacts
    tickets: tuple[Ticket, ...]
    """Of the last half year; empty where tickets cannot be trusted."""
    tickets_known: bool
    """All who may have some tell us of them now, so that none means none."""
    usage_known: bool
    troubles: tuple[str, ...]
    """Why something is left out, in words for the rep, each once."""


def trusted(dossier: Dossier, *, with_tickets: bool = False) -> Trusted:
    """The facts that can be trusted. `with_tickets`: open tickets whatever their feed says."""
    tickets = _trouble(dossier, FactKind.TICKETS)
    usage = _trouble(dossier, FactKind.USAGE)
    pulse = _trouble(dossier, FactKind.HEARTBEATS)
    unread = dossier.feeds.unread_for(dossier.account_id)
    facts = dossier.facts
    if tickets is not None and not with_tickets:
        facts = replace(facts, open_tickets=())
    if usage is not None:
        facts = replace(facts, usage=None, features_used=())
    if pulse is not None:
        facts = replace(facts, last_heartbeat=None)
    return Trusted(
        facts=facts,
        tickets=dossier.tickets if tickets is None else (),
        tickets_known=tickets is None
        and not unread
        and bool(facts.open_tickets or _speaks(dossier, FactKind.TICKETS)),
        usage_known=usage is None and bool(facts.usage or _speaks(dossier, FactKind.USAGE)),
        troubles=tuple(
            dict.fromkeys(
                one
                for one in (tickets, usage, pulse, *[source.words for source in unread])
                if one is not None
            )
        ),
    )


def _trouble(dossier: Dossier, kind: FactKind) -> str | None:
    return dossier.feeds.trouble_for(dossier.account_id, (kind,))


def _speaks(dossier: Dossier, kind: FactKind) -> bool:
    return bool(dossier.feeds.speaking_for(dossier.account_id, kind))
