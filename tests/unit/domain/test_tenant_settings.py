"""Thresholds that contradict themselves or cannot be used are refused, by the setting's name."""

from __future__ import annotations

import pytest
from pydantic import JsonValue, ValidationError

from app.domain.tenant_settings import CsmWeights, TenantSettings


@pytest.mark.parametrize("agent", ["tam", "csm"])
def test_the_red_threshold_may_not_stand_above_the_amber_one(agent: str) -> None:
    with pytest.raises(ValidationError, match="red_threshold must not be above amber_threshold"):
        TenantSettings.model_validate({agent: {"red_threshold": 71, "amber_threshold": 70}})


@pytest.mark.parametrize("agent", ["tam", "csm"])
def test_equal_thresholds_leave_no_amber(agent: str) -> None:
    TenantSettings.model_validate({agent: {"red_threshold": 50, "amber_threshold": 50}})


def test_weights_that_are_all_zero_weigh_nothing_and_are_refused() -> None:
    nothing = dict.fromkeys(CsmWeights.model_fields, 0)
    with pytest.raises(ValidationError, match="at least one weight must be above 0"):
        TenantSettings.model_validate({"csm": {"weights": nothing}})


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", ""])
def test_a_zone_that_nobody_lives_in_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="is not an IANA time zone"):
        TenantSettings(zone=zone)


@pytest.mark.parametrize(
    "given,where",
    [
        ({"tam": {"red_treshold": 40}}, ("tam", "red_treshold")),
        ({"csm": {"weights": {"mood": 5}}}, ("csm", "weights", "mood")),
        ({"csm": {"coverage_floor": 101}}, ("csm", "coverage_floor")),
        ({"tam": {"heartbeat_silence_hours": 0}}, ("tam", "heartbeat_silence_hours")),
        ({"csm": {"weights": {"nps": float("nan")}}}, ("csm", "weights", "nps")),
        ({"alerts": {"per_rep_per_day": -1}}, ("alerts", "per_rep_per_day")),
        ({"default_currency": "euro"}, ("default_currency",)),
        ({"value": {"Export": {"minutes_saved_per_use": 0}}}, ("value", "Export")),
        ({"value": {"Export": {"revenue_per_use": "NaN"}}}, ("value", "Export")),
        ({"value": {"Export": {"currency": "EUR"}}}, ("value", "Export")),
        ({"value": {" ": {"minutes_saved_per_use": 1}}}, ("value", " ")),
        ({"families": {"data": [""]}}, ("families", "data", 0)),
    ],
)
def test_what_cannot_be_used_is_named_by_its_key(
    given: dict[str, JsonValue], where: tuple[str, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        TenantSettings.model_validate(given)
    assert [error["loc"][: len(where)] for error in refused.value.errors()] == [where]


def test_the_default_weights_sum_to_a_hundred() -> None:
    assert sum(CsmWeights().model_dump().values()) == 100


def test_settings_survive_being_written_down() -> None:
    settings = TenantSettings(zone="Europe/Berlin", default_owner="kim@example.com")
    assert TenantSettings.model_validate_json(settings.model_dump_json()) == settings


def test_a_feature_is_worth_something_once_however_it_is_spelled() -> None:
    worth = {"minutes_saved_per_use": 3}
    with pytest.raises(ValidationError, match="'export' and 'Export' are the same name"):
        TenantSettings.model_validate({"value": {"Export": worth, "export": worth}})


def test_what_features_are_worth_survives_being_written_down() -> None:
    settings = TenantSettings.model_validate(
        {
            "value": {"Export": {"minutes_saved_per_use": 3, "revenue_per_use": "1.10"}},
            "families": {"data": ["Export", "Import"]},
        }
    )
    assert TenantSettings.model_validate_json(settings.model_dump_json()) == settings


@pytest.mark.parametrize(
    "quiet, told",
    [
        ({"quiet_from": "20:00"}, "belong together"),
        ({"quiet_until": "07:00"}, "belong together"),
        ({"quiet_from": "20:00", "quiet_until": "20:00"}, "nobody would ever be told"),
    ],
)
def test_quiet_hours_are_a_span(quiet: dict[str, str], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        TenantSettings.model_validate({"alerts": quiet})
