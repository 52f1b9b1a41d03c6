"""`tend ask`: what is to be done, said in a sentence."""

from __future__ import annotations

from typing import Annotated

import typer

ask_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@ask_app.command(
    epilog=(
        'Examples:  [bold]tend ask "draft a check-in for Acme"[/bold]   ·   '
        '[bold]tend ask "prepare the QBR for Northwind"[/bold]   ·   '
        '[bold]tend ask "is Acme at risk?"[/bold]'
    )
)
def ask(
    words: Annotated[
        list[str], typer.Argument(metavar="SENTENCE", help="What is to be done, and for whom.")
    ],
    again: Annotated[
        bool, typer.Option("--again", help="Once more, though the same was asked for today.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Say in a sentence what is to be done. A table of phrases decides, never a guess.

    Where it is not plain which task or which account is meant, nothing is done and you are asked.
    """
    from app.cli.context import opened
    from app.cli.task_cmd import show_answer
    from app.cli.tasking import have_done

    with opened() as cli:
        answer = have_done(cli, {"text": " ".join(words)}, again=again, label="At work")
        show_answer(cli, answer, as_json=as_json)
