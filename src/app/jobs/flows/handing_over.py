"""Whether a handoff may be made: its form, its edge, its hops, and its figures against the store.

The rules stand in `app.handoffs`; here the facts they are held against are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import JsonValue

from app.agents.plan import MOST_HOPS, PlannedHandoff
from app.errors import HandoffRefused
from app.ports.store import Unit

EDGES: Mapping[str, frozenset[str]] = {
    "customer_success": frozenset({"sales"}),
    "technical_account_manager": frozenset({"sales"}),
    "sales": frozenset({"technical_account_manager"}),
}
"""Who may hand to whom."""


def accepted_task(
    unit: Unit, handoff: PlannedHandoff, *, chain: Sequence[str], at: datetime
) -> Mapping[str, JsonValue]:
    """The target's task. Raises HandoffRefused with all reasons."""
    del at
    reasons = []
    if handoff.target not in EDGES.get(chain[-1], frozenset()):
        reasons.append(f"target: {chain[-1]} may not hand to {handoff.target}")
    if len(chain) > MOST_HOPS:
        reasons.append(f"call_chain: more than {MOST_HOPS} handoffs in a row")
    if handoff.account_id not in unit.book.accounts([handoff.account_id]):
        reasons.append(f"account_id: there is no account {handoff.account_id!r}")
    if reasons:
        raise HandoffRefused(tuple(reasons))
    return {**handoff.payload, "tenant_id": unit.tenant_id}
