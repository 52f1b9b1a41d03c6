"""Drafts and alerts kept in the store: what waits for a rep, wherever else it waits besides.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.domain.draft import Alert, Draft, DraftState


class Outbox(Protocol):
    """Drafts and alerts kept in the store."""

    def add_draft(self, draft: Draft) -> Draft:
        """Keep a draft; where its key is there already, the stored one is returned unchanged."""
        ...

    def draft(self, draft_id: str) -> Draft:
        """One draft by its id. Raises NotFound."""
        ...

    def draft_by_key(self, key: str) -> Draft | None:
        """One draft by the effect's key."""
        ...

    def drafts(
        self, *, state: DraftState | None = None, account_id: str | None = None
    ) -> tuple[Draft, ...]:
        """Drafts, newest first."""
        ...

    def set_draft_state(self, draft_ids: Collection[str], state: DraftState) -> int:
        """Change waiting drafts to `state`; returns how many were waiting."""
        ...

    def place_draft(self, draft_id: str, *, box: str, remote_id: str) -> None:
        """Remember where a draft is."""
        ...

    def reword_draft(self, draft: Draft) -> bool:
        """Keep the words, and where it is, of a waiting draft; False when it does not wait."""
        ...

    def add_alert(self, alert: Alert) -> bool:
        """Keep an alert by its key; False when it is there already."""
        ...

    def alerts(
        self, *, rep_email: str | None = None, channel: str | None = None, most: int = 200
    ) -> tuple[Alert, ...]:
        """Alerts, newest first; without a rep or a channel: of all."""
        ...
