"""`tend roadmap`: hand in what is planned, and see with whom it aligns."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from app.cli.asking import BY_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.agents.technical_account_manager.announcements import RoadmapItem
    from app.cli.context import CliContext

roadmap_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

_EXAMPLE = """\
[
  {
    "title": "Sign-on with Okta",
    "description": "New people get their access by themselves.",
    "planned_for": "2027-Q1",
    "integrations": ["Okta"],
    "features": [],
    "components": ["sign-on"]
  }
]"""


@roadmap_app.command(
    epilog=(
        "Examples:  [bold]tend roadmap roadmap.json[/bold]   ·   [bold]tend roadmap[/bold] "
        "(as it is known, and how a file looks)   ·   planned_for is shown to customers as it is."
    )
)
def roadmap(
    file: Annotated[
        Path | None,
        typer.Argument(help="A JSON file with all items of the roadmap.", show_default=False),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    by: Annotated[str, typer.Option(help=BY_HELP)] = "",
) -> None:
    """Keep what is planned, in the place of the roadmap there is; say with whom it aligns."""
    from app.cli.context import opened

    if file is None:
        with opened() as cli:
            _list(cli, as_json=as_json)
        return
    items = _items_in(file)
    with opened() as cli:
        _keep(cli, items, by, as_json=as_json)


def _items_in(path: Path) -> tuple[RoadmapItem, ...]:
    from app.agents.technical_account_manager.announcements import roadmap_of
    from app.cli.json_file import read_json

    file = read_json(path)
    try:
        return roadmap_of(file.content, "roadmap")
    except InvalidInput as exc:
        raise file.with_lines(exc, "roadmap") from exc


def _keep(cli: CliContext, items: Sequence[RoadmapItem], by: str, *, as_json: bool) -> None:
    import asyncio

    from rich.text import Text

    from app.agents.technical_account_manager.roadmap import aligned_items
    from app.cli.actor import actor_of
    from app.jobs.handing_in import keep_roadmap
    from app.jobs.tam_book import StoreBook

    who, now = actor_of(cli.settings, by), cli.clock()
    is_new = cli.store.write_now(cli.tenant, lambda unit: keep_roadmap(unit, items, by=who, at=now))
    reader = StoreBook(store=cli.store, tenant_id=cli.tenant, clock=cli.clock)
    book = asyncio.run(reader.book())
    aligned = [aligned_items(items, one.facts, ()) for one in book.accounts]
    concerned = {
        item.title: sum(any(one.title == item.title for one in found) for found in aligned)
        for item in items
    }
    if as_json:
        told: dict[str, JsonValue] = {
            "is_new": is_new,
            "accounts": len(book.accounts),
            "aligns_with": {**concerned},
        }
        cli.console.print_json(data=told)
        return
    from app.services.plain_text import one_line

    kept = "Kept" if is_new else "Known already, nothing changed"
    many = "1 item" if len(items) == 1 else f"{len(items)} items"
    cli.console.print(Text(f"{kept}: {many} of the roadmap."))
    for title, count in concerned.items():
        cli.console.print(
            Text(f"  {one_line(title, 120)}: aligns with {count} of {len(book.accounts)} accounts")
        )
    cli.console.print(
        Text("tend task roadmap_preview --account ACCOUNT writes a letter, as a draft.", "dim")
    )


def _list(cli: CliContext, *, as_json: bool) -> None:
    from rich.text import Text

    from app.agents.technical_account_manager.announcements import roadmap_items
    from app.domain.document import DocumentKind
    from app.services.plain_text import one_line

    known = roadmap_items(
        cli.store.read_now(cli.tenant, lambda unit: unit.documents.of("", [DocumentKind.ROADMAP]))
    )
    if as_json:
        cli.console.print_json(data=[one.model_dump(mode="json") for one in known])
        return
    for one in known:
        when = one.planned_for or "no time told"
        cli.console.print(Text(f"{one_line(one.title, 120)}  {one_line(when, 40)}"))
    if not known:
        cli.console.print(
            Text("No roadmap is known. Hand it in with: tend roadmap FILE.json, such as")
        )
        cli.console.print(Text(_EXAMPLE, "dim"))
