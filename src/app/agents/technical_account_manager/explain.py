"""Why the technical score moved, and the fewest changes that would lift its band.

Both ask the real scorer; nothing here knows what a factor costs.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from app.agents.technical_account_manager.health_scorer import HealthScorer
from app.agents.technical_account_manager.inputs import OpenTicket, TamInputs
from app.agents.technical_account_manager.ledger import MOST_NAMED
from app.domain.band import Band
from app.domain.counterfactual import WayUp, is_better, listed, out_of_reach
from app.domain.explanation import Cause, Move, Recorded, explain_move, kept_move
from app.domain.tenant_settings import TamSettings, TenantSettings
from app.domain.ticket import URGENT


def explain_tam_move(before: Recorded, after: Recorded, settings: TenantSettings) -> Move:
    """What moved the score from an earlier recorded one; `settings` are those of `after`."""
    if not before.inputs or not after.inputs:
        return kept_move(before, after)
    scorer = HealthScorer.from_settings(settings.tam)
    earlier = TamInputs.from_json(before.inputs).with_default_priority(settings.default_priority)
    available = earlier.with_availability_of(TamInputs.from_json(after.inputs))
    between = ((Cause.SETTINGS, scorer.assess(earlier)), (Cause.DATA, scorer.assess(available)))
    return explain_move(before, between, after)


def nearest_tam_way_up(inputs: TamInputs, settings: TamSettings) -> WayUp | None:
    """The fewest tickets to resolve, or the heartbeat to restore, for a better band.

    Of ways equally short the least intrusive: our own work on tickets before asking the customer to
    mend the integration, then ordinary tickets before P1/P2. None: it is Green already.
    """
    scorer = HealthScorer.from_settings(settings)
    band = scorer.assess(inputs).band
    if band is Band.GREEN:
        return None
    if inputs.tickets is None:
        return out_of_reach("no band without tickets: connect a feed that brings them")
    return _Search(
        scorer=scorer,
        inputs=inputs,
        band=band,
        urgent=inputs.urgent,
        ordinary=tuple([ticket for ticket in inputs.tickets if ticket.priority not in URGENT]),
    ).shortest()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How many of each are done. Urgent tickets go oldest first: what is left is youngest then."""

    restored: int
    urgent: int
    ordinary: int

    @property
    def cost(self) -> tuple[int, int, int]:
        return self.restored + self.urgent + self.ordinary, self.restored, self.urgent


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """The ways up of one account that has tickets; doing everything always leads to Green."""

    scorer: HealthScorer
    inputs: TamInputs
    band: Band
    urgent: tuple[OpenTicket, ...]
    ordinary: tuple[OpenTicket, ...]

    def shortest(self) -> WayUp:
        """The cheapest way, in words."""
        way = min(
            [
                self._least_ordinary(restored, urgent)
                for restored in (0, 1)
                for urgent in range(len(self.urgent) + 1)
                if self._leads_up(_Way(restored=restored, urgent=urgent, ordinary=self._all))
            ],
            key=lambda way: way.cost,
        )
        resolved = (*self.urgent[: way.urgent], *self.ordinary[: way.ordinary])
        score, target = self._reached(way)
        tickets = [f"ticket:{ticket.ticket_id}" for ticket in resolved]
        return WayUp(
            target=target,
            score=score,
            changes=(*tickets, "heartbeat") if way.restored else tuple(tickets),
            words=_words(resolved, is_restored=bool(way.restored)),
        )

    @property
    def _all(self) -> int:
        return len(self.ordinary)

    def _least_ordinary(self, restored: int, urgent: int) -> _Way:
        """Each ordinary ticket more only helps, so half intervals find the first that will do."""

        def does(done: int) -> bool:
            return self._leads_up(_Way(restored=restored, urgent=urgent, ordinary=done))

        least = bisect_left(range(self._all), 1, key=does)
        return _Way(restored=restored, urgent=urgent, ordinary=least)

    def _leads_up(self, way: _Way) -> bool:
        return is_better(self._reached(way)[1], self.band)

    def _reached(self, way: _Way) -> tuple[int, Band]:
        left = self.urgent[way.urgent :]
        return self.scorer.compute_score(
            len(left),
            self.inputs.age_days(left[0].created_at) if left else 0.0,
            len(left) + self._all - way.ordinary,
            0.0 if way.restored else self.inputs.hours_since_heartbeat,
            silence_hours=self.inputs.silence_hours,
        )


def _words(resolved: tuple[OpenTicket, ...], *, is_restored: bool) -> str:
    names = [ticket.ticket_id for ticket in resolved]
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]
    steps = [f"resolve {listed(names)}"] if names else []
    return listed([*steps, "restore the heartbeat"] if is_restored else steps)
