"""`tend templates`: the words of letters and alerts, ours and your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.ports.writer import Letter
    from app.services.template_source import TemplateSource

templates_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog=(
        "Examples:  [bold]tend templates[/bold]   ·   "
        "[bold]tend templates copy health_checkin[/bold]   ·   "
        "[bold]tend templates try health_checkin acme[/bold]"
    ),
)

NAME_HELP = "The template, such as health_checkin."


@templates_app.callback()
def templates(ctx: typer.Context) -> None:
    """List the templates, and which of them are your own."""
    if ctx.invoked_subcommand is not None:
        return
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened
    from app.services.template_source import TemplateSource
    from app.services.writer import ALERT_FACTS, BRIEFING_FACTS, LETTERS

    with opened() as cli:
        folder = cli.settings.templates_of(cli.tenant)
        source = TemplateSource(folder)
        table = Table(box=None, pad_edge=False, header_style="dim")
        for column in ("Template", "Used for", "Words"):
            table.add_column(column)
        for names, used_for in (
            (LETTERS, "a letter to a customer"),
            (ALERT_FACTS, "an alert to a rep"),
            (BRIEFING_FACTS, "a briefing for a rep"),
        ):
            for name in sorted(names):
                table.add_row(name, used_for, _whose(source, f"{name}.txt"))
        cli.console.print(table)
        cli.notes.print(
            Text(f"Your own stand in {folder}. tend templates copy NAME begins one.", "dim")
        )


@templates_app.command(
    epilog="Examples:  [bold]tend templates copy health_checkin[/bold]",
)
def copy(name: Annotated[str, typer.Argument(help=NAME_HELP)]) -> None:
    """Copy ours to begin your own with. A file that is there already is left as it is."""
    from rich.text import Text

    from app.cli.context import opened
    from app.errors import Conflict
    from app.services.template_source import OURS

    with opened() as cli:
        folder = cli.settings.templates_of(cli.tenant)
        own = folder / f"{known(name)}.txt"
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with own.open("x", encoding="utf-8") as file:
                file.write((OURS / own.name).read_text(encoding="utf-8"))
        except FileExistsError as exc:
            raise Conflict(f"{own} is there already: it stays as it is") from exc
        cli.console.print(Text(f"{own} holds our words. The next text uses what you make of it."))


@templates_app.command(
    name="try",
    epilog="Examples:  [bold]tend templates try health_checkin acme[/bold]",
)
def try_out(
    name: Annotated[str, typer.Argument(help="A letter's template, such as health_checkin.")],
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
) -> None:
    """Read a letter as it would be for an account today; nothing is kept and nobody is told."""
    from app.cli.context import opened

    with opened() as cli:
        letter = _worded(cli, name, account)
        _print(cli, letter)


def known(name: str) -> str:
    """The template's name. Raises NotFound naming those there are."""
    from app.errors import NotFound
    from app.services.writer import ALERT_FACTS, BRIEFING_FACTS, LETTERS

    every = sorted({*LETTERS, *ALERT_FACTS, *BRIEFING_FACTS})
    wanted = name.removesuffix(".txt")
    if wanted not in every:
        raise NotFound(f"no template {name!r}; there are: {', '.join(every)}")
    return wanted


def _worded(cli: CliContext, name: str, account: str) -> Letter:
    import asyncio

    from app.cli.asking import account_of
    from app.jobs.flows.wording import account_facts
    from app.services.checked_writer import NoModel
    from app.services.writing import writer_with

    found, now = account_of(cli, account), cli.clock()
    facts = cli.store.read_now(
        cli.tenant,
        lambda unit: account_facts(unit, found.account_id, found.owner_email or "", now),
    )
    writer = writer_with(
        NoModel(), own_templates=cli.settings.templates_of(cli.tenant), clock=cli.clock
    )
    return asyncio.run(writer.letter(name.removesuffix(".txt"), facts))


def _whose(source: TemplateSource, name: str) -> str:
    return "your own" if source.has_own(name) else "ours"


def _print(cli: CliContext, letter: Letter) -> None:
    from rich.panel import Panel
    from rich.text import Text

    body = Text(f"Subject: {letter.subject}\n\n{letter.body_text}")
    cli.console.print(Panel(body, title="As the customer would read it", width=88))
    for reason in letter.refused:
        cli.console.print(Text(f"  {reason}", "yellow"))
