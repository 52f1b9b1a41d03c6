"""`tend run` and `tend worker` on PostgreSQL: several at once, and a database that goes away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from app.domain.effect import EffectState
from app.storage.sql_store import SqlStore
from tests.e2e.service_process import running
from tests.integration.small_book import TENANT, SmallBook
from tests.noon import lives_at_noon

pytestmark = pytest.mark.timeout(300)  # several processes, one after the other

IN_TROUBLE = 30


@pytest.fixture
def book(tmp_path: Path, postgres_url: str) -> SmallBook:
    """A live book whose accounts turned red since yesterday at noon."""
    book = SmallBook.opened(tmp_path / "home", postgres_url)
    book.store.write_now(TENANT, lives_at_noon)
    names = [f"acct{number:03d}" for number in range(IN_TROUBLE)]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    book.add_accounts(*names)
    book.add_feed()
    book.day(yesterday)
    book.go_live(yesterday)
    for name in names:
        book.open_p1s(name, 4, since=yesterday - timedelta(days=5))
    return book


def is_all_done(store: SqlStore) -> bool:
    drafts = store.read_now(TENANT, lambda unit: unit.outbox.drafts())
    counts = store.read_now(TENANT, lambda unit: unit.work.counts())
    return len(drafts) == IN_TROUBLE and not any(
        counts[state] for state in (EffectState.OWED, EffectState.INTENT)
    )


def test_one_of_several_is_killed_and_the_others_finish_its_work(
    book: SmallBook, postgres_url: str, tmp_path: Path
) -> None:
    settings = {"TEND_DATABASE_URL": postgres_url, "TEND_LOG_LEVEL": "debug"}
    with running(tmp_path / "one" / "home", **settings) as victim:
        victim.until_said("step.begun")
        with running(tmp_path / "two" / "home", command="worker", **settings) as worker:
            victim.kill()
            worker.until(lambda: is_all_done(book.store), "through with the other's work")
            assert worker.stop() == 0
    keys = [alert.key for alert in book.alerts("chat")]
    assert len(keys) == len(set(keys))
    book.store.close()


def test_several_services_stand_side_by_side(postgres_url: str, tmp_path: Path) -> None:
    settings = {"TEND_DATABASE_URL": postgres_url}
    home = tmp_path / "home"
    with running(home, **settings) as one, running(home, **settings) as other:
        assert one.until_ready().address != other.until_ready().address
        assert (one.stop(), other.stop()) == (0, 0)


def test_without_its_database_it_ends_to_be_started_anew(
    postgres_server: str, postgres_url: str, tmp_path: Path
) -> None:
    with running(tmp_path / "home", TEND_DATABASE_URL=postgres_url) as service:
        service.until_ready()
        shut_out(postgres_server, postgres_url)
        assert service.end() == 1
        assert "worker.mark_lost" in service.words


def shut_out(server: str, url: str) -> None:
    """What a database that goes away looks like: no session is left, and no new one is let in."""
    name = make_url(url).database
    assert name is not None
    with psycopg.connect(server, autocommit=True) as connection:
        closed = sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false")
        connection.execute(closed.format(sql.Identifier(name)))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
