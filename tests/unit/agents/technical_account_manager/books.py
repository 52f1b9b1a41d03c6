"""Whole books in memory, beside the dossiers of `tests.fakes.dossiers`."""

from __future__ import annotations

from collections.abc import Sequence

from app.agents.technical_account_manager.readings import (
    Reading,
    Scanned,
    ScannedBook,
)
from app.domain.assessment import Agent
from app.domain.dossier import Dossier
from app.domain.effect import EffectKind
from app.domain.incident import IncidentKind
from app.domain.told import Told


class BookInMemory:
    """`BookReader` over the same dossiers; `told` says what became of an escalation."""

    def __init__(self, *given: Dossier, told: Sequence[Told] = ()) -> None:
        self._given = sorted(given, key=lambda one: one.account_id)
        self._told = {one.account_id: one for one in told}

    async def book(self) -> ScannedBook:
        """Every account given."""
        return ScannedBook(
            reading=Reading.of(self._given[0]),
            accounts=tuple(
                Scanned(facts=one.facts, record=one.records.get(Agent.TAM), score_before=None)
                for one in self._given
            ),
        )

    async def escalated_accounts(self) -> Sequence[str]:
        """Those with a live escalation."""
        return [
            one.account_id
            for one in self._given
            if any(incident.kind is IncidentKind.TAM_ESCALATION for incident in one.incidents)
        ]

    async def escalation(self, account_id: str) -> Told | None:
        """What was said of the account."""
        return self._told.get(account_id)


def escalated(*done: EffectKind, is_under_way: bool = False) -> Told:
    """An escalation of `acme` of which these effects are done."""
    return Told(
        account_id="acme",
        done=frozenset(done),
        is_under_way=is_under_way,
        draft_id="d-1" if EffectKind.DRAFT in done else None,
    )
