"""`tend go-live`: alerts begin. Until then every scan is a baseline."""

from __future__ import annotations

from typing import Annotated

import typer

golive_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@golive_app.command(
    epilog="Examples:  [bold]tend go-live[/bold]   ·   [bold]tend go-live --include-known[/bold]"
)
def go_live(
    include_known: Annotated[
        bool,
        typer.Option(
            "--include-known",
            help="Also tell what the baseline found: alerts within each rep's budget, the rest "
            "in one digest, a draft for each.",
        ),
    ] = False,
) -> None:
    """Begin alerts. What the baseline found stays quiet until it worsens, unless you ask for it."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.cli.scanning import do_what_is_owed
    from app.jobs.acts.tenancy import go_live as begin_alerts
    from app.jobs.going_live import announce_known

    with opened() as cli:
        now, by = cli.clock(), actor_of(cli.settings, "")
        begun = cli.store.write_now(cli.tenant, lambda unit: begin_alerts(unit, by=by, at=now))
        since = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.live_since())
        if begun:
            has_scores = cli.store.read_now(cli.tenant, lambda unit: unit.health.has_any())
            cli.console.print(
                "[bold]Alerts begin now.[/bold] The next [bold]tend scan[/bold] "
                + ("tells what is new." if has_scores else "is a baseline still: it is the first.")
            )
        elif since is not None:
            cli.console.print(f"Alerts have been on since {since:%Y-%m-%d %H:%M} UTC.")
        known = cli.store.read_now(cli.tenant, lambda unit: unit.incidents.untold())
        if not known:
            cli.console.print("No incident is waiting in silence.")
        elif include_known:
            told = cli.store.write_now(cli.tenant, lambda unit: announce_known(unit, now))
            done = do_what_is_owed(cli)
            cli.console.print(
                f"{told} incidents told: {done} drafts, alerts and records made. "
                "[bold]tend inbox[/bold] and [bold]tend drafts[/bold] have them."
            )
        else:
            cli.console.print(
                f"{_known(len(known))}; [bold]tend go-live --include-known[/bold] tells "
                f"{'it' if len(known) == 1 else 'them'} now."
            )


def _known(many: int) -> str:
    if many == 1:
        return "1 incident was known before and stays quiet until it worsens"
    return f"{many} incidents were known before and stay quiet until they worsen"
