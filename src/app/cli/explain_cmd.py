"""`tend explain`: every point of an account's scores, what moved them, and the way up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from app.cli.context import CliContext
    from app.domain.account import Account

explain_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@explain_app.command(
    epilog=(
        "Examples:  [bold]tend explain acme[/bold]   ·   [bold]tend explain 'Acme GmbH' --at "
        "2026-03-31[/bold]   ·   [bold]tend explain[/bold] (the account most at risk)"
    )
)
def explain(
    account: Annotated[
        str, typer.Argument(help="Its id, its name, or how either begins; none: the most at risk.")
    ] = "",
    at: Annotated[str, typer.Option(help="As recorded by the end of this day (YYYY-MM-DD).")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Take an account's scores apart: each point with its reason and the records behind it.

    Then what moved the score since the scan before (your settings, the data, the customer), and the
    fewest changes that would lift its band.
    """
    from app.cli.context import opened
    from app.cli.explain_text import print_explanation
    from app.cli.json_shapes import explanation_json
    from app.jobs.explaining import explain as take_apart

    with opened() as cli:
        until = _until(cli, at)
        found = _account(cli, account)
        explanation = cli.store.read_now(cli.tenant, lambda unit: take_apart(unit, found, until))
        if not explanation.agents:
            msg = f"{found.name} has no score by {until:%Y-%m-%d}: run tend scan first"
            raise NotFound(msg)
        if as_json:
            import json

            cli.console.print_json(json.dumps(explanation_json(explanation)))
            return
        print_explanation(cli.console, explanation)


def _until(cli: CliContext, at: str) -> datetime:
    from datetime import timedelta

    from app.cli.scan_cmd import DAILY_AT, moment_of

    now = cli.clock()
    if not at:
        return now
    zone = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings()).settings.zone
    moment = moment_of(at, zone)
    if moment > now or len(at) > len("2026-01-01"):
        return min(moment, now)
    return moment + timedelta(hours=24 - DAILY_AT.hour) - timedelta(microseconds=1)


def _account(cli: CliContext, text: str) -> Account:
    from app.clock import local_day
    from app.jobs.standing import standings

    if text:
        return cli.store.read_now(cli.tenant, lambda unit: unit.book.find(text))
    settings = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings()).settings
    day = local_day(cli.clock(), settings.zone)
    found = cli.store.read_now(cli.tenant, lambda unit: standings(unit, day, settings))
    if not found:
        msg = "no account has a score yet: bring some in (tend import) and run tend scan"
        raise NotFound(msg)
    worst = found[0].account_id
    return cli.store.read_now(cli.tenant, lambda unit: unit.book.find(worst))
