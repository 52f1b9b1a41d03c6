"""What `tend runs` shows, as tables and as JSON. All text from outside is shown, never obeyed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.bootstrap import liveness_for
from app.cli.context import CliContext
from app.domain.effect import ChannelWork, EffectRow, ParkReason
from app.domain.flow import UNSETTLED, FlowRow, FlowState
from app.domain.scan import ScanState
from app.jobs.runs import WHAT_TO_DO, Runs, ScanRun, begins_at, read_runs
from app.jobs.stored_flows import StoredFlows
from app.services.plain_text import one_line

FEW_SCANS, FEW_ROWS = 5, 15
MANY = 10_000
ERROR_CHARACTERS = 300
_STYLE = {
    FlowState.RUNNING: "green",
    FlowState.FAILED: "bold red",
    FlowState.WAITING: "yellow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything that is shown, read at one moment."""

    now: datetime
    runs: Runs
    assessments: Mapping[str, int]
    """How many were made, by scan; a scan whose flow is not known is left out."""
    flows: tuple[FlowRow, ...]
    living: frozenset[str]


async def read_overview(cli: CliContext, *, every: bool) -> Overview:
    """Read store, flows and who works."""
    now = cli.clock()
    most = MANY if every else FEW_SCANS
    runs = await cli.store.read(cli.tenant, lambda unit: read_runs(unit, now, most_scans=most))
    stored = StoredFlows(url=cli.settings.engine_url)
    states = frozenset[FlowState]() if every else UNSETTLED
    recorded = [run.scan.scan_id for run in runs.scans[:FEW_ROWS]]
    results = await stored.results(cli.tenant, recorded)
    return Overview(
        now=now,
        runs=runs,
        assessments={flow_id: _assessed(result) for flow_id, result in results.items()},
        flows=await stored.flows(cli.tenant, states=states, most=MANY),
        living=liveness_for(cli.settings).living(),
    )


def _assessed(result: JsonValue) -> int:
    count = result.get("assessed") if isinstance(result, dict) else None
    return count if isinstance(count, int) else 0


def print_overview(console: Console, overview: Overview, *, every: bool) -> None:
    """Print it, what needs a person last."""
    runs = overview.runs
    if not runs.scans and not overview.flows and not runs.channels:
        console.print(
            "Nothing has run yet. [bold]tend import DIR[/bold] brings your accounts in, "
            "[bold]tend scan[/bold] scores them."
        )
        return
    working = ", ".join(sorted(overview.living)) or "nobody: flows go on with the next command"
    console.print(Text(f"At work: {working}", "dim"))
    _print_titled(console, "Scans", _scans(overview), "None yet: tend scan makes one.")
    few = MANY if every else FEW_ROWS
    _print_titled(console, "Flows", _flows(overview, few), "None is under way.")
    _print_more(console, len(overview.flows), few)
    _print_titled(
        console, "Work owed", _channels(runs.channels), f"None; {runs.done} effects are done."
    )
    if runs.parked:
        _print_titled(console, "Parked: each needs a person", _parked(runs.parked[:few]), "")
        _print_more(console, len(runs.parked), few)


def _print_titled(console: Console, title: str, table: Table, empty: str) -> None:
    console.print()
    console.print(Text(title, "bold"))
    console.print(table if table.row_count else Text(empty, "dim"))


def _print_more(console: Console, count: int, few: int) -> None:
    if count > few:
        console.print(f"[dim]… and {count - few} more (--all shows them)[/dim]")


def _scans(overview: Overview) -> Table:
    table = _table("When", "Day", "Of", "State", "Pages", "Assessments")
    for run in overview.runs.scans:
        scan = run.scan
        made = overview.assessments.get(scan.scan_id)
        table.add_row(
            _moment(scan.now),
            scan.local_day.isoformat(),
            Text(one_line(scan.account_id or "all accounts", 60)),
            _state(run),
            _pages(run),
            "–" if made is None else str(made),
        )
    return table


def _state(run: ScanRun) -> str:
    kind = " (baseline)" if run.scan.is_baseline else ""
    return f"{run.scan.state.value}{kind}"


def _pages(run: ScanRun) -> str:
    if run.scan.state is ScanState.RUNNING and run.pages_expected is not None:
        return f"{run.pages_done} of {run.pages_expected}"
    return str(run.pages_done)


