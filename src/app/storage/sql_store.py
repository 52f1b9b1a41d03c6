"""The store on SQL: opened once per process, it runs work inside transactions of one tenant."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from sqlalchemy import Connection, select

from app.ports.effect_ledger import EffectSwaps
from app.ports.store import Unit
from app.storage.account_sheet import SqlAccountSheet
from app.storage.account_use import SqlAccountUse
from app.storage.api_desk import SqlApiKeys, SqlGivenAnswers, SqlParkedHeartbeats
from app.storage.audit import SqlAuditLog
from app.storage.book import SqlBook
from app.storage.book_listing import SqlBookListing
from app.storage.database import Database
from app.storage.detail import SqlDetail
from app.storage.documents import SqlDocuments, SqlOwedLetters
from app.storage.draft_shelf import SqlDraftShelf
from app.storage.effects import SqlEffectLedger
from app.storage.event_deliveries import SqlDeliveries
from app.storage.event_log import SqlEventLog
from app.storage.event_marks import SqlHandled
from app.storage.event_shelf import SqlEventShelf
from app.storage.fact_tables import accounts
from app.storage.facts import SqlFactRows
from app.storage.feeds import SqlFeeds
from app.storage.health import SqlHealth
from app.storage.incidents import SqlIncidents
from app.storage.mapping import SqlTicketMapping
from app.storage.model_calls import SqlModelAnswers, SqlModelCalls
from app.storage.notion import SqlNotionShelf
from app.storage.one_account import SqlOneAccount
from app.storage.operations import SqlOperations
from app.storage.opportunities import SqlOpportunities
from app.storage.outbox import SqlOutbox
from app.storage.people import SqlPeople
from app.storage.people_acts import SqlDiary, SqlRepWords
from app.storage.room import Room
from app.storage.scans import SqlScans
from app.storage.slots import SqlSlots
from app.storage.sources import SqlSourceShelf
from app.storage.tenant import SqlTenantState
from app.storage.today import SqlToday
from app.storage.users import SqlSessions, SqlSignInFailures, SqlSignInLinks, SqlUsers
from app.storage.work_list import SqlWorkList
from app.storage.writers import refuse_nested_write

T = TypeVar("T")


class SqlUnit:
    """One transaction of one tenant; each of its rooms is made when it is first entered."""

    def __init__(self, connection: Connection, tenant_id: str) -> None:
        self.connection = connection
        self.tenant_id = tenant_id

    facts = Room(SqlFactRows)
    mapping = Room(SqlTicketMapping)
    book = Room(SqlBook)
    book_listing = Room(SqlBookListing)
    people = Room(SqlPeople)
    feeds = Room(SqlFeeds)
    tenant = Room(SqlTenantState)
    scans = Room(SqlScans)
    health = Room(SqlHealth)
    one_account = Room(SqlOneAccount)
    incidents = Room(SqlIncidents)
    effects = Room(SqlEffectLedger)
    work = Room(SqlWorkList)
    slots = Room(SqlSlots)
    operations = Room(SqlOperations)
    outbox = Room(SqlOutbox)
    draft_shelf = Room(SqlDraftShelf)
    events = Room(SqlEventLog)
    deliveries = Room(SqlDeliveries)
    event_shelf = Room(SqlEventShelf)
    handled = Room(SqlHandled)
    audit = Room(SqlAuditLog)
    diary = Room(SqlDiary)
    words = Room(SqlRepWords)
    detail = Room(SqlDetail)
    sheet = Room(SqlAccountSheet)
    account_use = Room(SqlAccountUse)
    documents = Room(SqlDocuments)
    owed_letters = Room(SqlOwedLetters)
    opportunities = Room(SqlOpportunities)
    model_calls = Room(SqlModelCalls)
    model_answers = Room(SqlModelAnswers)
    notion = Room(SqlNotionShelf)
    sources = Room(SqlSourceShelf)
    api_keys = Room(SqlApiKeys)
    given_answers = Room(SqlGivenAnswers)
    parked_heartbeats = Room(SqlParkedHeartbeats)
    today = Room(SqlToday)
    users = Room(SqlUsers)
    sessions = Room(SqlSessions)
    sign_in_links = Room(SqlSignInLinks)
    sign_in_failures = Room(SqlSignInFailures)


class SqlStore:
    """`Store` on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        """Run `work` in a read transaction, in a thread; nothing it writes is kept."""
        return await asyncio.wrap_future(self._database.read(_in_unit(tenant_id, work)))

    async def write(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        """Run `work` in a write transaction, in a thread; an exception rolls everything back.

        A caller that is cancelled meanwhile does not stop it: it commits or fails as a whole.
        """
        return await asyncio.wrap_future(self._write(tenant_id, work))

    async def swap(self, tenant_id: str, work: Callable[[EffectSwaps], T]) -> T:
        """Run `work`, in a thread, as a transaction that consists of the one call it makes."""
        return await asyncio.wrap_future(
            self._database.writers.swap(
                lambda connection: work(SqlEffectLedger(connection, tenant_id))
            )
        )

    def read_now(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        """As `read`, for callers that are not async; waits for the result."""
        return self._database.read(_in_unit(tenant_id, work)).result()

    def write_now(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        """As `write`, for callers that are not async; waits for the result."""
        refuse_nested_write()
        return self._write(tenant_id, work).result()

    async def tenants(self) -> tuple[str, ...]:
        """The ids of all tenants that have accounts, sorted."""
        return await asyncio.wrap_future(self._database.read(_tenants))

    def close(self) -> None:
        """Wait for what is under way, then close all connections."""
        self._database.close()

    def _write(self, tenant_id: str, work: Callable[[Unit], T]) -> Future[T]:
        return self._database.writers.write(tenant_id, _in_unit(tenant_id, work))


def _in_unit(tenant_id: str, work: Callable[[Unit], T]) -> Callable[[Connection], T]:
    return lambda connection: work(SqlUnit(connection, tenant_id))


def _tenants(connection: Connection) -> tuple[str, ...]:
    return tuple(sorted(connection.scalars(select(accounts.c.tenant_id).distinct())))


def open_store(url: str) -> SqlStore:
    """Open the store at a SQLAlchemy address, its schema brought to head.

    `sqlite:///FILE` makes the file and its folder; `postgresql://…` speaks psycopg. Raises
    ConfigurationError naming TEND_DATABASE_URL.
    """
    return SqlStore(Database(url))
