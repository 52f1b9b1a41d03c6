"""`tend runs`: what was scanned, what is still owed, what is under way, and what waits for you."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Collection

    from app.cli.context import CliContext
    from app.domain.effect import EffectKind, EffectRow
    from app.ports.store import Unit

runs_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog=(
        "Examples:  [bold]tend runs[/bold]   ·   [bold]tend runs --all --json[/bold]   ·   "
        "[bold]tend runs release --channel email[/bold]"
    ),
)


@runs_app.callback()
def runs(
    ctx: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="Every scan, flow and parked effect, ended flows too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """The last scans, flows that have not ended, work owed by channel, and what is parked.

    Works beside a running service and without one.
    """
    if ctx.invoked_subcommand is not None:
        return
    from app.cli.context import opened
    from app.cli.runs_view import overview_json, print_overview, read_overview

    with opened() as cli:
        overview = asyncio.run(read_overview(cli, every=every))
        if as_json:
            cli.console.print_json(overview_json(overview), ensure_ascii=True)
        else:
            print_overview(cli.console, overview, every=every)


@runs_app.command(
    epilog=(
        "Examples:  [bold]tend runs release main:tam_escalation:acme:1:1:email[/bold]   ·   "
        "[bold]tend runs release --channel email[/bold]   ·   "
        "[bold]tend runs release --all[/bold]"
    )
)
def release(
    keys: Annotated[
        list[str] | None,
        typer.Argument(help="Keys of parked effects, as tend runs shows them.", show_default=False),
    ] = None,
    channel: Annotated[
        str, typer.Option(help="All that is parked on this channel, such as email or draft.")
    ] = "",
    every: Annotated[bool, typer.Option("--all", help="All that is parked.")] = False,
) -> None:
    """Put parked effects back to work: each is tried again, and looked for before it is made."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.cli.releasing import start_released
    from app.jobs.acts.operations import release_effects

    if (bool(keys) + bool(channel) + every) != 1:
        raise InvalidInput("say which: keys of effects, --channel NAME, or --all; one of the three")
    with opened() as cli:
        wanted = _wanted(cli, keys or (), channel)
        if not wanted:
            cli.console.print("Nothing is parked: there is nothing to release.")
            return
        by, now = actor_of(cli.settings, ""), cli.clock()
        count = cli.store.write_now(
            cli.tenant, lambda unit: release_effects(unit, wanted, by=by, at=now)
        )
        noun = "effect" if count == 1 else "effects"
        if asyncio.run(start_released(cli.settings, cli.store)):
            cli.console.print(f"{count} {noun} released: the running service tries them now.")
        else:
            cli.console.print(
                f"{count} {noun} released. No service runs: they go out with the next "
                "[bold]tend scan[/bold] or [bold]tend run[/bold]."
            )


def _wanted(cli: CliContext, keys: Collection[str], channel: str) -> list[str]:
    """The keys to release. Raises NotFound for one that is not parked, InvalidInput."""
    kind = _kind(channel) if channel else None
    parked = cli.store.read_now(cli.tenant, _parked)
    if not keys:
        return [row.work.key for row in parked if kind is None or row.work.kind is kind]
    known = {row.work.key for row in parked}
    unknown = [key for key in keys if key not in known]
    if unknown:
        raise NotFound(f"{unknown[0]!r} is not parked, so nothing was released; see tend runs")
    return list(dict.fromkeys(keys))


def _parked(unit: Unit) -> tuple[EffectRow, ...]:
    from app.domain.effect import EffectState
    from app.jobs.access import MOST

    return unit.work.open(states={EffectState.PARKED}, most=MOST)


def _kind(channel: str) -> EffectKind:
    from app.domain.effect import EffectKind

    try:
        return EffectKind(channel.lower())
    except ValueError as exc:
        known = ", ".join(kind.value for kind in EffectKind)
        raise InvalidInput(f"there is no channel {channel!r}: it is one of {known}") from exc
