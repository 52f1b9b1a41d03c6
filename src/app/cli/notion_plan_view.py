"""What `tend connect notion` shows: whose token, what becomes of each column, what comes next.

Names come from other people and are shown as text alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.blocks.rich_text import NotionObject
from app.cli.notion_unread import unread_options
from app.cli.notion_words import limits_told, said_of
from app.domain.notion import NotionDatabase, NotionRole
from app.ports.limits import Budget
from app.services.notion.columns import COLUMNS, TITLES
from app.services.notion.setup.estimate import Estimate
from app.services.notion.setup.fitness import word_of
from app.services.notion.setup.matching import Becomes, Match, untouched
from app.services.notion.setup.planning import Plan, Survey
from app.services.notion.setup.schema import Source
from app.services.notion.setup.workspace import Bot
from app.services.plain_text import one_line

MOST_NAME = 40
MOST_SHOWN = 12
"""Names in one line."""
_STYLE = {
    Becomes.READ: "",
    Becomes.WRITTEN: "green",
    Becomes.BOTH: "green",
    Becomes.KEY: "",
    Becomes.ADDED: "cyan",
    Becomes.LEFT_OUT: "yellow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """Where it is shown, and how."""

    console: Console
    notes: Console
    budget: Budget
    as_json: bool

    def show_entry(self, bot: Bot, *, has_addresses: bool) -> None:
        """Whose token it is."""
        told = f"Notion: {bot.name}, in {bot.workspace}."
        self.notes.print(Text(told, "bold"))
        if not has_addresses:
            told = (
                "It cannot read members' e-mail addresses, so that an owner named in a people "
                "column is no rep to Tend: give it the right to user information with addresses."
            )
            self.notes.print(Text(told, "yellow"))

    def show(self, survey: Survey, news: Collection[NotionRole]) -> None:
        """The plan, database by database, and the limits where any will be met."""
        if self.as_json:
            return
        for plan in survey.plans:
            if plan.role in news:
                self._show_plan(plan)
            elif plan.source is not None:
                self.console.print(_called(plan, plan.source))
        if survey.makes:
            where = survey.parent_title
            told = f"New databases are made below the page {where!r}."
            self.console.print(Text(told))
        for line in limits_told(survey, self.budget):
            self.console.print(Text(line))

    def show_dry(self, survey: Survey) -> None:
        """Nothing was done."""
        if self.as_json:
            self._print_json({**_survey_json(survey, {}), "is_dry_run": True})
        else:
            self.console.print("Nothing was changed (--dry-run).")

    def show_done(
        self,
        survey: Survey,
        databases: Sequence[NotionDatabase],
        book: tuple[int, int, Estimate],
        *,
        kept: str,
        is_news: bool,
    ) -> None:
        """What there is now, and what to do next."""
        if self.as_json:
            done = {one.role: one for one in databases}
            self._print_json(
                {
                    **_survey_json(survey, done),
                    "is_dry_run": False,
                    "is_changed": is_news,
                    "estimate": _estimate_json(book),
                }
            )
            return
        if kept:
            self.console.print(Text(f"The token is kept in {kept}; only you can read it."))
        names = ", ".join(TITLES[one.role] for one in databases)
        if is_news:
            self.console.print(Text(f"Connected: {names}.", "bold green"))
        else:
            told = f"Connected as before: {names}. Nothing was to be done."
            self.console.print(Text(told, "bold green"))
        for line in said_of(book, self.budget):
            self.console.print(Text(line))
        self.console.print("Next: [bold]tend scan[/bold], and [bold]tend notion check[/bold].")

    def _show_plan(self, plan: Plan) -> None:
        title = TITLES[plan.role]
        if plan.source is None:
            names = ", ".join(spec.name for spec in COLUMNS[plan.role])
            told = Text.assemble((title, "bold"), " is made, with the columns ", (names, "cyan"))
            self.console.print(told)
            self.console.print()
            return
        self.console.print(_called(plan, plan.source))
        table = Table(box=None, pad_edge=False, header_style="dim")
        for name in ("ours", "yours", "type", ""):
            table.add_column(name, overflow="fold")
        for match in plan.matches:
            if match.theirs is not None or match.becomes is Becomes.ADDED or match.is_blocking:
                table.add_row(*_row(match))
        self.console.print(table)
        for line in _remarks(plan):
            self.console.print(Text(line, "dim"))
        for line in _warnings(plan):
            self.console.print(Text(line, "bold yellow"))
        self.console.print()

    def _print_json(self, told: NotionObject) -> None:
        self.console.print_json(json.dumps(told), ensure_ascii=True)


def _called(plan: Plan, source: Source) -> Text:
    """Which database it is."""
    title, theirs = TITLES[plan.role], one_line(source.title, MOST_NAME)
    called = title if theirs == title else f"{title}: your {theirs}"
    how = "" if plan.is_written else " It is only read: somebody else fills it."
    return Text.assemble((called, "bold"), f" ({source.url}).{how}")


def _row(match: Match) -> tuple[Text, Text, Text, Text]:
    kind = match.spec.type if match.theirs is None else match.theirs.type
    what = match.becomes.value + (f": {match.why}" if match.why else "")
    return (
        Text(match.spec.name),
        Text(one_line(match.name, MOST_NAME) if match.theirs else "—"),
        Text(word_of(kind)),
        Text(what, "bold red" if match.is_blocking else _STYLE[match.becomes]),
    )


def _warnings(plan: Plan) -> list[str]:
    """What somebody should know before agreeing."""
    told = [
        f"{one_line(name, MOST_NAME)} has values already (in {many} of the rows looked at): Tend "
        "writes its own in their place."
        for name, many in plan.overwritten
    ]
    for match in plan.matches:
        name, unread = one_line(match.name, MOST_NAME), unread_options(match)
        if unread:
            shown = ", ".join(one_line(option, MOST_NAME) for option in unread[:MOST_SHOWN])
            told.append(
                f"{name}: Tend has no word for {shown}; it reads {', '.join(match.spec.options)}."
            )
        if match.theirs is not None and match.becomes is Becomes.LEFT_OUT and plan.is_written:
            ours = match.spec.name
            told.append(
                f"{name}: --map '{ours}=YOURS' takes another, --map '{ours}=+NAME' adds one."
            )
    return told


def _remarks(plan: Plan) -> list[str]:
    """What is in neither: ours that are not there, theirs that are nothing to us."""
    told = []
    absent = [
        match.spec.name
        for match in plan.matches
        if match.theirs is None and match.becomes is Becomes.LEFT_OUT and not match.is_blocking
    ]
    if absent:
        more = " (--map names yours, --all-columns adds them)" if plan.is_written else ""
        told.append(f"Not there, and left out: {', '.join(absent)}{more}.")
    rest = [] if plan.source is None else list(untouched(plan.source, plan.matches))
    if rest:
        shown = ", ".join(one_line(name, MOST_NAME) for name in rest[:MOST_SHOWN])
        more = f" and {len(rest) - MOST_SHOWN} more" if len(rest) > MOST_SHOWN else ""
        told.append(f"Yours, neither read nor written: {shown}{more}.")
    return told


def _survey_json(survey: Survey, done: Mapping[NotionRole, NotionDatabase]) -> dict[str, JsonValue]:
    return {
        "bot": survey.bot.name,
        "workspace": survey.bot.workspace,
        "databases": [_plan_json(plan, done.get(plan.role)) for plan in survey.plans],
    }


def _plan_json(plan: Plan, done: NotionDatabase | None) -> JsonValue:
    source = plan.source
    found = done if done is not None else source
    return {
        "role": plan.role.value,
        "is_made": source is None,
        "is_written": plan.is_written,
        "title": TITLES[plan.role] if source is None else source.title,
        "database_id": "" if found is None else found.database_id,
        "data_source_id": "" if found is None else found.data_source_id,
        "url": "" if found is None else found.url,
        "columns": [_match_json(match) for match in plan.matches],
        "untouched": [] if source is None else [*untouched(source, plan.matches)],
        "overwritten": [name for name, _ in plan.overwritten],
    }


def _match_json(match: Match) -> JsonValue:
    return {
        "ours": match.spec.name,
        "theirs": None if match.theirs is None else match.theirs.name,
        "type": match.spec.type if match.theirs is None else match.theirs.type,
        "becomes": match.becomes.value,
        "why": match.why,
    }


def _estimate_json(book: tuple[int, int, Estimate]) -> JsonValue:
    accounts, tickets, estimate = book
    return {
        "accounts": accounts,
        "tickets": tickets,
        "first_requests": estimate.first_requests,
        "first_minutes": round(estimate.first_minutes, 1),
        "requests": estimate.requests,
        "minutes": round(estimate.minutes, 1),
    }
