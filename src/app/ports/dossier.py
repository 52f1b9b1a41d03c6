"""Reading for an agent's graph: dossiers, each one account at one moment."""

from __future__ import annotations

from typing import Protocol

from app.domain.account import Account
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier


class DossierReader(Protocol):
    """Reads one tenant's accounts, as known now. Every method raises ServiceError."""

    async def dossier(self, account_id: str) -> Dossier:
        """Everything known of an account, active or not. Raises NotFound."""
        ...

    async def active_accounts(self) -> tuple[Account, ...]:
        """Every active account, by id."""
        ...

    async def documents(self, kind: DocumentKind) -> tuple[Document, ...]:
        """The tenant's own documents of a kind (releases, roadmap), newest first."""
        ...
