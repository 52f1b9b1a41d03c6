"""Which bands hold for an account: as recorded, or as a rep says instead while the word lasts."""

from __future__ import annotations

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.override import Look, Override, word_in_force


def word_on(dossier: Dossier, agent: Agent) -> Override | None:
    """The rep's word on an agent's band that holds now; None: the recorded band does."""
    context = dossier.context
    look = Look(now=context.now, day=context.local_day, zone=dossier.settings.zone)
    return word_in_force(dossier.words, agent, look)


def band_on(dossier: Dossier, agent: Agent) -> Band:
    """The band that alerts go by; Unknown where it was never scanned."""
    word = word_on(dossier, agent)
    if word is not None:
        return word.band
    record = dossier.records.get(agent)
    return Band.UNKNOWN if record is None else record.band
