"""`tend outcome`: what became of a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import BY_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.domain.act import DraftOutcome
    from app.domain.draft import Draft

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
    """Say what became of a draft. What went out stays in the history and is never withdrawn.

    One that is dropped is taken out of the mailbox, unless somebody edited it there.
    """
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
        line = f"{draft_id} is {told.state}. tend history {told.account_id} has it."
        cli.console.print(Text(line))
        draft = cli.store.read_now(cli.tenant, lambda unit: unit.outbox.draft(draft_id))
        if told.state is not DraftState.DROPPED or draft.box in {"", "outbox"}:
            _put_file_aside(cli, told)
        elif draft.remote_id:
            _take_out(cli, draft)


def _take_out(cli: CliContext, draft: Draft) -> None:
    """Out of the mailbox elsewhere, and said where that cannot be."""
    import asyncio

    from rich.text import Text

    from app.cli.drafts_finding import open_draft_desk
    from app.errors import AppError

    async def out() -> str:
        async with open_draft_desk(cli) as desk:
            before = await desk.take_out(draft.draft_id)
        if before.is_edited_there:
            return f"It was edited in {draft.box} itself, so it stays there."
        return f"It is {'out of' if before.there else 'not in'} {draft.box} now."

    again = f"tend drafts drop {draft.draft_id} takes it out"
    try:
        cli.notes.print(Text(asyncio.run(out()), "dim"))
    except AppError as exc:
        cli.notes.print(Text(f"It is still in {draft.box} ({exc}); {again}.", "yellow"))


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
