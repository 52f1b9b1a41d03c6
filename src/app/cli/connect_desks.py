"""`tend connect kayako`, `kayako-classic` and `zendesk`: what is typed, and what is asked for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.connect_options import AsJson, Name, secret

if TYPE_CHECKING:
    from app.cli.ticket_connecting import Desk
    from app.settings import Section

_KAYAKO_PASSWORD = "KAYAKO_PASSWORD"  # noqa: S105 -- the variable's name
_CLASSIC_KEY = "KAYAKO_API_KEY"
_CLASSIC_SECRET = "KAYAKO_SECRET_KEY"  # noqa: S105 -- the variable's name
_ZENDESK_TOKEN = "ZENDESK_TOKEN"  # noqa: S105 -- the variable's name


def kayako(
    name: Name = "kayako",
    url: Annotated[
        str, typer.Option(help="The instance, such as https://acme.kayako.com.", metavar="URL")
    ] = "",
    email: Annotated[
        str,
        typer.Option(
            help="An agent of its own for Tend, without two-factor authentication.",
            metavar="EMAIL",
        ),
    ] = "",
    password: Annotated[str, secret(_KAYAKO_PASSWORD)] = "",
    as_json: AsJson = False,
) -> None:
    """Try a new Kayako: how many cases it has, what its words mean, and whose cases they would be.

    Writes nothing. The password is kept in the settings alone, where you put it.
    """
    from app.cli.ticket_connecting import Ask, Desk

    desk = Desk(
        system="kayako",
        title="Kayako",
        items="cases",
        asks=(
            Ask(key="url", prompt="Address of the Kayako"),
            Ask(key="email", prompt="E-mail of the agent that reads for Tend"),
            Ask(key="password", prompt="Password of the agent", secret_in=_KAYAKO_PASSWORD),
        ),
    )
    _connect(desk, name, {"url": url, "email": email, "password": password}, as_json=as_json)


def kayako_classic(
    name: Name = "kayako-classic",
    url: Annotated[
        str,
        typer.Option(help="Where people open it, such as https://support.acme.com.", metavar="URL"),
    ] = "",
    department: Annotated[
        list[int] | None,
        typer.Option(help="Only this department, by its id; may be told again.", metavar="ID"),
    ] = None,
    api_key: Annotated[str, secret(_CLASSIC_KEY)] = "",
    secret_key: Annotated[str, secret(_CLASSIC_SECRET)] = "",
    as_json: AsJson = False,
) -> None:
    """Try a Kayako Classic: what its states and priorities mean, and whose tickets they would be.

    Writes nothing. Make the keys under Admin, REST API, API Information; they are kept in the
    settings alone, where you put them.
    """
    from app.cli.ticket_connecting import Ask, Desk

    desk = Desk(
        system="kayako-classic",
        title="Kayako Classic",
        items="tickets",
        asks=(
            Ask(key="url", prompt="Address of the Kayako"),
            Ask(key="api_key", prompt="API key", secret_in=_CLASSIC_KEY),
            Ask(key="secret_key", prompt="Secret key", secret_in=_CLASSIC_SECRET),
        ),
        when_refused="Both keys, and whether the API is on: Admin, REST API, API Information.",
    )
    typed: Section = {
        "url": url,
        "departments": [*(department or ())],
        "api_key": api_key,
        "secret_key": secret_key,
    }
    _connect(desk, name, typed, as_json=as_json)


def zendesk(
    name: Name = "zendesk",
    url: Annotated[
        str, typer.Option(help="The instance, such as https://acme.zendesk.com.", metavar="URL")
    ] = "",
    user: Annotated[
        str,
        typer.Option(help="Whose token it is, with /token behind the address.", metavar="USER"),
    ] = "",
    key: Annotated[str, secret(_ZENDESK_TOKEN)] = "",
    as_json: AsJson = False,
) -> None:
    """Try a Zendesk: what its statuses and priorities mean, and whose tickets they would be.

    Writes nothing. The token is kept in the settings alone, where you put it.
    """
    from app.cli.ticket_connecting import Ask, Desk

    desk = Desk(
        system="zendesk",
        title="Zendesk",
        items="tickets",
        asks=(
            Ask(key="url", prompt="Address of the Zendesk"),
            Ask(key="user", prompt="User of the token, such as sync@acme.example/token"),
            Ask(key="key", prompt="API token", secret_in=_ZENDESK_TOKEN),
        ),
        when_refused="The user needs /token behind the address, and must be an admin to export.",
    )
    _connect(desk, name, {"url": url, "user": user, "key": key}, as_json=as_json)


def _connect(desk: Desk, name: str, typed: Section, *, as_json: bool) -> None:
    from app.cli.context import opened
    from app.cli.ticket_connecting import connect

    with opened() as cli:
        asyncio.run(connect(cli, desk, name, typed, as_json=as_json))


KAYAKO_EPILOG = (
    "Examples:  [bold]tend connect kayako --url https://acme.kayako.com --email sync@acme.example"
    "[/bold]   ·   [bold]tend connect kayako support --json[/bold]"
)
CLASSIC_EPILOG = (
    "Examples:  [bold]tend connect kayako-classic --url https://support.acme.example --department 1"
    "[/bold]   ·   [bold]tend connect kayako-classic old --json[/bold]"
)
ZENDESK_EPILOG = (
    "Examples:  [bold]tend connect zendesk --url https://acme.zendesk.com "
    "--user sync@acme.example/token[/bold]   ·   [bold]tend connect zendesk support --json[/bold]"
)
