"""Where the command takes Notion's token and the parent page from, and how it asks for them.

A token is never on the command line, never shown, and kept in a file of the data folder alone.
"""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack
from dataclasses import dataclass

import typer
from pydantic import SecretStr
from rich.text import Text

from app.bootstrap.notion import link_of, notion_config_of
from app.bootstrap.sections import section_of
from app.cli.context import CliContext
from app.errors import AccessExpired, ConfigurationError, InvalidInput
from app.ports.limits import Limiter
from app.services.notion.client import NotionApi
from app.services.notion.config import NotionConfig
from app.services.notion.kept_token import KeptToken, TokenFile
from app.services.notion.setup.address import id_in
from app.services.notion.setup.workspace import Bot, bot_of

MOST_QUESTIONS = 3
STEPS = """\
Tend needs a connection (an integration) in Notion, once:
  1. In Notion: Settings → Connections → Develop or manage integrations → New
     integration; type Internal, in the workspace that has your accounts.
  2. Let it read, update and insert content, and read user information with
     e-mail addresses.
  3. Open the page that holds your accounts, or a new one for Tend:
     ••• → Connections → add it. What lies below that page is shared with the
     connection too, and nothing else.
  4. Copy its secret (ntn_…). Run tend connect notion and paste it when asked;
     or set TEND_NOTION='{"token": "ntn_…", "parent_page": "ADDRESS"}', or the
     same under [notion] in tend.toml.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A token that Notion takes."""

    api: NotionApi
    bot: Bot
    config: NotionConfig
    is_set: bool
    """By the settings; else it is kept by us, or about to be."""

    def keep(self, cli: CliContext, parent_id: str) -> str:
        """Keep what was typed, where there is anything new; the file's path, empty if not."""
        if self.is_set:
            return ""
        file = TokenFile(cli.settings.home, cli.tenant)
        kept = KeptToken(token=self.config.token, parent_page=parent_id or self.config.parent_page)
        if file.read() == kept:
            return ""
        file.write(kept)
        return str(file.path)


def is_at_terminal() -> bool:
    """Whether somebody is there to be asked."""
    return sys.stdin.isatty()


async def entered(
    cli: CliContext, limiter: Limiter, stack: AsyncExitStack, *, may_ask: bool, asks_anew: bool
) -> Entry:
    """A token that works: of the settings, kept, or asked for; `stack` closes its `api`.

    Raises ConfigurationError that says what to set, AccessExpired and other ServiceError.
    """
    config = notion_config_of(cli.settings, cli.tenant) or NotionConfig()
    own = section_of("notion", cli.settings.notion, NotionConfig)
    is_set = bool(own.token.get_secret_value())
    if asks_anew and is_set:
        raise ConfigurationError("TEND_NOTION has a token, which goes first: change it there")
    if config.token.get_secret_value() and not asks_anew:
        mend = "mend TEND_NOTION" if is_set else "tend connect notion --new-token"
        try:
            return await _tried(cli, limiter, stack, config, is_set=is_set)
        except AccessExpired as exc:
            told = f"the token is refused: {mend}"
            raise AccessExpired(exc.system, exc.operation, told) from exc
    cli.notes.print(Text(STEPS))
    if not may_ask or not is_at_terminal():
        msg = (
            'there is no token of Notion yet: set TEND_NOTION=\'{"token": "ntn_…"}\' (or [notion] '
            "token in tend.toml), or run tend connect notion at a terminal, which asks for it"
        )
        raise ConfigurationError(msg)
    return await _asked(cli, limiter, stack, config)


def asked_parent() -> str:
    """The page's id, asked for. Raises InvalidInput where nobody can be."""
    if not is_at_terminal():
        raise InvalidInput(
            "it is not known under which page databases lie or are made: --parent PAGE, or "
            "parent_page of TEND_NOTION"
        )
    return id_in(_ask("Address of the page under which databases lie or are made"))


async def _asked(
    cli: CliContext, limiter: Limiter, stack: AsyncExitStack, config: NotionConfig
) -> Entry:
    for _ in range(MOST_QUESTIONS):
        token = _ask("The connection's secret (it is not shown)", is_hidden=True)
        typed = config.model_copy(update={"token": SecretStr(token)})
        try:
            return await _tried(cli, limiter, stack, typed, is_set=False)
        except (ConfigurationError, AccessExpired):
            cli.notes.print("Notion does not take it.")
    raise InvalidInput("no token that Notion takes was given")


async def _tried(
    cli: CliContext,
    limiter: Limiter,
    stack: AsyncExitStack,
    config: NotionConfig,
    *,
    is_set: bool,
) -> Entry:
    api = link_of(config, cli.tenant, limiter).api
    stack.push_async_callback(api.aclose)
    return Entry(api=api, bot=await bot_of(api), config=config, is_set=is_set)


def _ask(words: str, *, is_hidden: bool = False) -> str:
    return str(typer.prompt(words, hide_input=is_hidden, err=True)).strip()
