"""The book as a file: one line an account, figures as figures. It reads nothing."""

from __future__ import annotations

from collections.abc import Iterator

from app.domain.book_listing import AgentCell, BookRow
from app.services.csv_safe import Cell

_AGENT = (
    "score",
    "band",
    "known_percent",
    "moved_in_7_days",
    "incident",
    "score_kept_because",
    "rep_says",
    "rep_until",
    "rep_by",
    "rep_reason",
)
HEADINGS: tuple[Cell, ...] = (
    "account_id",
    "name",
    "segment",
    "owner",
    "owner_is_default",
    "active",
    *(f"technical_{name}" for name in _AGENT),
    *(f"commercial_{name}" for name in _AGENT),
    "bands_differ",
    "churn",
    "arr",
    "currency",
    "renewal",
    "technical_reasons",
    "commercial_reasons",
)


def cells_of(row: BookRow) -> tuple[Cell, ...]:
    """One account's line, in the order of the headings."""
    return (
        row.account_id,
        row.name,
        row.segment,
        row.owner,
        _yes(row.owner_is_default),
        _yes(row.is_active),
        *_agent(row.tam),
        *_agent(row.csm),
        _yes(row.disagrees),
        row.churn_level,
        None if row.arr is None else row.arr.amount,
        None if row.arr is None else row.arr.currency,
        row.renewal,
        "; ".join(row.tam.reasons),
        "; ".join(row.csm.reasons),
    )


def _agent(cell: AgentCell) -> Iterator[Cell]:
    said = cell.said
    yield cell.score
    yield cell.band.value
    yield cell.coverage if cell.was_scanned else None
    yield cell.moved
    yield cell.incident_id
    yield cell.stale_reason
    yield from (None,) * 4 if said is None else (said.band.value, said.until, said.by, said.reason)


def _yes(claim: bool) -> str:  # noqa: FBT001 -- the value itself
    return "yes" if claim else "no"
