"""`tend drafts`: what waits for a rep, read and put in their own words. Nothing here sends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP, BY_HELP

if TYPE_CHECKING:
    from app.domain.draft import Draft

drafts_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog=(
        "Examples:  [bold]tend drafts[/bold]   ·   [bold]tend drafts --rep kim@example.com[/bold]"
        "   ·   [bold]tend drafts show d-1a2b3c4d5e[/bold]   ·   "
        "[bold]tend drafts edit d-1a2b3c4d5e[/bold]"
    ),
)

_Named = Annotated[
    str, typer.Argument(help="The draft's id, such as d-1a2b3c4d5e.", metavar="DRAFT")
]
_Account = Annotated[str, typer.Option(help=f"Only this account's. {ACCOUNT_HELP}")]
_Rep = Annotated[str, typer.Option(help="Only those of this rep (e-mail).")]
_Every = Annotated[bool, typer.Option("--all", help="Also sent, dropped and withdrawn ones.")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_By = Annotated[str, typer.Option(help=BY_HELP)]


@drafts_app.callback()
def drafts(
    ctx: typer.Context,
    account: _Account = "",
    rep: _Rep = "",
    every: _Every = False,
    as_json: _Json = False,
) -> None:
    """The drafts that wait, newest first, in the mailbox of the rep who is to send them."""
    if ctx.invoked_subcommand is None:
        _list(account, rep, every=every, as_json=as_json)


@drafts_app.command(
    "list",
    epilog=(
        "Examples:  [bold]tend drafts list[/bold]   ·   "
        "[bold]tend drafts list --account acme --all[/bold]   ·   "
        "[bold]tend drafts list --json[/bold]"
    ),
)
def list_drafts(
    account: _Account = "", rep: _Rep = "", every: _Every = False, as_json: _Json = False
) -> None:
    """List what waits, newest first, with what a rep should look at twice.

    Whether a draft was edited in another mailbox than the outbox, `show` asks.
    """
    _list(account, rep, every=every, as_json=as_json)


def _list(account: str, rep: str, *, every: bool, as_json: bool) -> None:
    from app.cli.context import opened
    from app.cli.drafts_finding import found_drafts
    from app.cli.drafts_view import print_list

    with opened() as cli:
        found = found_drafts(cli, account=account, rep=rep, every=every)
        print_list(cli, found, as_json=as_json, is_narrowed=bool(account or rep))


@drafts_app.command(
    epilog=(
        "Examples:  [bold]tend drafts show d-1a2b3c4d5e[/bold]   ·   "
        "[bold]tend drafts show d-1a2b3c4d5e --html letter.html[/bold]   ·   "
        "[bold]tend drafts[/bold] (lists their ids)"
    )
)
def show(
    draft_id: _Named,
    html: Annotated[
        Path | None, typer.Option(help="Write its HTML as a page to look at into this file.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Read one draft as the customer would, and below what you should know of it."""
    from app.cli.context import opened
    from app.cli.documents import write_document
    from app.cli.drafts_finding import looked_at
    from app.cli.drafts_view import print_draft, print_draft_json
    from app.services.draft_page import draft_page

    with opened() as cli:
        seen = looked_at(cli, draft_id)
        if html is not None:
            write_document(cli, "--html", html, draft_page(seen.draft), for_customer=True)
        if as_json:
            print_draft_json(cli, seen)
        elif html is None:
            print_draft(cli, seen)


@drafts_app.command(
    epilog=(
        "Examples:  [bold]tend drafts edit d-1a2b3c4d5e[/bold] (in your $EDITOR)   ·   "
        "[bold]tend drafts edit d-1a2b3c4d5e --subject 'Your two tickets'[/bold]   ·   "
        "[bold]tend drafts edit d-1a2b3c4d5e --body-file letter.txt[/bold]"
    )
)
def edit(
    draft_id: _Named,
    subject: Annotated[str, typer.Option(help="The new subject; the text stays.")] = "",
    body_file: Annotated[
        Path | None, typer.Option(help="The new text, from this file; - reads standard input.")
    ] = None,
    over: Annotated[
        bool,
        typer.Option(
            "--over",
            help="Even where it was edited in the mailbox itself: you go on from the words there.",
        ),
    ] = False,
    by: _By = "",
) -> None:
    """Put a draft in your own words, here and in the mailbox where it waits.

    Your words are never refused; what the facts do not bear out is told. Tend leaves the draft
    alone from then on.
    """
    from app.cli.context import opened
    from app.cli.drafts_edit import edit_draft

    with opened() as cli:
        edit_draft(cli, draft_id, subject=subject, body_file=body_file, over=over, by=by)


@drafts_app.command(
    epilog=(
        "Examples:  [bold]tend drafts drop d-1a2b3c4d5e[/bold]   ·   "
        "[bold]tend drafts drop d-1a2b3c4d5e --note 'called instead'[/bold]"
    )
)
def drop(
    draft_id: _Named,
    note: Annotated[str, typer.Option(help="Why, in your words.")] = "",
    even_edited: Annotated[
        bool, typer.Option("--even-edited", help="Even where somebody edited it.")
    ] = False,
    by: _By = "",
) -> None:
    """Take a draft out of the mailbox: you will not send it. The history keeps it."""
    from app.cli.context import opened
    from app.cli.drafts_edit import drop_draft

    with opened() as cli:
        drop_draft(cli, draft_id, note=note, even_edited=even_edited, by=by)


@drafts_app.command(
    epilog=(
        "Examples:  [bold]tend drafts export --all-waiting --to letters[/bold]   ·   "
        "[bold]tend drafts export d-1a2b3c4d5e --to -[/bold]   ·   "
        "[bold]tend drafts export --account acme --to letters[/bold]"
    )
)
def export(
    to: Annotated[
        str, typer.Option(help="The folder to write into; - prints one draft.", show_default=False)
    ],
    draft_ids: Annotated[
        list[str] | None, typer.Argument(help="Drafts' ids.", metavar="DRAFT…")
    ] = None,
    account: _Account = "",
    all_waiting: Annotated[bool, typer.Option("--all-waiting", help="All that wait.")] = False,
) -> None:
    """Write drafts as .eml files that any mail program opens, as they stand now.

    A file that is there already is never written over.
    """
    from app.cli.context import opened
    from app.cli.drafts_export import export_drafts
    from app.cli.drafts_finding import found_drafts
    from app.errors import InvalidInput

    named = draft_ids or []
    if bool(named) + bool(account) + all_waiting != 1:
        raise InvalidInput("which drafts? Name them, or say --account or --all-waiting")
    with opened() as cli:
        found: list[Draft] | None = None
        if not named:
            found = found_drafts(cli, account=account, rep="", every=False)
        export_drafts(cli, named if found is None else [one.draft_id for one in found], to)
