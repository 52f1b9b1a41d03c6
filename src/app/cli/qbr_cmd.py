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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Read a quarterly business review before you present it.

    One that is kept is shown as it was prepared; without one, as it would be made from what is
    known now. The internal notes are shown with --internal alone, and are in no file.
    """
    from rich.text import Text

    from app.agents.customer_success.qbr_text import render_qbr_text
    from app.cli.context import opened

    if internal and markdown is not None:
        raise InvalidInput("--internal: no file has the internal notes; leave out --markdown")
    with opened() as cli:
        found = _review(cli, account, period)
        if as_json:
            hidden = None if internal else {"internal_notes"}
            cli.console.print_json(found.model_dump_json(exclude=hidden))
        elif markdown is not None:
            _write(markdown, render_qbr_text(found, for_customer=True, markdown=True))
            cli.console.print(Text(f"Written for the customer: {markdown}"))
        else:
            shown = render_qbr_text(found, for_customer=not internal)
            cli.console.print(Text(shown), end="", soft_wrap=True)


def _review(cli: CliContext, account: str, period: str) -> QBRContent:
    """The kept review that is asked for, else one made of what is known now."""
    from app.agents.customer_success.qbr import (
        form_of,
        period_in_words,
        period_of,
        refuse_other_times,
        review,
        review_of,
    )
    from app.cli.asking import account_of
    from app.domain.document import DocumentKind
    from app.jobs.dossiers import dossier_of

    if period and form_of(period) is None:
        msg = f"--period {period!r}: a quarter such as 2026-Q1, or a contract's term as kept"
        raise InvalidInput(msg)
    account_id = account_of(cli, account).account_id
    kept = cli.store.read_now(
        cli.tenant, lambda unit: unit.documents.of(account_id, [DocumentKind.QBR])
    )
    wanted = [one for one in kept if one.key == period] if period else kept
    if wanted:
        return review_of(wanted[0])
    now = cli.clock()
    dossier = cli.store.read_now(cli.tenant, lambda unit: dossier_of(unit, account_id, now))
    chosen, trigger = period_of({"period": period or None}, dossier)
    refuse_other_times(chosen, dossier.context.local_day)
    cli.notes.print(
        f"[dim]None is kept for {period_in_words(chosen)} yet: as it would be made now.[/dim]"
    )
    return review(dossier, chosen, trigger)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as exc:
        msg = f"--markdown {file}: cannot be written: {exc.strerror}"
        raise InvalidInput(msg) from exc
