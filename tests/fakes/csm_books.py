"""The CSM's book in memory: accounts as scanned, and who was told."""

from __future__ import annotations

from collections.abc import Sequence

from app.agents.customer_success.readings import Scanned, ScannedBook
from app.domain.tenant_settings import TenantSettings
from app.domain.told import Told


class CsmBookInMemory:
    """The CSM's `BookReader` over given accounts."""

    def __init__(self, *scanned: Scanned, alerted: Sequence[Told] = ()) -> None:
        self._scanned = scanned
        self._alerted = {one.account_id: one for one in alerted}

    async def book(self) -> ScannedBook:
        """The accounts given, under default settings."""
        return ScannedBook(settings=TenantSettings(), accounts=self._scanned)

    async def alerted(self, account_id: str) -> Told | None:
        """What was given of this account."""
        return self._alerted.get(account_id)
