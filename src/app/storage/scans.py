"""Scans and their pages on SQL."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import select

from app.domain.assessment import Agent
from app.domain.scan import Scan, ScanState
from app.errors import NotFound
from app.storage.record_tables import scan_pages, scans
from app.storage.repository import NewRow, Repository, own_columns


class SqlScans(Repository):
    """`Scans` on SQL."""

    def begin(self, scan: Scan) -> Scan:
        """Insert the scan, or return the one stored under its id."""
        self._add(scans, [asdict(scan)])
        stored = self.get(scan.scan_id)
        if stored is None:
            raise NotFound(f"there is no scan {scan.scan_id!r}")
        return stored

    def get(self, scan_id: str) -> Scan | None:
        """One scan."""
        row = self._row(scans, scans.c.scan_id == scan_id)
        return None if row is None else Scan(**row)

    def recent(self, *, most: int) -> tuple[Scan, ...]:
        """The newest scans, newest first."""
        statement = (
            select(*own_columns(scans))
            .where(self._mine(scans))
            .order_by(scans.c.now.desc(), scans.c.scan_id.desc())
            .limit(most)
        )
        return tuple(Scan(**row) for row in self._connection.execute(statement).mappings())

    def running(self) -> tuple[Scan, ...]:
        """Scans that were begun and not recorded to the end, oldest first."""
        rows = self._rows(
            scans, scans.c.state == ScanState.RUNNING, order=(scans.c.now, scans.c.scan_id)
        )
        return tuple(Scan(**row) for row in rows)

    def latest(self) -> Scan | None:
        """The newest scan of the whole book by its `now`, of any state."""
        statement = (
            select(scans)
            .where(self._mine(scans), scans.c.account_id.is_(None))
            .order_by(scans.c.now.desc(), scans.c.scan_id.desc())
            .limit(1)
        )
        row = self._connection.execute(statement).mappings().first()
        if row is None:
            return None
        return Scan(**{name: value for name, value in row.items() if name != "tenant_id"})

    def progress(self, scan_id: str, agent: Agent) -> tuple[int, str]:
        """How many pages of this agent are recorded, and the last account id of the last one."""
        rows = self._rows(
            scan_pages,
            scan_pages.c.scan_id == scan_id,
            scan_pages.c.agent == agent,
            order=(scan_pages.c.page,),
        )
        return len(rows), rows[-1]["until_account"] if rows else ""

    def page_end(self, scan_id: str, agent: Agent, page: int) -> str | None:
        """The last account id of a recorded page; None: it is not recorded."""
        row = self._row(
            scan_pages,
            scan_pages.c.scan_id == scan_id,
            scan_pages.c.agent == agent,
            scan_pages.c.page == page,
        )
        return None if row is None else str(row["until_account"])

    def record_page(self, scan_id: str, agent: Agent, page: int, until: str) -> bool:
        """Mark a page recorded, in the transaction that records it; False: another process did."""
        row: NewRow = {"scan_id": scan_id, "agent": agent, "page": page, "until_account": until}
        return self._add(scan_pages, [row]) == 1

    def finish(self, scan_id: str) -> bool:
        """Mark the scan recorded; False when it was already."""
        still_running = (scans.c.scan_id == scan_id, scans.c.state == ScanState.RUNNING)
        statement = self._update(scans, *still_running).values(state=ScanState.RECORDED)
        return self._connection.execute(statement).rowcount == 1
