"""`tend opportunities`: room to grow, what of it is held back and why."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.cli.context import CliContext
    from app.domain.opportunity import Opportunity

_LINE = 400
"""Characters of a line of other people's text."""

opportunities_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@opportunities_app.command(
    epilog=(
        "Examples:  [bold]tend opportunities[/bold]   ·   [bold]tend opportunities --held[/bold]"
        "   ·   [bold]tend opportunities acme[/bold] (with evidence and talk track)"
    )
)
def opportunities(
    account: Annotated[
        str,
        typer.Argument(
            help="Only this account's, in full: its id, its name, or how either begins.",
            show_default=False,
        ),
    ] = "",
    held: Annotated[bool, typer.Option("--held", help="Only those held back.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Seats, modules, integrations and things to build together, newest first."""
    from rich.text import Text

    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.domain.opportunity import OpportunityState

    with opened() as cli:
        one = account_of(cli, account) if account else None
        found = cli.store.read_now(
            cli.tenant, lambda unit: unit.opportunities.in_state(list(OpportunityState))
        )
        wanted = [
            each
            for each in found
            if (one is None or each.account_id == one.account_id)
            and (not held or each.state is OpportunityState.HELD)
        ]
        if as_json:
            _print_json(cli, wanted)
        elif not wanted:
            cli.console.print(Text(_nothing(is_held=held, is_one=one is not None)))
        elif one is not None:
            cli.console.print(Text(one.name, "bold"))
            for each in wanted:
                _print_whole(cli, each)
        else:
            _print_table(cli, wanted)


def _nothing(*, is_held: bool, is_one: bool) -> str:
    where = " with this account" if is_one else ""
    if is_held:
        return f"Nothing is held back{where}."
    return (
        f"No room to grow was found{where} yet. Every account is looked at once a week, after its "
        "scan."
    )


def _print_json(cli: CliContext, found: Sequence[Opportunity]) -> None:
    import json

    cli.console.print_json(
        json.dumps(
            [
                {
                    "opportunity_id": one.opportunity_id,
                    "account_id": one.account_id,
                    "kind": one.kind,
                    "name": one.name,
                    "found_by": one.found_by,
                    "state": one.state,
                    "why_held": one.why_held,
                    "found_at": one.found_at.isoformat(),
                    "updated_at": one.updated_at.isoformat(),
                    "body": dict(one.body),
                }
                for one in found
            ]
        )
    )


def _print_table(cli: CliContext, found: Sequence[Opportunity]) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.agents.customer_success.phrases import shown

    ids = {one.account_id for one in found}
    accounts = cli.store.read_now(cli.tenant, lambda unit: unit.book.accounts(ids))
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Account", "Kind", "What", "A year", "State", "Found", "Held back because"):
        table.add_column(column)
    for one in found:
        known = accounts.get(one.account_id)
        table.add_row(
            Text(one.account_id if known is None else known.name),
            Text(one.kind),
            Text(shown(one.name)),
            Text(_worth(one.body), justify="right"),
            Text(one.state.replace("_", " ")),
            Text(f"{one.found_at:%Y-%m-%d}"),
            Text(shown(one.why_held, _LINE)),
        )
    cli.console.print(table)
    cli.console.print(Text("tend opportunities ACCOUNT shows the evidence and what to say.", "dim"))


def _print_whole(cli: CliContext, one: Opportunity) -> None:
    from rich.text import Text

    from app.agents.customer_success.phrases import shown

    worth = _worth(one.body)
    head = Text(f"\n{one.kind}: {shown(one.name)}")
    head.append(f"  {worth} a year" if worth else "  worth not known", "dim")
    head.append(f"  ({one.state.replace('_', ' ')}, found {one.found_at:%Y-%m-%d})", "dim")
    cli.console.print(head)
    if one.why_held:
        cli.console.print(Text(f"  Held back: {shown(one.why_held, _LINE)}", "yellow"))
    for line in (*_evidence(one.body), *_rows(one.body)):
        cli.console.print(Text(f"  {shown(line, _LINE)}"), soft_wrap=True)
    track = one.body.get("recommended_talk_track")
    if isinstance(track, str) and track:
        lines = [f"  {shown(line, _LINE)}" for line in track.splitlines()]
        cli.console.print(Text("\n".join(lines), "dim"), soft_wrap=True)


def _evidence(body: Mapping[str, JsonValue]) -> list[str]:
    """One sentence, or one line for each fact."""
    told = body.get("evidence")
    if isinstance(told, list):
        return [str(line) for line in told]
    return [told] if isinstance(told, str) else []


def _rows(body: Mapping[str, JsonValue]) -> list[str]:
    rows = body.get("evidence_rows")
    told = []
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            source = f"  ({row.get('source')})" if row.get("source") else ""
            told.append(f"- {str(row.get('fact')).replace('_', ' ')}: {row.get('value')}{source}")
    return told


def _worth(body: Mapping[str, JsonValue]) -> str:
    from app.agents.customer_success.phrases import money

    amount, rows = body.get("estimated_arr_impact"), body.get("evidence_rows")
    currency = [
        str(row.get("value"))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and row.get("fact") == "currency"
    ]
    if not isinstance(amount, str) or not currency:
        return ""
    return money(Decimal(amount), currency[0])
