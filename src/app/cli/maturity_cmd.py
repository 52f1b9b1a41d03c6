"""`tend maturity`: how technical a stakeholder is, by the rep's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP, BY_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.domain.account import Account

maturity_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@maturity_app.command(
    epilog=(
        "Examples:  [bold]tend maturity acme jane@acme.example high[/bold]   ·   "
        "[bold]tend maturity acme 'Jane Doe' low[/bold]   ·   [bold]tend maturity acme[/bold] "
        "(lists its people)"
    )
)
def maturity(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    person: Annotated[
        str, typer.Argument(help="An address, a name, or how it begins.", show_default=False)
    ] = "",
    level: Annotated[str, typer.Argument(help="low, medium or high.", show_default=False)] = "",
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Say how technical a person is. Your word wins over every import and every guess."""
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.domain.account import TechnicalMaturity
    from app.jobs.acts.maturity import set_maturity

    levels = [one.value for one in TechnicalMaturity]
    word = level.strip().lower()
    if person and word not in levels:
        msg = f"how technical: {', '.join(levels[:-1])} or {levels[-1]}?"
        raise InvalidInput(f"{msg} not {level!r}" if level else msg)
    with opened() as cli:
        found = account_of(cli, account)
        if not person:
            _list(cli, found)
            return
        who, now = actor_of(cli.settings, by), cli.clock()
        kept = cli.store.write_now(
            cli.tenant,
            lambda unit: set_maturity(unit, found, person, TechnicalMaturity(word), by=who, at=now),
        )
        cli.console.print(Text(f"{kept.email} of {found.name}: {kept.maturity}, by your word."))


def _list(cli: CliContext, account: Account) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.domain.actor import actor_in_words

    account_id = account.account_id
    people, said = cli.store.read_now(
        cli.tenant,
        lambda unit: (unit.people.stakeholders(account_id), unit.words.maturities(account_id)),
    )
    if not people:
        cli.console.print(
            Text(f"Nobody of {account.name} is known yet: import a stakeholders file.")
        )
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Person", "Address", "Role", "Technical", "Who says so"):
        table.add_column(column)
    for one in people:
        word = said.get(one.email.lower())
        imported = "imported" if one.technical_maturity else ""
        told = imported if word is None else f"{actor_in_words(word.by)}, {word.at:%Y-%m-%d}"
        table.add_row(
            Text(one.name),
            Text(one.email),
            Text(one.role),
            Text(one.technical_maturity or "not known"),
            Text(told),
        )
    cli.console.print(table)
