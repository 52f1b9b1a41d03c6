"""`tend connect jira`: what is typed, and what a Jira tells of itself and of us."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.connect_options import AsJson, Name, secret

if TYPE_CHECKING:
    from app.cli.ticket_connecting import About
    from app.ports.limits import Limiter
    from app.settings import Section

_NAMED = 12
_TOKEN = "JIRA_TOKEN"  # noqa: S105 -- the variable's name


def jira(
    name: Name = "jira",
    url: Annotated[
        str, typer.Option(help="The site, such as https://acme.atlassian.net.", metavar="URL")
    ] = "",
    email: Annotated[
        str, typer.Option(help="Whose API token it is; left out on Data Center.", metavar="EMAIL")
    ] = "",
    token: Annotated[str, secret(_TOKEN)] = "",
    project: Annotated[
        list[str] | None, typer.Option(help="Only this project; may be told again.", metavar="KEY")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Try a Jira: who we are there, which projects and issues, and whose they would be.

    Writes nothing. The token is kept in the settings alone, where you put it.
    """
    from app.cli.context import opened
    from app.cli.ticket_connecting import Ask, Desk, connect

    desk = Desk(
        system="jira",
        title="Jira",
        items="issues",
        asks=(
            Ask(key="url", prompt="Address of the Jira"),
            Ask(key="email", prompt="E-mail of the token (empty on Data Center)", with_key="url"),
            Ask(key="token", prompt="API token", secret_in=_TOKEN),
        ),
        about=_about,
        when_refused="On Cloud a token goes with its user's --email; on Data Center it is alone.",
    )
    typed: Section = {"url": url, "email": email, "token": token, "projects": [*(project or ())]}
    with opened() as cli:
        asyncio.run(connect(cli, desk, name, typed, as_json=as_json))


async def _about(name: str, own: Section, tenant: str, limiter: Limiter) -> About:
    """Who we are, which projects, how many issues."""
    from app.bootstrap.sections import section_of
    from app.cli.ticket_connecting import About
    from app.services.jira.calls import JiraCalls, auth_of, client_of
    from app.services.jira.config import JiraConfig

    config = section_of(f"tickets.{name}", own, JiraConfig)
    api = client_of(config, tenant, limiter)
    calls = JiraCalls(api=api, auth=auth_of(config))
    try:
        site = await calls.site()
        projects, count = await calls.projects(site), await calls.count(site, config.scope)
    finally:
        await api.aclose()
    kind = "Jira Cloud" if site.is_cloud else "Jira Data Center"
    organizations = "organisations" if site.organization_fields else "no organisations"
    more = f" and {len(projects) - _NAMED} more" if len(projects) > _NAMED else ""
    return About(
        lines=(
            f"{kind}, as {site.user[:80]}, in {site.zone}; {organizations} of a service desk.",
            f"Projects: {', '.join(projects[:_NAMED])}{more}.",
        ),
        told={
            "kind": "cloud" if site.is_cloud else "data-center",
            "user": site.user,
            "projects": [*projects],
            "issues": count,
        },
        total=count,
    )


EPILOG = (
    "Examples:  [bold]tend connect jira --url https://acme.atlassian.net --email me@acme.example"
    "[/bold]   ·   [bold]tend connect jira support --json[/bold]"
)
