"""The CRM side of Notion: the deal stage and the notes of the Accounts database.

It reads, and writes nothing; whose page is whose goes by the External ID.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.deals.crm.ports import CrmRecord
from app.domain.notion import NotionRole
from app.ports.notion_client import NotionClient
from app.services.notion.account_keys import account_id_of, key_column, rows_of_account
from app.services.notion.columns import spec_of
from app.services.notion.named import rows_of, source_ids_of, source_of
from app.services.notion.wire import DataSource, Row

_STAGE = spec_of(NotionRole.ACCOUNTS, "Deal Stage")
_NOTES = spec_of(NotionRole.ACCOUNTS, "Notes")


class NotionCrm:
    """`CrmReader` of one tenant on the Accounts database in Notion."""

    def __init__(self, client: NotionClient, accounts_database_id: str) -> None:
        self._client = client
        self._accounts_database_id = accounts_database_id

    async def record(self, account_id: str) -> CrmRecord | None:
        """What is written of one account; None: no row is it. Raises ServiceError."""
        for source_id in await source_ids_of(self._client, self._accounts_database_id):
            source = await source_of(self._client, source_id)
            for row in await rows_of_account(self._client, source, account_id):
                return _record(row, source, account_id)
        return None

    async def records(self) -> Mapping[str, CrmRecord]:
        """What is written of every account, by its id. Raises ServiceError.

        Of several rows of one account the oldest counts.
        """
        found: dict[str, CrmRecord] = {}
        for source_id in await source_ids_of(self._client, self._accounts_database_id):
            source = await source_of(self._client, source_id)
            column = key_column(source)
            async for row in rows_of(self._client, source_id):
                account_id = account_id_of(row, column)
                found.setdefault(account_id, _record(row, source, account_id))
        return found


def _record(row: Row, source: DataSource, account_id: str) -> CrmRecord:
    return CrmRecord(
        account_id=account_id,
        deal_stage=row.words(source.name_of(_STAGE)).strip(),
        notes=row.words(source.name_of(_NOTES)).strip(),
    )
