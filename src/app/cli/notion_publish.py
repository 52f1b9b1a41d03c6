"""What a person sees of showing things in Notion: asked for now, or after a scan."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from rich.text import Text

from app.cli.context import CliContext
from app.cli.desk import run_flow
from app.cli.notion_state import UNCONNECTED
from app.errors import InvalidInput
from app.jobs.flows.publish import PublishDone
from app.jobs.flows.publish_asking import publish_ask
from app.services.notion.row_writing import RowsDone
from app.services.plain_text import one_line

MOST_NAMED = 5
MOST_CHARACTERS = 300


def publish_and_show(cli: CliContext, account: str, *, anew: bool, as_json: bool) -> bool:
    """Show everything, or one account; whether nothing is left that needs a person.

    Raises InvalidInput, NotFound, Conflict.
    """
    if anew and not account:
        raise InvalidInput("--anew needs an ACCOUNT: the one whose row is to be made again")
    ids: list[str] | None = None
    if account:
        found = cli.store.read_now(cli.tenant, lambda unit: unit.book.find(account))
        ids = [found.account_id]
    ask = publish_ask(cli.tenant, f"{cli.clock():%Y%m%dT%H%M%S%fZ}", account_ids=ids, anew=anew)
    with cli.notes.status("Writing to Notion"):
        told = asyncio.run(run_flow(cli, ask, _unwatched))
    done = PublishDone.model_validate(told)
    if as_json:
        cli.console.print_json(done.model_dump_json())
    else:
        say_shown(cli, done)
    return is_well(done)


def is_well(done: PublishDone) -> bool:
    """Whether all was shown, or will be without anybody's doing."""
    parts = (done.accounts, done.tickets)
    is_refused = any(part.refused or part.findings or part.is_full for part in parts)
    return not (done.stopped or is_refused or done.pages.refused or done.pages.is_full)


def say_shown(cli: CliContext, done: PublishDone) -> None:
    """Print what was written, and what is in the way."""
    if not done.is_connected:
        cli.console.print(UNCONNECTED)
        return
    if done.accounts.looked or not done.stopped:
        cli.console.print(f"Notion: {_rows('account', done.accounts)}; {_tickets(done)}.")
    if done.pages.due:
        cli.console.print(f"{done.pages.done} of {done.pages.due} pages brought up to date.")
    for line, style in _troubles(done):
        cli.console.print(Text(one_line(line, MOST_CHARACTERS), style=style))


def _rows(noun: str, part: RowsDone) -> str:
    if not part.written and not part.made:
        return f"nothing new on {part.looked:,} {noun}s"
    return f"{part.written:,} {noun} rows written, {part.made:,} made"


def _tickets(done: PublishDone) -> str:
    return _rows("ticket", done.tickets) if done.tickets.looked else "no tickets to show"


def _troubles(done: PublishDone) -> Iterator[tuple[str, str]]:
    if done.stopped:
        yield f"Notion: stopped: {done.stopped}. The next scan does the rest.", "red"
    for part in (done.accounts, done.tickets):
        for finding in part.findings:
            yield finding, "yellow"
        for key, reason in part.refused.items():
            yield f"{key}: {reason}", "yellow"
        if part.gone:
            named = ", ".join(part.gone[:MOST_NAMED])
            yield f"Deleted in Notion, and left so: {named}", "dim"
        if part.left and not done.stopped:
            yield f"{len(part.left):,} rows are left to the next scan.", "dim"
    for key, reason in done.pages.refused.items():
        yield f"page {key}: {reason}", "yellow"


async def _unwatched() -> None:
    """Nothing to count meanwhile."""
