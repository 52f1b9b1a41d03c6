"""What became of a draft, as a rep says, and the account's communication history made of it."""

from __future__ import annotations

from datetime import datetime

from pydantic import JsonValue

from app.clock import local_day
from app.domain.act import Act, ActKind, Communication, DraftOutcome
from app.domain.draft import OUTCOMES, Draft, DraftState
from app.errors import InvalidInput
from app.jobs.acts.said import one_line_said
from app.ports.store import Unit

_IN_WORDS = {DraftState.EDITED: "sent, edited"}
_ACTS_LOOKED_AT = 1_000


def tell_outcome(
    unit: Unit, draft_id: str, state: DraftState, *, note: str = "", by: str, at: datetime
) -> DraftOutcome:
    """Sent, edited or dropped; the later word counts, and the same again changes nothing.

    What was put in other words here and then sent is edited, and without a note its outcome says
    how much. Also of one that was withdrawn: the rep may have sent it before. Raises NotFound, and
    InvalidInput for another state.
    """
    if state not in OUTCOMES:
        raise InvalidInput(f"a draft is sent, edited or dropped by its rep, not {state}")
    draft = unit.outbox.draft(draft_id)
    last = unit.words.outcomes(draft.account_id).get(draft_id)
    said = one_line_said(note, "the note", optional=True)
    if state is DraftState.SENT and draft.is_edited:
        state, said = DraftState.EDITED, said or _edited_here(unit, draft)
    if last is not None and (last.state, last.note) == (state, said):
        return last
    outcome = DraftOutcome(
        draft_id=draft_id,
        account_id=draft.account_id,
        state=state,
        note=said,
        by=by,
        at=at,
    )
    unit.words.keep_outcome(outcome)
    unit.diary.add_act(
        Act(
            at=at,
            by=by,
            kind=ActKind.OUTCOME,
            account_id=draft.account_id,
            about=draft_id,
            before=_said_json(draft.state, "" if last is None else last.note),
            after=_said_json(state, said),
        )
    )
    return outcome


def _edited_here(unit: Unit, draft: Draft) -> str:
    """How much of it was put in other words here, by the diary; after several times, at most."""
    acts = unit.diary.acts(account_id=draft.account_id, most=_ACTS_LOOKED_AT)
    changed = [
        float(share)
        for act in acts
        if act.kind is ActKind.EDITED and act.about == draft.draft_id
        for share in [act.after.get("changed")]
        if isinstance(share, int | float)
    ]
    if not changed:
        return "edited here"
    most = "" if len(changed) == 1 else "at most "
    return f"edited here; {most}{round(100 * min(1.0, sum(changed)))} % of its words changed"


def communications(unit: Unit, account_id: str) -> tuple[Communication, ...]:
    """The account's letters with their outcomes, newest first."""
    zone = unit.tenant.settings().settings.zone
    said = unit.words.outcomes(account_id)
    return tuple(
        communication_of(draft, said.get(draft.draft_id), zone)
        for draft in unit.outbox.drafts(account_id=account_id)
    )


def communication_of(draft: Draft, said: DraftOutcome | None, zone: str) -> Communication:
    """One letter with what became of it; days are those of `zone`."""
    went_out = said is not None and said.state is not DraftState.DROPPED
    state = _IN_WORDS.get(draft.state, draft.state.value)
    return Communication(
        day=local_day(said.at if said is not None and went_out else draft.created_at, zone),
        communication_type=draft.communication_type,
        subject=draft.subject,
        outcome=f"{state}: {said.note}" if said is not None and said.note else state,
        draft_id=draft.draft_id,
        by="" if said is None else said.by,
    )


def _said_json(state: DraftState, note: str) -> dict[str, JsonValue]:
    return {"state": state.value, "note": note} if note else {"state": state.value}
