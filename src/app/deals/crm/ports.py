"""What a CRM tells of accounts: the stage of their deal, and notes.

It moves no score: notes are anybody's words, and a stage is context for words and the order of
work alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class CrmRecord:
    """What is written of one account; empty where nothing is."""

    account_id: str
    deal_stage: str = ""
    notes: str = ""
    """Hostile: for words only."""


class CrmReader(Protocol):
    """The CRM of one tenant. Every method raises ServiceError."""

    async def record(self, account_id: str) -> CrmRecord | None:
        """What is written of one account; None: the CRM does not know it."""
        ...

    async def records(self) -> Mapping[str, CrmRecord]:
        """What is written of every account, by its id, in bulk."""
        ...
