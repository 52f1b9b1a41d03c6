"""`tend connect jira`: tries an address and a key, says what Tend would see, and keeps nothing."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pydantic import JsonValue

    from app.cli.context import CliContext
    from app.feeds.source_sample import Sample
    from app.services.jira.calls import JiraSite
    from app.services.jira.config import JiraConfig
    from app.settings import Section

_SAMPLE = 50
_NAMED = 12


def jira(
    name: Annotated[
        str, typer.Argument(help="The source's name in the settings.", metavar="NAME")
    ] = "jira",
    url: Annotated[
        str, typer.Option(help="The site, such as https://acme.atlassian.net.", metavar="URL")
    ] = "",
    email: Annotated[
        str, typer.Option(help="Whose API token it is; left out on Data Center.", metavar="EMAIL")
    ] = "",
    token: Annotated[
        str,
        typer.Option(
            envvar="JIRA_TOKEN",
            help="Not as an option, which others can see: asked for, or in JIRA_TOKEN.",
            hidden=True,
            show_envvar=False,
        ),
    ] = "",
    project: Annotated[
        list[str] | None, typer.Option(help="Only this project; may be told again.", metavar="KEY")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Try a Jira: who we are there, which projects and issues, and whose they would be.

    Writes nothing. The token is kept in the settings alone, where you put it.
    """
    from app.cli.context import opened

    with opened() as cli:
        given: Section = {
            "url": url,
            "email": email,
            "token": token,
            "projects": [*(project or ())],
        }
        section = _section(cli, name, {key: value for key, value in given.items() if value})
        asyncio.run(_tried(cli, name, section, as_json=as_json))


def _section(cli: CliContext, name: str, given: Section) -> Section:
    """What the settings say, what was typed before that, and what is asked for."""
    from app.errors import InvalidInput

    section: Section = {"system": "jira", **cli.settings.tickets.get(name, {}), **given}
    if section["system"] != "jira":
        raise InvalidInput(f"[tickets.{name}] is {section['system']}, not jira")
    wanting = [key for key in ("url", "token") if not section.get(key)]
    if wanting and not sys.stdin.isatty():
        raise InvalidInput(
            f"no {' and no '.join(wanting)}: put them into [tickets.{name}] in tend.toml, or give "
            "--url and --email, with the token in JIRA_TOKEN"
        )
    if not section.get("url"):
        section["url"] = typer.prompt("Address of the Jira", err=True)
        section["email"] = typer.prompt(
            "E-mail of the token (empty on Data Center)", default="", err=True
        )
    if not section.get("token"):
        section["token"] = typer.prompt("API token", hide_input=True, err=True)
    return section


async def _tried(cli: CliContext, name: str, section: Section, *, as_json: bool) -> None:
    from app.bootstrap.limits import limiter_of
    from app.bootstrap.sections import section_of
    from app.bootstrap.ticket_systems import choices_of, own_of
    from app.feeds.jira_source import spec_for
    from app.feeds.source_sample import sample_of
    from app.feeds.source_spec import Source
    from app.feeds.sync_pages import HttpPages
    from app.services.jira.calls import JiraCalls, auth_of, client_of
    from app.services.jira.config import JiraConfig

    choices = choices_of(name, section)
    config = section_of(f"tickets.{name}", own_of(section), JiraConfig)
    limiter = limiter_of(cli.settings)
    api, auth = client_of(config, cli.tenant, limiter), auth_of(config)
    calls = JiraCalls(api=api, auth=auth)
    try:
        site = await calls.site()
        spec = spec_for(config, site)
        projects, count = await calls.projects(site), await calls.count(site, config.scope)
        source = Source(spec=spec, pages=HttpPages(api=api, spec=spec, auth=auth))
        sample = await sample_of(
            cli.store, cli.tenant, source, choices.overrides, cli.clock(), _SAMPLE
        )
    finally:
        await api.aclose()
        await limiter.aclose()
    if as_json:
        told = _as_json(site, projects, count, sample)
        cli.console.print_json(json.dumps(told), ensure_ascii=True)
        return
    _show(cli, site, projects, count, sample)
    if name not in cli.settings.tickets:
        _show_settings(cli, name, config)


def _as_json(
    site: JiraSite, projects: tuple[str, ...], count: int, sample: Sample
) -> dict[str, JsonValue]:
    return {
        "kind": "cloud" if site.is_cloud else "data-center",
        "user": site.user,
        "projects": [*projects],
        "issues": count,
        "sampled": sample.looked_at,
        "by_rule": {**sample.by_rule},
        "unresolved": [*sample.waiting],
    }


def _show(
    cli: CliContext, site: JiraSite, projects: tuple[str, ...], count: int, sample: Sample
) -> None:
    from rich.text import Text

    from app.services.plain_text import one_line

    kind = "Jira Cloud" if site.is_cloud else "Jira Data Center"
    organizations = "organisations" if site.organization_fields else "no organisations"
    more = f" and {len(projects) - _NAMED} more" if len(projects) > _NAMED else ""
    placed = sum(sample.by_rule.values())
    rules = ", ".join(f"{many} by {rule}" for rule, many in sorted(sample.by_rule.items()))
    by = f" ({rules})" if rules else ""
    lines = [
        f"{kind}, as {one_line(site.user, 80)}, in {site.zone}; {organizations} of a service desk.",
        f"Projects: {', '.join(projects[:_NAMED])}{more}. Issues to read: about {count:,}.",
        f"Of {sample.looked_at} issues {placed} have an account{by}, {len(sample.waiting)} none.",
    ]
    if sample.waiting:
        lines.append(f"Without: {', '.join(sample.waiting[:_NAMED])}. See tend tickets assign.")
    if sample.unknown_priorities:
        names = ", ".join(one_line(one, 40) for one in sample.unknown_priorities[:_NAMED])
        lines.append(f"Priorities that nobody knows: {names}. Say what they mean in priorities.")
    for line in lines:
        cli.console.print(Text(line))


def _show_settings(cli: CliContext, name: str, config: JiraConfig) -> None:
    from rich.text import Text

    projects = f"\nprojects = {json.dumps(list(config.projects))}" if config.projects else ""
    email = f"\nemail = {json.dumps(config.email)}" if config.email else ""
    cli.console.print("It works. To have it read, put this into tend.toml, with the token:")
    cli.console.print(
        Text(
            f'[tickets.{name}]\nsystem = "jira"\nurl = {json.dumps(config.url)}{email}'
            f'{projects}\ntoken = "…"'
        )
    )


EPILOG = (
    "Examples:  [bold]tend connect jira --url https://acme.atlassian.net --email me@acme.example"
    "[/bold]   ·   [bold]tend connect jira support --json[/bold]"
)
