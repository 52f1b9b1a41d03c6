"""What `tend notion` says of the connection: as remembered, and as Notion tells it now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack

from pydantic import JsonValue
from rich.text import Text

from app.bootstrap import limiter_of
from app.bootstrap.notion import notion_config_of, notion_of
from app.bootstrap.sections import section_of
from app.cli.context import CliContext
from app.domain.notion import NotionDatabase, NotionRole
from app.errors import InvalidInput, NotFound
from app.jobs.notion_keeping import keep_names
from app.ports.store import Unit
from app.services.notion.columns import TITLES
from app.services.notion.config import NotionConfig
from app.services.notion.kept_token import TokenFile
from app.services.notion.setup.address import id_in
from app.services.notion.setup.checking import Checked, checked
from app.services.notion.setup.drift import Drift
from app.services.notion.setup.wishes import ROLES
from app.services.plain_text import one_line

MOST_CHARACTERS = 400
UNCONNECTED = "Notion is not connected: tend connect notion asks for what it needs."


def show_status(cli: CliContext, *, as_json: bool) -> None:
    """What is connected, by the settings and the store alone."""
    config = notion_config_of(cli.settings, cli.tenant)
    has_token = config is not None and bool(config.token.get_secret_value())
    stored = cli.store.read_now(cli.tenant, lambda unit: unit.notion.databases())
    if as_json:
        told: dict[str, JsonValue] = {
            "has_token": has_token,
            "databases": [_database_json(database) for database in ordered(stored)],
        }
        cli.console.print_json(json.dumps(told))
        return
    if not has_token:
        cli.console.print(UNCONNECTED)
        return
    if not stored:
        cli.console.print(
            "There is a token of Notion, and no database yet: nothing is read or written. "
            "[bold]tend connect notion[/bold] finds or makes them."
        )
        return
    for database in ordered(stored):
        cli.console.print(_told(database))
    cli.console.print("[bold]tend notion check[/bold] asks Notion whether all is as it was.")


async def check_notion(cli: CliContext, *, with_rows: bool, as_json: bool) -> bool:
    """Ask Notion, show what drifted, remember new names; whether nothing must be mended.

    Raises NotFound where there is no connection.
    """
    async with AsyncExitStack() as stack:
        limiter = limiter_of(cli.settings)
        stack.push_async_callback(limiter.aclose)
        link = notion_of(cli.settings, cli.tenant, limiter)
        if link is None:
            raise NotFound(UNCONNECTED)
        stack.push_async_callback(link.api.aclose)
        stored = await cli.store.read(cli.tenant, lambda unit: unit.notion.databases())
        if with_rows and not as_json:
            cli.notes.print("Reading rows, 100 at a time …", style="dim")
        found = await checked(
            link.api, stored, parent_id=parent_of(link.config), with_rows=with_rows
        )

    def keep(unit: Unit) -> None:
        for database in found.databases:
            keep_names(unit, database)

    await cli.store.write(cli.tenant, keep)
    _show(cli, stored, found, as_json=as_json)
    return found.is_well


def forget_token(cli: CliContext) -> None:
    """Remove what `tend connect notion` kept. Raises InvalidInput where the settings have one."""
    own = section_of("notion", cli.settings.notion, NotionConfig)
    was_there = TokenFile(cli.settings.home, cli.tenant).forget()
    if own.token.get_secret_value():
        raise InvalidInput("the token is in TEND_NOTION or tend.toml: remove it there")
    told = "The token is forgotten." if was_there else "No token was kept."
    cli.console.print(
        f"{told} Nothing is read from Notion or written there any more; to take the right away "
        "for good, remove the connection in Notion's settings."
    )


def ordered(stored: Mapping[NotionRole, NotionDatabase]) -> list[NotionDatabase]:
    """The databases in the order in which people think of them."""
    return [stored[role] for role in ROLES if role in stored]


def parent_of(config: NotionConfig) -> str:
    """The parent page's id; empty: none is known."""
    return id_in(config.parent_page) if config.parent_page else ""


def _show(
    cli: CliContext,
    stored: Mapping[NotionRole, NotionDatabase],
    found: Checked,
    *,
    as_json: bool,
) -> None:
    if as_json:
        told: dict[str, JsonValue] = {
            "is_well": found.is_well,
            "bot": None if found.bot is None else found.bot.name,
            "workspace": None if found.bot is None else found.bot.workspace,
            "drifts": [_drift_json(drift) for drift in found.drifts],
        }
        cli.console.print_json(json.dumps(told), ensure_ascii=True)
        return
    if found.bot is not None:
        names = ", ".join(TITLES[database.role] for database in ordered(stored))
        told_whose = f"{found.bot.name}, in {found.bot.workspace}: {names or 'no database'}."
        cli.console.print(Text(told_whose))
    for drift in found.drifts:
        cli.console.print(_line(drift))
    wrong = sum(drift.is_wrong for drift in found.drifts)
    if wrong:
        cli.console.print(f"{wrong} to mend.")
    else:
        cli.console.print("Nothing must be mended.")


def _line(drift: Drift) -> Text:
    mark, style = ("wrong", "bold red") if drift.is_wrong else ("to know", "yellow")
    says = one_line(drift.says, MOST_CHARACTERS)
    line = Text.assemble((f"{mark:<8}", style), (drift.about, "bold"), f": {says}")
    if drift.mend:
        line.append(f"\n        → {one_line(drift.mend, MOST_CHARACTERS)}", "cyan")
    return line


def _drift_json(drift: Drift) -> JsonValue:
    return {
        "about": drift.about,
        "says": drift.says,
        "mend": drift.mend,
        "is_wrong": drift.is_wrong,
    }


def _told(database: NotionDatabase) -> Text:
    how = "read and written" if database.is_written else "only read"
    until = database.read_until
    read = "not read yet" if until is None else f"read until {until:%Y-%m-%d %H:%M} UTC"
    return Text.assemble(
        (TITLES[database.role], "bold"),
        f": {len(database.columns)} columns, {how}, {read}. {one_line(database.url, 120)}",
    )


def _database_json(database: NotionDatabase) -> JsonValue:
    until, full = database.read_until, database.full_read_at
    return {
        "role": database.role.value,
        "database_id": database.database_id,
        "data_source_id": database.data_source_id,
        "url": database.url,
        "is_written": database.is_written,
        "read_until": None if until is None else until.isoformat(),
        "full_read_at": None if full is None else full.isoformat(),
        "columns": {name: column.name for name, column in database.columns.items()},
    }
