"""Evidence against the store: whether each row of a claim says what the account's dossier says.

A reason names the row and what is wrong with it, never the value itself: that may be anybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeAlias

from app.domain.account import Contract
from app.domain.assessment import Agent
from app.domain.dossier import Dossier, Peers
from app.domain.health_record import HealthRecord
from app.domain.ticket import Priority
from app.handoffs.payloads import EvidenceFact, EvidenceRow, ExpansionOpportunity

CENT = Decimal("0.01")

_Holds: TypeAlias = Callable[[EvidenceRow, Dossier], bool]


def opportunity_reasons(
    found: ExpansionOpportunity, dossier: Dossier, *, place: str = ""
) -> tuple[str, ...]:
    """Everything about an opportunity that the store does not bear out; empty: all of it holds.

    `place` stands before each reason, such as `expansion_opportunities.0.`.
    """
    reasons = []
    if found.account_id != dossier.account_id:
        reasons.append("account_id: it is about another account")
    if not found.evidence_rows:
        reasons.append("evidence_rows: nothing can be held against the store")
    for number, row in enumerate(found.evidence_rows):
        at = f"evidence_rows.{number}"
        if not _HOLDS[row.fact](row, dossier):
            reasons.append(f"{at}: {row.fact} is not what the store has")
        if not _source_exists(row.source, dossier):
            reasons.append(f"{at}: there is no such record of this account")
    if found.estimated_arr_impact is not None:
        reasons += _impact_reasons(found, found.estimated_arr_impact)
    return tuple(f"{place}{reason}" for reason in reasons)


def reckoned_impact(found: ExpansionOpportunity) -> Decimal | None:
    """What the evidence comes to per year, to the cent; None: it cannot be reckoned from it."""
    arr, more = _only(found, "arr"), _only(found, "seats_to_add")
    seats = _only(found, "seats_purchased")
    if found.opportunity_type != "seats" or arr is None or more is None or not seats:
        return None
    return _to_the_cent(arr * more / seats)


def _impact_reasons(found: ExpansionOpportunity, told: Decimal) -> list[str]:
    reckoned = reckoned_impact(found)
    if reckoned is None:
        return ["estimated_arr_impact: the evidence does not say what it is reckoned from"]
    if told != reckoned:
        return [f"estimated_arr_impact: the evidence comes to {reckoned}"]
    return []


def _only(found: ExpansionOpportunity, fact: EvidenceFact) -> Decimal | None:
    """The fact's figure where exactly one row has it."""
    values = [row.value for row in found.evidence_rows if row.fact == fact]
    return _amount(values[0]) if len(values) == 1 else None


def _amount(text: str) -> Decimal | None:
    """A plain, finite amount of 0 or more; None: it is none."""
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount >= 0 else None


def _to_the_cent(amount: Decimal) -> Decimal | None:
    try:
        return amount.quantize(CENT, rounding=ROUND_HALF_UP)
    except InvalidOperation:  # more digits than money has
        return None


def _contract(read: Callable[[Contract], Decimal | int | str | None]) -> _Holds:
    def holds(row: EvidenceRow, dossier: Dossier) -> bool:
        contract = dossier.facts.contract
        stored = None if contract is None else read(contract)
        if stored is None or isinstance(stored, str):
            return stored is not None and row.value == stored
        return _amount(row.value) == stored

    return holds


def _health(agent: Agent, read: Callable[[HealthRecord], int | str | None]) -> _Holds:
    def holds(row: EvidenceRow, dossier: Dossier) -> bool:
        record = dossier.records.get(agent)
        stored = None if record is None else read(record)
        return stored is not None and row.value == str(stored)

    return holds


def _count(read: Callable[[EvidenceRow, Dossier], int | None]) -> _Holds:
    def holds(row: EvidenceRow, dossier: Dossier) -> bool:
        stored = read(row, dossier)
        return stored is not None and row.value == str(stored)

    return holds


def _open_p1(_row: EvidenceRow, dossier: Dossier) -> int:
    usual = dossier.settings.default_priority
    return sum((t.priority or usual) is Priority.P1 for t in dossier.facts.open_tickets)


def _peers_using(name: str, peers: Peers) -> int | None:
    """Of a feature, else of an integration."""
    return peers.users_by_feature.get(name, peers.users_by_integration.get(name))


def _days_used(feature: str, dossier: Dossier) -> int | None:
    use = dossier.usage_90.get(feature)
    return None if use is None else use.days


def _is_proposal(row: EvidenceRow, _dossier: Dossier) -> bool:
    """How many seats to offer is the finder's own; it is a number, and no fact."""
    return row.value.isascii() and row.value.isdigit() and int(row.value) > 0


_HOLDS: Mapping[EvidenceFact, _Holds] = {
    "seats_purchased": _contract(lambda contract: contract.seats_purchased),
    "seats_used": _contract(lambda contract: contract.seats_used),
    "arr": _contract(lambda contract: contract.arr_amount),
    "currency": _contract(lambda contract: contract.arr_currency),
    "seats_to_add": _is_proposal,
    "tam_score": _health(Agent.TAM, lambda record: record.score),
    "tam_band": _health(Agent.TAM, lambda record: record.band.value),
    "csm_score": _health(Agent.CSM, lambda record: record.score),
    "csm_band": _health(Agent.CSM, lambda record: record.band.value),
    "feature_owned": lambda row, dossier: row.value in dossier.facts.account.features,
    "feature_used": lambda row, dossier: row.value in dossier.facts.features_used,
    "feature_missing": lambda row, dossier: (
        row.value in dossier.context.feature_catalogue
        and row.value not in dossier.facts.account.features
    ),
    "integration_connected": lambda row, dossier: row.value in dossier.facts.account.integrations,
    "integration_missing": lambda row, dossier: row.value not in dossier.facts.account.integrations,
    "environment": lambda row, dossier: row.value in dossier.facts.account.environment,
    "open_p1_tickets": _count(_open_p1),
    "incident": lambda row, dossier: any(one.incident_id == row.value for one in dossier.incidents),
    "opportunity": lambda row, dossier: any(
        one.opportunity_id == row.value for one in dossier.opportunities
    ),
    "peers_compared": _count(lambda _row, dossier: dossier.peers.compared),
    "peers_using": _count(lambda row, dossier: _peers_using(row.source, dossier.peers)),
    "days_used": _count(lambda row, dossier: _days_used(row.source, dossier)),
}


def _source_exists(source: str, dossier: Dossier) -> bool:
    """Whether the record that a row names is the account's. What is no record's id is passed."""
    kind, _, known_as = source.partition(":")
    contract = dossier.facts.contract
    ids: Mapping[str, frozenset[str]] = {
        "account": frozenset({dossier.account_id}),
        "contract": frozenset() if contract is None else frozenset({contract.contract_id}),
        "ticket": frozenset(
            one.ticket_id for one in (*dossier.tickets, *dossier.facts.open_tickets)
        ),
        "incident": frozenset(one.incident_id for one in dossier.incidents),
        "opportunity": frozenset(one.opportunity_id for one in dossier.opportunities),
        "record": frozenset(agent.value for agent in dossier.records),
    }
    return kind not in ids or not known_as or known_as in ids[kind]
