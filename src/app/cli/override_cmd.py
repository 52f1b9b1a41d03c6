"""`tend override`: a rep's word on a band, beside the computed one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import BY_HELP, day_of
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.domain.assessment import Agent
    from app.domain.band import Band

override_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@override_app.command(
    epilog=(
        "Examples:  [bold]tend override acme tam Green --until 2026-12-01 --reason 'planned "
        "migration'[/bold]   ·   [bold]tend override acme tam --clear[/bold]   ·   "
        "[bold]tend override[/bold] (lists those that hold)"
    )
)
def override(
    account: Annotated[
        str, typer.Argument(help="Its id or name; none: list all that hold.", show_default=False)
    ] = "",
    agent: Annotated[
        str, typer.Argument(help="tam (technical) or csm (commercial).", show_default=False)
    ] = "",
    band: Annotated[str, typer.Argument(help="Green, Amber or Red.", show_default=False)] = "",
    until: Annotated[
        str, typer.Option(help="The day (YYYY-MM-DD) from which the score counts again.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why; for your own people, kept for ever.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Take your word back now.")] = False,
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Say another band than the score until a day. Both stay visible; alerts follow your word.

    The score goes on being computed. Nobody is told when your word ends and nothing has changed.
    """
    from app.cli.context import opened

    with opened() as cli:
        if not account:
            _list(cli)
        elif clear:
            if band or until or reason:
                msg = "--clear takes the word back; it goes with no band, --until or --reason"
                raise InvalidInput(msg)
            _clear(cli, account, _agent(agent), by)
        else:
            _say(cli, account, _agent(agent), _band(band), until, reason, by)


def _say(
    cli: CliContext, text: str, agent: Agent, band: Band, until: str, reason: str, by: str
) -> None:
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.asking import account_of
    from app.jobs.acts.overriding import override_band

    if not until or not reason.strip():
        msg = "an override needs a day and a reason: --until 2026-12-01 --reason 'why'"
        raise InvalidInput(msg)
    found, who, now = account_of(cli, text), actor_of(cli.settings, by), cli.clock()
    day = day_of(until, "--until")
    word = cli.store.write_now(
        cli.tenant,
        lambda unit: override_band(
            unit, found, agent, band, until=day, reason=reason, by=who, at=now
        ),
    )
    cli.console.print(
        Text(
            f"{found.name} ({agent}) is {word.band} until {word.until} for alerts, from the next "
            "scan on; the score goes on being computed."
        )
    )


def _clear(cli: CliContext, text: str, agent: Agent, by: str) -> None:
    from rich.text import Text

    from app.cli.actor import actor_of
    from app.cli.asking import account_of
    from app.jobs.acts.overriding import clear_override

    found, who, now = account_of(cli, text), actor_of(cli.settings, by), cli.clock()
    cli.store.write_now(cli.tenant, lambda unit: clear_override(unit, found, agent, by=who, at=now))
    cli.console.print(Text(f"{found.name} ({agent}): the computed band counts again."))


def _list(cli: CliContext) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.domain.actor import actor_in_words
    from app.jobs.acts.overriding import overrides_in_force

    now = cli.clock()
    found = cli.store.read_now(cli.tenant, lambda unit: overrides_in_force(unit, now))
    if not found:
        cli.console.print(
            "No override holds: every band is as computed. [bold]tend override ACCOUNT tam Green "
            "--until DAY --reason WHY[/bold] says another."
        )
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Account", "Agent", "Band", "Until", "By", "Why"):
        table.add_column(column)
    for word in found:
        table.add_row(
            Text(word.account_id),
            word.agent.value,
            word.band.value,
            word.until.isoformat(),
            Text(actor_in_words(word.by)),
            Text(word.reason),
        )
    cli.console.print(table)


def _agent(text: str) -> Agent:
    from app.domain.assessment import Agent

    known = {agent.value: agent for agent in Agent}
    if text.strip().lower() not in known:
        msg = f"whose band: {' or '.join(known)}?" + (f" not {text!r}" if text else "")
        raise InvalidInput(msg)
    return known[text.strip().lower()]


def _band(text: str) -> Band:
    from app.domain.band import Band

    known = {band.value.lower(): band for band in Band if band is not Band.UNKNOWN}
    if text.strip().lower() not in known:
        msg = f"{text!r} is no band to say: Green, Amber or Red" if text else "which band?"
        raise InvalidInput(f"{msg} (or --clear)")
    return known[text.strip().lower()]
