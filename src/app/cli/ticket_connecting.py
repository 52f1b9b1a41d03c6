"""What `tend connect SYSTEM` does for a ticket system: asks, tries, shows, and keeps nothing.

What is asked for and what a system tells of itself is given with it; how it is read is the feeds'.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass, field

import typer
from pydantic import JsonValue
from rich.text import Text

from app.bootstrap.limits import limiter_of
from app.bootstrap.ticket_systems import OPENERS, choices_of, own_of
from app.cli.context import CliContext
from app.errors import AccessExpired, InvalidInput
from app.feeds.source_sample import Sample, Word, sample_of
from app.ports.limits import Limiter
from app.services.plain_text import one_line
from app.settings import Section

_SAMPLE = 50
_NAMED = 12
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A setting without which a system cannot be reached."""

    key: str
    prompt: str
    secret_in: str = ""
    """Of a secret: the variable that may hold it. It is asked for unseen, and never shown."""
    with_key: str = ""
    """Of one that may be empty: asked for only where this other one was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a system tells of itself and of us."""

    lines: tuple[str, ...] = ()
    told: Mapping[str, JsonValue] = field(default_factory=dict)
    """The same for `--json`."""
    total: int | None = None
    """How many tickets there are to read, where it tells before they are listed."""


Teller = Callable[[str, Section, str, Limiter], Awaitable[About]]
"""The settings' name, the section without what all systems share, tenant and limiter."""


