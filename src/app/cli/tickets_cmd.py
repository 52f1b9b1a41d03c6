"""`tend tickets`: those that wait for their account, the way to tie them, and those that ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from app.feeds.ticket_assigning import By

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from app.feeds.ended_tickets import EndedTicket

tickets_app = typer.Typer(rich_markup_mode="rich", add_completion=False, no_args_is_help=True)


@tickets_app.callback()
def _tickets() -> None:
    """Tickets that wait for their account: listed, never guessed. And those that ended."""


@tickets_app.command(
    epilog="Examples:  [bold]tend tickets unresolved[/bold]   ·   "
    "[bold]tend tickets unresolved --json[/bold]"
)
def unresolved(
    most: Annotated[int, typer.Option(help="How many to list.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of them as JSON.")] = False,
) -> None:
    """The tickets that no rule could place, with what they offer."""
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened

    with opened() as cli:
        found = cli.store.read_now(cli.tenant, lambda unit: unit.mapping.unresolved())
        if as_json:
            listed = [
                {"ticket": one.ticket_id, "source": one.source, "offers": one.hints}
                for one in found
            ]
            cli.console.print_json(json.dumps(listed), ensure_ascii=True)
            return
        if not found:
            cli.console.print("Every ticket has its account.")
            return
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("Ticket", "From", "What it offers"):
            table.add_column(column)
        for one in found[:most]:
            table.add_row(Text(one.ticket_id), Text(one.source), Text(one.hints))
        cli.console.print(table)
        cli.console.print(
            f"{len(found)} tickets have no account. [bold]tend tickets assign TICKET ACCOUNT[/bold]"
            " places one, and learns from it where it can. Or name its component, project,"
            " organisation or domain in the accounts file, and import that: it is tried again."
        )


@tickets_app.command(
    epilog="Examples:  [bold]tend tickets assign SUP-12 acme[/bold]   ·   "
    "[bold]tend tickets assign SUP-12 acme --by component[/bold]"
)
def assign(
    ticket: Annotated[str, typer.Argument(help="The ticket's number.")],
    account: Annotated[str, typer.Argument(help="The account's id or name.")],
    by: Annotated[
        By | None,
        typer.Option(
            help="What of the ticket stands for the account from now on; by default what names "
            "one customer alone: its organisation, account field or label."
        ),
    ] = None,
) -> None:
    """Tie a waiting ticket to an account, and with it all others that offer the same."""
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.acts.tenancy import assign_ticket

    with opened() as cli:
        who, now = actor_of(cli.settings, ""), cli.clock()
        done = cli.store.write_now(
            cli.tenant, lambda unit: assign_ticket(unit, ticket, account, by, by=who, at=now)
        )
        cli.console.print(Text(f"{ticket} belongs to {done.account_id}."))
        for known in done.learnt:
            cli.console.print(
                Text(f"From now on {known.system} {known.external_id} is {known.account_id}.")
            )
        if done.also:
            cli.console.print(f"{done.also} more tickets have their account now.")
        if not done.learnt:
            cli.console.print(
                "Nothing was learnt for other tickets; --by component or --by project does."
            )


@tickets_app.command(
    epilog="Examples:  [bold]tend tickets ended[/bold]   ·   [bold]tend tickets ended --json[/bold]"
)
def ended(
    most: Annotated[int, typer.Option(help="How many to list.", min=1)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print all of them as JSON.")] = False,
) -> None:
    """The tickets that were closed because they are gone, moved or merged, the last first."""
    from app.cli.context import opened
    from app.feeds.ended_tickets import ended_tickets

    with opened() as cli:
        found = cli.store.read_now(cli.tenant, ended_tickets)
        if as_json:
            cli.console.print_json(json.dumps([_as_json(one) for one in found]), ensure_ascii=True)
            return
        if not found:
            cli.console.print(
                "No ticket is gone, moved or merged. [bold]tend sync --full[/bold] looks again."
            )
            return
        cli.console.print(_ended_table(found[:most]))
        if len(found) > most:
            cli.console.print(f"{len(found) - most:,} more: [bold]--most {len(found)}[/bold]")


def _as_json(ended: EndedTicket) -> dict[str, str]:
    return {
        "ticket": ended.ticket_id,
        "source": ended.feed,
        "account": ended.account_id,
        "subject": ended.subject,
        "reason": ended.reason,
        "ended_at": ended.ended_at.isoformat(),
    }


def _ended_table(ended: Sequence[EndedTicket]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Closed", "Ticket", "From", "Account", "Why", "Subject"):
        table.add_column(column)
    for one in ended:
        day = f"{one.ended_at:%Y-%m-%d}"
        words = (day, one.ticket_id, one.feed, one.account_id, one.reason, one.subject)
        table.add_row(*(Text(word) for word in words))
    return table
