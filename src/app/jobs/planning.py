"""Planners by agent, each over the store: what a task's flow plans with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.agents.base import Planner
from app.agents.customer_success.planner import CSMPlanner
from app.agents.sales.planner import SalesPlanner
from app.agents.technical_account_manager.planner import TAMPlanner
from app.clock import Clock
from app.errors import NotFound
from app.handoffs.routes import CSM, SALES, TAM
from app.jobs.csm_book import StoreCsmBook
from app.jobs.dossiers import StoreDossiers
from app.jobs.sales_book import StoreOpportunities
from app.jobs.tam_book import StoreBook
from app.ports.store import Store
from app.ports.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Planners:
    """`PlannerOf` over the store. Graphs are compiled when one first plans."""

    store: Store
    writer_of: Callable[[str], Writer]
    """A tenant's writer."""
    clock: Clock

    def __call__(self, tenant_id: str, agent_id: str) -> Planner:
        """The planner of a tenant's agent. Raises NotFound for an agent nobody knows."""
        store, clock, writer = self.store, self.clock, self.writer_of(tenant_id)
        dossiers = StoreDossiers(store=store, tenant_id=tenant_id, clock=clock)
        if agent_id == TAM:
            books = StoreBook(store=store, tenant_id=tenant_id, clock=clock)
            return TAMPlanner(dossiers=dossiers, books=books, writer=writer)
        if agent_id == CSM:
            commercial = StoreCsmBook(store=store, tenant_id=tenant_id, clock=clock)
            return CSMPlanner(dossiers=dossiers, books=commercial, writer=writer)
        if agent_id == SALES:
            opportunities = StoreOpportunities(store=store, tenant_id=tenant_id)
            return SalesPlanner(dossiers=dossiers, opportunities=opportunities, writer=writer)
        raise NotFound(f"no agent {agent_id}; there are: {TAM}, {CSM}, {SALES}")
