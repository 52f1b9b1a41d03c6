"""`tend import`: what is told on the command line, and in which order things happen."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.formats import DateOrder, DecimalMark, Formats
from app.feeds.presets import Preset

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.feeds.file_report import FileReport
    from app.feeds.import_choices import ImportChoices
    from app.feeds.import_run import ImportOutcome

import_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

_FEED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_EXAMPLES = (
    "Examples:  [bold]tend import --template my-book[/bold] (files to fill in)   ·   "
    "[bold]tend import my-book[/bold]   ·   "
    "[bold]tend import companies.csv --preset hubspot --dry-run[/bold]   ·   "
    "[bold]tend import Konten.csv --kind accounts --dates dmy --decimal ,[/bold]   ·   "
    "[bold]tend import jira-pages/ --every 24h --rejects rejects.csv[/bold]   ·   "
    "Exit code: 0 all went in, 1 rows were refused, 2 a file or an option could not be used."
)


@import_app.command(epilog=_EXAMPLES)
def import_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="PATH",
            help="CSV files, Jira issue exports (JSON), gzip or not, or folders of them.",
            show_default=False,
        ),
    ] = None,
    template: Annotated[
        Path | None, typer.Option(help="Write an example file of each kind into this folder.")
    ] = None,
    kind: Annotated[
        FactKind | None,
        typer.Option(help="What the files hold; else their names or headers tell."),
    ] = None,
    map_file: Annotated[
        Path | None, typer.Option("--map", help="TOML that says which column means what.")
    ] = None,
    preset: Annotated[
        Preset | None, typer.Option(help="Column names of a CRM's own account export.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show everything, write nothing.")
    ] = False,
    encoding: Annotated[
        str, typer.Option(help="Such as cp1252, for files that are not UTF-8.")
    ] = "",
    dates: Annotated[
        DateOrder, typer.Option(help="Order in dates like 03/04/2026.")
    ] = DateOrder.ISO,
    decimal: Annotated[
        str, typer.Option(help="The decimal mark, . or , (untold: a point, if it is clear).")
    ] = "",
    feed: Annotated[
        str, typer.Option(help="Name of the feed that this delivers.", show_default="file-KIND")
    ] = "",
    every: Annotated[
        str,
        typer.Option(
            help="How often it comes, such as 24h or 7d; half as long again and it is late.",
            show_default="7d for tickets, usage, heartbeats",
        ),
    ] = "",
    rejects: Annotated[
        Path | None, typer.Option(help="Write every refused row into this CSV file.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Bring in accounts, contracts, people, tickets, usage and the rest from files.

    Good rows go in, broken rows are listed with file, line, column and reason. A broken file leaves
    everything as it was. Importing the same file twice changes nothing.
    """
    from app.cli.context import opened
    from app.feeds.import_choices import ImportChoices
    from app.feeds.map_file import MapFile, read_map
    from app.feeds.text_lines import known_encoding

    if template is not None:
        _write_templates(template, paths)
        return
    if not paths:
        raise InvalidInput("name a file or a folder to import; --template DIR writes examples")
    every_hours = _hours(every)
    mark = _decimal(decimal)
    _check_feed(feed)
    with opened() as cli:
        settings = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings()).settings
        choices = ImportChoices(
            now=cli.clock(),
            formats=Formats(
                dates=dates,
                decimal=mark,
                zone=settings.zone,
                currency=settings.default_currency,
            ),
            kind=kind,
            encoding=known_encoding(encoding) if encoding else None,
            mapping=read_map(map_file) if map_file is not None else MapFile(),
            preset=preset,
            feed=feed,
            every_hours=every_hours,
        )
        code = _import(cli, paths, choices, rejects, dry_run=dry_run, as_json=as_json)
    raise typer.Exit(code)


def _import(
    cli: CliContext,
    paths: list[Path],
    choices: ImportChoices,
    rejects: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    from app.cli.import_progress import progress_of
    from app.cli.import_view import outcome_json, show_columns, show_outcome
    from app.feeds.file_kind import files_of
    from app.feeds.import_run import Importer, look
    from app.feeds.rejects import rejects_file

    files = [path for path in files_of(paths) if rejects is None or not _same(path, rejects)]
    if rejects is not None and any(_same(path, rejects) for path in paths):
        raise InvalidInput(f"--rejects {rejects}: is a file to import")
    looked = look(files, choices)
    if not as_json:
        show_columns(cli.notes, looked, show_all=dry_run)
    write = partial(cli.store.write_now, cli.tenant)
    with rejects_file(rejects) as sink, progress_of(cli.notes) as progress:
        importer = Importer(write, choices, sink, progress)
        outcome = importer.rehearse(looked) if dry_run else importer.run(looked)
    if not dry_run:
        _write_down(cli, outcome)
    if as_json:
        cli.console.print_json(data=outcome_json(outcome, looked, dry_run=dry_run))
    else:
        show_outcome(cli.console, outcome, rejects, dry_run=dry_run)
    return outcome.exit_code


def _write_down(cli: CliContext, outcome: ImportOutcome) -> None:
    """Into the audit log, unless every file was as it had been."""
    from app.cli.actor import actor_of
    from app.jobs.acts.tenancy import note_import

    by, at = actor_of(cli.settings, ""), cli.clock()
    files = {Path(one.file).name: told for one in outcome.reports if (told := _became(one))}
    if files:
        cli.store.write_now(cli.tenant, lambda unit: note_import(unit, files, by=by, at=at))


def _became(report: FileReport) -> str:
    """Such as `60 new, 2 changed, 1 refused`; empty: nothing differs from before."""
    if report.error:
        return f"not used: {report.error}"
    told = {
        "new": report.counts.inserted,
        "changed": report.counts.updated,
        "waiting for their account": report.unresolved,
        "refused": report.refused,
    }
    return ", ".join(f"{many} {what}" for what, many in told.items() if many)


def _write_templates(folder: Path, paths: list[Path] | None) -> None:
    from app.clock import system_clock
    from app.feeds.templates import write_templates

    if paths:
        raise InvalidInput("--template writes files and imports none: leave the paths out")
    written = write_templates(folder, system_clock().date())
    for path in written:
        typer.echo(str(path))
    typer.echo(f"Fill them in, then: tend import {folder}")


def _same(path: Path, other: Path) -> bool:
    return path.resolve() == other.resolve()


def _hours(every: str) -> float | None:
    from app.feeds.import_choices import hours_of

    return hours_of(every) if every else None


def _decimal(mark: str) -> DecimalMark:
    try:
        return DecimalMark(mark)
    except ValueError as exc:
        raise InvalidInput(f"--decimal {mark}: is neither . nor ,") from exc


def _check_feed(name: str) -> None:
    if name and not _FEED.fullmatch(name):
        raise InvalidInput(
            f"--feed {name}: use letters, digits, dots, dashes and underscores, at most 64"
        )
