"""`tend incidents`: what is wrong and stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from rich.table import Table

    from app.jobs.acts.incidents import LiveIncident

incidents_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@incidents_app.command(
    epilog=(
        "Examples:  [bold]tend incidents[/bold]   ·   [bold]tend incidents acme --all[/bold]   ·   "
        "[bold]tend incidents --json[/bold]"
    )
)
def incidents(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP, show_default="all")] = "",
    every: Annotated[
        bool, typer.Option("--all", help="With an account: its newest closed ones too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Everything wrong that stands, told or not, with its id, since when, and who has seen it.

    Severity compares within a kind: 1 Amber or a first churn trigger, higher is worse.
    """
    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.errors import InvalidInput
    from app.jobs.acts.incidents import live_incidents

    if every and not account:
        msg = "--all needs an account: closed incidents are listed one customer at a time"
        raise InvalidInput(msg)
    with opened() as cli:
        account_id = account_of(cli, account).account_id if account else None
        found = cli.store.read_now(
            cli.tenant, lambda unit: live_incidents(unit, account_id, closed_too=every)
        )
        if as_json:
            import json

            cli.console.print_json(json.dumps({"incidents": [_as_json(one) for one in found]}))
        elif not found:
            cli.console.print(
                "No incident stands. [bold]tend scan[/bold] raises what gets worse, and shows "
                "every customer, the most at risk first."
            )
        else:
            cli.console.print(_table(found))
            cli.console.print(
                "[dim]tend ack|snooze|dismiss INCIDENT, tend explain ACCOUNT, "
                "tend history ACCOUNT.[/dim]"
            )


def _table(found: Sequence[LiveIncident]) -> Table:
    from rich.table import Table
    from rich.text import Text

    from app.cli.book_table import BAND_STYLE
    from app.jobs.flows.owing import TITLES

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Incident", "Account", "What", "Since", "Severity", "State"):
        table.add_column(column, overflow="fold")
    for one in found:
        incident = one.incident
        name = one.account.name if one.account is not None else incident.subject
        table.add_row(
            Text(incident.incident_id),
            Text(name),
            Text(TITLES[incident.kind], BAND_STYLE[incident.raised_band]),
            f"{incident.opened_at:%Y-%m-%d}",
            f"{incident.severity}",
            Text(_state(one)),
        )
    return table


def _state(one: LiveIncident) -> str:
    from app.domain.actor import actor_in_words

    incident = one.incident
    until = f" until {incident.snoozed_until}" if incident.snoozed_until is not None else ""
    who = "" if one.last_act is None else f" by {actor_in_words(one.last_act.by)}"
    when = "" if one.last_act is None else f" on {one.last_act.at:%Y-%m-%d}"
    why = f": {incident.note}" if incident.note else ""
    return f"{incident.state}{until}{who}{when}{why}"


def _as_json(one: LiveIncident) -> dict[str, JsonValue]:
    incident, act = one.incident, one.last_act
    until, closed = incident.snoozed_until, incident.closed_at
    return {
        "incident_id": incident.incident_id,
        "kind": incident.kind.value,
        "subject": incident.subject,
        "account": one.account.name if one.account is not None else None,
        "since": incident.opened_at.isoformat(),
        "severity": incident.severity,
        "worst_severity": incident.worst_severity,
        "raised_band": incident.raised_band.value,
        "state": incident.state.value,
        "snoozed_until": None if until is None else until.isoformat(),
        "reason": incident.note or None,
        "closed_at": None if closed is None else closed.isoformat(),
        "by": None if act is None else act.by,
        "at": None if act is None else act.at.isoformat(),
    }
