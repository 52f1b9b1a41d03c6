"""What a version of the settings changed, as far as scores are concerned."""

from __future__ import annotations

from app.domain.settings_change import SettingsChange, scoring_changes
from app.domain.tenant_settings import AlertSettings, TamSettings, TenantSettings


def test_each_value_that_became_another_is_named_with_both() -> None:
    after = TenantSettings(tam=TamSettings(red_threshold=45, ticket_age_cap=60))
    assert scoring_changes(TenantSettings(), after) == (
        SettingsChange(name="tam.red_threshold", before="40", after="45"),
        SettingsChange(name="tam.ticket_age_cap", before="none", after="60"),
    )


def test_what_moves_no_score_is_left_out() -> None:
    after = TenantSettings(alerts=AlertSettings(per_rep_per_day=9), zone="Europe/Berlin")
    assert scoring_changes(TenantSettings(), after) == ()


def test_a_weight_is_named_by_its_place() -> None:
    weighty = TenantSettings.model_validate({"csm": {"weights": {"adoption": 30}}})
    assert [one.name for one in scoring_changes(TenantSettings(), weighty)] == [
        "csm.weights.adoption"
    ]
