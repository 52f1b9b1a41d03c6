"""What the commands that act share: days as they are typed, and who is asked for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.domain.account import Account

BY_HELP = "Who does it (e-mail); without it TEND_REP, else this machine's user."
ACCOUNT_HELP = "Its id, its name, or how either begins."


def day_of(text: str, option: str) -> date:
    """A day as typed. Raises InvalidInput naming the option."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as exc:
        msg = f"{option} {text!r} is not a day: write 2026-03-31"
        raise InvalidInput(msg) from exc


def today(cli: CliContext) -> date:
    """The tenant's local day."""
    from app.clock import local_day

    settings = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings()).settings
    return local_day(cli.clock(), settings.zone)


def account_of(cli: CliContext, text: str) -> Account:
    """The account that `text` finds. Raises NotFound and Conflict, naming near ones."""
    return cli.store.read_now(cli.tenant, lambda unit: unit.book.find(text))
