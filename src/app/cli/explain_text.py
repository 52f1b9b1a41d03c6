"""An explanation as a person reads it: ledger, history, what moved, the way up, incidents."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.cli.book_table import BAND_STYLE, said
from app.domain.assessment import Agent, LedgerRow
from app.domain.health_record import Snapshot
from app.jobs.explaining import AgentExplanation, Explanation, IncidentLife

TITLES = {Agent.TAM: "Technical health", Agent.CSM: "Commercial health"}
BARS = "▁▂▃▄▅▆▇█"
BAR_POINTS = 5
"""Points that one block of a bar stands for."""
NAMED_RECORDS = 4


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print both agents' scores, then the incidents."""
    account = explanation.account
    title = Text(account.name, "bold")
    title.append(f"  ({account.account_id})", "dim")
    console.print(title)
    for agent in explanation.agents:
        console.print()
        _print_agent(console, agent)
    if explanation.incidents:
        console.print(Text("\nIncidents", "bold"))
        for life in explanation.incidents:
            console.print(_incident(life))


def _print_agent(console: Console, one: AgentExplanation) -> None:
    now = one.now
    head = Text(f"{TITLES[one.agent]}: ", "bold")
    score = "no score" if now.score is None else f"{now.score} of 100"
    head.append(f"{score}, {now.band}", BAND_STYLE[now.band])
    if one.word is not None:
        head.append(f" ({said(one.word)})")
    head.append(
        f"   (100 = healthy; {now.coverage}% of the signals known; scanned "
        f"{now.taken_at:%Y-%m-%d %H:%M} UTC)",
        "dim",
    )
    console.print(head)
    if now.stale_reason is not None:
        kept = "no score yet" if now.score is None else "last score kept"
        console.print(Text(f"Stale, {kept}: {now.stale_reason}", "magenta"))
    if one.ledger.taken_at != now.taken_at:
        console.print(Text(f"As measured on {one.ledger.taken_at:%Y-%m-%d}.", "dim"))
    console.print(ledger_table(one.ledger.ledger or (), has_score=now.score is not None))
    if len(one.history) > 1:
        first = one.history[0].local_day
        console.print(Text(f"History  {sparkline(one.history)}  since {first}"))
    console.print(_moved(one))
    if one.way_up is not None:
        up = one.way_up
        target = "" if up.target is None else f" to {up.target} ({up.score})"
        console.print(Text(f"Nearest way up{target}: {up.words}"))


def ledger_table(rows: Sequence[LedgerRow], *, has_score: bool) -> Table:
    """The ledger; its points sum to the score, which the last line says where there is one."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1), expand=True)
    table.add_column("Factor", no_wrap=True)
    table.add_column("Points", justify="right", no_wrap=True)
    table.add_column("Lost", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=8)
    table.add_column("Measured", ratio=2)
    table.add_column("Why", ratio=3)
    table.add_column("Records", ratio=2)
    for row in rows:
        table.add_row(
            Text(row.factor.replace("_", " ")),
            f"{row.points:+d}" if has_score else "·",
            str(row.points_lost) if has_score and row.points_lost else "",
            Text("█" * (-(-max(row.points_lost, 0) // BAR_POINTS) if has_score else 0), "red"),
            Text(row.raw),
            Text(row.reason),
            Text(_records(row), "dim"),
        )
    if has_score:
        table.add_row(Text("sum", "bold"), Text(f"{sum(row.points for row in rows)}", "bold"))
    return table


def _records(row: LedgerRow) -> str:
    named = ", ".join(source.removeprefix("ticket:") for source in row.sources[:NAMED_RECORDS])
    more = len(row.sources) - NAMED_RECORDS
    age = "" if row.age_days is None else f" ({row.age_days:.0f} d old)"
    return f"{named}{f' and {more} more' if more > 0 else ''}{age if named else ''}"


def sparkline(history: Sequence[Snapshot]) -> str:
    """One block a point, low to high; a dot where there was no score."""
    return "".join(
        "·" if point.score is None else BARS[min(point.score * len(BARS) // 101, len(BARS) - 1)]
        for point in history
    )


def _moved(one: AgentExplanation) -> Text:
    if one.before is None:
        return Text("The first scan: nothing to compare with.", "dim")
    text = Text()
    when = f"Since the scan of {one.before.taken_at:%Y-%m-%d %H:%M} UTC"
    if one.moved_at != one.now.taken_at:
        text.append(f"{when}: no point moved.\n", "dim")
        when = f"The last change, on {one.moved_at:%Y-%m-%d}"
    move = one.move
    if move is None:
        return text.append(f"{when}: the first score.", "dim")
    if move.total is None:
        return text.append(f"{when}: {move.note}")
    if not move.rows:
        return text.append(f"{when}: no point moved, only reasons.", "dim")
    after = one.now.score
    scores = "" if after is None else f"{after - move.total} → {after} "
    text.append(
        f"{when}: {scores}({move.total:+d})   "
        f"settings {move.settings:+d} · data {move.data:+d} · customer {move.customer:+d}"
    )
    for row in move.rows:
        text.append(
            f"\n  {row.cause:<9} {row.factor.replace('_', ' ')}: {row.before:+d} → {row.after:+d}, "
            f"{row.reason}",
            "dim",
        )
    return text


def _incident(life: IncidentLife) -> Text:
    text = Text(f"  {life.kind.replace('_', ' ')}: {life.state}", "")
    for recorded in life.revisions:
        revision = recorded.revision
        how = f", {recorded.delivery}" if recorded.delivery else ""
        text.append(f"\n    {revision.at:%Y-%m-%d}  {revision.change}{how}", "dim")
    return text
