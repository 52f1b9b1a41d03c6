"""What people do to the whole tenant stands in the audit log."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.act import ActKind
from app.domain.tenant_settings import TenantSettings
from app.jobs.acts.tenancy import apply_settings, go_live, note_import
from app.storage.sql_store import SqlStore, open_store
from tests.builders import NOW

KIM = "kim@example.com"


@pytest.fixture
def store(tmp_path: Path) -> SqlStore:
    return open_store(f"sqlite:///{tmp_path / 'tend.sqlite3'}")


def test_applied_settings_are_told_by_what_differs(store: SqlStore) -> None:
    changed = TenantSettings.model_validate(
        {"zone": "Europe/Berlin", "alerts": {"per_rep_per_day": 3}}
    )
    for _ in range(2):
        store.write_now("main", lambda unit: apply_settings(unit, changed, by=KIM, at=NOW))
    (act,) = store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=9))
    assert (act.kind, act.by, act.about) == (ActKind.SETTINGS_APPLIED, KIM, "settings")
    assert act.before == {"version": 0, "zone": "UTC", "alerts.per_rep_per_day": 5}
    assert act.after == {"version": 1, "zone": "Europe/Berlin", "alerts.per_rep_per_day": 3}


def test_alerts_begin_once(store: SqlStore) -> None:
    begun = [store.write_now("main", lambda unit: go_live(unit, by=KIM, at=NOW)) for _ in range(2)]
    assert begun == [True, False]
    (act,) = store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=9))
    assert act.kind is ActKind.WENT_LIVE


def test_files_brought_in_are_told_by_name(store: SqlStore) -> None:
    files = {"accounts.csv": "60 new"}
    store.write_now("main", lambda unit: note_import(unit, files, by=KIM, at=NOW))
    (act,) = store.read_now("main", lambda unit: unit.diary.acts(account_id=None, most=9))
    assert (act.kind, act.after) == (ActKind.IMPORTED, files)
