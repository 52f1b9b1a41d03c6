"""`tend feeds`: where facts come from, how fresh they are, and what could not be placed."""

from __future__ import annotations

from typing import Annotated

import typer

feeds_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog="Examples:  [bold]tend feeds[/bold]   ·   [bold]tend feeds unresolved[/bold]",
)


@feeds_app.callback()
def feeds(ctx: typer.Context) -> None:
    """Every feed with its state. A late or failed one freezes its accounts: last score kept."""
    if ctx.invoked_subcommand is not None:
        return
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened
    from app.domain.feed import FeedState

    style = {FeedState.FRESH: "green", FeedState.LATE: "yellow", FeedState.FAILED: "bold red"}
    with opened() as cli:
        now = cli.clock()
        found = cli.store.read_now(cli.tenant, lambda unit: unit.feeds.all())
        if not found:
            cli.console.print("No feed has delivered yet. [bold]tend import PATH[/bold] is one.")
            return
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("Feed", "Brings", "State", "Last delivery", "For", "Remark"):
            table.add_column(column)
        for feed in found:
            state = feed.state(now)
            table.add_row(
                Text(feed.name),
                ", ".join(sorted(feed.provides)),
                Text(state, style[state]),
                f"{feed.last_ok_at:%Y-%m-%d %H:%M} UTC" if feed.last_ok_at else "never",
                "all accounts" if feed.accounts is None else f"{len(feed.accounts)} accounts",
                Text(feed.trouble(now) or feed.reason),
            )
        cli.console.print(table)


@feeds_app.command(
    epilog=(
        "Examples:  [bold]tend feeds unresolved[/bold]   ·   "
        "[bold]tend feeds unresolved --most 500[/bold]"
    )
)
def unresolved(
    most: Annotated[int, typer.Option(help="How many to list.", min=1)] = 50,
) -> None:
    """Tickets that no rule could tie to an account: listed, never guessed."""
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened

    with opened() as cli:
        found = cli.store.read_now(cli.tenant, lambda unit: unit.mapping.unresolved())
        if not found:
            cli.console.print("Every ticket has its account.")
            return
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("Ticket", "From", "What it offers"):
            table.add_column(column)
        for ticket in found[:most]:
            table.add_row(Text(ticket.ticket_id), Text(ticket.source), Text(ticket.hints))
        cli.console.print(table)
        cli.console.print(
            f"{len(found)} tickets have no account. Name a component, project, organisation or "
            "domain in the accounts file (column external_ids or domains) and import both again."
        )
