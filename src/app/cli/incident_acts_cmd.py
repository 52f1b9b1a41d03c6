"""`tend ack`, `tend snooze`, `tend dismiss`: what a rep does about an incident."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import BY_HELP, day_of
from app.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.cli.context import CliContext
    from app.domain.incident import Incident
    from app.ports.store import Unit

ack_app = typer.Typer(rich_markup_mode="rich", add_completion=False)
snooze_app = typer.Typer(rich_markup_mode="rich", add_completion=False)
dismiss_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

_Named = Annotated[
    str,
    typer.Argument(help="The incident's id, or an account with one live incident.", metavar="WHAT"),
]
_By = Annotated[str, typer.Option(help=BY_HELP)]
_Every = Annotated[bool, typer.Option("--all", help="All live incidents of the account.")]


@ack_app.command(
    epilog=(
        "Examples:  [bold]tend ack acme[/bold]   ·   [bold]tend ack tam_escalation:acme:1[/bold]"
        "   ·   [bold]tend ack acme --all[/bold]"
    )
)
def ack(named: _Named, every: _Every = False, by: _By = "") -> None:
    """You have seen it and are on it: nobody is told again unless it gets worse."""
    from app.cli.context import opened
    from app.jobs.acts.incidents import acknowledge_incident

    with opened() as cli:
        who, now = _actor(cli, by), cli.clock()
        done = _each(
            cli, named, every, lambda unit, id_: acknowledge_incident(unit, id_, by=who, at=now)
        )
        _say(cli, done, "is acknowledged: quiet until it worsens.")


@snooze_app.command(
    epilog=(
        "Examples:  [bold]tend snooze acme --days 7[/bold]   ·   "
        "[bold]tend snooze tam_escalation:acme:1 --until 2026-12-01[/bold]"
    )
)
def snooze(
    named: _Named,
    until: Annotated[str, typer.Option(help="The day (YYYY-MM-DD) on which it wakes.")] = "",
    days: Annotated[int, typer.Option(help="Or in so many days.", min=0, max=3650)] = 0,
    every: _Every = False,
    by: _By = "",
) -> None:
    """Quiet until a day. If it is still wrong then you are told again; if it worsens, before."""
    from app.cli.context import opened
    from app.jobs.acts.incidents import snooze_incident

    if bool(until) is bool(days):
        msg = "snooze until when? --until 2026-03-31 or --days 7"
        raise InvalidInput(msg)
    with opened() as cli:
        who, now = _actor(cli, by), cli.clock()
        on = day_of(until, "--until") if until else _in_days(cli, days)
        done = _each(
            cli,
            named,
            every,
            lambda unit, id_: snooze_incident(unit, id_, until=on, by=who, at=now),
        )
        _say(cli, done, f"is snoozed until {on}, or until it worsens.")


@dismiss_app.command(
    epilog=(
        "Examples:  [bold]tend dismiss acme --reason 'planned migration, agreed with them'[/bold]"
        "   ·   [bold]tend dismiss csm_churn:acme:2 --reason 'renewed by phone'[/bold]"
    )
)
def dismiss(
    named: _Named,
    reason: Annotated[str, typer.Option(help="Why you disagree; kept for ever.")] = "",
    every: _Every = False,
    by: _By = "",
) -> None:
    """You disagree: quiet until it worsens, with your reason on record."""
    from app.cli.context import opened
    from app.jobs.acts.incidents import dismiss_incident

    if not reason.strip():
        msg = "dismissing needs a reason: --reason 'why it is none'"
        raise InvalidInput(msg)
    with opened() as cli:
        who, now = _actor(cli, by), cli.clock()
        done = _each(
            cli,
            named,
            every,
            lambda unit, id_: dismiss_incident(unit, id_, reason=reason, by=who, at=now),
        )
        _say(cli, done, "is dismissed: quiet until it worsens.")


def _each(
    cli: CliContext, named: str, every: bool, act: Callable[[Unit, str], Incident]
) -> Sequence[Incident]:
    """Do it to the one incident that is meant, or to all, in one transaction.

    Raises Conflict, listing them, where several stand and it was not said that all are meant.
    """
    from app.jobs.acts.incidents import incidents_named

    def do(unit: Unit) -> Sequence[Incident]:
        found = incidents_named(unit, named)
        if len(found) > 1 and not every:
            raise Conflict(_which(found))
        return [act(unit, incident.incident_id) for incident in found]

    return cli.store.write_now(cli.tenant, do)


def _which(found: Sequence[Incident]) -> str:
    from app.jobs.flows.owing import TITLES

    lines = [f"{len(found)} incidents stand: name one, or say --all"]
    lines.extend(
        f"  {one.incident_id}   {TITLES[one.kind]}, since {one.opened_at:%Y-%m-%d}, {one.state}"
        for one in found
    )
    return "\n".join(lines)


def _actor(cli: CliContext, by: str) -> str:
    from app.cli.actor import actor_of

    return actor_of(cli.settings, by)


def _in_days(cli: CliContext, days: int) -> date:
    from app.cli.asking import today

    return today(cli) + timedelta(days=days)


def _say(cli: CliContext, done: Sequence[Incident], what: str) -> None:
    from rich.text import Text

    for incident in done:
        cli.console.print(Text(f"{incident.incident_id} {what}"))
