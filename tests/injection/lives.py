"""A book of these texts and one of neutral ones, lived through alike, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from structlog.testing import capture_logs

from tests.injection.books import Worded, live_through, neutral
from tests.injection.stored import Statement, Tables, changed, statements_seen, stored_in
from tests.servers.templates import template


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """One book, and what came of it."""

    home: Path
    tables: Tables
    statements: Sequence[Statement]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lives:
    """The same book twice, in other words."""

    given: Life
    neutral: Life

    def differences(self) -> tuple[str, ...]:
        """Everything but words that the texts changed: what is stored, and what was asked."""
        asked, plain = self.given.statements, self.neutral.statements
        queries = [
            f"query {at}: {one.text[:80]}"
            for at, (one, other) in enumerate(zip(asked, plain, strict=False))
            if one != other
        ]
        if len(asked) != len(plain):
            queries.append(f"{len(asked)} queries, {len(plain)} with neutral words")
        return (*changed(self.given.tables, self.neutral.tables), *queries)


def lived(texts: Sequence[str], folder: Path, *, accounts: int) -> Lives:
    """Live through both books, of so many accounts."""
    plain = [neutral(text, serial) for serial, text in enumerate(texts)]
    return Lives(
        given=life_of(texts, folder / "given", accounts=accounts),
        neutral=life_of(plain, folder / "neutral", accounts=accounts),
    )


def life_of(texts: Sequence[str], home: Path, *, accounts: int) -> Life:
    """Live through one book of these texts."""
    home.mkdir(parents=True, exist_ok=True)
    worded = Worded(texts=texts, accounts=accounts)
    template()  # made by whoever is first, by statements that are of no life
    with statements_seen() as statements, capture_logs():
        live_through(worded, home).store.close()
    return Life(home=home, tables=stored_in(home / "home"), statements=statements)
