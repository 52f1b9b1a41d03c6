"""`tend doctor`: looks at all that is configured and says what is wrong and what mends it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.jobs.findings import BookFacts, Facts, Finding
    from app.settings import Settings
    from app.storage.sql_store import SqlStore

doctor_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

MOST_CHARACTERS = 600
"""Of one text from outside."""


@doctor_app.command(
    epilog="Examples:  [bold]tend doctor[/bold]   ·   [bold]tend doctor --json[/bold]"
)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of lines.")] = False,
) -> None:
    """Look at everything configured: what is wrong, what that means, and what mends it.

    Makes and migrates nothing. Effects that wait for an access that works again are released.
    Ends with code 1 when something is wrong; warnings alone end with 0.
    """
    from app.jobs.findings import Verdict, wrong

    try:
        found = _examined()
    except ConfigurationError as exc:
        mend = "mend it in the environment or in tend.toml"
        found = (wrong("settings", str(exc), mend),)
    _show(found, as_json=as_json)
    if any(finding.verdict is Verdict.WRONG for finding in found):
        raise typer.Exit(1)


def _examined() -> tuple[Finding, ...]:
    from app.jobs.doctor import examine
    from app.log import configure_logging
    from app.settings import load_settings

    settings = load_settings()
    configure_logging(form=settings.log_format, level=settings.log_level)
    return examine(asyncio.run(_looked(settings)))


async def _looked(settings: Settings) -> Facts:
    from app.bootstrap import liveness_for, open_store_of
    from app.bootstrap.notion_look import notion_facts
    from app.bootstrap.ticket_look import look_at_tickets
    from app.clock import system_clock
    from app.jobs.doctor_looks import (
        look_at_flows,
        look_at_folder,
        look_at_store,
        look_at_systems,
    )
    from app.jobs.findings import Facts
    from app.jobs.stored_flows import StoredFlows

    now = system_clock()
    store_facts = look_at_store(settings, lambda: liveness_for(settings).living())
    book = notion = None
    if store_facts.is_at_head:
        store = open_store_of(settings)
        try:
            book = await _book(settings, store, now)
            stored = await store.read(settings.tenant, lambda unit: unit.notion.databases())
            notion = await notion_facts(settings, stored)
        finally:
            store.close()
    elif store_facts.revision is None and not store_facts.trouble:
        notion = await notion_facts(settings, {})
    return Facts(
        now=now,
        folder=look_at_folder(settings),
        store=store_facts,
        flows=await look_at_flows(StoredFlows(url=settings.engine_url), settings.tenant),
        book=book,
        systems=(*await look_at_systems(settings), *await look_at_tickets(settings)),
        notion=notion,
    )


async def _book(settings: Settings, store: SqlStore, now: datetime) -> BookFacts:
    from app.bootstrap import performer_of
    from app.cli.releasing import start_released
    from app.clock import system_clock
    from app.jobs.doctor_looks import look_at_book
    from app.services.closing import close_all

    sinks = performer_of(store, settings, system_clock).sinks
    try:
        book = await look_at_book(store, settings.tenant, sinks, now)
    finally:
        await close_all(sinks.values())
    if book.released:
        await start_released(settings, store)
    return book


def _show(found: Sequence[Finding], *, as_json: bool) -> None:
    import json

    from rich.table import Table
    from rich.text import Text

    from app.cli.context import console_for_output
    from app.jobs.findings import Verdict
    from app.services.plain_text import one_line

    console = console_for_output()
    counts = {verdict: sum(one.verdict is verdict for one in found) for verdict in Verdict}
    if as_json:
        shown = [
            {"about": one.about, "verdict": one.verdict, "says": one.says, "mend": one.mend}
            for one in found
        ]
        whole = {"findings": shown, "is_well": not counts[Verdict.WRONG]}
        console.print_json(json.dumps(whole), ensure_ascii=True)
        return
    style = {Verdict.OK: "green", Verdict.WARNING: "yellow", Verdict.WRONG: "bold red"}
    table = Table(box=None, pad_edge=False, header_style="dim", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        says = Text(one_line(one.says, MOST_CHARACTERS))
        if one.mend:
            says.append(f"\n→ {one.mend}", "cyan")
        table.add_row(Text(one.verdict, style[one.verdict]), Text(one.about), says)
    console.print(table)
    console.print(
        f"{counts[Verdict.OK]} ok, {counts[Verdict.WARNING]} to know, "
        f"{counts[Verdict.WRONG]} wrong."
    )
