"""`tend restore`: brings a backup back into an empty data folder, or puts aside what is there."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.jobs.restoring import Restored
    from app.settings import Settings

restore_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@restore_app.command(
    epilog=(
        "Examples:  [bold]tend restore /backups/tend.tar.gz[/bold]   ·   "
        "[bold]tend restore /backups/tend.tar.gz --force[/bold]"
    )
)
def restore(
    file: Annotated[Path, typer.Argument(help="A file that tend backup wrote.")],
    force: Annotated[
        bool,
        typer.Option("--force", help="Put aside what is there; nothing is ever deleted."),
    ] = False,
) -> None:
    """Bring a backup back. Everything is checked before anything is moved.

    Refused while a service runs. What was made after the backup and is not in it may be made
    again: it is looked for first where that can be, else marked as a possible repeat.
    """
    from app.bootstrap import liveness_for
    from app.cli.context import console_for_output
    from app.clock import system_clock
    from app.jobs.restoring import restore_backup
    from app.log import configure_logging
    from app.settings import load_settings
    from app.storage.probing import probe
    from app.storage.service_lock import only_service

    settings = load_settings()
    configure_logging(form=settings.log_format, level=settings.log_level)
    probe(settings.store_url)  # an address that cannot be reached is told as such
    living = liveness_for(settings).living()
    now = system_clock()
    with only_service(settings.engine_url, since=now):  # so that none begins meanwhile
        restored = restore_backup(settings, file, at=now, force=force, living=living)
    console = console_for_output()
    for line in asyncio.run(_told(settings, restored)):
        console.print(line)


async def _told(settings: Settings, restored: Restored) -> list[str]:
    from rich.markup import escape

    from app.bootstrap import open_store_of
    from app.jobs.restoring import (
        end_restored_sessions,
        mark_possible_repeats,
        restored_counts,
    )

    manifest = restored.manifest
    store = open_store_of(settings)
    try:
        repeats = await mark_possible_repeats(store)
        await end_restored_sessions(store)
        tenants = await store.tenants()
        lines = [
            (
                f"Restored the backup of {manifest.made_at:%Y-%m-%d %H:%M} UTC (Tend "
                f"{escape(manifest.tend_version)}, schema {escape(manifest.schema_revision)}): "
                f"{len(manifest.parts)} parts."
            )
        ]
        for tenant in tenants:
            counts = await store.read(tenant, restored_counts)
            told = ", ".join(f"{count} {noun}" for noun, count in counts.items())
            lines.append(escape(f"Tenant {tenant}: {told}."))
    finally:
        store.close()
    lines += [f"What was there before is in {escape(place)}." for place in restored.put_aside]
    if repeats:
        lines.append(
            f"{repeats} effects were owed then and may have been done since: each is looked for "
            "first, or marked as a possible repeat."
        )
    lines.append(
        "[bold]tend doctor[/bold] says whether all is well, [bold]tend runs[/bold] what is owed."
    )
    return lines
