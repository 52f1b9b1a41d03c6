"""`tend log` and `tend note`: contacts and notes that a rep writes down."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.asking import ACCOUNT_HELP, BY_HELP, day_of
from app.errors import InvalidInput

log_app = typer.Typer(rich_markup_mode="rich", add_completion=False)
note_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

KINDS = "call, meeting, email (mail), visit, training or other"


@log_app.command(
    epilog=(
        "Examples:  [bold]tend log acme 'call with Jane: migration is done'[/bold]   ·   "
        "[bold]tend log acme 'went through the roadmap' --kind meeting --with jane@acme.example "
        "--on 2026-03-09[/bold]"
    )
)
def log(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    summary: Annotated[str, typer.Argument(help="What was said, in a line or two.")],
    kind: Annotated[
        str,
        typer.Option(help=f"How: {KINDS}.", show_default="what the text begins with, else other"),
    ] = "",
    person: Annotated[
        str, typer.Option("--with", help="With whom: an address, or a name of the account's.")
    ] = "",
    on: Annotated[str, typer.Option(help="The day it was (YYYY-MM-DD).", show_default="now")] = "",
    minor: Annotated[
        bool, typer.Option("--minor", help="It told nothing: kept, not counted as a contact.")
    ] = False,
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Write down a contact. The next scan counts it as the last meaningful interaction."""
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.jobs.acts.contacts import Contact, ContactKind, log_interaction

    with opened() as cli:
        found, who, now = account_of(cli, account), actor_of(cli.settings, by), cli.clock()
        told = Contact(
            summary=summary,
            kind=ContactKind(_kind(kind, summary)),
            person=person,
            on=day_of(on, "--on") if on else None,
            meaningful=not minor,
        )
        kept = cli.store.write_now(
            cli.tenant, lambda unit: log_interaction(unit, found, told, by=who, at=now)
        )
        named = f" with {kept.stakeholder_email}" if kept.stakeholder_email else ""
        cli.console.print(
            Text(f"Logged for {found.name}: {kept.kind}{named} on {kept.happened_at:%Y-%m-%d}.")
        )
        if not named and not minor:
            cli.console.print(
                "[dim]--with PERSON says with whom: meeting several people counts as "
                "engagement.[/dim]"
            )


def _kind(asked: str, summary: str) -> str:
    """As asked; else the word that the text begins with, where it is a kind."""
    from app.jobs.acts.contacts import ContactKind

    kinds = {kind.value: kind.value for kind in ContactKind} | {"mail": ContactKind.EMAIL.value}
    if asked:
        if asked.strip().lower() not in kinds:
            msg = f"--kind {asked!r}: {KINDS}"
            raise InvalidInput(msg)
        return kinds[asked.strip().lower()]
    first = summary.split(maxsplit=1)[0].strip(":,.;").lower() if summary.strip() else ""
    return kinds.get(first, ContactKind.OTHER.value)


@note_app.command(
    epilog=(
        "Examples:  [bold]tend note acme 'new CTO starts in May'[/bold]   ·   "
        "[bold]tend history acme[/bold] (reads them)"
    )
)
def note(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    text: Annotated[str, typer.Argument(help="The note; for your own people alone.")],
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Add an internal note. It moves no score and stands in no letter to a customer."""
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.jobs.acts.contacts import add_note

    with opened() as cli:
        found, who, now = account_of(cli, account), actor_of(cli.settings, by), cli.clock()
        cli.store.write_now(cli.tenant, lambda unit: add_note(unit, found, text, by=who, at=now))
        cli.console.print(Text(f"Noted for {found.name}. tend history reads it."))
