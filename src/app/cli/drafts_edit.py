"""A draft put in its rep's own words, from an editor, a file or an option; or thrown away."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from app.cli.actor import actor_of
from app.cli.drafts_finding import open_draft_desk
from app.cli.editor import edited
from app.domain.draft import Draft, words_hash_of
from app.errors import InvalidInput
from app.jobs.acts.draft_desk import DraftDesk, Placed
from app.jobs.acts.draft_warnings import warnings_of_edit

if TYPE_CHECKING:
    from app.cli.context import CliContext

_SUBJECT = "subject:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """A mail's words as they were typed."""

    subject: str
    text: str


def edit_draft(
    cli: CliContext, draft_id: str, *, subject: str, body_file: Path | None, over: bool, by: str
) -> None:
    """Have it edited, keep it and say what a rep should look at again."""
    who = actor_of(cli.settings, by)
    asyncio.run(_edit(cli, draft_id, subject=subject, body_file=body_file, over=over, who=who))


async def _edit(
    cli: CliContext, draft_id: str, *, subject: str, body_file: Path | None, over: bool, who: str
) -> None:
    is_typed = not subject and body_file is None
    async with open_draft_desk(cli) as desk:
        began = await (desk.begin(draft_id, over=over) if is_typed else desk.look(draft_id))
        base = began.standing if over else began.draft
        given = _given(base, subject, body_file)
        with _in_editor(cli, base) if given is None else _as_given(given) as words:
            if _hash(words) == words_hash_of(base.subject, base.body_text):
                cli.console.print(Text(f"{draft_id} stays as it is: nothing was changed."))
                return
            await _keep(cli, desk, began.draft, words, over=over, who=who)


async def _keep(
    cli: CliContext, desk: DraftDesk, began: Draft, words: _Words, *, over: bool, who: str
) -> None:
    new = await desk.edit(began, words.subject, words.text, by=who, at=cli.clock(), over=over)
    now = cli.clock()
    warnings = cli.store.read_now(cli.tenant, lambda unit: warnings_of_edit(unit, began, new, now))
    for warning in warnings:
        cli.notes.print(Text(f"Look again: {warning}", "yellow"))
    cli.console.print(
        Text(
            f"{new.draft_id} has your words now, in {new.box}; Tend leaves it as it is. Once you "
            f"have sent it: tend outcome {new.draft_id} edited"
        )
    )


def drop_draft(cli: CliContext, draft_id: str, *, note: str, even_edited: bool, by: str) -> None:
    """Take it out of the mailbox, keep that it was dropped, and say where it was."""
    who = actor_of(cli.settings, by)
    before = asyncio.run(_drop(cli, draft_id, note=note, even_edited=even_edited, who=who))
    out = f"out of {before.box.name}" if before.there else f"not in {before.box.name} any more"
    line = f"{draft_id} is dropped, and {out}. tend history {before.draft.account_id} has it."
    cli.console.print(Text(line))


async def _drop(
    cli: CliContext, draft_id: str, *, note: str, even_edited: bool, who: str
) -> Placed:
    async with open_draft_desk(cli) as desk:
        return await desk.drop(draft_id, note=note, by=who, at=cli.clock(), even_edited=even_edited)


def _given(base: Draft, subject: str, body_file: Path | None) -> _Words | None:
    """What options say; None: nothing. What they leave out stays."""
    if not subject and body_file is None:
        return None
    words = _Words(subject=base.subject, text=base.body_text)
    if body_file is not None:
        words = _parted(_read(body_file), base.subject)
    return replace(words, subject=subject) if subject else words


def _read(path: Path) -> str:
    if str(path) == "-":
        return sys.stdin.read()
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise InvalidInput(f"--body-file {path}: cannot be read as text in UTF-8: {exc}") from exc


def _parted(text: str, subject: str) -> _Words:
    """A first line that begins with `Subject:` is one; else the subject stays."""
    first, _, rest = text.lstrip().partition("\n")
    if first.lower().startswith(_SUBJECT):
        return _Words(subject=first[len(_SUBJECT) :], text=rest)
    return _Words(subject=subject, text=text)


def _hash(words: _Words) -> str:
    return words_hash_of(words.subject, words.text)


@contextmanager
def _in_editor(cli: CliContext, base: Draft) -> Iterator[_Words]:
    text = f"Subject: {base.subject}\n\n{base.body_text}"
    hint = f"tend drafts edit {base.draft_id} --body-file"
    with edited(text, base.draft_id, cli.notes, hint) as typed:
        yield _parted(typed, base.subject)


@contextmanager
def _as_given(words: _Words) -> Iterator[_Words]:
    yield words
