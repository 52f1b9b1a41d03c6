"""`tend qbr`: an account's quarterly business review, as kept or as it would be today."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.agents.customer_success.schemas import QBRContent
    from app.cli.context import CliContext

qbr_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@qbr_app.command(
    epilog=(
        "Examples:  [bold]tend qbr acme[/bold]   ·   [bold]tend qbr acme --internal[/bold]   ·   "
        "[bold]tend qbr acme --html acme.html[/bold]   ·   "
        "[bold]tend qbr acme --period 2026-Q1 --markdown acme-2026-Q1.md[/bold]"
    )
)
def qbr(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    period: Annotated[
        str,
        typer.Option(
            help="A quarter such as 2026-Q1, or a contract's term.", show_default="the newest kept"
        ),
    ] = "",
    internal: Annotated[
        bool, typer.Option("--internal", help="With what the customer must not read.")
    ] = False,
    markdown: Annotated[
        Path | None,
        typer.Option(help="Write it for the customer, as Markdown, into this file."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write it as a page to print into this file: for the customer, unless --internal."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read a quarterly business review before you present it.

    One that is kept is shown as it was prepared; without one, as it would be made from what is
    known now. The internal notes are there with --internal alone, and in no Markdown.
    """
    from rich.text import Text

    from app.agents.customer_success.qbr_page import review_page
    from app.agents.customer_success.qbr_text import render_qbr_text
    from app.cli.context import opened
    from app.cli.documents import write_document
    from app.services.document_pages import render_page

    if internal and markdown is not None:
        raise InvalidInput("--internal: no Markdown has the internal notes; leave out --markdown")
    with opened() as cli:
        found = _review(cli, account, period)
        if markdown is not None:
            text = render_qbr_text(found, for_customer=True, markdown=True)
            write_document(cli, "--markdown", markdown, text, for_customer=True)
        if html is not None:
            text = render_page(review_page(found, for_customer=not internal))
            write_document(cli, "--html", html, text, for_customer=not internal)
        if as_json:
            hidden = None if internal else {"internal_notes"}
            cli.console.print_json(found.model_dump_json(exclude=hidden))
        elif markdown is None and html is None:
            shown = render_qbr_text(found, for_customer=not internal)
            cli.console.print(Text(shown), end="", soft_wrap=True)


def _review(cli: CliContext, account: str, period: str) -> QBRContent:
    """The kept review that is asked for, else one made of what is known now."""
    from rich.text import Text

    from app.agents.customer_success.qbr import form_of, period_in_words
    from app.cli.asking import account_of
    from app.jobs.account_documents import review_for

    if period and form_of(period) is None:
        msg = f"--period {period!r}: a quarter such as 2026-Q1, or a contract's term as kept"
        raise InvalidInput(msg)
    account_id = account_of(cli, account).account_id
    now = cli.clock()
    found = cli.store.read_now(cli.tenant, lambda unit: review_for(unit, account_id, period, now))
    if not found.is_kept:
        cli.notes.print(
            Text(
                f"None is kept for {period_in_words(found.content.period)} yet: as it would be "
                f"made now. To keep it: tend task generate_qbr --account {account_id}",
                "dim",
            )
        )
    return found.content