def _flows(overview: Overview, few: int) -> Table:
    table = _table("Flow", "State", "By", "Since", "Remark")
    for flow in overview.flows[:few]:
        table.add_row(
            Text(one_line(flow.flow_id, 100)),
            Text(flow.state.value, _STYLE.get(flow.state, "")),
            Text(one_line(flow.worker, 60)),
            _moment(flow.updated_at),
            Text(_remark(flow, overview)),
        )
    return table


def _remark(flow: FlowRow, overview: Overview) -> str:
    if flow.error:
        return one_line(flow.error, ERROR_CHARACTERS)
    until = begins_at(flow, overview.runs.next_tries)
    if until is not None:
        return f"until {_moment(until)}" if until > overview.now else "its time has come"
    if flow.state is FlowState.RUNNING and flow.worker not in overview.living:
        return "left by a process that ended; whoever works next takes it up"
    return ""


def _channels(channels: Sequence[ChannelWork]) -> Table:
    table = _table("Channel", "Owed", "In hand", "Put off", "Next try", "Parked", "Last error")
    for one in channels:
        table.add_row(
            one.kind.value,
            str(one.owed),
            str(one.in_hand),
            str(one.put_off),
            "" if one.next_try_at is None else _moment(one.next_try_at),
            str(one.parked),
            Text(one_line(one.last_error, ERROR_CHARACTERS)),
        )
    return table


def _parked(rows: Sequence[EffectRow]) -> Table:
    table = _table("Effect, with its key", "For", "Why and what to do")
    for row in rows:
        reason = row.parked_for or ParkReason.REFUSED
        why = Text(f"{reason.value}: {one_line(row.error, ERROR_CHARACTERS)}")
        why.append(f"\n→ {WHAT_TO_DO[reason]}", "cyan")
        key = Text(one_line(row.work.key, 200), overflow="fold")
        table.add_row(key, Text(one_line(row.work.subject, 60)), why)
    return table


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def overview_json(overview: Overview) -> str:
    """The same for a program; texts as they are stored, what is not ASCII escaped."""
    runs = overview.runs
    shown: dict[str, JsonValue] = {
        "at_work": [*sorted(overview.living)],
        "scans": [_scan_json(run, overview.assessments) for run in runs.scans],
        "flows": [_flow_json(flow, runs.next_tries) for flow in overview.flows],
        "channels": [_channel_json(one) for one in runs.channels],
        "parked": [_parked_json(row) for row in runs.parked],
        "effects_done": runs.done,
    }
    return json.dumps(shown)


def _scan_json(run: ScanRun, assessments: Mapping[str, int]) -> JsonValue:
    scan = run.scan
    return {
        "scan_id": scan.scan_id,
        "now": scan.now.isoformat(),
        "day": scan.local_day.isoformat(),
        "account_id": scan.account_id,
        "state": scan.state.value,
        "baseline": scan.is_baseline,
        "pages_done": run.pages_done,
        "pages_expected": run.pages_expected,
        "assessments": assessments.get(scan.scan_id),
    }


def _flow_json(flow: FlowRow, next_tries: Mapping[str, datetime]) -> JsonValue:
    until = begins_at(flow, next_tries)
    return {
        "flow_id": flow.flow_id,
        "flow": flow.flow,
        "state": flow.state.value,
        "worker": flow.worker,
        "created_at": flow.created_at.isoformat(),
        "updated_at": flow.updated_at.isoformat(),
        "begins_at": None if until is None else until.isoformat(),
        "error": flow.error,
    }


def _channel_json(one: ChannelWork) -> JsonValue:
    return {
        "channel": one.kind.value,
        "owed": one.owed,
        "in_hand": one.in_hand,
        "put_off": one.put_off,
        "next_try_at": None if one.next_try_at is None else one.next_try_at.isoformat(),
        "last_error": one.last_error,
        "parked": one.parked,
    }


def _parked_json(row: EffectRow) -> JsonValue:
    reason = row.parked_for or ParkReason.REFUSED
    return {
        "key": row.work.key,
        "channel": row.work.kind.value,
        "subject": row.work.subject,
        "reason": reason.value,
        "error": row.error,
        "attempts": row.attempt,
        "what_to_do": WHAT_TO_DO[reason],
    }
