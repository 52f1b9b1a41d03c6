"""`tend outcome`: what became of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import BY_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.domain.act import DraftOutcome

outcome_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

WORDS = ("sent", "edited", "dropped")


@outcome_app.command(
    epilog=(
        "Examples:  [bold]tend outcome d-1a2b3c4d5e sent[/bold]   ·   "
        "[bold]tend outcome d-1a2b3c4d5e edited --note 'shorter; offered a call'[/bold]   ·   "
        "[bold]tend drafts[/bold] (lists what waits)"
    )
)
def outcome(
    draft_id: Annotated[str, typer.Argument(help="The draft's id, such as d-1a2b3c4d5e.")],
    became: Annotated[
        str, typer.Argument(help="sent, edited (sent in your own words) or dropped.")
    ],
    note: Annotated[str, typer.Option(help="What came of it, in your words.")] = "",
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Say what became of a draft. What went out stays in the history and is never withdrawn."""
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.domain.draft import DraftState
    from app.jobs.acts.drafts import tell_outcome

    word = became.strip().lower()
    if word not in WORDS:
        msg = f"{became!r}: a draft was {', '.join(WORDS[:-1])} or {WORDS[-1]}"
        raise InvalidInput(msg)
    with opened() as cli:
        who, now = actor_of(cli.settings, by), cli.clock()
        told = cli.store.write_now(
            cli.tenant,
            lambda unit: tell_outcome(unit, draft_id, DraftState(word), note=note, by=who, at=now),
        )
        cli.console.print(Text(f"{draft_id} is {word}. tend history {told.account_id} has it."))
        _put_file_aside(cli, told)


def _put_file_aside(cli: CliContext, told: DraftOutcome) -> None:
    """The folder of drafts holds what waits; a file that cannot be moved stays, which is said."""
    from rich.text import Text

    from app.services.draft_files import DraftFiles

    files = DraftFiles(folder=cli.settings.outbox)
    aside = "dropped" if told.state == "dropped" else "sent"
    try:
        moved = files.put_aside(told.draft_id, aside)
    except OSError as exc:
        cli.notes.print(Text(f"Its file stays where it is: {exc.strerror}", "yellow"))
        return
    if moved is not None:
        cli.notes.print(Text(f"Its file is in {moved.parent} now.", "dim"))
