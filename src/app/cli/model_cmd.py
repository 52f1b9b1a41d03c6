"""`tend model`: what was spent on the model that words letters, and what may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue

    from app.cli.context import CliContext
    from app.domain.model_call import ModelBudget, Spent, Usage, UsageBy

model_app = typer.Typer(rich_markup_mode="rich", add_completion=False, no_args_is_help=True)

_NAME = 60
"""Characters of one name."""


@model_app.callback()
def model() -> None:
    """The model that words letters, where one is connected: what it costs."""


@model_app.command(
    epilog=(
        "Examples:  [bold]tend model usage[/bold]   ·   [bold]tend model usage --by account[/bold]"
        "   ·   [bold]tend model usage --by day --json[/bold]"
    )
)
def usage(
    by: Annotated[
        str, typer.Option(help="What to sum up by: agent, account, day, model or purpose.")
    ] = "agent",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Calls and money of today and of this month (UTC), against the budget.

    A call under way, or one that its process did not live to end, counts as the most it may cost.
    """
    from app.cli.context import opened
    from app.domain.model_call import ModelBudget, day_of, month_of
    from app.services.llm_check import model_config_of

    summed = _by(by)
    with opened() as cli:
        section, now = cli.settings.model, cli.clock()
        budget = model_config_of(section).budget if section else ModelBudget()
        today, month, rows = cli.store.read_now(
            cli.tenant,
            lambda unit: (
                unit.model_calls.spent(day_of(now)),
                unit.model_calls.spent(month_of(now)),
                unit.model_calls.usage(month_of(now), summed),
            ),
        )
        if as_json:
            _print_json(cli, (today, month), budget, summed, rows)
            return
        if not section:
            cli.console.print("No model is connected: templates word everything. See tend.toml's")
            cli.console.print("section \\[model], or docs/how-to/connect-model.md.")
        if rows:
            _print_table(cli, summed, rows)
        elif section:
            cli.console.print("Nothing was asked of the model this month.")
        if rows or section:
            cli.console.print(_told("Today", today, budget.day_micros, budget.day_calls))
            cli.console.print(_told("This month", month, budget.month_micros, budget.month_calls))


def _by(name: str) -> UsageBy:
    from app.domain.model_call import UsageBy

    try:
        return UsageBy(name.lower())
    except ValueError as exc:
        known = ", ".join(one.value for one in UsageBy)
        raise InvalidInput(f"--by: it is one of {known}, not {name!r}") from exc


def _told(when: str, spent: Spent, micros: int | None, calls: int | None) -> str:
    from app.domain.model_call import dollars

    of_money = "" if micros is None else f" of {dollars(micros)}"
    of_calls = "" if calls is None else f" of {calls:,}"
    return f"{when}: {dollars(spent.cost_micros)}{of_money}, {spent.calls:,}{of_calls} calls."


def _print_table(cli: CliContext, by: UsageBy, rows: Sequence[Usage]) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.domain.model_call import dollars
    from app.services.plain_text import one_line

    table = Table(box=None, pad_edge=False)
    table.add_column(by.value.upper())
    for title in ("CALLS", "TOKENS IN", "TOKENS OUT", "COST"):
        table.add_column(title, justify="right")
    for row in rows:
        spent = row.spent
        table.add_row(
            Text(one_line(row.name, _NAME) or "(none)"),
            f"{spent.calls:,}",
            f"{spent.input_tokens:,}",
            f"{spent.output_tokens:,}",
            dollars(spent.cost_micros),
        )
    cli.console.print(table)
    cli.console.print()


def _print_json(
    cli: CliContext,
    spent: tuple[Spent, Spent],
    budget: ModelBudget,
    by: UsageBy,
    rows: Sequence[Usage],
) -> None:
    today, month = spent
    shown: dict[str, JsonValue] = {
        "today": _json_of(today, budget.day_micros, budget.day_calls),
        "month": _json_of(month, budget.month_micros, budget.month_calls),
        "by": by.value,
        "usage": [{"name": row.name, **_json_of(row.spent)} for row in rows],
    }
    cli.console.print_json(data=shown, ensure_ascii=True)


def _json_of(
    spent: Spent, micros: int | None = None, calls: int | None = None
) -> dict[str, JsonValue]:
    from app.domain.model_call import MICROS

    shown: dict[str, JsonValue] = {
        "calls": spent.calls,
        "usd": spent.cost_micros / MICROS,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
    }
    if micros is not None:
        shown["budget_usd"] = micros / MICROS
    if calls is not None:
        shown["budget_calls"] = calls
    return shown
