"""`tend schedule`: what will be started when, and what was started last."""

from __future__ import annotations

from typing import Annotated

import typer

schedule_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@schedule_app.command(
    epilog=(
        "Examples:  [bold]tend schedule[/bold]   ·   [bold]tend schedule --days 30[/bold]   ·   "
        "[bold]tend schedule --json[/bold]"
    )
)
def schedule(
    days: Annotated[int, typer.Option(help="How many days ahead.", min=1, max=366)] = 90,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """The next scan, check-ins, reviews and business reviews, by the tenant's own clock.

    A service (tend run) keeps it: each is started once, also after a downtime. Nothing that comes
    of it is sent by itself: letters wait as drafts.
    """
    from app.bootstrap import liveness_for
    from app.cli.context import opened
    from app.cli.schedule_view import print_schedule, read_schedule, schedule_json

    with opened() as cli:
        now = cli.clock()
        view = cli.store.read_now(cli.tenant, lambda unit: read_schedule(unit, now, days))
        if as_json:
            cli.console.print_json(schedule_json(view), ensure_ascii=True)
            return
        if not view.accounts:
            cli.console.print(
                "No account is active, so there is nothing to schedule. "
                "[bold]tend import PATH[/bold] brings accounts in; [bold]tend demo[/bold] shows "
                "Tend on made-up ones."
            )
            return
        print_schedule(cli.console, view)
        if not liveness_for(cli.settings).living():
            cli.console.print(
                "\nNobody keeps the schedule at the moment: [bold]tend run[/bold] does."
            )
