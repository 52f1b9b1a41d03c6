"""What the first page reads, on SQL: rows in, small records out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, select

from app.domain.feed import FactKind, Feed
from app.domain.incident import Finding, Incident
from app.domain.money import Money
from app.domain.override import Before, Override
from app.domain.scan import Scan
from app.domain.today import Case, RenewalDue
from app.ports.today import BandCount, Ground, NewOpportunity, Scope, Shown, WaitingDraft
from app.storage import today_lists as lists
from app.storage import today_statements as statements
from app.storage.record_tables import feeds, incidents, scans
from app.storage.repository import Repository, in_lists, own_columns

_FINDING = TypeAdapter(Finding)
_INCIDENT = tuple(column.name for column in own_columns(incidents))


class SqlToday(Repository):
    """`Today` on SQL."""

    def ground(self, scope: Scope, scan_job: str) -> Ground:
        """Whether alerts have begun, the schedule's last slot of `scan_job`, how many accounts."""
        statement = statements.ground(self._tenant_id, scope, scan_job)
        row = self._connection.execute(statement).mappings().one()
        return Ground(**row)

    def book_scans(self, *, most: int) -> tuple[Scan, ...]:
        """The newest scans of the whole book, newest first."""
        statement = (
            select(*own_columns(scans))
            .where(self._mine(scans), scans.c.account_id.is_(None))
            .order_by(scans.c.now.desc(), scans.c.scan_id.desc())
            .limit(most)
        )
        return tuple(Scan(**row) for row in self._connection.execute(statement).mappings())

    def cases(
        self, scope: Scope, *, since: datetime | None, day: date, most: int
    ) -> tuple[Case, ...]:
        """Open incidents and those with news after `since`, the most severe first."""
        statement = statements.cases(self._tenant_id, scope, since, day, most)
        return _cases(self._connection.execute(statement).mappings(), scope.default_owner)

    def case(
        self, scope: Scope, incident_id: str, *, since: datetime | None, day: date
    ) -> Case | None:
        """One incident, whatever its state and whosever; None: there is none."""
        statement = statements.case_of(self._tenant_id, incident_id, since, day)
        found = _cases(self._connection.execute(statement).mappings(), scope.default_owner)
        return found[0] if found else None

    def shown(self, incident_ids: Collection[str]) -> Mapping[str, Shown]:
        """The rest of these incidents, by id; few at a time."""
        return {
            row["incident_id"]: _shown(row)
            for some in in_lists(incident_ids)
            for row in self._connection.execute(statements.shown(self._tenant_id, some)).mappings()
        }

    def drafts(
        self, scope: Scope, *, about: Collection[str], most: int
    ) -> tuple[int, tuple[WaitingDraft, ...]]:
        """How many letters wait, and some: those about these incidents first, then the newest."""
        statement = lists.waiting_drafts(self._tenant_id, scope, about, most)
        rows = self._connection.execute(statement).mappings().all()
        found = (
            WaitingDraft(
                draft_id=row["draft_id"],
                account_id=row["account_id"],
                account=row["account"],
                owner=row["owner"] or scope.default_owner,
                incident_id=row["incident_id"],
                communication_type=row["communication_type"],
                subject=row["subject"],
                created_at=row["created_at"],
            )
            for row in rows
        )
        return _many(rows), tuple(found)

    def renewals(
        self, scope: Scope, *, day: date, until: date, most: int
    ) -> tuple[RenewalDue, ...]:
        """Accounts renewed after `day` and up to `until` that are not Green on both sides."""
        statement = lists.renewals(self._tenant_id, scope, day, until, most)
        return tuple(
            RenewalDue(
                account_id=row["account_id"],
                name=row["name"],
                owner=row["owner"] or scope.default_owner,
                arr=_arr(row["arr_amount"], row["arr_currency"]),
                renews_on=row["ends_on"] + timedelta(days=1),
                tam_band=row["tam_band"],
                tam_score=row["tam_score"],
                csm_band=row["csm_band"],
                csm_score=row["csm_score"],
            )
            for row in self._connection.execute(statement).mappings()
        )

    def opportunities(
        self, scope: Scope, *, since: datetime | None, most: int
    ) -> tuple[int, tuple[NewOpportunity, ...]]:
        """Handed to Sales after `since` and not taken up by a person: how many, and the newest."""
        statement = lists.new_opportunities(self._tenant_id, scope, since, most)
        rows = self._connection.execute(statement).mappings().all()
        found = ({name: value for name, value in row.items() if name != "many"} for row in rows)
        return _many(rows), tuple(NewOpportunity(**columns) for columns in found)

    def feeds(self) -> tuple[Feed, ...]:
        """Every feed in order of name, without the accounts it speaks for."""
        columns = (c for c in own_columns(feeds) if c.name not in {"accounts", "provides"})
        statement = (
            select(*columns, feeds.c.provides).where(self._mine(feeds)).order_by(feeds.c.name)
        )
        return tuple(
            Feed(**{**row, "provides": frozenset(FactKind(kind) for kind in row["provides"])})
            for row in self._connection.execute(statement).mappings()
        )

    def bands(self, scope: Scope) -> tuple[BandCount, ...]:
        """Accounts by agent and band, as last assessed."""
        statement = lists.band_counts(self._tenant_id, scope)
        return tuple(BandCount(**row) for row in self._connection.execute(statement).mappings())


def _cases(rows: Iterable[RowMapping], default_owner: str) -> tuple[Case, ...]:
    """A case for each incident, with the contract that ends last; no end is latest, ties by id."""
    found: dict[str, RowMapping] = {}
    for row in rows:
        rival = found.get(row["incident_id"])
        if rival is None or _ends(row) >= _ends(rival):
            found[row["incident_id"]] = row
    return tuple(_case(row, default_owner) for row in found.values())


def _case(row: RowMapping, default_owner: str) -> Case:
    ends_on: date | None = row["ends_on"]
    return Case(
        incident_id=row["incident_id"],
        kind=row["kind"],
        subject=row["subject"],
        name=row["name"] or row["subject"],
        owner=row["owner_email"] or default_owner,
        state=row["state"],
        severity=row["severity"],
        opened_at=row["opened_at"],
        change=row["change"],
        changed_at=row["at"],
        arr=_arr(row["arr_amount"], row["arr_currency"]),
        renews_on=None if ends_on in {None, date.max} else ends_on + timedelta(days=1),
    )


def _ends(row: RowMapping) -> tuple[date, str]:
    return row["ends_on"] or date.max, row["contract_id"] or ""


def _arr(amount: Decimal | None, currency: str | None) -> Money | None:
    if amount is None or currency is None:
        return None
    return Money(amount=amount, currency=currency)


def _many(rows: Collection[RowMapping]) -> int:
    return next((int(row["many"]) for row in rows), 0)


def _shown(row: RowMapping) -> Shown:
    return Shown(
        incident=Incident(**{name: row[name] for name in _INCIDENT}),
        finding=_FINDING.validate_python(row["finding"]),
        told_at=row["told_at"],
        score=row["score"],
        band=row["band"],
        stale_reason=row["stale_reason"],
        word=_word(row),
    )


def _word(row: RowMapping) -> Override | None:
    said = {column.name: row[f"word_{column.name}"] for column in statements.OF_WORD}
    if said["account_id"] is None:
        return None
    before = Before(
        since=said.pop("since"),
        tam=said.pop("tam_before"),
        csm=said.pop("csm_before"),
        churn_level=said.pop("churn_before"),
    )
    return Override(**said, before=before)
