"""`tend run` and `tend worker`: the process that works for as long as it is let."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import ConfigurationError

if TYPE_CHECKING:
    from app.settings import Settings

HOST, PORT = "127.0.0.1", 8321
GRACE = 20

run_app = typer.Typer(rich_markup_mode="rich", add_completion=False)
worker_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

Grace = Annotated[
    int, typer.Option(help="Seconds that running flows have to end once told to stop.", min=0)
]


@run_app.command(
    epilog=(
        "Examples:  [bold]tend run[/bold]   ·   [bold]tend run --host 0.0.0.0 --port 80[/bold]   ·"
        "   [bold]TEND_FEED_FOLDER=/srv/files tend run[/bold]   ·   "
        "[bold]TEND_LOG_FORMAT=json tend run --no-web --grace 60[/bold]"
    )
)
def run(
    host: Annotated[str, typer.Option(help="Where the HTTP door listens.")] = HOST,
    port: Annotated[int, typer.Option(help="Its port; 0 takes a free one.", min=0, max=65535)] = (
        PORT
    ),
    no_web: Annotated[
        bool, typer.Option("--no-web", help="No HTTP door: no health checks, no heartbeats.")
    ] = False,
    grace: Grace = GRACE,
) -> None:
    """Keep the schedule, scan every morning, act on what is owed; until Ctrl-C or SIGTERM.

    What runs when it is told to stop has its grace to end; everything unfinished goes on at the
    next start, and nothing is done twice. A second Ctrl-C ends it at once, which is safe too.
    """
    from app.cli.running import Manner, run_service

    manner = Manner(host=host, port=port, has_web=not no_web, grace_seconds=grace)
    raise typer.Exit(asyncio.run(run_service(_settings(), manner)))


@worker_app.command(
    epilog="Examples:  [bold]tend worker[/bold]   ·   [bold]tend worker --grace 60[/bold]"
)
def worker(grace: Grace = GRACE) -> None:
    """One more process that works on a store in PostgreSQL: as `tend run`, without the door.

    The schedule ticks in every process, and each of its slots is started once.
    """
    from app.cli.running import Manner, run_service

    settings = _settings()
    if not settings.database_url.startswith("postgres"):
        msg = (
            "tend worker needs the store in PostgreSQL (TEND_DATABASE_URL=postgresql://…): on "
            "SQLite one service does all the work, and that is tend run"
        )
        raise ConfigurationError(msg)
    manner = Manner(host=HOST, port=PORT, has_web=False, grace_seconds=grace)
    raise typer.Exit(asyncio.run(run_service(settings, manner)))


def _settings() -> Settings:
    from app.log import configure_logging
    from app.settings import load_settings

    settings = load_settings()
    is_told = "log_level" in settings.model_fields_set
    configure_logging(
        form=settings.log_format, level=settings.log_level if is_told else "info", is_service=True
    )
    return settings
