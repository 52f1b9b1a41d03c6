"""`tend connect notion`: what is typed; the work is done by `notion_connecting`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated

import typer

_DATABASE = "DATABASE"


def notion(
    parent: Annotated[
        str, typer.Option(help="The page under which databases lie or are made.", metavar="PAGE")
    ] = "",
    accounts: Annotated[
        str,
        typer.Option(
            help="The accounts there are: a database's id or address, #TABLE if it has several; "
            "`new` makes one.",
            metavar=_DATABASE,
        ),
    ] = "",
    tickets: Annotated[
        str,
        typer.Option(
            help="The support tickets; `new` makes one, `none` leaves them out.", metavar=_DATABASE
        ),
    ] = "",
    qbrs: Annotated[
        str,
        typer.Option(help="The QBRs; `new` makes one, `none` leaves them out.", metavar=_DATABASE),
    ] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            help="A column of yours for one of ours; `+` before a name adds it.",
            metavar="OURS=YOURS",
        ),
    ] = None,
    all_columns: Annotated[
        bool,
        typer.Option("--all-columns", help="Add the columns too that people fill, such as NPS."),
    ] = False,
    write_tickets: Annotated[
        bool | None,
        typer.Option(
            "--write-tickets/--read-tickets",
            help="Whether Tend keeps up the tickets there, or only reads them. By default it reads "
            "where somebody else made them.",
            show_default=False,
        ),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Find or make another for a database that is gone."),
    ] = False,
    token_from_env: Annotated[
        bool, typer.Option("--token-from-env", help="Never ask for the token.")
    ] = False,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Ask for another token than the one that is kept.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would be done, and do nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before changes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Connect Notion: make or adopt Accounts, Support Tickets and QBRs.

    Shows first what is whose. Adds columns, and never renames, changes or removes one of yours.
    Run it again at any time: it mends what is missing, and changes nothing where nothing is.
    """
    from app.cli.context import opened
    from app.cli.notion_connecting import Manner, connect_notion
    from app.domain.notion import NotionRole
    from app.services.notion.setup.address import id_in
    from app.services.notion.setup.wishes import chosen_in, named_in

    given = {
        NotionRole.ACCOUNTS: accounts,
        NotionRole.TICKETS: tickets,
        NotionRole.QBRS: qbrs,
    }
    wishes = replace(
        named_in(given),
        chosen=chosen_in(mapping or ()),
        parent_id=id_in(parent) if parent else "",
        writes_tickets=write_tickets,
        adds_all=all_columns,
        is_anew=anew,
    )
    manner = Manner(
        may_ask=not token_from_env,
        asks_anew=new_token,
        is_dry=dry_run,
        is_agreed=yes,
        as_json=as_json,
    )
    with opened() as cli:
        asyncio.run(connect_notion(cli, wishes, manner))


EPILOG = (
    "Examples:  [bold]tend connect notion[/bold]   ·   [bold]tend connect notion --dry-run[/bold]"
    "   ·   [bold]tend connect notion --accounts ADDRESS --map 'Health Score=Punktzahl'[/bold]"
    '   ·   [bold]TEND_NOTION=\'{"token": "ntn_…"}\' tend connect notion --yes[/bold]'
)
