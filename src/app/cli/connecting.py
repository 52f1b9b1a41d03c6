"""What `tend connect gmail` does: tells what to set up, asks for consent, keeps it, tries it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.text import Text

from app.bootstrap import limiter_of
from app.bootstrap.sections import reps_of, section_of
from app.cli.context import CliContext
from app.errors import ConfigurationError, InvalidInput, ServiceError
from app.services.gsuite.auth import GmailAccess
from app.services.gsuite.config import READ_SCOPE, GmailConfig
from app.services.gsuite.consent import GmailConsent
from app.services.gsuite.mailbox_check import MailboxCheck
from app.services.gsuite.token_files import TokenFiles, UserToken

_SET_UP = """\
Tend needs an OAuth client of your own Google project, once for all reps:
  1. console.cloud.google.com: make or choose a project, enable the Gmail API.
  2. Google Auth Platform: user type Internal, or add the reps as test users.
  3. Clients: create one of type Desktop app, and download its JSON file.
  4. tend connect gmail --client FILE, by each rep; or TEND_GMAIL='{"client_file": "FILE"}'.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tried:
    """What a look at one mailbox came to."""

    rep: str
    way: str
    """`consent` or `delegation`."""
    reads_mail: bool
    trouble: str
    """Empty: it can be reached."""


def connect_mailbox(
    cli: CliContext, rep: str, *, client_file: Path | None, wider: bool, by_browser: bool
) -> None:
    """Ask the rep for his consent, see whose it is, and keep it.

    Raises ConfigurationError, InvalidInput, ServiceError.
    """
    config = _config(cli)
    client_file = client_file or config.client_file
    if client_file is None:
        cli.notes.print(Text(_SET_UP))
        raise ConfigurationError("there is no OAuth client yet: tend connect gmail --client FILE")
    consent = GmailConsent(client_file, rep_email=rep, wider=wider)
    token = consent.by_browser() if by_browser else _pasted(cli, consent)
    account = asyncio.run(_account_of(cli, config, token))
    if rep and account != rep:
        raise InvalidInput(f"the consent is {account}'s, not {rep}'s: nothing was kept")
    kept = token.model_copy(update={"account": account})
    try:
        path = TokenFiles(cli.settings.home).write(account, kept)
    except OSError as exc:
        told = f"TEND_HOME: the consent cannot be kept in {cli.settings.home}: {exc.strerror}"
        raise ConfigurationError(told) from exc
    cli.console.print(Text(f"Drafts of {account} are connected."))
    cli.console.print(Text(f"The consent is in {path}; only you can read it."))
    if wider and READ_SCOPE not in kept.scopes:
        cli.console.print("Reading mail was not consented to: drafts begin threads of their own.")


def check_mailboxes(cli: CliContext, rep: str, *, as_json: bool) -> int:
    """Try each mailbox and say which can be reached; 1 where one cannot, or there is none."""
    tried = asyncio.run(_tried(cli, rep))
    if as_json:
        cli.console.print_json(json.dumps([asdict(one) for one in tried]))
    elif not tried:
        cli.console.print("No mailbox is connected: [bold]tend connect gmail[/bold]")
    else:
        for one in tried:
            told = one.trouble or f"reached by {one.way}{', mail too' if one.reads_mail else ''}"
            cli.console.print(Text(f"{one.rep}: {told}", "red" if one.trouble else ""))
    return 1 if not tried or any(one.trouble for one in tried) else 0


async def _tried(cli: CliContext, rep: str) -> list[_Tried]:
    config = _config(cli)
    access = GmailAccess(config, cli.settings.home)
    known = await reps_of(cli.store, cli.tenant)()
    mailboxes = {*access.consenting(), *(one for one in known if access.serves(one))}
    limiter = limiter_of(cli.settings)
    looks = MailboxCheck(config=config, tenant_id=cli.tenant, limiter=limiter)
    try:
        return [await _look(looks, access, one) for one in ([rep] if rep else sorted(mailboxes))]
    finally:
        await limiter.aclose()


async def _look(looks: MailboxCheck, access: GmailAccess, rep: str) -> _Tried:
    trouble = ""
    try:
        account = await looks.reached(access, rep)
        if account != rep:
            trouble = f"it is the mailbox of {account}: tend connect gmail --rep {rep}"
    except ServiceError as exc:
        trouble = str(exc)
    return _Tried(
        rep=rep,
        way="consent" if rep in access.consenting() else "delegation",
        reads_mail=access.is_wide(rep),
        trouble=trouble,
    )


async def _account_of(cli: CliContext, config: GmailConfig, token: UserToken) -> str:
    limiter = limiter_of(cli.settings)
    looks = MailboxCheck(config=config, tenant_id=cli.tenant, limiter=limiter)
    try:
        return await looks.account_of(token)
    finally:
        await limiter.aclose()


def _pasted(cli: CliContext, consent: GmailConsent) -> UserToken:
    """Consent given in a browser on another machine."""
    cli.console.print("Open this page in a browser, and agree:")
    cli.console.print(Text(consent.address()), soft_wrap=True)
    cli.console.print("The browser ends on a page that does not load. Paste its address here:")
    return consent.answered(input())


def _config(cli: CliContext) -> GmailConfig:
    return section_of("gmail", cli.settings.gmail, GmailConfig)
