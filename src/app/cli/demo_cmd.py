"""`tend demo`: a made-up book in a folder of its own, lived through day by day."""

from __future__ import annotations

import asyncio
import shutil
import socket
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.run_cmd import HOST, PORT
from app.clock import local_day
from app.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.demo.book import DemoBook
    from app.settings import Settings

demo_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

DAYS = 90
SERVE_GRACE = 2
"""Seconds that flows of the demo have to end: nobody waits for made-up customers."""
CONNECTIONS = ("gmail", "imap", "smtp", "chat", "apprise", "model")
"""Sections of the settings that a demo leaves alone."""
MARKER = "made-by-tend-demo"
"""A folder without this file is never emptied."""


@demo_app.command(
    epilog=(
        "Examples:  [bold]tend demo[/bold]   ·   [bold]tend demo --home ./demo --seed 12[/bold]"
        "   ·   [bold]tend demo --no-serve[/bold] (ends after the table)"
    )
)
def demo(
    home: Annotated[
        Path | None, typer.Option(help="The demo's own data folder; made anew each time.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed makes another book.")] = 7,
    top: Annotated[int, typer.Option(help="Rows of the table; 0 shows all.", min=0)] = 25,
    serve: Annotated[
        bool, typer.Option(help="Serve the dashboard of the demo afterwards, until Ctrl-C.")
    ] = True,
    port: Annotated[
        int, typer.Option(help="Its port; a free one where this is taken.", min=0, max=65535)
    ] = PORT,
    where: Annotated[
        bool, typer.Option("--where", help="Only print the demo's data folder, for TEND_HOME.")
    ] = False,
) -> None:
    """Make up 60 accounts with a year of history, replay 90 days, scan for today, show the table.

    Then it serves the dashboard. It works in a folder of its own and never touches your data.
    """
    from platformdirs import user_data_path

    from app.cli.context import opened
    from app.cli.demo_tasks import have_agents_work
    from app.cli.scanning import progress_bar
    from app.demo.book import make_book

    began = time.monotonic()
    folder = (home or user_data_path("tend-demo", appauthor=False)).expanduser().resolve()
    if where:
        typer.echo(str(folder))
        return
    settings = _fresh_settings(folder)
    with opened(settings) as cli:
        today = cli.clock().date()
        book = make_book(today=today, seed=seed)
        accounts = _load(cli, book)
        cli.notes.print(f"[dim]Made up {accounts} accounts with a year of history.[/dim]")
        with progress_bar(cli, f"Living through {DAYS} days") as tell:
            for day in range(DAYS):
                _live_day(cli, book, today - timedelta(days=DAYS - day), is_first=day == 0)
                tell(day + 1, DAYS)
        _scan_today(cli)
        have_agents_work(cli, book)
        _show_today(cli, book, top)
        cli.notes.print(f"[dim]Done in {time.monotonic() - began:.0f} s.[/dim]")
    if serve:
        _serve(settings, port)


def _serve(settings: Settings, port: int) -> None:
    """Run the service on the demo's folder, its own log kept to what goes wrong."""
    from app.cli.running import Manner, run_service
    from app.log import configure_logging

    configure_logging(form="console", level="error", is_service=True)
    free = port if _is_free(port) else 0
    manner = Manner(host=HOST, port=free, has_web=True, grace_seconds=SERVE_GRACE)
    raise typer.Exit(asyncio.run(run_service(settings, manner)))


def _is_free(port: int) -> bool:
    with socket.socket() as asked:
        asked.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            asked.bind((HOST, port))
        except OSError:
            return False
    return True


def _fresh_settings(folder: Path) -> Settings:
    from app.settings import Settings
    from app.storage.service_lock import service_address

    settings = Settings(home=folder, database_url="", tenant="main", log_level="error")
    if folder.exists() and any(folder.iterdir()):
        if not (folder / MARKER).exists():
            msg = f"{folder} has things in it that no demo made: choose another with --home"
            raise InvalidInput(msg)
        runs_at = service_address(settings.engine_url)
        if runs_at is not None:
            at = f", at {runs_at}" if runs_at else ""
            msg = (
                f"a demo runs on {folder}{at}: look at that one (tend dashboard), or end it with "
                "Ctrl-C first, since a new demo empties the folder; --home makes one elsewhere"
            )
            raise Conflict(msg)
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).write_text(
        "This folder is made anew by every `tend demo`.\n", encoding="utf-8"
    )
    # Nobody is to hear of made-up customers: not a mailbox, not a chat, and no model is to be paid.
    return settings.model_copy(update={name: {} for name in CONNECTIONS} | {"redis_url": ""})


def _load(cli: CliContext, book: DemoBook) -> int:
    from app.demo.replay import load

    return cli.store.write_now(cli.tenant, lambda unit: load(unit, book))


def _live_day(cli: CliContext, book: DemoBook, day: date, *, is_first: bool) -> None:
    from app.cli.scan_cmd import DAILY_AT
    from app.cli.scanning import scan_and_act_quietly
    from app.clock import at_local

    now = at_local(day, DAILY_AT, book.settings.zone)
    asyncio.run(scan_and_act_quietly(cli, now))
    if is_first:
        cli.store.write_now(cli.tenant, lambda unit: unit.tenant.go_live(now + timedelta(hours=1)))


def _scan_today(cli: CliContext) -> None:
    from app.cli.scanning import replay_and_act

    replay_and_act(cli, datetime.now(UTC))


def _show_today(cli: CliContext, book: DemoBook, top: int) -> None:
    from rich.markup import escape

    from app.cli.scan_cmd import show_book
    from app.jobs.standing import standings

    now = cli.clock()
    day = local_day(now, book.settings.zone)
    found = cli.store.read_now(cli.tenant, lambda unit: standings(unit, day, book.settings))
    show_book(cli, found, day, top)
    worst = found[0].name if found else ""
    drafts = cli.store.read_now(cli.tenant, lambda unit: unit.outbox.drafts())
    waiting = sum(1 for draft in drafts if draft.state == "waiting")
    today = sum(1 for draft in drafts if draft.created_at.date() == now.date())
    cli.console.print(
        f"\n{waiting} drafts wait in {escape(str(cli.settings.outbox))}, {today} of them written "
        "today. Where to look next:\n"
    )
    tend = _command()
    for line in (
        f"  export TEND_HOME={cli.settings.home}",
        f'  {tend} explain "{worst}"',
        "      every point of its scores, and the fewest changes that lift them",
        f"  {tend} inbox",
        "      the alerts, as the reps got them",
        f"  {tend} drafts",
        "      the letters that wait for a rep to read and to send",
        f"  {tend} feeds",
        "      where facts come from; one feed has failed\n",
    ):
        cli.console.print(line, markup=False)


def _command() -> str:
    """How this very command can be typed again: `tend`, or its path where it is not on PATH."""
    called = Path(sys.argv[0])
    return "tend" if shutil.which("tend") or called.name != "tend" else str(called)
