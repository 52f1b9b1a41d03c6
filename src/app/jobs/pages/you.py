"""Your account as a page: who somebody is here, and where he is signed in.

It reads nothing of anybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.domain.user import User
from app.domain.viewer import Viewer
from app.jobs.own_sessions import OwnSession, own_sessions
from app.ports.store import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class YouPage:
    """What the page shows."""

    user: User | None
    """None: he came by a link, and nobody added a user of his name."""
    has_the_unowned: bool
    """Accounts without an owner count as his."""
    sessions: tuple[OwnSession, ...]


def read_you(unit: Unit, viewer: Viewer, now: datetime) -> YouPage:
    """Read it."""
    default_owner = unit.tenant.settings().settings.default_owner
    return YouPage(
        user=unit.users.get(viewer.by),
        has_the_unowned=viewer.owner is not None and default_owner.lower() == viewer.owner,
        sessions=own_sessions(unit, viewer.by, now),
    )
