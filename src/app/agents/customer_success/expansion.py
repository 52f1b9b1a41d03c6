"""Room to grow: seats nearly used up, a module that fits, an application not yet connected.

Each finding rests on rows that can be held against the store, and what it is worth is reckoned from
them or not told at all. Whether it may be offered now is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.agents.customer_success.modules import fitting_modules
from app.agents.customer_success.phrases import CENT, counted, key_of, money, percent, shown
from app.agents.customer_success.schemas import ExpansionOpportunity
from app.agents.slug import slug_of
from app.domain.account import Contract
from app.domain.book import UsageWindow
from app.domain.dossier import Dossier
from app.domain.opportunity import OpportunityKind
from app.domain.usage_change import MIN_WEEKS_BEFORE, usage_change_percent
from app.handoffs.edge import Confidence
from app.handoffs.payloads import EvidenceRow

NEARLY_USED, FILLING = 0.9, 0.8
"""Share of seats in use from which there is room to grow: half of the usual reserve is gone; where
use grows besides, it has only to be reached."""

RESERVE = (4, 5)
"""Four fifths in use: the reserve that a contract usually has (as in the composite score)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One opportunity as found, before it is worded for the rep."""

    opportunity_id: str
    """`{kind}:{account}:{what}`: the same finding is the same opportunity."""
    name: str
    payload: ExpansionOpportunity

    @property
    def kind(self) -> OpportunityKind:
        """What could grow."""
        return OpportunityKind(self.payload.opportunity_type)


def opportunities(dossier: Dossier) -> tuple[Found, ...]:
    """All of the account's room to grow: seats, then modules, then integrations."""
    seats = _seats(dossier)
    return (*(() if seats is None else (seats,)), *_modules(dossier), *_integrations(dossier))


def _seats(dossier: Dossier) -> Found | None:
    contract = dossier.facts.contract
    if contract is None or not contract.seats_purchased or contract.seats_used is None:
        return None
    bought, used = contract.seats_purchased, contract.seats_used
    grows = _grows(dossier.facts.usage, dossier.settings.csm.usage_decline_percent)
    if used < NEARLY_USED * bought and not (grows and used >= FILLING * bought):
        return None
    more = seats_to_add(bought, used)
    impact, reckoning = _seat_impact(contract, bought, more)
    trend = " and usage is growing" if grows else ""
    evidence = (
        f"{used:,} of {bought:,} seats of contract {shown(contract.contract_id)} are in use "
        f"({percent(used, bought)}){trend}; {more:,} more would leave a fifth in reserve. "
        f"{reckoning}"
    )
    # a contract that is outgrown, enlarged and outgrown again is another opportunity
    what = f"{contract.contract_id}:{bought}"
    return Found(
        opportunity_id=f"{OpportunityKind.SEATS}:{dossier.account_id}:{what}",
        name=counted(more, "more seat", "more seats"),
        payload=ExpansionOpportunity(
            account_id=dossier.account_id,
            opportunity_type="seats",
            evidence=evidence,
            evidence_rows=_seat_rows(contract, more),
            estimated_arr_impact=impact,
            confidence=_seat_confidence(bought, used, grows=grows),
        ),
    )


def seats_to_add(bought: int, used: int) -> int:
    """The fewest seats that bring use back to the usual reserve, at least one."""
    part, whole = RESERVE
    return max(1, -(-used * whole // part) - bought)


def _grows(usage: UsageWindow | None, percent_up: float) -> bool:
    if usage is None or usage.weeks_before < MIN_WEEKS_BEFORE:
        return False
    return usage_change_percent(usage) >= percent_up


def _seat_confidence(bought: int, used: int, *, grows: bool) -> Confidence:
    return "high" if used >= bought or (grows and used >= NEARLY_USED * bought) else "medium"


def _seat_impact(contract: Contract, bought: int, more: int) -> tuple[Decimal | None, str]:
    arr = contract.arr
    if arr is None:
        return None, "What the contract brings a year is not known, so no impact is estimated."
    impact = (arr.amount * more / bought).quantize(CENT, rounding=ROUND_HALF_UP)
    a_year = f"{money(arr.amount, arr.currency)} a year / {bought:,} seats"
    seats = counted(more, "seat", "seats")
    return impact, f"{a_year} x {seats} = {money(impact, arr.currency)} a year."


def _seat_rows(contract: Contract, more: int) -> list[EvidenceRow]:
    source = f"contract:{contract.contract_id}"
    rows = [
        EvidenceRow(fact="seats_purchased", value=str(contract.seats_purchased), source=source),
        EvidenceRow(fact="seats_used", value=str(contract.seats_used), source=source),
        EvidenceRow(fact="seats_to_add", value=str(more)),
    ]
    arr = contract.arr
    if arr is not None:
        rows.append(EvidenceRow(fact="arr", value=str(arr.amount), source=source))
        rows.append(EvidenceRow(fact="currency", value=arr.currency, source=source))
    return rows


def _modules(dossier: Dossier) -> list[Found]:
    found = []
    for one in fitting_modules(dossier):
        name = shown(one.feature)
        found.append(
            Found(
                opportunity_id=_id(OpportunityKind.MODULE, dossier, one.feature),
                name=name,
                payload=ExpansionOpportunity(
                    account_id=dossier.account_id,
                    opportunity_type="module",
                    evidence=f"{name} is not part of its contract. {one.why} No price of a module "
                    "is kept, so no impact is estimated.",
                    evidence_rows=list(one.rows),
                    confidence=one.confidence,
                ),
            )
        )
    return found


def _integrations(dossier: Dossier) -> list[Found]:
    """Applications around it that comparable accounts have connected and it has not."""
    connected = {key_of(name) for name in dossier.facts.account.integrations}
    offered = {key_of(name): name for name in dossier.peers.users_by_integration}
    names: Sequence[str] = tuple(dict.fromkeys(dossier.facts.account.environment))
    return [
        _integration(dossier, name, offered[key_of(name)])
        for name in names
        if key_of(name) in offered and key_of(name) not in connected
    ]


def _integration(dossier: Dossier, name: str, offered: str) -> Found:
    users, compared = dossier.peers.users_by_integration[offered], dossier.peers.compared
    source = f"account:{dossier.account_id}"
    have = "has" if users == 1 else "have"
    return Found(
        opportunity_id=_id(OpportunityKind.INTEGRATION, dossier, name),
        name=shown(name),
        payload=ExpansionOpportunity(
            account_id=dossier.account_id,
            opportunity_type="integration",
            evidence=f"{shown(name)} is among its applications and is not connected; {users} of "
            f"{counted(compared, 'comparable account', 'comparable accounts')} {have} it "
            "connected. No price of an integration is kept, so no impact is estimated.",
            evidence_rows=[
                EvidenceRow(fact="environment", value=name, source=source),
                EvidenceRow(fact="integration_missing", value=name, source=source),
                EvidenceRow(fact="peers_compared", value=str(compared), source=source),
                EvidenceRow(fact="peers_using", value=str(users), source=offered),
            ],
            confidence="medium" if users > 1 else "low",
        ),
    )


def _id(kind: OpportunityKind, dossier: Dossier, what: str) -> str:
    return f"{kind}:{dossier.account_id}:{slug_of(what)}"
