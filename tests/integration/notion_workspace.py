"""A workspace on the Notion test server, connected: databases of our columns, a client, a clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.domain.notion import NotionColumn, NotionDatabase, NotionRole
from app.ports.limits import Budget
from app.ports.store import Unit
from app.services.limiter import LocalLimiter
from app.services.notion.client import NotionApi
from app.services.notion.columns import COLUMNS, TITLES, ColumnSpec
from app.storage.sql_store import SqlStore
from tests.builders import NOW
from tests.servers.notion import TOKEN, Fault, Kind, NotionServer, plain_value
from tests.servers.notion.shapes import Json, shown_id
from tests.servers.notion.world import Page, Source

TENANT = "main"
WRITES = "^pages|^blocks"


@dataclass
class Moment:
    """A clock that is moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """To be waited with instead of waiting."""
        self.advance(seconds)


@dataclass(kw_only=True)
class Workspace:
    """A server with Accounts, Support Tickets and QBRs as the set-up would make them."""

    server: NotionServer = field(default_factory=NotionServer)
    root: str = ""
    databases: dict[NotionRole, NotionDatabase] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.root = self.server.seed.page("CRM")
        for role in NotionRole:
            self._make(role)

    def api(self, *, token: str = TOKEN, within_seconds: float = 0.5) -> NotionApi:
        """A client whose waits are too short to be felt; close it."""
        plenty = Budget(calls=100_000, per_seconds=1, burst=50_000)
        return NotionApi(
            token=token,
            tenant_id=TENANT,
            limiter=LocalLimiter({"notion": plenty}),
            transport=self.server.transport(),
            within_seconds=within_seconds,
        )

    def connect(
        self, store: SqlStore, *, roles: tuple[NotionRole, ...] = tuple(NotionRole)
    ) -> None:
        """Have the store know the databases."""

        def save(unit: Unit) -> None:
            for role in roles:
                unit.notion.save_database(self.databases[role])

        store.write_now(TENANT, save)

    def row(self, role: NotionRole, values: Mapping[str, Json], *, by: str = "") -> str:
        """A row that is there already."""
        return self.server.seed.row(self.databases[role].data_source_id, values, by=by)

    def rows(self, role: NotionRole) -> list[str]:
        """The rows that are there now."""
        world = self.server.world
        found = world.rows[self.databases[role].data_source_id]
        return [row for row in found if not world.find(Page, row).in_trash]

    def value(self, row: str, name: str) -> Json:
        """What stands in a row's column, in plain form."""
        return _plain(plain_value(self.server.world, row, name))

    def _make(self, role: NotionRole) -> None:
        specs = COLUMNS[role]
        database_id, source_id = self.server.seed.database(
            TITLES[role], {spec.name: self._wire(spec) for spec in specs}, under=self.root
        )
        source = self.server.world.find(Source, source_id)
        self.databases[role] = NotionDatabase(
            role=role,
            database_id=database_id,
            data_source_id=source_id,
            columns={
                column.name: NotionColumn(
                    property_id=shown_id(column.id), type=column.type, name=column.name
                )
                for column in source.columns.values()
                if any(spec.name == column.name for spec in specs)
            },
            is_written=True,
        )

    def _wire(self, spec: ColumnSpec) -> Json:
        if spec.type == "relation":
            accounts = self.databases[NotionRole.ACCOUNTS].data_source_id
            return {"type": "relation", "relation": {"data_source_id": accounts}}
        if spec.options:
            options = [{"name": name} for name in spec.options]
            return {"type": spec.type, spec.type: {"options": options}}
        return spec.type


def faults(*, paths: str = WRITES) -> tuple[Fault, ...]:
    """Everything that goes wrong with a write, before and after it is saved; no waits asked."""
    kinds = (
        Kind.RATE_LIMITED,
        Kind.OVERLOADED,
        Kind.INTERNAL,
        Kind.BAD_GATEWAY,
        Kind.UNAVAILABLE,
        Kind.GATEWAY_TIMEOUT,
        Kind.SILENT,
        Kind.RESET,
    )
    refusing = {Kind.RATE_LIMITED, Kind.OVERLOADED}
    return tuple(
        Fault(kind=kind, path=paths, is_late=is_late, retry_after=0)
        for kind in kinds
        for is_late in (False, True)
        if not (is_late and kind in refusing)
    )


def _plain(value: Json) -> Json:
    if isinstance(value, list):
        if value and "plain_text" in value[0]:
            return "".join(run["plain_text"] for run in value)
        return [one.get("id") for one in value] if value else []
    if isinstance(value, dict):
        return value.get("name", value.get("start"))
    return value
