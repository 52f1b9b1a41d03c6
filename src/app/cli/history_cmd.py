"""`tend history`: an account's story, newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from rich.table import Table

    from app.domain.account import Account
    from app.domain.act import Communication
    from app.jobs.acts.history import Entry

history_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@history_app.command(
    epilog=(
        "Examples:  [bold]tend history acme[/bold]   ·   [bold]tend history acme --most 200[/bold]"
        "   ·   [bold]tend history acme --json[/bold]"
    )
)
def history(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    most: Annotated[int, typer.Option(help="How many entries.", min=1)] = 40,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """What happened and who did what: incidents, letters with outcomes, contacts, notes, words."""
    from rich.text import Text

    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.jobs.acts.drafts import communications
    from app.jobs.acts.history import history as story_of

    with opened() as cli:
        found, now = account_of(cli, account), cli.clock()
        entries, letters = cli.store.read_now(
            cli.tenant,
            lambda unit: (
                story_of(unit, found, now=now, most=most),
                communications(unit, found.account_id),
            ),
        )
        if as_json:
            import json

            cli.console.print_json(json.dumps(_story_json(found, entries, letters)))
            return
        cli.console.print(Text(found.name, "bold"))
        if not entries:
            cli.console.print(
                "Nothing has happened yet. [bold]tend log[/bold] and [bold]tend note[/bold] write "
                "something down; [bold]tend scan[/bold] raises what gets worse."
            )
            return
        cli.console.print(_table(entries))


def _table(entries: Sequence[Entry]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from app.domain.actor import actor_in_words

    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1))
    table.add_column("When (UTC)", no_wrap=True)
    table.add_column("Who", overflow="fold", max_width=32)
    table.add_column("What", no_wrap=True)
    table.add_column("", overflow="fold")
    for entry in entries:
        about = "" if entry.what in {"note", "contact"} else entry.about
        text = Text(entry.text)
        if about:
            text.append(f"  {about}", "dim")
        table.add_row(
            f"{entry.at:%Y-%m-%d %H:%M}",
            Text(actor_in_words(entry.who)),
            Text(entry.what.replace("_", " ")),
            text,
        )
    return table


def _story_json(
    account: Account, entries: Sequence[Entry], letters: Sequence[Communication]
) -> dict[str, JsonValue]:
    return {
        "account_id": account.account_id,
        "name": account.name,
        "history": [_as_json(entry) for entry in entries],
        "communications": [
            {
                "date": one.day.isoformat(),
                "communication_type": one.communication_type,
                "subject": one.subject,
                "outcome": one.outcome,
                "draft_id": one.draft_id,
                "by": one.by or None,
            }
            for one in letters
        ],
    }


def _as_json(entry: Entry) -> dict[str, JsonValue]:
    return {
        "at": entry.at.isoformat(),
        "who": entry.who or None,
        "what": entry.what,
        "about": entry.about,
        "text": entry.text,
    }
