"""The audit log as one: what people did, what agents changed, what was applied. For reading alone.

Opened for one tenant, inside one transaction (`app.ports.store.Unit`). Lines are written where the
change is made, with it; scores are not among them, for each account's history has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from app.domain.audit import LogLine, Position
from app.ports.today import Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class LogAsk:
    """Which lines are wanted."""

    scope: Scope
    """Whose accounts' lines; those of no account are told to whoever sees the whole log alone."""
    is_whole: bool
    """Also what concerns no account: users, keys, settings."""
    most: int
    account_id: str = ""
    """Only this account's; empty: all."""
    by: str = ""
    """Only his, by the name that the log has for him; empty: everybody's."""
    kind: str = ""
    """Only of this kind; empty: all."""
    behind: Position | None = None
    """The last line that was read; None: from the newest on."""


class AuditLog(Protocol):
    """All that was ever changed, newest first."""

    def lines(self, ask: LogAsk) -> tuple[LogLine, ...]:
        """The next lines, newest first: one SELECT for each source that can have any."""
        ...

    def account_named(self, text: str, scope: Scope) -> str:
        """The id of the account in sight that a text names or begins, case ignored.

        Raises NotFound, and Conflict where several would do: both name accounts in sight alone.
        """
        ...
