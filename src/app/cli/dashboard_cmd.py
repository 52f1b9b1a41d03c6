"""`tend dashboard`: the way in for whoever sits at the machine itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from app.settings import Settings

dashboard_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@dashboard_app.command(
    epilog=(
        "Examples:  [bold]tend dashboard[/bold]   ·   [bold]xdg-open $(tend dashboard)[/bold]"
        "   ·   [bold]tend dashboard --at http://127.0.0.1:8321[/bold] (a store in PostgreSQL)"
    )
)
def dashboard(
    at: Annotated[
        str,
        typer.Option(
            help="The address of a service on this machine, where it is not found by itself.",
            show_default="that of the service on this data folder",
        ),
    ] = "",
) -> None:
    """Print a link that opens the dashboard of the running service: once, within 10 minutes.

    It works for a service that only this machine reaches. Elsewhere people sign in by e-mail and
    password: tend users add.
    """
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.sessions import make_link
    from app.settings import load_settings

    settings = load_settings()
    address = _address(settings, at)
    with opened(settings) as cli:
        who, now = actor_of(cli.settings, ""), cli.clock()
        text = cli.store.write_now(cli.tenant, lambda unit: make_link(unit, by=who, at=now))
        typer.echo(f"{address}/sign-in/{text}")
        cli.notes.print("It works once, within 10 minutes.")


def _address(settings: Settings, said: str) -> str:
    """Where the link is to lead. Raises InvalidInput, NotFound."""
    from urllib.parse import urlsplit

    from app.storage.service_lock import service_address
    from app.web.hosts import is_loopback

    found = said or service_address(settings.engine_url)
    if found is None and settings.database_url:
        raise InvalidInput("--at says where the service answers, such as http://127.0.0.1:8321")
    if found is None:
        raise NotFound("no service runs on this data folder: tend run starts one")
    if not found:
        raise NotFound("the service that runs here has no HTTP door (tend run --no-web)")
    try:
        parts = urlsplit(found)
        host, _ = parts.hostname or "", parts.port
    except ValueError as exc:
        raise InvalidInput(f"--at {said!r} is no address: {exc}") from exc
    if parts.scheme not in {"http", "https"} or not is_loopback(host):
        raise InvalidInput(
            f"{found} is not on this machine alone: people sign in there by e-mail and password "
            "(tend users add)"
        )
    return f"{parts.scheme}://{parts.netloc}"
