"""`tend sync`: tickets brought in now from where support works, and what became of them."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pydantic import JsonValue

    from app.cli.context import CliContext

sync_app = typer.Typer(
    rich_markup_mode="rich",
    add_completion=False,
    epilog="Examples:  [bold]tend sync[/bold]   ·   [bold]tend sync jira --full[/bold]   ·   "
    "[bold]tend sync --json[/bold]",
)

_SHOWN = ("inserted", "updated", "unchanged", "unresolved", "refused", "gone", "moved", "merged")


@sync_app.command(name="sync")
def sync(
    name: Annotated[
        str, typer.Argument(help="The name of one source; all by default.", metavar="NAME")
    ] = "",
    is_full: Annotated[
        bool,
        typer.Option("--full", help="Read everything from end to end, to notice what is gone."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring tickets in now. Between scans nothing needs it: each scan reads what is new first."""
    from app.bootstrap.ticket_systems import ticket_feeds_of
    from app.cli.context import opened
    from app.errors import InvalidInput

    with opened() as cli:
        names = ticket_feeds_of(cli.settings, cli.tenant)
        if not names:
            raise InvalidInput(
                "no source of tickets is set; put one into tend.toml as [tickets.NAME] "
                "with system, url and key"
            )
        if name and name not in names:
            raise InvalidInput(f"there is no source {name!r}; there are: {', '.join(names)}")
        told = {one: asyncio.run(_read(cli, one, is_full)) for one in names if name in {"", one}}
        if as_json:
            cli.console.print_json(json.dumps(told), ensure_ascii=True)
        else:
            _show(cli, told)
        if any("failed" in figures for figures in told.values()):
            raise typer.Exit(1)


async def _read(cli: CliContext, name: str, is_full: bool) -> dict[str, JsonValue]:
    from dataclasses import replace

    from app.bootstrap.feeds import ticket_sync_of
    from app.bootstrap.limits import limiter_of
    from app.feeds.sync_tally import SyncTally

    limiter = limiter_of(cli.settings)
    found = ticket_sync_of(cli.store, cli.settings, cli.tenant, name, limiter)
    with cli.notes.status(f"{name}: asking …") as status:

        def tell(tally: SyncTally) -> None:
            status.update(f"{name}: {len(tally.seen):,} tickets on {tally.pages:,} pages")

        try:
            return await replace(found, progress=tell).run(cli.clock(), is_full=is_full)
        finally:
            await found.system.aclose()
            await limiter.aclose()


def _show(cli: CliContext, told: dict[str, dict[str, JsonValue]]) -> None:
    from rich.text import Text

    for name, figures in told.items():
        failed = figures.get("failed")
        if failed is not None:
            cli.console.print(Text(f"{name}: {failed}", "bold red"))
            continue
        how = "everything" if figures["full"] else "what changed"
        parts = [f"{figures[key]} {key}" for key in _SHOWN if figures[key]]
        counted = ", ".join(parts) or "nothing new"
        cli.console.print(Text(f"{name}: {figures['tickets']} tickets read ({how}): {counted}"))
        if figures["unresolved"]:
            cli.console.print("  Whose they are: [bold]tend tickets unresolved[/bold]")
