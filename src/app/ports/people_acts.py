"""What the store holds of people's doing: the audit log, notes, and words that stand.

Every port here is opened for one tenant, inside one transaction (`app.ports.store.Unit`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from app.domain.act import Act, DraftOutcome, MaturityWord, Note
from app.domain.override import Override, Words


class Diary(Protocol):
    """What was done and written about accounts, in the order of being written."""

    def add_act(self, act: Act) -> None:
        """Append a line to the audit log."""
        ...

    def acts(self, *, account_id: str | None, most: int) -> tuple[Act, ...]:
        """The newest acts, newest first; None asks for all accounts'."""
        ...

    def last_acts(self, about: Collection[str]) -> Mapping[str, Act]:
        """The newest act about each of these records; those without any are left out."""
        ...

    def add_note(self, note: Note) -> None:
        """Append a note."""
        ...

    def notes(self, account_id: str, *, most: int) -> tuple[Note, ...]:
        """The account's newest notes, newest first."""
        ...


class RepWords(Protocol):
    """Words of reps that stand until the next: bands, technical maturity, drafts' outcomes."""

    def overrides(self, account_ids: Collection[str] | None) -> Mapping[str, Words]:
        """The last word on each agent's band, in force or not, by account; None asks for all.

        Accounts without any are left out.
        """
        ...

    def keep_override(self, word: Override) -> None:
        """Keep a word in the place of the last on the same account and agent."""
        ...

    def maturities(self, account_id: str) -> Mapping[str, MaturityWord]:
        """The words on the account's people, by e-mail (lower case)."""
        ...

    def keep_maturity(self, word: MaturityWord) -> None:
        """Keep a word in the place of the last on the same person."""
        ...

    def outcomes(self, account_id: str) -> Mapping[str, DraftOutcome]:
        """What became of the account's drafts, by draft; drafts without a word are left out."""
        ...

    def keep_outcome(self, outcome: DraftOutcome) -> None:
        """Keep a word in the place of the last on the same draft, and give the draft its state."""
        ...
