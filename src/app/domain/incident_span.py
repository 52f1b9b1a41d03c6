"""The stretches in which an incident stood, out of its revisions. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.incident import Change, IncidentKind, Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSpan:
    """One stretch, from being raised (or coming back) to being closed."""

    incident_id: str
    kind: IncidentKind
    first: datetime
    last: datetime | None
    """None: it stands."""
    worsened: tuple[datetime, ...] = ()
    """When it got worse in between."""


def spans(revisions: Iterable[Revision]) -> tuple[IncidentSpan, ...]:
    """The stretches of all these revisions' incidents; revisions come oldest first."""
    found: list[IncidentSpan] = []
    standing: dict[str, int] = {}
    for one in revisions:
        at = standing.get(one.incident_id)
        if one.change is Change.CLOSED:
            if at is not None:
                found[standing.pop(one.incident_id)] = replace(found[at], last=one.at)
        elif at is None:
            standing[one.incident_id] = len(found)
            found.append(
                IncidentSpan(
                    incident_id=one.incident_id, kind=one.finding.kind, first=one.at, last=None
                )
            )
        elif one.change is Change.WORSENED:
            found[at] = replace(found[at], worsened=(*found[at].worsened, one.at))
    return tuple(found)
