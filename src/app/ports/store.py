"""The store as the rest of Tend sees it: transactions opened for one tenant.

A `Unit` is one transaction of one tenant; nothing in it can read or write another tenant's rows.
Functions given to `Store.read` and `Store.write` are synchronous, so no await can sit inside a
transaction; they run in a thread and may be run again only by their caller, never by the store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from app.ports.account_sheet import AccountSheet
from app.ports.account_use import AccountUse
from app.ports.audit import AuditLog
from app.ports.book_listing import BookListing
from app.ports.draft_shelf import DraftShelf
from app.ports.effect_ledger import EffectLedger, EffectSwaps
from app.ports.event_store import Deliveries, EventShelf, Handled
from app.ports.facts import Book, FactRows, Feeds, People, TicketMapping
from app.ports.http_records import ApiKeys, GivenAnswers, ParkedHeartbeats
from app.ports.keepsakes import Detail, Documents, Opportunities, OwedLetters
from app.ports.model_ledger import ModelAnswers, ModelCalls
from app.ports.notion_shelf import NotionShelf
from app.ports.one_account import OneAccount
from app.ports.operations import Operations
from app.ports.outbox import Outbox
from app.ports.people_acts import Diary, RepWords
from app.ports.records import (
    EventLog,
    Health,
    Incidents,
    Scans,
    Slots,
    TenantState,
    WorkList,
)
from app.ports.source_shelf import SourceShelf
from app.ports.today import Today
from app.ports.users import Sessions, SignInFailures, SignInLinks, Users

T = TypeVar("T")


class Unit(Protocol):
    """One transaction of one tenant."""

    @property
    def tenant_id(self) -> str:
        """The tenant it was opened for."""
        ...

    @property
    def facts(self) -> FactRows: ...
    @property
    def mapping(self) -> TicketMapping: ...
    @property
    def book(self) -> Book: ...
    @property
    def book_listing(self) -> BookListing: ...
    @property
    def people(self) -> People: ...
    @property
    def feeds(self) -> Feeds: ...
    @property
    def tenant(self) -> TenantState: ...
    @property
    def scans(self) -> Scans: ...
    @property
    def health(self) -> Health: ...
    @property
    def one_account(self) -> OneAccount: ...
    @property
    def incidents(self) -> Incidents: ...
    @property
    def effects(self) -> EffectLedger: ...
    @property
    def work(self) -> WorkList: ...
    @property
    def slots(self) -> Slots: ...
    @property
    def operations(self) -> Operations: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def draft_shelf(self) -> DraftShelf: ...
    @property
    def events(self) -> EventLog: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def event_shelf(self) -> EventShelf: ...
    @property
    def handled(self) -> Handled: ...
    @property
    def audit(self) -> AuditLog: ...
    @property
    def diary(self) -> Diary: ...
    @property
    def words(self) -> RepWords: ...
    @property
    def detail(self) -> Detail: ...
    @property
    def sheet(self) -> AccountSheet: ...
    @property
    def account_use(self) -> AccountUse: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def owed_letters(self) -> OwedLetters: ...
    @property
    def opportunities(self) -> Opportunities: ...
    @property
    def model_calls(self) -> ModelCalls: ...
    @property
    def model_answers(self) -> ModelAnswers: ...
    @property
    def notion(self) -> NotionShelf: ...
    @property
    def sources(self) -> SourceShelf: ...
    @property
    def api_keys(self) -> ApiKeys: ...
    @property
    def given_answers(self) -> GivenAnswers: ...
    @property
    def parked_heartbeats(self) -> ParkedHeartbeats: ...
    @property
    def today(self) -> Today: ...
    @property
    def users(self) -> Users: ...
    @property
    def sessions(self) -> Sessions: ...
    @property
    def sign_in_links(self) -> SignInLinks: ...
    @property
    def sign_in_failures(self) -> SignInFailures: ...


class Store(Protocol):
    """Where everything is kept; opened once per process."""

    async def read(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        """Run `work` in a read transaction, in a thread; nothing it writes is kept."""
        ...

    async def write(self, tenant_id: str, work: Callable[[Unit], T]) -> T:
        """Run `work` in a write transaction, in a thread; an exception rolls everything back."""
        ...

    async def swap(self, tenant_id: str, work: Callable[[EffectSwaps], T]) -> T:
        """Run `work`, in a thread, as a transaction that consists of the one call it makes.

        Where the database allows, it does not queue up behind the tenant's writes.
        """
        ...

    async def tenants(self) -> tuple[str, ...]:
        """The ids of all tenants that have accounts, sorted."""
        ...

    def close(self) -> None:
        """Close all connections."""
        ...
