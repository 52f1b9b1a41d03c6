"""Which signals somebody tells us of, apart from what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.agents.customer_success.inputs import CsmInputs
from app.agents.customer_success.reported import as_known_in
from app.domain.band import Band
from app.domain.feed import FactKind


def with_availability_of(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    """These signals as far as `other` knows them too; what only `other` knows is its own."""
    feeds = {kind: inputs.feeds.get(kind, names) for kind, names in other.feeds.items()}
    reported = as_known_in(inputs.reported, other.reported)
    changed = replace(inputs, feeds=feeds, reported=reported, unread=other.unread)
    for is_known, take_over in _SIGNALS:
        if is_known(inputs) != is_known(other):
            changed = take_over(changed, other)
    return changed


def _brought(kind: FactKind) -> Callable[[CsmInputs], bool]:
    def is_brought(inputs: CsmInputs) -> bool:
        return kind in inputs.feeds

    return is_brought


def _usage(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(
        inputs, usage=other.usage, usage_until=other.usage_until, tenure_days=other.tenure_days
    )


def _adoption(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, adoption=other.adoption)


def _support(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, support=other.support, open_work=other.open_work)


def _engagement(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, engagement=other.engagement)


def _invoices(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, overdue_days=other.overdue_days)


def _survey(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, nps=other.nps, nps_on=other.nps_on)


def _contract(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, contract_id=other.contract_id, renews_on=other.renews_on)


def _seats(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(inputs, seats_purchased=other.seats_purchased, seats_used=other.seats_used)


def _technical(inputs: CsmInputs, other: CsmInputs) -> CsmInputs:
    return replace(
        inputs,
        escalations=other.escalations,
        tam_band=other.tam_band,
        tam_is_stale=other.tam_is_stale,
        tam_computed=other.tam_computed,
    )


def _tells_seats(inputs: CsmInputs) -> bool:
    return inputs.seats_purchased is not None and inputs.seats_used is not None


_SIGNALS: tuple[
    tuple[Callable[[CsmInputs], bool], Callable[[CsmInputs, CsmInputs], CsmInputs]], ...
] = (
    (_brought(FactKind.USAGE), _usage),
    (lambda inputs: inputs.adoption is not None, _adoption),
    (_brought(FactKind.TICKETS), _support),
    (_brought(FactKind.INTERACTIONS), _engagement),
    (lambda inputs: inputs.overdue_days is not None, _invoices),
    (lambda inputs: inputs.nps is not None, _survey),
    (lambda inputs: inputs.contract_id is not None, _contract),
    (_tells_seats, _seats),
    (lambda inputs: inputs.tam_band is not Band.UNKNOWN, _technical),
)
"""How to see that a signal is told, and how to take it over."""
