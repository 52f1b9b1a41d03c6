"""The CSM's part of Notion: health fields, the signals of the account record, QBR pages.

What people write there is never touched. Errors are the injected client's ServiceErrors.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Literal, TypeAlias

from app.agents.customer_success.notion_renderers import (
    internal_block,
    render_qbr_blocks,
    render_qbr_internal_blocks,
    review_blocks,
)
from app.agents.customer_success.qbr import title_of
from app.agents.customer_success.schemas import CSMHealthSignals, QBRContent
from app.blocks.rich_text import NotionObject
from app.clock import Clock, system_clock
from app.domain.band import Band
from app.domain.notion import NotionColumn
from app.errors import InvalidInput
from app.ports.notion_client import NotionClient
from app.services.notion.account_keys import account_id_of, is_active, key_column
from app.services.notion.columns import QBR_COLUMNS
from app.services.notion.named import rows_of, source_ids_of, source_of
from app.services.notion.once import filled, made_once
from app.services.notion.property_values import property_of
from app.services.notion.row_keys import key_filter, key_value
from app.services.notion.wire import DataSource, Row, parsed

__all__ = [
    "ChurnLevel",
    "NotionCSMAdapter",
    "render_qbr_blocks",
    "render_qbr_internal_blocks",
]

ChurnLevel: TypeAlias = Literal["low", "medium", "high", "critical"]

_TRENDS = frozenset({"growing", "stable", "declining"})
_PAYMENTS = frozenset({"current", "overdue_30", "overdue_60", "overdue_90_plus"})
_ENGAGEMENTS = frozenset({"high", "medium", "low"})
_MOST_NPS, _WHOLE_PERCENT = 10, 100


class NotionCSMAdapter:
    """Writes and reads the CSM's part of account pages, and makes QBR pages.

    Repeating a call repeats no effect.
    """

    def __init__(
        self,
        client: NotionClient,
        accounts_database_id: str | None = None,
        qbr_database_id: str | None = None,
        *,
        clock: Clock = system_clock,
    ) -> None:
        self._client = client
        self._accounts_database_id = accounts_database_id
        self._qbr_database_id = qbr_database_id
        self._clock = clock

    async def update_csm_health(
        self,
        account_page_id: str,
        score: int | None,
        rag_status: str,
        churn_risk: ChurnLevel | None,
    ) -> None:
        """Write score (0-100, 100 = healthy), band and churn risk on the account page.

        None empties its field: the band is Unknown, the risk was not assessed. Raises ServiceError.
        """
        risk: NotionObject | None = None if churn_risk is None else {"name": churn_risk}
        await self._client.pages.update(
            account_page_id,
            properties={
                "CSM Health Score": {"number": score},
                "CSM Health Status": {"select": {"name": rag_status}},
                "Churn Risk": {"select": risk},
            },
        )

    async def query_all_signals(self) -> list[CSMHealthSignals]:
        """The signals of every active account: its renewal is still to come, or has no date.

        Raises InvalidInput when no accounts database was given, else ServiceError.
        """
        if self._accounts_database_id is None:
            raise InvalidInput("accounts_database_id: no accounts database in Notion is named")
        now = self._clock()
        found: list[CSMHealthSignals] = []
        for source_id in await source_ids_of(self._client, self._accounts_database_id):
            column = key_column(await source_of(self._client, source_id))
            found += [
                _signals(row, account_id_of(row, column), now)
                async for row in rows_of(self._client, source_id)
                if is_active(row, now)
            ]
        return found

    async def get_account_signals(self, account_page_id: str) -> CSMHealthSignals:
        """The signals of one account, active or not. Raises ServiceError."""
        answer = await self._client.pages.retrieve(account_page_id)
        row = parsed(Row, answer, "pages.retrieve")
        source_id = row.parent.data_source_id
        column = key_column(await source_of(self._client, source_id)) if source_id else None
        return _signals(row, account_id_of(row, column), self._clock())

    async def create_qbr_page(self, account_page_id: str, qbr: QBRContent) -> str:
        """Create the review's page in the QBR database and return its id.

        The internal notes close it, in a toggle of their own. There is one page for an account and
        period: where it is there already, what an interrupted call left out is added to it.
        Raises InvalidInput when no QBR database was given or it has no External ID, else
        ServiceError.
        """
        source = await self._qbr_source()
        column = key_column(source)
        if column is None:
            raise InvalidInput("qbr_database_id: the database has no column External ID for text")
        key = f"{qbr.account_id}:{qbr.period}"
        page, is_new = await made_once(
            partial(self._qbr_page, source.id, column, key),
            partial(self._make_qbr_page, source, column, key, account_page_id, qbr),
        )
        blocks = (*review_blocks(qbr), internal_block(qbr))
        await filled(self._client, page.id, blocks, is_new=is_new)
        return page.id

    async def _qbr_source(self) -> DataSource:
        if self._qbr_database_id is None:
            raise InvalidInput("qbr_database_id: no QBR database in Notion is named")
        source_ids = await source_ids_of(self._client, self._qbr_database_id)
        if not source_ids:
            raise InvalidInput("qbr_database_id: the database shows no data source to us")
        return await source_of(self._client, source_ids[0])

    async def _qbr_page(self, source_id: str, column: NotionColumn, key: str) -> Row | None:
        where = [key_filter(column, key)]
        async for row in rows_of(self._client, source_id, where=where):
            if row.words(column.name).strip() == key:
                return row
        return None

    async def _make_qbr_page(
        self,
        source: DataSource,
        column: NotionColumn,
        key: str,
        account_page_id: str,
        qbr: QBRContent,
    ) -> Row:
        properties = {
            **_properties(source, account_page_id, qbr),
            column.property_id: key_value(column, key),
        }
        answer = await self._client.pages.create(
            parent={"type": "data_source_id", "data_source_id": source.id}, properties=properties
        )
        return parsed(Row, answer, "pages.create")


def _properties(source: DataSource, account_page_id: str, qbr: QBRContent) -> NotionObject:
    """What the row says beside its key, in the columns that are there and can hold it."""
    name = qbr.account_name or qbr.account_id
    day = None if qbr.prepared_on is None else qbr.prepared_on.isoformat()
    values: NotionObject = {
        "Name": title_of(name, qbr.period),
        "Account": {"id": account_page_id, "name": name},
        "Period": qbr.period,
        "Trigger": qbr.trigger,
        "Prepared": day,
    }
    properties: NotionObject = {}
    for spec in QBR_COLUMNS:
        for called, column in source.properties.items():
            is_it = column.type == "title" if spec.type == "title" else called == spec.name
            if spec.name in values and is_it:
                known = NotionColumn(property_id=column.id, type=column.type, name=called)
                value = property_of(spec, known, values[spec.name])
                if value is not None:
                    properties[column.id] = value
    return properties


def _signals(row: Row, account_id: str, now: datetime) -> CSMHealthSignals:
    """The columns of the account record; what cannot be a signal is unknown, never zero."""
    renewal, contact = row.end("Renewal Date"), row.end("Last Interaction")
    nps = row.number("NPS")
    return CSMHealthSignals.model_validate(
        {
            "account_id": account_id,
            "feature_adoption_rate": _share(row.number("Feature Adoption Rate")),
            "usage_trend": _word(row.words("Usage Trend"), _TRENDS),
            "logins_per_week": _positive(row.number("Login Frequency")),
            "days_since_last_interaction": (
                None if contact is None or contact > now else (now.date() - contact.date()).days
            ),
            "payment_status": _word(row.words("Payment Status"), _PAYMENTS),
            "stakeholder_engagement": _word(row.words("Stakeholder Engagement"), _ENGAGEMENTS),
            "nps": _count(nps) if nps is not None and nps <= _MOST_NPS else None,
            "days_to_renewal": None if renewal is None else (renewal.date() - now.date()).days,
            "seats_purchased": _count(row.number("Seats Purchased")),
            "seats_used": _count(row.number("Seats Used")),
            "tam_rag": _band(row.words("Health Status")),
        }
    )


def _share(number: float | None) -> float | None:
    """A share of 0-1; above 1 it is a percentage."""
    if number is None or not 0 <= number <= _WHOLE_PERCENT:
        return None
    return number / _WHOLE_PERCENT if number > 1 else number


def _positive(number: float | None) -> float | None:
    return number if number is not None and number >= 0 else None


def _count(number: float | None) -> int | None:
    return int(number) if number is not None and number >= 0 and number.is_integer() else None


def _word(text: str, known: frozenset[str]) -> str | None:
    word = "_".join(text.casefold().replace("-", " ").split())
    return word if word in known else None


def _band(text: str) -> Band | None:
    return next((band for band in Band if band.value == text), None)
