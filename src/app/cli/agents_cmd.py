"""`tend agents`: who there is, what each can do, and who hands what to whom."""

from __future__ import annotations

from typing import Annotated

import typer

agents_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@agents_app.command(
    epilog=(
        "Examples:  [bold]tend agents[/bold]   ·   [bold]tend agents --graph[/bold] (Mermaid)   ·  "
        " [bold]tend agents --json[/bold]"
    )
)
def agents(
    graph: Annotated[
        bool,
        typer.Option(
            "--graph", help="How each decides, and who hands to whom, as Mermaid diagrams."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """The agents with their capabilities and tasks, and the ways that handoffs may take."""
    import json

    from app.cli.context import console_for_output
    from app.cli.office_view import agents_json, graphs, print_agents

    console = console_for_output()
    if as_json:
        console.print_json(json.dumps(agents_json()), ensure_ascii=True)
        return
    if graph:
        for title, drawn in graphs():
            typer.echo(f"%% {title}\n{drawn}")
        return
    print_agents(console)
