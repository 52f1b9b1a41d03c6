"""The audit log as a page: the next lines that its viewer may see, with what each changed.

Who sees the whole of it is an admin who sees every account; others see lines of accounts in their
sight, and of feeds.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.audit import Difference, LogLine, Position, differences
from app.domain.viewer import Viewer
from app.errors import NotFound
from app.ports.audit import LogAsk
from app.ports.store import Unit
from app.ports.today import Scope
from app.services.plain_text import one_line

LINES = 50
MOST_DIFFERENCES = 12
"""Of one line; how many there are more is told."""
_WORD = 200
_REASONS = "reasons"
"""Of a finding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogWords:
    """What a visitor asks for, as he typed it."""

    account: str = ""
    """An account's id, its name, or the beginning of one."""
    by: str = ""
    kind: str = ""
    behind: Position | None = None

    @property
    def is_narrowed(self) -> bool:
        """Whether not all is asked for."""
        return bool(self.account or self.by or self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLine:
    """A line with what it changed."""

    line: LogLine
    differences: tuple[Difference, ...]
    more: int
    """Differences that are not among these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """A stretch of the log."""

    lines: tuple[ShownLine, ...]
    next: Position | None
    """The last line shown, where there are more behind it."""
    is_whole: bool
    """Whether its viewer sees all there is."""
    account_name: str
    """Of the account asked for; empty: none is, or there is none such in his sight."""
    is_unknown: bool
    """The account asked for is not there, as far as he sees."""


def read_log(unit: Unit, viewer: Viewer, words: LogWords) -> LogPage:
    """Read the next lines."""
    is_whole = viewer.is_admin and viewer.owner is None
    default_owner = "" if is_whole else unit.tenant.settings().settings.default_owner
    scope = Scope(owner=viewer.owner, default_owner=default_owner)
    account_id, account_name = "", ""
    if words.account:
        try:
            account_id, account_name = _account(unit, scope, one_line(words.account, _WORD))
        except NotFound:
            return LogPage(lines=(), next=None, is_whole=is_whole, account_name="", is_unknown=True)
    found = unit.audit.lines(
        LogAsk(
            scope=scope,
            is_whole=is_whole,
            most=LINES + 1,
            account_id=account_id,
            by=one_line(words.by, _WORD),
            kind=words.kind,
            behind=words.behind,
        )
    )
    return LogPage(
        lines=tuple(_shown(line, viewer) for line in found[:LINES]),
        next=found[LINES - 1].position if len(found) > LINES else None,
        is_whole=is_whole,
        account_name=account_name,
        is_unknown=False,
    )


def _account(unit: Unit, scope: Scope, text: str) -> tuple[str, str]:
    """The account in sight that a text names. Raises NotFound, Conflict where several would do."""
    account_id = unit.audit.account_named(text, scope)
    return account_id, unit.book.accounts([account_id])[account_id].name


def _shown(line: LogLine, viewer: Viewer) -> ShownLine:
    """Why a feed fails may name any account: it is for who sees all of them."""
    is_hidden = not line.account_id and not viewer.sees_operations
    found = tuple(
        one for one in differences(line.before, line.after) if not is_hidden or one.name != _REASONS
    )
    return ShownLine(
        line=line,
        differences=found[:MOST_DIFFERENCES],
        more=max(0, len(found) - MOST_DIFFERENCES),
    )
