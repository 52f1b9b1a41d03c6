"""A review's last section: seats, modules, integrations, the renewal's terms, and what comes next.

Nothing is offered here while an opportunity would be held back; what is open is settled first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.agents.customer_success.expansion import Found
from app.agents.customer_success.phrases import counted, listed, money, percent, shown
from app.agents.customer_success.schemas import FeatureStanding, QBRMetric, QBRSection
from app.domain.account import Contract
from app.domain.dossier import Dossier
from app.domain.opportunity import OpportunityKind
from app.domain.ticket import URGENT, Ticket
from app.domain.turns import NOTICE_DAYS

MOST_NAMED, MOST_TICKETS, MOST_OFFERS = 12, 4, 3

_OFFERS = {
    OpportunityKind.SEATS: "Look at {} together, since nearly all that you have are taken.",
    OpportunityKind.MODULE: "See whether {} fits what your people do today.",
    OpportunityKind.INTEGRATION: "Connect {}, which you have in use beside the product.",
}


def growth_section(
    dossier: Dossier,
    found: Sequence[Found],
    gaps: Sequence[FeatureStanding],
    *,
    is_held: bool,
) -> QBRSection:
    """`found`: room to grow, left out while `is_held`; `gaps`: features worth showing next."""
    contract = dossier.facts.contract
    offers = [] if is_held else list(found)
    told = [_seats(contract), _terms(contract, dossier.context.local_day)]
    return QBRSection(
        text=" ".join(one for one in told if one),
        metrics=_metrics(dossier, contract),
        points=_points(dossier, offers, gaps),
    )


def _seats(contract: Contract | None) -> str:
    if contract is None:
        return "No running contract is known."
    bought, used = contract.seats_purchased, contract.seats_used
    if not bought or used is None:
        return ""
    return f"{used:,} of {counted(bought, 'seat', 'seats')} are in use ({percent(used, bought)})."


def _terms(contract: Contract | None, day: date) -> str:
    if contract is None:
        return ""
    if contract.ends_on is None or contract.renews_on is None:
        return "The contract has no end."
    left = _left(contract.renews_on, day)
    return f"The contract runs to {contract.ends_on} and renews on {contract.renews_on}, {left}."


def _left(renews_on: date, day: date) -> str:
    return f"in {counted((renews_on - day).days, 'day', 'days')}"


def _metrics(dossier: Dossier, contract: Contract | None) -> list[QBRMetric]:
    account = dossier.facts.account
    rows = [] if contract is None else _contract_rows(contract, dossier.context.local_day)
    if account.features:
        rows.append(_names("Features in the contract", account.features))
    if account.integrations:
        rows.append(_names("Integrations", account.integrations))
    return rows


def _contract_rows(contract: Contract, day: date) -> list[QBRMetric]:
    bought, used, arr = contract.seats_purchased, contract.seats_used, contract.arr
    rows = []
    if bought and used is not None:
        of, share = f"{used:,} of {bought:,}", percent(used, bought)
        rows.append(
            QBRMetric(
                label="Seats",
                value=f"{of} in use ({share})",
                cells=[of, f"{share} in use"],
                share=min(used / bought, 1),
            )
        )
    start = "" if contract.starts_on is None else f"{contract.starts_on} "
    end = "without an end" if contract.ends_on is None else f"to {contract.ends_on}"
    term = f"{shown(contract.contract_id)}, {start}{end}"
    rows.append(QBRMetric(label="Contract", value=term, group="term"))
    if contract.renews_on is not None:
        value = contract.renews_on.isoformat()
        cells = [value, _left(contract.renews_on, day)]
        rows.append(QBRMetric(label="Renewal", value=value, cells=cells))
    if arr is not None:
        cells = [money(arr.amount, arr.currency), "a year"]
        rows.append(QBRMetric(label="Contract value", value=" ".join(cells), cells=cells))
    return rows


def _names(label: str, names: Sequence[str]) -> QBRMetric:
    value = listed([shown(name) for name in names], MOST_NAMED)
    return QBRMetric(label=label, value=value, group="term")


def _points(
    dossier: Dossier, offers: Sequence[Found], gaps: Sequence[FeatureStanding]
) -> list[str]:
    """What is open first, then the offers, then what it has and does not use, then the renewal."""
    points = []
    urgent = _urgent(dossier)
    if urgent:
        ids = listed([shown(ticket.ticket_id) for ticket in urgent], MOST_TICKETS)
        points.append(f"Settle what is urgent and open first: {ids}.")
    points += [_OFFERS[one.kind].format(one.name) for one in offers[:MOST_OFFERS]]
    if gaps:
        names = listed([shown(one.feature_name) for one in gaps[:2]])
        points.append(f"Agree on a session with the team on {names}.")
    contract = dossier.facts.contract
    renews_on = None if contract is None else contract.renews_on
    if renews_on is not None and 0 <= (renews_on - dossier.context.local_day).days <= NOTICE_DAYS:
        points.append(f"Agree on the terms of the renewal before {renews_on}.")
    return points or ["Agree on the goals of the coming quarter."]


def _urgent(dossier: Dossier) -> list[Ticket]:
    usual = dossier.settings.default_priority
    return [one for one in dossier.facts.open_tickets if (one.priority or usual) in URGENT]
