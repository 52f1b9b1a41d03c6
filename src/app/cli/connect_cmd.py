"""`tend connect`: a rep lets Tend into his own drafts, a team into its Notion and help desk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.connect_desks import (
    CLASSIC_EPILOG,
    KAYAKO_EPILOG,
    ZENDESK_EPILOG,
    kayako,
    kayako_classic,
    zendesk,
)
from app.cli.connect_jira import EPILOG as JIRA_EPILOG
from app.cli.connect_jira import jira
from app.cli.connect_notion import EPILOG, notion

if TYPE_CHECKING:
    from app.cli.context import CliContext

connect_app = typer.Typer(rich_markup_mode="rich", add_completion=False, no_args_is_help=True)


@connect_app.callback()
def _connect() -> None:
    """Connect what Tend reads and writes: a team's Notion and help desk, a rep's Gmail drafts."""


connect_app.command(epilog=EPILOG)(notion)
connect_app.command(epilog=JIRA_EPILOG)(jira)
connect_app.command(epilog=KAYAKO_EPILOG)(kayako)
connect_app.command("kayako-classic", epilog=CLASSIC_EPILOG)(kayako_classic)
connect_app.command(epilog=ZENDESK_EPILOG)(zendesk)


@connect_app.command(
    epilog="Examples:  [bold]tend connect gmail --client client.json[/bold]   ·   "
    "[bold]tend connect gmail --no-browser --wider[/bold]   ·   "
    "[bold]tend connect gmail --check[/bold]"
)
def gmail(
    rep: Annotated[
        str, typer.Option("--rep", help="Whose mailbox; TEND_REP by default.", metavar="EMAIL")
    ] = "",
    client: Annotated[
        Path | None,
        typer.Option(
            "--client",
            help="The OAuth client's JSON file; client_file of TEND_GMAIL by default.",
            metavar="FILE",
        ),
    ] = None,
    wider: Annotated[
        bool,
        typer.Option(
            "--wider",
            help="Also let Tend read mail: for the customer's thread, and to see what was sent.",
        ),
    ] = False,
    no_browser: Annotated[
        bool,
        typer.Option(
            "--no-browser", help="Consent in a browser elsewhere and paste the address back."
        ),
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Try the mailboxes that are connected, and stop.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --check: as JSON.")] = False,
) -> None:
    """Let Tend put drafts into a rep's Gmail. It never sends them: you do."""
    from app.cli.context import opened
    from app.errors import ConfigurationError

    try:
        from app.cli.connecting import check_mailboxes, connect_mailbox
    except ImportError as exc:
        told = "Gmail needs the extra: pip install 'tend[google]'"
        raise ConfigurationError(told) from exc
    with opened() as cli:
        whose = _whose(cli, rep)
        if check:
            raise typer.Exit(check_mailboxes(cli, whose if rep else "", as_json=as_json))
        connect_mailbox(cli, whose, client_file=client, wider=wider, by_browser=not no_browser)


def _whose(cli: CliContext, rep: str) -> str:
    return (rep or cli.settings.rep).strip().lower()
