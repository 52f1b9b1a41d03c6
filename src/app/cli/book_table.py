"""The book as a table, the most at risk first. It decides nothing."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from app.domain.actor import actor_in_words
from app.domain.band import Band
from app.domain.money import Money
from app.domain.override import Override
from app.jobs.standing import AgentStanding, Standing

BAND_STYLE = {
    Band.GREEN: "green",
    Band.AMBER: "yellow",
    Band.RED: "bold red",
    Band.UNKNOWN: "magenta",
}
STEADY = 2
"""Points in a week that are not worth an arrow."""
SOON_DAYS = 60
ROOMY = 110
"""Columns of a terminal from which the table has room for money and coverage."""
TOLD_BESIDE = "technical health is"
"""A commercial reason that the column beside it tells already."""
WIDE = 160
"""And for the owner."""


def book_table(standings: Sequence[Standing], day: date, *, width: int) -> Table:
    """The table of these accounts for a terminal of `width` columns; what has no room stays out."""
    table = Table(
        title="Your customers, the most at risk first: worst band, then churn (100 = healthy)",
        title_justify="left",
        title_style="bold",
        expand=True,
        box=None,
        pad_edge=False,
        padding=(0, 1),
        header_style="dim",
    )
    table.add_column("Account", no_wrap=True, overflow="ellipsis", max_width=24)
    for heading in ("Technical", "Commercial", "Churn"):
        table.add_column(heading, no_wrap=True)
    table.add_column("Why", ratio=1, no_wrap=True, overflow="ellipsis")
    if width >= ROOMY:
        table.add_column("ARR", justify="right", no_wrap=True)
    table.add_column("Renews", no_wrap=True)
    if width >= ROOMY:
        table.add_column("Known", justify="right", no_wrap=True)
    if width >= WIDE:
        table.add_column("Owner", no_wrap=True, overflow="ellipsis", max_width=20)
    for standing in standings:
        table.add_row(*_cells(standing, day, width))
    return table


def _cells(standing: Standing, day: date, width: int) -> list[Text | str]:
    cells: list[Text | str] = [
        Text(standing.name),
        _health(standing.tam),
        _health(standing.csm),
        _churn(standing.churn_level),
        _why(standing),
    ]
    if width >= ROOMY:
        cells.append(money_text(standing.arr))
    cells.append(_renewal(standing.renewal, day))
    if width >= ROOMY:
        cells.append(f"{min(standing.tam.coverage, standing.csm.coverage)}%")
    if width >= WIDE:
        cells.append(_owner(standing))
    return cells


def _health(standing: AgentStanding) -> Text:
    score = "  ?" if standing.score is None else f"{standing.score:3d}"
    text = Text(f"{arrow(standing.moved)} {score} {standing.band}", BAND_STYLE[standing.band])
    if standing.word is not None:
        rep = standing.word.band
        text.append(" (rep: ", "dim").append(rep, BAND_STYLE[rep]).append(")", "dim")
    if standing.stale_reason is not None:
        text.append(" ~", "magenta")
    if standing.flagged:
        text.append(" !", "bold red")
    return text


def arrow(moved: int | None) -> str:
    """Where the score went in a week: up, down, steady, or a dot where nothing can be said."""
    if moved is None:
        return "·"
    if abs(moved) <= STEADY:
        return "→"
    return "↑" if moved > 0 else "↓"


def _churn(level: str) -> Text:
    style = {"critical": "bold red", "high": "red", "medium": "yellow"}.get(level, "dim")
    return Text(level or "·", style)


def _why(standing: Standing) -> Text:
    both = (standing.tam, standing.csm)
    words = [said(one.word, who=_short_name) for one in both if one.word is not None]
    if words:
        return Text("; ".join(words))
    stale = standing.tam.stale_reason or standing.csm.stale_reason
    if stale is not None:
        return Text(f"stale: {stale}", "magenta")
    reasons = [reason for reason in standing.reasons if not reason.startswith(TOLD_BESIDE)]
    if not reasons:
        return Text("nothing costs points", "dim")
    return Text("; ".join(dict.fromkeys(_short(reason) for reason in reasons[:3])))


def said(word: Override, *, who: Callable[[str], str] = actor_in_words) -> str:
    """Such as `rep: Green until 2026-12-01, kim@example.com: planned migration`."""
    return f"rep: {word.band} until {word.until}, {who(word.by)}: {word.reason}"


def _short_name(by: str) -> str:
    return actor_in_words(by).partition("@")[0].partition(" (")[0]


def _short(reason: str) -> str:
    """A reason without the records it names: `tend explain` has those."""
    head = re.split(r"[:;,]", reason, maxsplit=1)[0]
    says_little = " " not in head or head == "no score"
    return re.split(r"[;,]", reason, maxsplit=1)[0] if says_little else head


def _renewal(renewal: date | None, day: date) -> Text:
    if renewal is None:
        return Text("·", "dim")
    days = (renewal - day).days
    return Text(f"{days:4d} d", "yellow" if days <= SOON_DAYS else "")


def _owner(standing: Standing) -> Text:
    if not standing.owner:
        return Text("nobody", "magenta")
    name = standing.owner.partition("@")[0]
    return Text(f"{name} (default)" if standing.owner_is_default else name)


def money_text(money: Money | None) -> str:
    """`USD 48,000`, or `unknown`: a missing amount is never 0."""
    return "unknown" if money is None else f"{money.currency} {money.amount:,.0f}"


def band_line(standings: Sequence[Standing]) -> str:
    """`37 Green · 14 Amber · 8 Red · 1 Unknown`, by the worse of both bands that alerts go by."""
    counts = Counter(standing.worst_band for standing in standings)
    return " · ".join(
        f"[{BAND_STYLE[band]}]{counts[band]} {escape(band)}[/]" for band in Band if counts[band]
    )


LEGEND = (
    "[dim]Arrows: against a week ago. ! a live incident. ~ a feed is silent: the last score is "
    "kept. Known: share of the signals there is word of.[/dim]"
)
