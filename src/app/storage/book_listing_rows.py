"""What stands on a line of the listed book: read for a few accounts at once, and put together."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, RowMapping, case, select

from app.domain.account import Contract
from app.domain.assessment import Agent
from app.domain.book_listing import AgentCell, BookRow, SaidBand
from app.storage import book_listing_parts as parts
from app.storage.book_listing_parts import SIDES, running
from app.storage.book_listing_statements import IDS
from app.storage.book_tables import book_keys as keys
from app.storage.fact_tables import accounts
from app.storage.repository import ColumnValue

_OF_RECORD = ("score", "band", "coverage", "reasons", "stale_reason", "incident_id")
_OF_SAID = ("band", "until", "by", "reason")


def _of_agents() -> Iterator[ColumnElement[ColumnValue] | ColumnElement[int]]:
    for agent, record, said in SIDES:
        for name in _OF_RECORD:
            yield record.c[name].label(f"{agent}_{name}")
        for name in _OF_SAID:
            yield said.c[name].label(f"{agent}_said_{name}")
        yield parts.week_ago_score(agent).label(f"{agent}_week_ago")


_CSM = SIDES[1][1]
ROWS = (
    select(
        accounts.c.account_id,
        accounts.c.name,
        accounts.c.segment,
        parts.owner.label("owner"),
        case((keys.c.owner == "", 1), else_=0).label("unowned"),
        case((parts.IS_ACTIVE, 1), else_=0).label("active"),
        _CSM.c.churn_level,
        running.c.contract_id,
        running.c.ends_on,
        running.c.arr_amount,
        running.c.arr_currency,
        *_of_agents(),
    )
    .select_from(parts.WHOLE)
    .where(parts.IN_SIGHT, keys.c.account_id.in_(IDS))
)
"""Everything of these accounts that a line shows, but its course."""


def row_of(row: RowMapping) -> BookRow:
    """The line of one account."""
    contract = Contract(
        contract_id=row["contract_id"] or "",
        account_id=row["account_id"],
        ends_on=row["ends_on"],
        arr_amount=row["arr_amount"],
        arr_currency=row["arr_currency"],
    )
    return BookRow(
        account_id=row["account_id"],
        name=row["name"],
        segment=row["segment"],
        owner=row["owner"],
        owner_is_default=bool(row["unowned"]),
        is_active=bool(row["active"]),
        tam=_cell(row, Agent.TAM),
        csm=_cell(row, Agent.CSM),
        churn_level=row["churn_level"] or "",
        arr=contract.arr,
        renewal=contract.renews_on,
    )


def _cell(row: RowMapping, agent: Agent) -> AgentCell:
    said = None
    if row[f"{agent}_said_band"] is not None:
        said = SaidBand(**{name: row[f"{agent}_said_{name}"] for name in _OF_SAID})
    if row[f"{agent}_band"] is None:
        return AgentCell(said=said)
    return AgentCell(
        **{name: row[f"{agent}_{name}"] for name in _OF_RECORD},
        said=said,
        week_ago=row[f"{agent}_week_ago"],
        was_scanned=True,
    )
