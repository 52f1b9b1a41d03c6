"""How an import is shown: columns before, refused rows and counts after. Names are never markup."""

from __future__ import annotations

from pathlib import Path

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.domain.fact_rows import UpsertCount
from app.feeds.cells import clean_line
from app.feeds.column_map import Because
from app.feeds.file_plan import FilePlan
from app.feeds.file_report import FileReport, Outcome
from app.feeds.import_run import ImportOutcome, Looked


def shown_path(path: str) -> str:
    """A file's name fit for a terminal: no control characters."""
    return clean_line(path, 200)


def show_columns(notes: Console, looked: Looked, *, show_all: bool) -> None:
    """Show what each file's columns are taken for, where anything but the same name decided it."""
    for plan in looked.plans:
        if plan.columns is not None and (show_all or plan.columns.needs_a_look):
            notes.print(_columns_table(plan))


def show_outcome(
    console: Console, outcome: ImportOutcome, rejects: Path | None, *, dry_run: bool
) -> None:
    """Show refused rows, broken files, remarks, then the counts."""
    for report in outcome.reports:
        _show_refusals(console, report, rejects)
    console.print(_counts_table(outcome))
    for report in outcome.reports:
        for remark in report.remarks:
            console.print(Text(f"{shown_path(report.file)}: {remark}", "yellow"))
    unresolved = sum(report.unresolved for report in outcome.reports)
    if unresolved:
        console.print(
            f"{unresolved:,} tickets have no account yet: [bold]tend tickets unresolved[/bold]"
        )
    if outcome.placed:
        console.print(f"{outcome.placed:,} tickets of earlier imports have their account now.")
    broken = sum(1 for report in outcome.reports if report.outcome is Outcome.UNUSABLE)
    if broken and broken < len(outcome.reports):
        console.print(
            f"{broken} of {len(outcome.reports)} files could not be used; the others can."
        )
    if dry_run:
        console.print("[bold]Dry run:[/bold] nothing was written.")


def outcome_json(outcome: ImportOutcome, looked: Looked, *, dry_run: bool) -> dict[str, JsonValue]:
    """The same as JSON: stable names, counts as numbers."""
    plans = {str(plan.path): plan for plan in looked.plans}
    return {
        "files": [_report_json(report, plans.get(report.file)) for report in outcome.reports],
        "placed": outcome.placed,
        "dry_run": dry_run,
        "exit_code": outcome.exit_code,
    }


def _columns_table(plan: FilePlan) -> Table:
    table = Table(
        title=Text(f"{shown_path(str(plan.path))} as {plan.kind}"),
        title_justify="left",
        box=None,
        pad_edge=False,
        header_style="dim",
    )
    for heading in ("Your column", "Taken as", "Because", "First value"):
        table.add_column(heading)
    if plan.columns is None:
        return table
    for use in sorted(plan.columns.uses, key=lambda use: not use.ours):
        hint = ""
        if use.because is Because.NOT_OURS:
            hint = f' (if it is: "{use.theirs}" = "arr" in a --map file)'
        elif use.because is Because.TWO_FIT:
            hint = " (choose one in a --map file)"
        table.add_row(
            Text(use.theirs or f"(column {use.position + 1})"),
            Text(use.ours) if use.ours else Text("left out", "yellow"),
            Text(f"{use.because}{hint}"),
            Text(plan.first_values[use.position]),
        )
    for name, value in plan.columns.constants.items():
        table.add_row(Text("(every row)"), Text(name), Text("--map"), Text(value))
    return table


def _show_refusals(console: Console, report: FileReport, rejects: Path | None) -> None:
    name = shown_path(report.file)
    if report.outcome is Outcome.UNUSABLE:
        console.print(Text(f"{name}: {report.error}", "bold red"))
        return
    noun = "issue" if report.noun == "issues" else "line"
    for refusal in report.shown:
        column = f", column {refusal.column}" if refusal.column else ""
        line = f"{name}: {noun} {refusal.line}{column}: {refusal.reason}"
        console.print(Text(line, "red"))
    more = report.refused - len(report.shown)
    if more > 0:
        where = f"all are in {rejects}" if rejects else "--rejects FILE writes them all"
        console.print(Text(f"{name}: … and {more:,} more refused; {where}", "red"))


def _counts_table(outcome: ImportOutcome) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("File", "Kind"):
        table.add_column(heading)
    for heading in ("Rows", "New", "Changed", "Unchanged", "Unresolved", "Refused"):
        table.add_column(heading, justify="right")
    for report in outcome.reports:
        if report.outcome is Outcome.UNUSABLE:
            table.add_row(
                Text(shown_path(report.file)),
                report.kind or "",
                Text("could not be used", "bold red"),
            )
            continue
        table.add_row(
            Text(shown_path(report.file)),
            report.kind,
            *(f"{n:,}" for n in (report.rows, *_counted(report.counts))),
            f"{report.unresolved:,}",
            Text(f"{report.refused:,}", "red" if report.refused else ""),
        )
        if report.contracts is not None:
            counts = _counted(report.contracts)
            cells = (f"{n:,}" for n in (sum(counts), *counts))
            table.add_row(Text("  its contracts", "dim"), "contracts", *cells, "", "")
    return table


def _counted(counts: UpsertCount) -> tuple[int, int, int]:
    return counts.inserted, counts.updated, counts.unchanged


def _counts_json(counts: UpsertCount) -> dict[str, JsonValue]:
    return {
        "new": counts.inserted,
        "changed": counts.updated,
        "unchanged": counts.unchanged,
    }


def _report_json(report: FileReport, plan: FilePlan | None) -> dict[str, JsonValue]:
    columns = plan.columns.uses if plan is not None and plan.columns is not None else ()
    return {
        "file": shown_path(report.file),
        "kind": report.kind,
        "outcome": report.outcome,
        "rows": report.rows,
        **_counts_json(report.counts),
        "unresolved": report.unresolved,
        "refused": report.refused,
        "contracts": None if report.contracts is None else _counts_json(report.contracts),
        "refusals": [
            {"line": r.line, "column": r.column, "reason": r.reason, "raw": r.raw}
            for r in report.shown
        ],
        "remarks": list(report.remarks),
        "error": report.error,
        "columns": [
            {"theirs": use.theirs, "ours": use.ours, "because": use.because} for use in columns
        ],
    }
