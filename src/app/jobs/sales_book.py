"""Opportunities over all accounts for the Sales Agent's plans, read from the store."""

from __future__ import annotations

from dataclasses import dataclass

from app.agents.sales.opportunities import waits
from app.domain.opportunity import OpportunityState
from app.ports.store import Store, Unit

_WAITING = (OpportunityState.HELD, OpportunityState.DISPATCHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreOpportunities:
    """`OpportunityBook` of one tenant on the store."""

    store: Store
    tenant_id: str

    async def accounts_waiting(self) -> tuple[str, ...]:
        """The accounts with room to grow that was handed to Sales and not taken up, by id."""

        def read(unit: Unit) -> tuple[str, ...]:
            found = unit.opportunities.in_state(_WAITING)
            return tuple(sorted({one.account_id for one in found if waits(one)}))

        return await self.store.read(self.tenant_id, read)
