"""How drafts are spoken of on their pages, and what the list and the page of one are drawn from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from app.domain.draft import Draft, DraftState
from app.domain.incident import Change, IncidentKind
from app.jobs.acts.draft_desk import Placed
from app.ports.draft_shelf import DraftOrder
from app.web.paths import draft_path

BOXES: Mapping[str, str] = {
    "outbox": "the outbox",
    "gmail": "Gmail",
    "imap": "the IMAP mailbox",
    "": "no mailbox yet",
}
KINDS: Mapping[IncidentKind, str] = {
    IncidentKind.TAM_ESCALATION: "Technical escalation",
    IncidentKind.CSM_HEALTH: "Commercial health",
    IncidentKind.CSM_CHURN: "Churn risk",
    IncidentKind.FEED: "Feed",
}
CHANGES: Mapping[Change, str] = {
    Change.RAISED: "raised",
    Change.KNOWN: "known from the start",
    Change.WORSENED: "worsened",
    Change.REOPENED: "came back",
    Change.WOKE: "still there after its snooze",
    Change.CLOSED: "closed",
}
WHY_DROPPED = (
    "I called instead",
    "It is settled already",
    "Not the right moment",
    "Somebody else writes to them",
)
"""Offered, not imposed."""
ORDERS: Mapping[DraftOrder, tuple[str, str]] = {
    DraftOrder.URGENT: (
        "Most urgent first",
        "Those about open incidents, by severity × ARR × how near the renewal is; then others.",
    ),
    DraftOrder.WORTH: (
        "Largest contract first",
        "By ARR, each currency measured by its own; unknown ones last.",
    ),
    DraftOrder.NEWEST: ("Newest first", ""),
}
"""What each order is called and what it goes by; the first is the one that nobody asked for."""
USUAL_ORDER = DraftOrder.URGENT
WIDE, NARROW = 68, 30
"""Characters of a line of the letter on a wide and on a narrow screen."""
_ROW, _GAP, _AROUND, _HIGHEST = 24, 14, 70, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The words that stand, and how the mailbox answered where it was asked."""

    draft: Draft
    place: Placed | None
    """None: it was not asked, or did not answer."""
    trouble: str = ""
    """Why it did not answer."""

    @property
    def is_gone(self) -> bool:
        """Whether it is not among the drafts there any more."""
        return self.place is not None and self.place.there is None

    @property
    def is_edited_there(self) -> bool:
        """Whether somebody changed it in the mailbox itself."""
        return self.place is not None and self.place.is_edited_there


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The form that a draft is edited in."""

    subject: str
    text: str
    words: str
    """The hash of what the rep began on."""
    over: bool
    """Whether it writes over what somebody changed in the mailbox."""
    trouble: str = ""
    """Why what was sent could not be kept."""
    offers_over: bool = False
    """Whether that is because somebody changed it in the mailbox meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropping:
    """The form that a draft is dropped by, as it came back."""

    note: str
    trouble: str
    """Why it was not dropped."""
    asks_even_edited: bool = False
    """Whether that is because somebody edited it."""


def path_of(draft_id: str, order: DraftOrder, **more: str) -> str:
    """The page of a draft among those of this order."""
    query = {**more} if order is USUAL_ORDER else {**more, "order": order.value}
    path = draft_path(draft_id)
    return f"{path}?{urlencode(query)}" if query else path


def list_path(order: DraftOrder, *, every: bool = False, page: int = 1) -> str:
    """A page of the list."""
    query = {} if order is USUAL_ORDER else {"order": order.value}
    if every:
        query["show"] = "all"
    if page > 1:
        query["page"] = str(page)
    return f"/drafts?{urlencode(query)}" if query else "/drafts"


def order_of(word: str) -> DraftOrder:
    """The order of that name; the most urgent first for anything else."""
    return next((one for one in DraftOrder if one.value == word), USUAL_ORDER)


def author(worded_by: str) -> str:
    """Whose words they are."""
    return {"template": "a template", "rep": "its rep"}.get(worded_by, f"the model {worded_by}")


def letter_pixels(draft: Draft, *, a_line: int = WIDE) -> int:
    """About how high the letter is in lines of so many characters: it need not scroll then."""
    lines = draft.body_text.splitlines()
    rows = sum(-(-len(line) // a_line) for line in lines)
    gaps = sum(not line for line in lines)
    return min(_HIGHEST, _AROUND + rows * _ROW + gaps * _GAP)


def state_words(state: DraftState) -> str:
    """What became of a draft."""
    return "sent, edited" if state is DraftState.EDITED else state.value
