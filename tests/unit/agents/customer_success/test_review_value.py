"""A review's second section: uses times what the tenant set, and never a figure beyond that."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from hypothesis import given
from pydantic import JsonValue

from app.agents.customer_success.review_value import (
    MOST_FEATURES,
    value_section,
    worths,
)
from app.domain.dossier import Dossier
from app.domain.feed import FactKind
from app.domain.tenant_settings import TenantSettings
from tests.builders import book_context, contract
from tests.fakes.dossiers import dossier, feature_use, known_facts
from tests.unit.agents.customer_success.any_dossiers import dossiers
from tests.unit.agents.scored_accounts import feeds_for


def valued(**values: Mapping[str, JsonValue]) -> TenantSettings:
    return TenantSettings.model_validate({"value": values, "default_currency": "EUR"})


def rows(given: Dossier) -> dict[str, str]:
    return {one.label: one.value for one in value_section(given).metrics}


def test_time_saved_is_uses_times_minutes() -> None:
    given = dossier(settings=valued(Alerts={"minutes_saved_per_use": 4.5}))

    assert value_section(given).text == (
        "From 2025-12-11 to 2026-03-10 your people used the product on 60 days, 1,200 times in all."
        " By the values set per use, Alerts saved about 7.5 h of working time. That is 0.2 h for "
        "each of the 40 seats in use."
    )
    assert rows(given) == {
        "Time saved": "7.5 h",
        "Efficiency": "0.2 h per seat in use (7.5 h / 40 seats)",
        "Alerts": "100 uses x 4.5 min = 7.5 h",
    }


def test_revenue_is_told_in_its_own_currency_and_never_mixed() -> None:
    given = dossier(
        settings=valued(
            Alerts={"revenue_per_use": "0.40"},
            Export={"revenue_per_use": "1.10", "currency": "USD"},
            Sync={"revenue_per_use": 2},
        ),
        usage_90={
            "Alerts": feature_use(),
            "export": feature_use(events=10),
            "Sync": feature_use(events=0),
            "Search": feature_use(),
        },
    )

    assert "brought about EUR 40 and USD 11 of revenue." in value_section(given).text
    assert rows(given) == {
        "Alerts": "100 uses x EUR 0.40 = EUR 40",
        "Revenue influenced": "USD 11",
        "export": "10 uses x USD 1.10 = USD 11",
        "Used, with no value set": "Sync and Search",
    }


def test_both_are_told_side_by_side() -> None:
    both: dict[str, JsonValue] = {"minutes_saved_per_use": 3, "revenue_per_use": "0.5"}
    given = dossier(settings=valued(Alerts=both), usage_90={"Alerts": feature_use(events=1)})

    assert "saved about 0.0 h of working time and brought about EUR 0.50" not in rows(given)
    assert rows(given)["Alerts"] == "1 use x 3 min = 0.1 h; 1 use x EUR 0.50 = EUR 0.50"
    assert "your people used 1 feature, 1 time in all." in value_section(given).text


def test_without_a_value_model_nothing_is_stated() -> None:
    section = value_section(dossier())

    assert section.text.endswith(
        "No value model is set for these features, so neither time saved nor revenue is stated "
        "here."
    )
    assert [(one.label, one.value) for one in section.metrics] == [("Alerts", "100 uses")]


def test_a_product_that_was_not_used_was_worth_nothing_we_could_state() -> None:
    assert "the product was not used." in value_section(dossier(usage_90={})).text


def test_where_nobody_brings_usage_no_impact_is_stated() -> None:
    silent = dossier(feeds=feeds_for(FactKind.TICKETS), facts=known_facts(usage=None))
    never = dossier(context=book_context(usage_until=None))

    assert {value_section(one).text for one in (silent, never)} == {
        "Nobody tells us of usage, so no impact can be stated."
    }


def test_without_seats_no_efficiency_is_stated() -> None:
    settings = valued(Alerts={"minutes_saved_per_use": 4})
    for known in (None, contract(seats_used=None), contract(seats_used=0)):
        given = dossier(settings=settings, facts=known_facts(contract=known))
        assert list(rows(given)) == ["Time saved", "Alerts"]


def test_beyond_the_most_used_features_the_rest_is_counted_too() -> None:
    names = [f"F{number:02}" for number in range(MOST_FEATURES + 2)]
    settings = valued(**{name: {"minutes_saved_per_use": 60} for name in names})
    given = dossier(settings=settings, usage_90={name: feature_use(events=1) for name in names})

    assert rows(given)["Time saved"] == "10.0 h"
    assert rows(given)["Counted too"] == "2 more features"


@given(dossiers())
def test_every_sum_is_that_of_its_features_and_no_feature_without_a_value_counts(
    given: Dossier,
) -> None:
    found = worths(given)
    values = {name.casefold(): value for name, value in given.settings.value.items()}

    assert {one.feature.casefold() for one in found} <= set(values)
    for one in found:
        each = values[one.feature.casefold()]
        assert one.minutes == one.uses * Decimal(str(each.minutes_saved_per_use or 0))
        assert one.revenue == one.uses * (each.revenue_per_use or 0)
    if not found:
        told = value_section(given).model_dump_json()
        assert "Time saved" not in told
        assert "Revenue" not in told
