"""Documents on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime

from app.domain.document import Document, DocumentKind
from app.storage.agent_tables import documents, owed_letters
from app.storage.repository import Repository


class SqlDocuments(Repository):
    """`Documents` on SQL."""

    def keep(self, document: Document) -> bool:
        """Insert it, or replace the one under its kind, subject and key; False: nothing is new."""
        stored = self.get(document.kind, document.subject, document.key)
        if stored is not None and replace(stored, made_at=document.made_at) == document:
            return False
        self._put(documents, [asdict(document)])
        return True

    def get(self, kind: DocumentKind, subject: str, key: str) -> Document | None:
        """One document."""
        row = self._row(
            documents,
            documents.c.kind == kind,
            documents.c.subject == subject,
            documents.c.key == key,
        )
        return None if row is None else Document(**row)

    def of(self, subject: str, kinds: Collection[DocumentKind] = ()) -> tuple[Document, ...]:
        """All documents of a subject, newest first; no kinds: all."""
        wanted = [documents.c.kind.in_(kinds)] if kinds else []
        rows = self._rows(
            documents,
            documents.c.subject == subject,
            *wanted,
            order=(documents.c.made_at.desc(), documents.c.kind, documents.c.key),
        )
        return tuple(Document(**row) for row in rows)


class SqlOwedLetters(Repository):
    """`OwedLetters` on SQL."""

    def owe(self, version: str, at: datetime) -> None:
        """Remember it, in the transaction that keeps the release."""
        self._put(owed_letters, [{"version": version, "owed_at": at}])

    def paid(self, version: str, at: datetime) -> None:
        """Forget what was owed at that moment: later words on the version owe letters anew."""
        own = owed_letters.c
        self._connection.execute(
            self._delete(owed_letters, own.version == version, own.owed_at == at)
        )

    def waiting(self) -> Mapping[str, datetime]:
        """Since when each version waits, in order of version."""
        rows = self._rows(owed_letters, order=(owed_letters.c.version,))
        return {row["version"]: row["owed_at"] for row in rows}
