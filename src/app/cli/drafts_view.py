"""Drafts as text and JSON. What others wrote is shown without what a terminal would obey."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from pydantic import JsonValue
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from app.domain.draft import Draft, DraftState
from app.services.draft_files import DraftFiles, FileFate
from app.services.plain_text import one_line, paragraphs

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.cli.drafts_finding import Seen

OUTBOX = "outbox"
_LINE = 600
_FATES = {FileFate.GONE: "gone from the outbox", FileFate.EDITED: "edited"}


def print_list(
    cli: CliContext, found: Sequence[Draft], *, as_json: bool, is_narrowed: bool
) -> None:
    """The table, or what to do where there is nothing to list."""
    files = DraftFiles(folder=cli.settings.outbox)
    fates = files.not_as_written(
        one for one in found if one.state is DraftState.WAITING and one.box == OUTBOX
    )
    if as_json:
        listed = [_json(one, is_edited=_is_edited(one, fates)) for one in found]
        cli.console.print_json(json.dumps({"drafts": listed}), ensure_ascii=True)
        return
    if not found:
        other = "[bold]tend drafts --all[/bold] has those that were sent, dropped or withdrawn. "
        cli.console.print(
            f"No drafts wait. {other if is_narrowed else ''}One is written for every incident "
            "that a [bold]tend scan[/bold] raises, and when you ask for one: [bold]tend ask 'draft "
            "a check-in for Acme'[/bold]."
        )
        return
    cli.console.print(_table(found, fates))
    cli.console.print(Text(_counted(found, files), "dim"))


def _counted(found: Sequence[Draft], files: DraftFiles) -> str:
    noun = "draft" if len(found) == 1 else "drafts"
    here = sum(1 for one in found if one.box == OUTBOX)
    which = "as files" if here == len(found) else "those in the outbox as files"
    where = f"; {which} in {files.folder}" if here else ""
    return f"{len(found)} {noun}{where}. tend drafts show DRAFT reads one."


def _table(found: Sequence[Draft], fates: Mapping[str, FileFate]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Draft", "Written", "For", "Rep", "Where", "Subject", "Look"):
        table.add_column(column, no_wrap=column not in {"Subject", "Look"})
    for draft in found:
        mark = "" if draft.state is DraftState.WAITING else f"({draft.state}) "
        table.add_row(
            Text(draft.draft_id),
            f"{draft.created_at:%Y-%m-%d}",
            Text(one_line(draft.to[0] if draft.to else draft.account_id, _LINE)),
            Text(one_line(draft.rep_email.partition("@")[0], _LINE)),
            Text(draft.box or "-"),
            Text(f"{mark}{one_line(draft.subject, _LINE)}"),
            Text(", ".join(_marks(draft, fates)), "yellow"),
        )
    return table


def _marks(draft: Draft, fates: Mapping[str, FileFate]) -> Iterator[str]:
    if draft.state is not DraftState.WAITING:
        return
    if draft.confidence != "high":
        yield f"{draft.confidence} confidence"
    if draft.draft_id in fates:
        yield _FATES[fates[draft.draft_id]]
    elif draft.is_edited:
        yield "edited"


def _is_edited(draft: Draft, fates: Mapping[str, FileFate]) -> bool:
    return draft.is_edited or fates.get(draft.draft_id) is FileFate.EDITED


def print_draft(cli: CliContext, seen: Seen) -> None:
    """The letter in a frame, and below it what is the rep's alone."""
    draft = seen.draft
    to = ", ".join(one_line(one, _LINE) for one in draft.to)
    head = Text(
        f"From:    {one_line(draft.rep_email, _LINE)}\n"
        f"To:      {to or '(no stakeholder is known: choose one)'}\n"
        f"Subject: {one_line(draft.subject, _LINE)}\n\n"
    )
    head.append(paragraphs(draft.body_text))
    cli.console.print(Panel(head, title=f"{draft.draft_id} · {draft.state}", width=88))
    cli.console.print(Text("For you, not for the customer", "bold"))
    for name, told in _known(cli, seen):
        cli.console.print(Text.assemble((f"{name:<12}", "dim"), one_line(told, _LINE)))
    for reason in draft.refused:
        cli.console.print(Text(f"- {one_line(reason, _LINE)}", "yellow"))


def _known(cli: CliContext, seen: Seen) -> Iterator[tuple[str, str]]:
    draft = seen.draft
    yield "Letter", f"{draft.communication_type.replace('_', ' ')} for {_account(draft)}"
    yield "Written", f"{draft.created_at:%Y-%m-%d} by {_author(draft)}"
    yield "Where", _where(cli, seen)
    if _was_edited(seen):
        yield "Edited", "yes; Tend leaves it as it is now"
    look = "" if draft.confidence == "high" else ": read it twice"
    yield "Confidence", f"{draft.confidence}{look}"
    if draft.refused:
        yield "Look at", "why another wording was refused, or what is odd in this one:"


def _account(draft: Draft) -> str:
    return draft.account_name or draft.account_id


def _author(draft: Draft) -> str:
    named = {"template": "a template", "rep": "its rep"}
    return named.get(draft.worded_by, f"the model {draft.worded_by}")


def _where(cli: CliContext, seen: Seen) -> str:
    draft = seen.draft
    if draft.state is not DraftState.WAITING:
        return f"nowhere: it was {draft.state}"
    if seen.trouble:
        return f"{draft.box or 'unknown'}, which could not be asked ({seen.trouble})"
    if seen.place is None or seen.place.there is None:
        gone = f"not in {draft.box} any more: say what became of it by tend outcome"
        return gone if draft.box else "in no mailbox yet"
    if draft.box != OUTBOX:
        return f"{draft.box}, as {seen.place.remote_id}"
    path = DraftFiles(folder=cli.settings.outbox).find(draft.draft_id)
    return OUTBOX if path is None else f"{OUTBOX}, as {path}"


def _was_edited(seen: Seen) -> bool:
    return seen.draft.is_edited or (seen.place is not None and seen.place.is_edited)


def print_draft_json(cli: CliContext, seen: Seen) -> None:
    """All that is known of it, with the words that stand now."""
    there: bool | None = None
    if seen.place is not None:
        there = seen.place.there is not None
    whole = {
        **_json(seen.draft, is_edited=_was_edited(seen)),
        "is_there": there,
        "trouble": seen.trouble or None,
        "body_text": seen.draft.body_text,
        "body_html": seen.draft.body_html,
    }
    cli.console.print_json(json.dumps(whole), ensure_ascii=True)


def _json(draft: Draft, *, is_edited: bool) -> dict[str, JsonValue]:
    return {
        "draft_id": draft.draft_id,
        "state": draft.state.value,
        "created_at": draft.created_at.isoformat(),
        "communication_type": draft.communication_type,
        "account_id": draft.account_id,
        "incident_id": draft.incident_id or None,
        "revision": draft.revision,
        "rep": draft.rep_email,
        "to": list(draft.to),
        "subject": draft.subject,
        "box": draft.box or None,
        "remote_id": draft.remote_id or None,
        "worded_by": draft.worded_by,
        "confidence": draft.confidence,
        "is_edited": is_edited,
        "refused": list(draft.refused),
    }