async def nothing_more(_name: str, own: Section, _tenant: str, _limiter: Limiter) -> About:
    """Of a system that has no call to ask who we are: its address."""
    return About(lines=(f"It answers at {own['url']}, and lets us in.",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A kind of ticket system, as somebody connects it."""

    system: str
    title: str
    items: str
    """What it calls its tickets."""
    asks: tuple[Ask, ...]
    about: Teller = nothing_more
    when_refused: str = ""
    """What to look at when it lets nobody in, where its own answer does not tell."""


async def connect(cli: CliContext, desk: Desk, name: str, typed: Section, *, as_json: bool) -> None:
    """Try a system with what was typed, set or is asked for now, and show what Tend would see.

    Raises InvalidInput, ConfigurationError, ServiceError.
    """
    section = _section(cli, desk, name, {key: value for key, value in typed.items() if value})
    choices, own = choices_of(name, section), own_of(section)
    async with AsyncExitStack() as stack:
        limiter = limiter_of(cli.settings)
        stack.push_async_callback(limiter.aclose)
        system = OPENERS[desk.system](name, own, cli.tenant, limiter)
        stack.push_async_callback(system.aclose)
        try:
            about = await desk.about(name, own, cli.tenant, limiter)
            sample = await sample_of(
                cli.store, cli.tenant, await system.look(), choices.overrides, cli.clock(), _SAMPLE
            )
        except AccessExpired:
            if desk.when_refused:
                cli.notes.print(Text(desk.when_refused))
            raise
    if as_json:
        told = json.dumps(_as_json(desk, about, sample))
        cli.console.print_json(told, ensure_ascii=True)
        return
    for line in (*about.lines, *_lines(desk, about, sample)):
        cli.console.print(Text(one_line(line, 2_000)))
    cli.console.print(Text(_what_next(cli, desk, name, section)), soft_wrap=True)


def _section(cli: CliContext, desk: Desk, name: str, given: Section) -> Section:
    """What the settings say, what was typed before that, and what is asked for."""
    section: Section = {"system": desk.system, **cli.settings.tickets.get(name, {}), **given}
    if section["system"] != desk.system:
        raise InvalidInput(f"[tickets.{name}] is {section['system']}, not {desk.system}")
    wanting = [ask for ask in desk.asks if not ask.with_key and not section.get(ask.key)]
    if wanting and not sys.stdin.isatty():
        keys = " and no ".join(ask.key for ask in wanting)
        options = " and ".join(f"--{ask.key}" for ask in desk.asks if not ask.secret_in)
        secrets = " and ".join(
            f"{ask.key} in {ask.secret_in}" for ask in desk.asks if ask.secret_in
        )
        raise InvalidInput(
            f"no {keys}: put them into [tickets.{name}] in tend.toml, or give {options}, "
            f"with {secrets}"
        )
    asked = {ask.key for ask in wanting}
    for ask in desk.asks:
        if ask in wanting:
            section[ask.key] = typer.prompt(ask.prompt, hide_input=bool(ask.secret_in), err=True)
        elif ask.with_key in asked and not section.get(ask.key):
            section[ask.key] = typer.prompt(ask.prompt, default="", show_default=False, err=True)
    return section


def _as_json(desk: Desk, about: About, sample: Sample) -> dict[str, JsonValue]:
    return {
        "system": desk.system,
        "tickets": _total(about, sample),
        "sampled": sample.looked_at,
        "refused": sample.refused,
        "by_rule": {**sample.by_rule},
        "unresolved": [*sample.waiting],
        "statuses": [asdict(word) for word in sample.statuses],
        "priorities": [asdict(word) for word in sample.priorities],
        **about.told,
    }


def _total(about: About, sample: Sample) -> int | None:
    return sample.total if about.total is None else about.total


def _lines(desk: Desk, about: About, sample: Sample) -> list[str]:
    total, items = _total(about, sample), desk.items
    lines = [
        f"{desk.title} does not say beforehand how many {items} there are."
        if total is None
        else f"{items.capitalize()} to read: about {total:,}.",
        _placed(items, sample),
    ]
    if sample.waiting:
        lines.append(f"Without: {', '.join(sample.waiting[:_NAMED])}. See tend tickets assign.")
    if sample.refused:
        lines.append(f"{sample.refused} cannot be read; tend sync says why.")
    lines += [
        f"{what}: {', '.join(_said(word, without) for word in words)}."
        for what, words, without in (
            ("Statuses", sample.statuses, "open, unless it has ended"),
            ("Priorities", sample.priorities, "unknown"),
        )
        if words
    ]
    if sample.unknown_priorities:
        names = ", ".join(one_line(one, 40) for one in sample.unknown_priorities[:_NAMED])
        lines.append(f"Priorities that nobody knows: {names}. Say what they mean in priorities.")
    return lines


def _placed(items: str, sample: Sample) -> str:
    if not sample.looked_at:
        return f"It lists no {items}: there are none yet, or we may see none."
    placed, none = sum(sample.by_rule.values()), len(sample.waiting)
    rules = ", ".join(f"{many} by {rule}" for rule, many in sorted(sample.by_rule.items()))
    by = f" ({rules})" if rules else ""
    return f"Of {sample.looked_at} {items} {placed} have an account{by}, {none} none."


def _said(word: Word, without: str) -> str:
    named = " ".join(one_line(text, 40) for text in (word.word, word.name) if text) or "(none)"
    return f"{named} → {word.becomes or without} ({word.tickets})"


def _what_next(cli: CliContext, desk: Desk, name: str, section: Section) -> str:
    """The lines for tend.toml, without secrets; of what is set already, what reads it."""
    if name in cli.settings.tickets:
        return f"It works. [tickets.{name}] is set: tend sync {name} reads it."
    key = name if _BARE_KEY.fullmatch(name) else json.dumps(name, ensure_ascii=False)
    secrets = [ask.key for ask in desk.asks if ask.secret_in]
    shown = [
        f"{setting} = {json.dumps(value, ensure_ascii=False)}"
        for setting, value in section.items()
        if value and setting not in secrets
    ]
    hidden = [f'{setting} = "…"' for setting in secrets]
    missing = " and ".join(secrets)
    told = f"It works. To have it read, put this into tend.toml, with {missing} in place of …:"
    return "\n".join((told, f"[tickets.{key}]", *shown, *hidden))
