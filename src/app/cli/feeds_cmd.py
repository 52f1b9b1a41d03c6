"""`tend feeds`: where facts come from, how fresh they are, and what could not be placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.domain.feed import Feed, FeedView
    from app.ports.store import Unit

feeds_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog="Examples:  [bold]tend feeds[/bold]   ·   [bold]tend feeds parked[/bold]   ·   "
    "[bold]tend feeds assign cust-77 globex[/bold]",
)


@feeds_app.callback()
def feeds(ctx: typer.Context) -> None:
    """Every feed with its state. A late or failed one freezes its accounts: last score kept.

    Of several sources of tickets one freezes whom it may know; how many are judged without it
    stands beside it.
    """
    if ctx.invoked_subcommand is not None:
        return
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened
    from app.domain.feed import FeedState
    from app.jobs.feed_views import feeds_at

    style = {FeedState.FRESH: "green", FeedState.LATE: "yellow", FeedState.FAILED: "bold red"}
    with opened() as cli:
        now = cli.clock()
        view = cli.store.read_now(cli.tenant, lambda unit: feeds_at(unit, now))
        found = view.feeds
        waiting = cli.store.read_now(cli.tenant, lambda unit: unit.parked_heartbeats.waiting())
        if waiting:
            cli.notes.print(
                f"{sum(waiting.values())} heartbeats wait for {len(waiting)} accounts that nobody "
                "knows: [bold]tend feeds parked[/bold]"
            )
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
                Text(_remark(view, feed)),
            )
        cli.console.print(table)


def _remark(view: FeedView, feed: Feed) -> str:
    others = view.judged_without(feed.name)
    noun = "account is" if others == 1 else "accounts are"
    judged = f"; {others:,} {noun} judged by other sources of tickets alone" if others else ""
    return f"{feed.trouble(view.now) or feed.reason}{judged}"


@feeds_app.command(epilog="Examples:  [bold]tend feeds parked[/bold]")
def parked(
    most: Annotated[int, typer.Option(help="How many to list.", min=1)] = 50,
) -> None:
    """Heartbeats of accounts that nobody knows yet, by what the product calls them."""
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened
    from app.services.plain_text import one_line

    with opened() as cli:
        waiting = cli.store.read_now(cli.tenant, lambda unit: unit.parked_heartbeats.waiting())
        if not waiting:
            cli.console.print("Every heartbeat has its account.")
            return
        table = Table("Called", "Heartbeats", box=None, pad_edge=False, header_style="dim")
        for named, count in list(waiting.items())[:most]:
            table.add_row(Text(one_line(named, 100)), str(count))
        cli.console.print(table)
        cli.console.print(
            f"{len(waiting)} accounts. They are taken in by themselves once an account of that id "
            "is known; another name is told by: tend feeds assign NAME ACCOUNT"
        )


@feeds_app.command(epilog="Examples:  [bold]tend feeds assign cust-77 globex[/bold]")
def assign(
    named: Annotated[str, typer.Argument(help="What your product calls the account.")],
    account: Annotated[str, typer.Argument(help="The account: its id, name or their beginning.")],
) -> None:
    """Say which account a name at the HTTP door means; what waited for it is taken in at once."""
    from rich.text import Text

    from app.cli.context import opened
    from app.jobs.incoming import API, take_in_parked
    from app.ports.rows import ExternalId
    from app.services.plain_text import one_line

    with opened() as cli:
        now = cli.clock()
        meant = cli.store.read_now(cli.tenant, lambda unit: unit.book.find(account))
        known = ExternalId(system=API, external_id=named, account_id=meant.account_id)

        def write(unit: Unit) -> int:
            unit.mapping.add_external_ids([known])
            return take_in_parked(unit, at=now)

        taken = cli.store.write_now(cli.tenant, write)
        told = f"{one_line(named, 100)} means {one_line(meant.name, 100)}"
        cli.console.print(Text(f"{told}; {taken} heartbeats taken in."))
