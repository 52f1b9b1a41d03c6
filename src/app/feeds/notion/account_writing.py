"""Rows of Accounts into the store: each as the account that it is, a batch in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from app.domain.fact_rows import FactRow, FactValue
from app.domain.feed import FactKind
from app.domain.notion import NOTION, NotionPage, NotionPageKind
from app.feeds.notion.account_values import ReadAccount, says_figures
from app.feeds.notion.tally import NotionTally
from app.feeds.notion.ties import Ties
from app.feeds.notion.values import RefusedValue
from app.feeds.refusals import CellRefused
from app.ports.store import Unit
from app.services.notion.columns import KEY
from app.services.notion.fields import gone, read_there

CONTRACT_PREFIX = f"{NOTION}:"
"""Before an account's id, the id of the contract that its row tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Rows with their accounts, and what of them is to be written."""

    rows: dict[str, ReadAccount] = field(default_factory=dict)
    pages: list[NotionPage] = field(default_factory=list)


def write_accounts(
    unit: Unit,
    rows: Sequence[ReadAccount],
    ties: Ties,
    tally: NotionTally,
    *,
    now: datetime,
    reports: bool,
) -> None:
    """Write what was read of these rows, and which page is which account.

    `reports`: this feed has told signals before, so that their end is told as well.
    """
    batch = _told_apart(unit, rows, ties, tally, now)
    _write(unit, tally, FactKind.ACCOUNTS, _accounts(unit, batch))
    _write(unit, tally, FactKind.CONTRACTS, _contracts(unit, batch, now.date()))
    heartbeats = _heartbeats(unit, batch, now)
    _write(unit, tally, FactKind.HEARTBEATS, heartbeats)
    _remember(unit, heartbeats, now)
    _write(unit, tally, FactKind.SIGNALS, _signals(batch, reports=reports))
    unit.notion.save_pages(batch.pages)


def _told_apart(
    unit: Unit, rows: Sequence[ReadAccount], ties: Ties, tally: NotionTally, now: datetime
) -> _Batch:
    """Which account each row is; an account that a row left gets no other row by itself."""
    batch = _Batch()
    if any(row.page_id not in ties.accounts for row in rows):
        ties.refresh(unit)
    for row in rows:
        tally.accounts += 1
        tally.seen.add(row.page_id)
        if row.is_blank:
            continue
        for value in row.refused:
            tally.refuse(value)
        try:
            account_id = ties.account_of(unit, row)
        except CellRefused as exc:
            column = exc.column or (KEY if row.external_id else "Name")
            _refuse(tally, row, column, exc.reason)
            continue
        page, left = ties.tie(account_id, row)
        if left is not None:
            tally.left.append(left)
            unit.notion.forget_pages(NotionPageKind.ACCOUNT, [left])
            unit.notion.save_fields([gone(NotionPageKind.ACCOUNT, left, "", now=now)])
        if page is not None:
            batch.pages.append(page)
        batch.rows[account_id] = row
    return batch


def _accounts(unit: Unit, batch: _Batch) -> list[FactRow]:
    """What rows tell of accounts; an emptied name is no name: the one that is known stays.

    A cell that was emptied makes its fact unknown; one that never said anything leaves it to those
    who told it: rows that we make hold no more than a name.
    """
    before = unit.notion.said(batch.rows.keys())
    found: list[FactRow] = []
    news: dict[str, frozenset[str]] = {}
    for account_id, row in batch.rows.items():
        given = row.facts[FactKind.ACCOUNTS]
        once = before.get(account_id, frozenset())
        says = frozenset(name for name, value in given.items() if value not in (None, ""))
        told = {name: value for name, value in given.items() if name in says | once}
        named: dict[str, FactValue] = {"name": row.name} if row.name else {}
        found.append({"account_id": account_id, **named, **told})
        now = says | (once - given.keys())
        if now != once:
            news[account_id] = now
    unit.notion.save_said(news)
    return found


def _contracts(unit: Unit, batch: _Batch, day: date) -> list[FactRow]:
    """What rows tell of contracts; one of which nothing is told is not begun.

    One without a renewal date has no end, and would stand before a contract that another feed
    brought: where such a one runs, it is left to that feed.
    """
    told: dict[str, FactRow] = {}
    silent: dict[str, FactRow] = {}
    running = unit.book.contracts(batch.rows.keys(), day)
    for account_id, row in batch.rows.items():
        given = row.facts.get(FactKind.CONTRACTS)
        contract_id = f"{CONTRACT_PREFIX}{account_id}"
        other = running.get(account_id)
        is_others = other is not None and other.contract_id != contract_id
        if not given or (is_others and given.get("ends_on") is None):
            continue
        says = any(value is not None for value in given.values())
        (told if says else silent)[contract_id] = {
            "contract_id": contract_id,
            "account_id": account_id,
            **given,
        }
    begun = unit.facts.known(FactKind.CONTRACTS, silent.keys())
    ended = [contract for contract_id, contract in silent.items() if contract_id in begun]
    return [*told.values(), *ended]


def _heartbeats(unit: Unit, batch: _Batch, now: datetime) -> list[FactRow]:
    """Signs of life that are later than the last one known: Notion shows ours back as well."""
    given = {
        account_id: row.facts[FactKind.HEARTBEATS]
        for account_id, row in batch.rows.items()
        if FactKind.HEARTBEATS in row.facts
    }
    if not given:
        return []
    last = unit.book.heartbeats(given.keys(), until=now)
    found: list[FactRow] = []
    for account_id, told in given.items():
        seen_at, known = told["seen_at"], last.get(account_id)
        if known is None or (isinstance(seen_at, datetime) and seen_at > known.seen_at):
            found.append({"account_id": account_id, **told})
    return found


def _remember(unit: Unit, heartbeats: Sequence[FactRow], now: datetime) -> None:
    """What stands in these rows is not written back to them."""
    read = {str(row["account_id"]): row for row in heartbeats}
    known = unit.notion.fields(NotionPageKind.ACCOUNT, read.keys())
    found = []
    for account_id, row in read.items():
        seen_at, calls = row["seen_at"], row.get("api_calls")
        if isinstance(seen_at, datetime):
            count = calls if isinstance(calls, int) else None
            before = known.get(account_id)
            found.append(read_there(before, account_id, seen_at=seen_at, calls=count, now=now))
    unit.notion.save_fields(found)


def _signals(batch: _Batch, *, reports: bool) -> list[FactRow]:
    given = [
        {"account_id": account_id, **row.facts[FactKind.SIGNALS]}
        for account_id, row in batch.rows.items()
        if FactKind.SIGNALS in row.facts
    ]
    return [row for row in given if reports or says_figures(row)]


def _write(unit: Unit, tally: NotionTally, kind: FactKind, rows: Sequence[FactRow]) -> None:
    if rows:
        tally.add(kind, unit.facts.upsert(kind, rows))


def _refuse(tally: NotionTally, row: ReadAccount, column: str, reason: str) -> None:
    tally.refuse(
        RefusedValue(
            page_id=row.page_id,
            url=row.url,
            column=column,
            reason=reason,
            value=row.external_id or row.name,
        )
    )
