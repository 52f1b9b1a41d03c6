"""`tend notion`: what is connected, whether it still is as it was, and what mends it."""

from __future__ import annotations

from typing import Annotated

import typer

notion_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@notion_app.callback(invoke_without_command=True)
def notion(context: typer.Context) -> None:
    """The team's Notion: what is connected, and whether it still is as it was."""
    if context.invoked_subcommand is None:
        status(as_json=False)


@notion_app.command(
    epilog="Examples:  [bold]tend notion status[/bold]   ·   [bold]tend notion status --json[/bold]"
)
def status(as_json: AsJson = False) -> None:
    """What is connected, and how far it was read; asks Notion nothing."""
    from app.cli.context import opened
    from app.cli.notion_state import show_status

    with opened() as cli:
        show_status(cli, as_json=as_json)


@notion_app.command(
    epilog="Examples:  [bold]tend notion check[/bold]   ·   "
    "[bold]tend notion check --no-rows[/bold]   ·   [bold]tend notion check --json[/bold]"
)
def check(
    no_rows: Annotated[
        bool,
        typer.Option("--no-rows", help="Columns alone; else each 100 rows take one request too."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask Notion how everything stands: what was renamed, deleted, changed or doubled.

    Changes nothing in Notion. Ends with code 1 when something must be mended, and says how.
    """
    import asyncio

    from app.cli.context import opened
    from app.cli.notion_state import check_notion

    with opened() as cli:
        is_well = asyncio.run(check_notion(cli, with_rows=not no_rows, as_json=as_json))
    if not is_well:
        raise typer.Exit(1)


@notion_app.command(
    epilog="Examples:  [bold]tend notion publish[/bold]   ·   "
    "[bold]tend notion publish acme[/bold]   ·   [bold]tend notion publish acme --anew[/bold]"
)
def publish(
    account: Annotated[
        str, typer.Argument(help="Only this account: its id or name.", show_default="all")
    ] = "",
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Make the ACCOUNT's row again, which was deleted in Notion."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show in Notion what Tend knows: rows of accounts and tickets, and pages.

    Each scan does so by itself. Only what changed is written; what people own is never touched.
    Ends with code 1 when something was left undone that needs a person.
    """
    from app.cli.context import opened
    from app.cli.notion_publish import publish_and_show

    with opened() as cli:
        is_well = publish_and_show(cli, account, anew=anew, as_json=as_json)
    if not is_well:
        raise typer.Exit(1)


@notion_app.command(
    epilog="Examples:  [bold]tend notion columns[/bold]   ·   "
    "[bold]tend notion columns --json[/bold]"
)
def columns(as_json: AsJson = False) -> None:
    """The columns Tend knows, whose each is, and as which types it takes one that is there."""
    from app.cli.notion_columns import show_columns

    show_columns(as_json=as_json)


@notion_app.command(
    epilog="Examples:  [bold]tend notion disconnect[/bold]   ·   then remove the connection in "
    "Notion's settings"
)
def disconnect() -> None:
    """Forget the token that is kept. Nothing in Notion is changed or removed."""
    from app.cli.context import opened
    from app.cli.notion_state import forget_token

    with opened() as cli:
        forget_token(cli)
