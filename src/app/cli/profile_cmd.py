"""`tend profile`: the technical relationship with an account, as known now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.jobs.account_documents import ProfileFound

profile_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@profile_app.command(
    epilog=(
        "Examples:  [bold]tend profile acme[/bold]   ·   "
        "[bold]tend profile acme --html acme-profile.html[/bold]   ·   "
        "[bold]tend profile acme --json[/bold]"
    )
)
def profile(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    html: Annotated[
        Path | None,
        typer.Option(help="Write it as a page to print, for our own people, into this file."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """See who the people of an account are, what it has connected and uses, and what was written.

    It is made of what is known now; what reps said of it stands over what is computed. It is for
    our own people and never for the customer.
    """
    from app.agents.technical_account_manager.profile_page import profile_page
    from app.cli.context import opened
    from app.cli.documents import print_page, write_document
    from app.services.document_pages import render_page

    with opened() as cli:
        found = _profile(cli, account)
        page = profile_page(found.profile, as_of=found.as_of)
        if html is not None:
            write_document(cli, "--html", html, render_page(page), for_customer=False)
        if as_json:
            cli.console.print_json(found.profile.model_dump_json())
        elif html is None:
            print_page(cli.console, page)


def _profile(cli: CliContext, account: str) -> ProfileFound:
    from rich.text import Text

    from app.cli.asking import account_of
    from app.jobs.account_documents import profile_for

    account_id, now = account_of(cli, account).account_id, cli.clock()
    found = cli.store.read_now(cli.tenant, lambda unit: profile_for(unit, account_id, now))
    if not found.is_kept:
        cli.notes.print(
            Text(
                "None is kept yet: as it would be made now. To keep it: "
                f"tend task update_relationship_profile --account {account_id}",
                "dim",
            )
        )
    return found
