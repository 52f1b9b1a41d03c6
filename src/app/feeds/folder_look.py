"""Which files of a folder are to be read: those written anew, and those not in whole yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from app.domain.feed_file import FeedFile
from app.feeds.file_kind import IMPORT_ORDER, kind_by_name
from app.feeds.file_plan import FilePlan, plan_file
from app.feeds.file_report import FileReport
from app.feeds.folder import MAP_FILE, RULES_FILE, Dropped, digest_of
from app.feeds.import_choices import ImportChoices
from app.feeds.refusals import FileRefused, excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A file to be read, and how it will be remembered if all goes in."""

    plan: FilePlan
    file: FeedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLook:
    """What a look at the folder found to be done; a file as before is in none of these."""

    planned: tuple[Planned, ...]
    """In the order that facts depend on each other."""
    again: tuple[FeedFile, ...]
    """Written anew with the same content: delivered again, and not read."""
    broken: tuple[FeedFile, ...]


def is_as_before(dropped: Dropped, before: FeedFile | None, rules: str) -> bool:
    """Whether the file went in whole as it stands, read by the same rules."""
    return before is not None and before.went_in_by(rules) and before.stamp == dropped.stamp


def look_into(
    dropped: Mapping[str, Dropped],
    known: Mapping[str, FeedFile],
    choices: ImportChoices,
    rules: str,
) -> FolderLook:
    """Look into every file that is not as before. Raises nothing for a broken one."""
    planned: list[Planned] = []
    again: list[FeedFile] = []
    broken: list[FeedFile] = []
    for each in dropped.values():
        before = known.get(each.name)
        if is_as_before(each, before, rules):
            continue
        file = _as_seen(each, before, choices.now, rules)
        if before is not None and before.went_in_by(rules) and before.digest == file.digest:
            again.append(file)
            continue
        try:
            plan = plan_file(each.path, choices)
        except FileRefused as exc:
            broken.append(replace(file, trouble=with_mend(str(exc))))
        else:
            planned.append(Planned(plan=plan, file=replace(file, kind=plan.kind)))
    planned.sort(key=lambda one: IMPORT_ORDER.index(one.plan.kind))
    return FolderLook(planned=tuple(planned), again=tuple(again), broken=tuple(broken))


def _as_seen(dropped: Dropped, before: FeedFile | None, now: datetime, rules: str) -> FeedFile:
    """Written anew it came now; else it is a try again of what came before."""
    return FeedFile(
        name=dropped.name,
        kind=(None if before is None else before.kind) or kind_by_name(dropped.path),
        stamp=dropped.stamp,
        digest=digest_of(dropped.path),
        rules=rules,
        came_at=before.came_at if before is not None and before.stamp == dropped.stamp else now,
    )


def after_reading(file: FeedFile, report: FileReport, rejects: Path) -> FeedFile:
    """The file as it is remembered after `report`; one of which no row went in is in trouble.

    `rejects`: where all refused rows were written.
    """
    if not report.refused:
        return file
    first = report.shown[0]
    column = f", column {excerpt(first.column)}" if first.column else ""
    told = (
        f"{report.refused:,} of {report.rows:,} {report.noun} refused, "
        f"the first in line {first.line}{column}: {first.reason}; all of them are in {rejects}"
    )
    if report.refused == report.rows:
        return replace(file, refused=report.refused, trouble=with_mend(told))
    return replace(file, refused=report.refused, remark=with_mend(told))


def with_mend(reason: str) -> str:
    """The reason; where it speaks of an option, with the place to say it for a folder."""
    told = f" (for the folder: {MAP_FILE} in it, and {RULES_FILE} for the other options)"
    return reason + told if "--" in reason else reason
