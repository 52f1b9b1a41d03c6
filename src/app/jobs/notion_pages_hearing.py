"""What reps wrote on lines of ours in Notion, taken in as their word.

Only known words in their known place count (`notion_pages_words`); the rest stays on the page, for
people. The same word again changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.agents.technical_account_manager.schemas import StakeholderProfile
from app.blocks.layout import Edit
from app.domain.account import Account
from app.errors import Conflict, InvalidInput, NotFound
from app.jobs.acts.drafts import tell_outcome
from app.jobs.acts.maturity import set_maturity
from app.jobs.notion_pages_profile import ProfilePart
from app.jobs.notion_pages_words import maturity_in, outcome_in
from app.ports.store import Unit


def take_in(
    unit: Unit,
    account_id: str,
    part: ProfilePart,
    edits: Sequence[Edit],
    *,
    names: Mapping[str, str],
    at: datetime,
) -> list[str]:
    """Take in what was written on a profile; what was taken, in words for people.

    `names`: what users are called, by their ids.
    """
    account = unit.book.accounts([account_id]).get(account_id)
    if account is None:
        return []
    taken: list[str] = []
    for edit in edits:
        key, by = edit.path[-1], names[edit.by]
        person, draft_id = part.people.get(key), part.letters.get(key)
        try:
            if person is not None:
                taken += _maturity(unit, account, person, edit.words, by=by, at=at)
            elif draft_id is not None:
                taken += _outcome(unit, draft_id, edit.words, by=by, at=at)
        except (Conflict, InvalidInput, NotFound):
            continue  # it names nobody, or more than one; it stays on the page as it is
    return taken


def _maturity(
    unit: Unit, account: Account, person: StakeholderProfile, words: str, *, by: str, at: datetime
) -> list[str]:
    level = maturity_in(words)
    if level is None or level is person.technical_maturity:
        return []
    set_maturity(unit, account, person.name, level, by=by, at=at)
    return [f"{person.name}: technical maturity {level}"]


def _outcome(unit: Unit, draft_id: str, words: str, *, by: str, at: datetime) -> list[str]:
    told = outcome_in(words)
    if told is None:
        return []
    state, note = told
    if unit.outbox.draft(draft_id).state is state and not note:
        return []
    tell_outcome(unit, draft_id, state, note=note, by=by, at=at)
    return [f"{draft_id}: {state}"]
