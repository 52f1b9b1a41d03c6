"""What every view of an account is asked with: the account as looked up, and what was read already.

Whoever shows the account reads these once; a view reads only what is its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from app.clock import local_day
from app.domain.account import Account
from app.domain.tenant_settings import TenantSettings
from app.domain.viewer import Viewer


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A change that could not be made, shown again beside why."""

    form: str
    """Which form it was, such as `note`."""
    why: str
    typed: Mapping[str, str]
    """What stood in its fields."""

    def was(self, form: str, field: str = "", value: str = "") -> bool:
        """Whether it was this form; of several alike, the one whose `field` has this value."""
        return self.form == form and (not field or self.typed.get(field) == value)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAsked:
    """One account, in its viewer's sight, at one moment."""

    account: Account
    viewer: Viewer
    settings: TenantSettings
    """The newest ones."""
    now: datetime
    words: Mapping[str, str] = field(default_factory=dict)
    """What stands in the address besides the view, such as `factor`; anybody's text."""
    refused: Refused | None = None
    """A change that was just refused; None: there was none."""

    @property
    def account_id(self) -> str:
        """Whose views they are."""
        return self.account.account_id

    @property
    def today(self) -> date:
        """The tenant's calendar day."""
        return local_day(self.now, self.settings.zone)

    def word(self, name: str) -> str:
        """A word of the address; empty where it is not there."""
        return self.words.get(name, "")

    def number(self, name: str) -> int:
        """A page's number of the address, from 1; 1 where it is none that can be."""
        given = self.word(name)
        return max(int(given), 1) if given.isascii() and given.isdecimal() and len(given) < 5 else 1
