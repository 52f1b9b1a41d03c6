"""Hypothesis' dossiers: accounts that anything may be known of, or nothing."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.dossier import FEWEST_PEERS, Dossier, FeatureUse, Peers
from app.domain.incident import IncidentKind
from app.domain.tenant_settings import FeatureValue, TenantSettings
from tests.builders import account, book_context, day_ago, health_record, incident, snapshot
from tests.fakes.dossiers import dossier
from tests.unit.agents.scored_accounts import (
    CATALOGUE,
    contracts,
    csm_facts,
    feed_views,
    usage_windows,
)

SYSTEMS = ("Kafka", "Okta", "Salesforce", "Workday")

_names = st.lists(st.sampled_from(CATALOGUE), unique=True).map(tuple)
_systems = st.lists(st.sampled_from(SYSTEMS), unique=True).map(tuple)
_uses = st.builds(
    FeatureUse,
    events=st.integers(0, 10_000),
    logins=st.integers(0, 500),
    active_users=st.integers(0, 200),
    days=st.integers(1, 90),
)


@st.composite
def peer_groups(draw: st.DrawFn) -> Peers:
    """Comparable accounts, of whom no more use a thing than there are."""
    compared = draw(st.integers(0, 30))
    users = st.integers(1, max(compared, 1))
    is_enough = compared >= FEWEST_PEERS
    rates = st.floats(0, 1) if is_enough else st.none()
    return Peers(
        compared=compared,
        users_by_feature=draw(st.dictionaries(st.sampled_from(CATALOGUE), users))
        if compared
        else {},
        median_adoption_rate=draw(rates),
        how=f"{compared} accounts of segment mid",
        users_by_integration=draw(st.dictionaries(st.sampled_from(SYSTEMS), users))
        if compared
        else {},
    )


_accounts = st.builds(
    account,
    features=_names,
    integrations=_systems,
    environment=_systems,
    customer_since=st.one_of(st.none(), st.integers(0, 900).map(day_ago)),
)
_priced = st.builds(
    lambda one, amount, currency: type(one)(
        **{name: getattr(one, name) for name in one.__slots__}
        | {"arr_amount": amount, "arr_currency": currency}
    ),
    contracts,
    st.one_of(st.none(), st.decimals(0, 10**9, places=2)),
    st.sampled_from([None, "EUR", "USD"]),
)
_values = st.builds(
    FeatureValue,
    minutes_saved_per_use=st.floats(0.01, 600).map(lambda number: round(number, 2)),
    revenue_per_use=st.one_of(st.none(), st.decimals(Decimal("0.01"), 1_000, places=2)),
    currency=st.sampled_from(["", "EUR", "USD"]),
)
_settings = st.builds(
    TenantSettings,
    value=st.dictionaries(st.sampled_from(CATALOGUE), _values),
    families=st.dictionaries(st.sampled_from(["data", "reach"]), _names),
)
_bands = st.sampled_from(Band)


def _scores(band: Band) -> int | None:
    return {Band.GREEN: 90, Band.AMBER: 60, Band.RED: 20}.get(band)


@st.composite
def dossiers(draw: st.DrawFn) -> Dossier:
    """Any account."""
    bands = {agent: draw(_bands) for agent in Agent}
    facts = draw(csm_facts)
    known = type(facts)(
        **{name: getattr(facts, name) for name in facts.__slots__}
        | {
            "account": draw(_accounts),
            "contract": draw(st.one_of(st.none(), _priced)),
            "usage": draw(st.one_of(st.none(), usage_windows)),
        }
    )
    escalations = draw(st.integers(0, 1))
    return dossier(
        context=book_context(
            feature_catalogue=draw(st.sampled_from([CATALOGUE, ()])),
            usage_until=draw(st.sampled_from([None, day_ago(1)])),
        ),
        settings=draw(_settings),
        feeds=draw(feed_views()),
        facts=known,
        peers=draw(peer_groups()),
        usage_90=draw(st.dictionaries(st.sampled_from(("", *CATALOGUE)), _uses)),
        incidents=(incident(kind=IncidentKind.TAM_ESCALATION),) * escalations,
        records={
            agent: health_record(agent=agent, band=band, score=_scores(band))
            for agent, band in bands.items()
        },
        history={
            agent: tuple(
                snapshot(agent=agent, band=one, score=_scores(one), local_day=day_ago(days))
                for days, one in ((40, draw(_bands)), (0, bands[agent]))
            )
            for agent in Agent
        },
    )
