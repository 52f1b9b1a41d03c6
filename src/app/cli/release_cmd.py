"""`tend release`: hand in what shipped, and see whom it matters to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from app.cli.asking import BY_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.agents.technical_account_manager.announcements import Release
    from app.cli.context import CliContext
    from app.cli.json_file import JsonFile
    from app.domain.flow import FlowAsk
    from app.jobs.release_letters import Concerned, Letters

release_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

_LISTED = 10
_EXAMPLE = """\
{
  "version": "4.2",
  "released_on": "2026-03-01",
  "items": [
    {
      "title": "Bulk mode for custom objects",
      "description": "Loads of custom objects take about half as long.",
      "kind": "feature",
      "integrations": ["Salesforce"],
      "features": ["Pipelines"],
      "components": ["connectors"]
    }
  ]
}"""


@release_app.command(
    epilog=(
        "Examples:  [bold]tend release release-4.2.json --draft[/bold]   ·   "
        "[bold]tend release[/bold] (those known, and how a file looks)   ·   "
        "kind: feature, fix, breaking or security. "
        "Items matter to whom they name: features and integrations as accounts have them, "
        "components as tickets have them."
    )
)
def release(
    file: Annotated[
        Path | None, typer.Argument(help="A JSON file with one release.", show_default=False)
    ] = None,
    draft: Annotated[
        bool,
        typer.Option("--draft", help="Draft a letter for each account it matters to, once."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Keep what shipped, and say for how many accounts it matters and why.

    Letters are drafted with --draft alone. The same version again takes the place of the one there
    is.
    """
    from app.cli.context import opened

    if file is None:
        if draft:
            raise InvalidInput("--draft needs the release's file")
        with opened() as cli:
            _list(cli, as_json=as_json)
        return
    shipped = _release_in(_read(file))
    with opened() as cli:
        _keep(cli, shipped, by, draft=draft, as_json=as_json)


def _read(file: Path) -> JsonFile:
    from app.cli.json_file import read_json

    return read_json(file)


def _release_in(file: JsonFile) -> Release:
    from app.agents.technical_account_manager.announcements import release_of

    if not isinstance(file.content, dict):
        raise InvalidInput(f"{file.path}:1: must be an object with version and items")
    try:
        return release_of(file.content, "release")
    except InvalidInput as exc:
        raise file.with_lines(exc, "release") from exc


def _keep(cli: CliContext, shipped: Release, by: str, *, draft: bool, as_json: bool) -> None:
    import asyncio

    from app.cli.actor import actor_of
    from app.jobs.handing_in import keep_release
    from app.jobs.release_letters import whom_it_matters_to

    who, now = actor_of(cli.settings, by), cli.clock()
    is_new = cli.store.write_now(
        cli.tenant, lambda unit: keep_release(unit, shipped, by=who, at=now)
    )
    concerned = asyncio.run(whom_it_matters_to(cli.store, cli.clock, cli.tenant, shipped))
    if not as_json:
        _say(cli, shipped, concerned, is_new=is_new)
    letters = _drafted(cli, shipped, concerned) if draft else None
    if as_json:
        told: dict[str, JsonValue] = {
            "version": shipped.version,
            "is_new": is_new,
            "accounts": concerned.accounts,
            "matters_to": {
                concerned.names[account]: list(reasons)
                for account, reasons in concerned.reasons.items()
            },
            "drafting_for": 0 if letters is None else letters.drafting_for,
            "why_none": "--draft was not given" if letters is None else letters.why_none,
        }
        cli.console.print_json(data=told)
    elif concerned.reasons or letters is not None:
        _say_letters(cli, letters)


def _drafted(cli: CliContext, shipped: Release, concerned: Concerned) -> Letters:
    """Have the letters drafted: in the service where one runs, else here and now."""
    import asyncio

    from app.cli.desk import run_task
    from app.jobs.release_letters import draft_letters

    with cli.notes.status(f"letters for {len(concerned.reasons)} accounts"):

        async def watch() -> None:
            """The line above says it all."""

        async def ask_flow(ask: FlowAsk) -> None:
            await run_task(cli, ask, watch)

        return asyncio.run(
            draft_letters(cli.store, ask_flow, cli.tenant, shipped, concerned, is_unasked=False)
        )


def _say(cli: CliContext, shipped: Release, concerned: Concerned, *, is_new: bool) -> None:
    from rich.text import Text

    from app.services.plain_text import one_line

    kept = "Kept" if is_new else "Known already, nothing changed"
    found = concerned.reasons
    cli.console.print(
        Text(
            f"{kept}: release {one_line(shipped.version, 40)}. "
            f"It matters to {len(found)} of {concerned.accounts} active accounts."
        )
    )
    for account, reasons in list(found.items())[:_LISTED]:
        name = one_line(concerned.names[account], 80)
        more = f" (+{len(reasons) - 1} more)" if len(reasons) > 1 else ""
        cli.console.print(Text(f"  {name}: {one_line(reasons[0], 200)}{more}"), soft_wrap=True)
    if len(found) > _LISTED:
        cli.console.print(Text(f"  … and {len(found) - _LISTED} more (--json lists all)", "dim"))


def _say_letters(cli: CliContext, letters: Letters | None) -> None:
    from rich.text import Text

    if letters is None:
        told = "The same with --draft writes their letters, as drafts (tend task release_notes)."
    elif letters.why_none:
        told = f"No letter is drafted: {letters.why_none}."
    else:
        told = f"Letters are drafted for {letters.drafting_for}, each once: tend drafts has them."
    cli.console.print(Text(told, "dim"))


def _list(cli: CliContext, *, as_json: bool) -> None:
    from rich.text import Text

    from app.domain.document import DocumentKind
    from app.services.plain_text import one_line

    known = cli.store.read_now(
        cli.tenant, lambda unit: unit.documents.of("", [DocumentKind.RELEASE])
    )
    if as_json:
        cli.console.print_json(data=[dict(one.body) for one in known])
        return
    for one in known:
        items = one.body.get("items")
        count = len(items) if isinstance(items, list) else 0
        day = one.body.get("released_on") or "no day"
        cli.console.print(
            Text(
                f"{one_line(one.key, 40)}  {day}  {count} items  by {one.made_by}, "
                f"{one.made_at:%Y-%m-%d}"
            )
        )
    if not known:
        cli.console.print(
            Text("No release is known. Hand one in with: tend release FILE.json, such as")
        )
        cli.console.print(Text(_EXAMPLE, "dim"))
