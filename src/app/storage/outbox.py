"""Drafts and alerts kept in the store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import select

from app.domain.draft import Alert, Draft, DraftState
from app.errors import NotFound
from app.storage.record_tables import alerts, drafts
from app.storage.repository import Repository, in_lists, own_columns

_WORDS = (
    "subject",
    "body_text",
    "body_html",
    "worded_by",
    "confidence",
    "refused",
    "words_hash",
    "box",
    "remote_id",
)


class SqlOutbox(Repository):
    """`Outbox` on SQL."""

    def add_draft(self, draft: Draft) -> Draft:
        """Keep a draft; where its key is there already, the stored one is returned unchanged."""
        self._add(drafts, [asdict(draft)])
        kept = self.draft_by_key(draft.key)
        return self.draft(draft.draft_id) if kept is None else kept

    def draft(self, draft_id: str) -> Draft:
        """One draft by its id. Raises NotFound."""
        row = self._row(drafts, drafts.c.draft_id == draft_id)
        if row is None:
            raise NotFound(f"there is no draft {draft_id!r}")
        return Draft(**row)

    def draft_by_key(self, key: str) -> Draft | None:
        """One draft by the effect's key."""
        row = self._row(drafts, drafts.c.key == key)
        return None if row is None else Draft(**row)

    def drafts(
        self, *, state: DraftState | None = None, account_id: str | None = None
    ) -> tuple[Draft, ...]:
        """Drafts, newest first, then by id."""
        where = []
        if state is not None:
            where.append(drafts.c.state == state)
        if account_id is not None:
            where.append(drafts.c.account_id == account_id)
        rows = self._rows(drafts, *where, order=(drafts.c.created_at.desc(), drafts.c.draft_id))
        return tuple(Draft(**row) for row in rows)

    def set_draft_state(self, draft_ids: Collection[str], state: DraftState) -> int:
        """Change waiting drafts to `state`; returns how many were waiting."""
        changed = 0
        for ids in in_lists(draft_ids):
            waiting = (drafts.c.draft_id.in_(ids), drafts.c.state == DraftState.WAITING)
            statement = self._update(drafts, *waiting).values(state=state)
            changed += self._connection.execute(statement).rowcount
        return changed

    def place_draft(self, draft_id: str, *, box: str, remote_id: str) -> None:
        """Remember where a draft is."""
        statement = self._update(drafts, drafts.c.draft_id == draft_id)
        self._connection.execute(statement.values(box=box, remote_id=remote_id))

    def reword_draft(self, draft: Draft) -> bool:
        """Keep the words, and where it is, of a waiting draft; False when it does not wait."""
        waiting = (drafts.c.draft_id == draft.draft_id, drafts.c.state == DraftState.WAITING)
        kept = asdict(draft)
        statement = self._update(drafts, *waiting).values({name: kept[name] for name in _WORDS})
        return self._connection.execute(statement).rowcount == 1

    def add_alert(self, alert: Alert) -> bool:
        """Keep an alert by its key; False when it is there already."""
        return self._add(alerts, [asdict(alert)]) == 1

    def alerts(
        self, *, rep_email: str | None = None, channel: str | None = None, most: int = 200
    ) -> tuple[Alert, ...]:
        """Alerts, newest first, then by key."""
        statement = select(*own_columns(alerts)).where(self._mine(alerts))
        if channel is not None:
            statement = statement.where(alerts.c.channel == channel)
        if rep_email is not None:
            statement = statement.where(alerts.c.rep_email == rep_email)
        statement = statement.order_by(alerts.c.created_at.desc(), alerts.c.key).limit(most)
        return tuple(Alert(**row) for row in self._connection.execute(statement).mappings())
