"""`tend backup`: everything Tend keeps, in one file, while a service may be running."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

backup_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@backup_app.command(
    epilog=(
        "Examples:  [bold]tend backup /backups/tend.tar.gz[/bold]   ·   "
        "[bold]tend backup /backups/tend-$(date +%F).tar.gz[/bold]"
    )
)
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write, such as tend.tar.gz.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file where it is there already.")
    ] = False,
) -> None:
    """Copy the store, the flows and the drafts' files into one file, and read it back.

    A service may go on meanwhile. Settings (tend.toml, TEND_… variables) are not in it: they may
    hold secrets. The file holds customers' names and letters; only you may read it.
    """
    from rich.text import Text

    from app.cli.context import console_for_output
    from app.clock import system_clock
    from app.jobs.backup import make_backup
    from app.services.plain_text import one_line
    from app.settings import load_settings

    settings = load_settings()
    made = make_backup(settings, file, at=system_clock(), replace=force)
    console = console_for_output()
    console.print(
        Text(
            f"Wrote {made.file}: {len(made.manifest.parts)} parts, {made.size / 1e6:,.1f} MB, "
            f"schema {made.manifest.schema_revision}; read back and found whole."
        )
    )
    for name in made.left_out:
        console.print(Text(f"Left out: {one_line(name, 200)} (a link, or an odd name)", "yellow"))
    console.print(
        "Settings are not in it, for they may hold secrets: keep tend.toml and your TEND_ "
        "variables elsewhere. [bold]tend restore FILE[/bold] brings it back."
    )
