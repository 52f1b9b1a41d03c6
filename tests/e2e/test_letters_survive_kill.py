"""A door killed with SIGKILL between keeping a release and asking for its letters."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.domain.document import DocumentKind
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.e2e.service_process import running
from tests.e2e.typed import done

pytestmark = pytest.mark.timeout(300)  # several processes, one after the other

_REPOSITORY = Path(__file__).resolve().parents[2]


def test_a_release_that_was_kept_has_its_letters_though_nobody_sends_it_again(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    file = tmp_path / "accounts.csv"
    file.write_text("account_id,name,integrations\nacme,Acme,Salesforce\n", encoding="utf-8")
    done(home, "import", str(file))
    store = open_store(Settings(home=home, database_url="").store_url)
    store.write_now("main", lambda unit: unit.tenant.go_live(datetime.now(UTC)))
    dead = subprocess.run(
        [sys.executable, "-m", "tests.e2e.dying_door", str(home)], cwd=_REPOSITORY, check=False
    )
    assert dead.returncode == -signal.SIGKILL
    kept = store.read_now("main", lambda unit: unit.documents.get(DocumentKind.RELEASE, "", "4.2"))
    assert kept is not None
    assert list(store.read_now("main", lambda unit: unit.owed_letters.waiting())) == ["4.2"]

    def letters() -> list[str]:
        drafts = store.read_now("main", lambda unit: unit.outbox.drafts())
        return [one.account_id for one in drafts]

    assert letters() == []
    with running(home) as service:
        service.until_ready()
        service.until(lambda: letters() == ["acme"], "drafting the letter")
        service.until(
            lambda: not store.read_now("main", lambda unit: unit.owed_letters.waiting()), "paid"
        )
    store.close()
