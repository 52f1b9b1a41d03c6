"""Drafts as mail files, for any mail program; what is there already stays."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from app.cli.drafts_finding import open_draft_desk
from app.domain.draft import Draft, DraftState
from app.errors import Conflict, InvalidInput
from app.services.draft_files import DraftFiles, file_name
from app.services.eml import eml_of

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.jobs.acts.draft_desk import DraftDesk


def export_drafts(cli: CliContext, draft_ids: Sequence[str], to: str) -> None:
    """Write the drafts into the folder `to`; `-` prints one.

    Raises Conflict naming files that hold something else, before any is written.
    """
    if to == "-" and len(draft_ids) != 1:
        msg = f"--to - prints one draft, and these are {len(draft_ids)}: name a folder"
        raise InvalidInput(msg)
    mails = asyncio.run(_mails(cli, list(dict.fromkeys(draft_ids))))
    if to == "-":
        for content in mails.values():
            typer.echo(content, nl=False)
        return
    folder = Path(to)
    try:
        written = _write(folder, mails)
    except OSError as exc:
        raise InvalidInput(f"--to {to}: cannot be written: {exc.strerror}") from exc
    there = len(mails) - written
    same = f", {there} there already" if there else ""
    cli.console.print(Text(f"{written} written{same}: {folder}"))
    if not mails:
        cli.console.print("No drafts wait. [bold]tend drafts --all[/bold] lists every one.")


def _write(folder: Path, mails: Mapping[str, bytes]) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    there = {name for name in mails if (folder / name).exists()}
    other = sorted(name for name in there if (folder / name).read_bytes() != mails[name])
    if other:
        msg = f"{folder} has other files of these names, and nothing was written: "
        raise Conflict(msg + ", ".join(other))
    for name in mails.keys() - there:
        with (folder / name).open("xb") as file:
            file.write(mails[name])
    return len(mails) - len(there)


async def _mails(cli: CliContext, draft_ids: Sequence[str]) -> Mapping[str, bytes]:
    """By file name, each as it stands now."""
    files, mails = DraftFiles(folder=cli.settings.outbox), {}
    async with open_draft_desk(cli) as desk:
        for draft_id in draft_ids:
            draft = await desk.draft(draft_id)
            mails[file_name(draft)] = await _mail(desk, files, draft)
    return mails


async def _mail(desk: DraftDesk, files: DraftFiles, draft: Draft) -> bytes:
    path = files.find(draft.draft_id)
    if path is not None:
        return path.read_bytes()
    if draft.state is not DraftState.WAITING:
        return eml_of(draft)
    return eml_of((await desk.look(draft.draft_id)).standing)
