"""An account's letters: what was written to it, what became of it, and who said so."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.act import Communication, DraftOutcome
from app.domain.draft import Draft, DraftState
from app.jobs.acts.drafts import communication_of
from app.jobs.pages.account_asked import AccountAsked, Refused
from app.ports.store import Unit

A_PAGE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One letter."""

    draft: Draft
    said: Communication
    """As the communication history has it."""
    outcome: DraftOutcome | None
    """A rep's word on it; None: nobody said anything yet."""

    @property
    def is_waiting(self) -> bool:
        """Whether it still waits for its rep."""
        return self.draft.state is DraftState.WAITING


@dataclass(frozen=True, slots=True, kw_only=True)
class LettersView:
    """The view."""

    letters: tuple[LetterLine, ...]
    """Newest first."""
    page: int
    has_more: bool
    """There are older ones, on the next page."""
    refused: Refused | None
    """A change that was just refused."""


def letters_view(unit: Unit, asked: AccountAsked) -> LettersView:
    """The account's letters, a page's worth."""
    page = asked.number("page")
    kept = unit.sheet.letters(asked.account_id, most=A_PAGE + 1, skip=(page - 1) * A_PAGE)
    lines = [
        LetterLine(
            draft=one.draft,
            said=communication_of(one.draft, one.outcome, asked.settings.zone),
            outcome=one.outcome,
        )
        for one in kept[:A_PAGE]
    ]
    return LettersView(
        letters=tuple(lines), page=page, has_more=len(kept) > A_PAGE, refused=asked.refused
    )
