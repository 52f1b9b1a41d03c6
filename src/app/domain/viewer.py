"""Who looks at the dashboard, and how far he sees: pure, asked before any row is shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.domain.account import Account


class Role(StrEnum):
    """What somebody may do in the dashboard."""

    ADMIN = "admin"
    """Everything: also releases what is parked, and sees the whole audit log."""
    REP = "rep"
    """Works with the accounts he sees: acknowledges, edits drafts, logs calls."""
    READER = "reader"
    """Looks, and changes nothing."""


class Sight(StrEnum):
    """Whose accounts somebody sees."""

    ALL = "all"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who is signed in."""

    by: str
    """As the audit log names him: an e-mail, or `os:NAME` for the machine's user."""
    role: Role
    sight: Sight = Sight.ALL

    @property
    def owner(self) -> str | None:
        """The owner (lower-case e-mail) whose accounts are all he sees; None: he sees every one."""
        return self.by if self.sight is Sight.OWN else None

    @property
    def is_admin(self) -> bool:
        """Whether he may do what concerns the whole tenant."""
        return self.role is Role.ADMIN

    @property
    def may_change(self) -> bool:
        """Whether he may change anything at all."""
        return self.role is not Role.READER

    @property
    def sees_operations(self) -> bool:
        """Whether he sees scans, flows and feeds in detail: they speak of every account."""
        return self.sight is Sight.ALL

    def sees(self, account: Account, default_owner: str) -> bool:
        """Whether the account is one of his; `default_owner` looks after those without an owner."""
        owner = (account.owner_email or default_owner).lower()
        return self.owner is None or self.owner == owner
