"""`tend adoption`: what an account uses of what it could, against accounts like it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import ACCOUNT_HELP

if TYPE_CHECKING:
    from rich.console import Console

    from app.agents.customer_success.schemas import FeatureAdoptionReport

adoption_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@adoption_app.command(
    epilog="Examples:  [bold]tend adoption acme[/bold]   ·   [bold]tend adoption acme --json[/bold]"
)
def adoption(
    account: Annotated[str, typer.Argument(help=ACCOUNT_HELP)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Which features an account uses, what accounts like it use, and what to show it next."""
    from rich.text import Text

    from app.agents.customer_success.adoption import adoption_report
    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.jobs.dossiers import dossier_of

    with opened() as cli:
        found, now = account_of(cli, account), cli.clock()
        dossier = cli.store.read_now(
            cli.tenant, lambda unit: dossier_of(unit, found.account_id, now)
        )
        report = adoption_report(dossier)
        if as_json:
            cli.console.print_json(report.model_dump_json())
            return
        cli.console.print(Text(found.name, "bold"))
        _show(cli.console, report)


def _show(console: Console, report: FeatureAdoptionReport) -> None:
    from rich.text import Text

    from app.agents.customer_success.phrases import shown
    from app.agents.customer_success.review_adoption import adoption_section

    section = adoption_section(report)
    console.print(Text(section.text))
    if report.adoption_rate is None:
        console.print(
            Text("Bring usage in with features: tend import --template DIR says how.", "dim")
        )
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Feature", "In use", "Comparable accounts", "Worth showing"):
        table.add_column(column)
    for one in report.features:
        rate = "too few" if one.benchmark_rate is None else f"{one.peers_using} use it"
        table.add_row(
            Text(shown(one.feature_name)),
            Text("yes" if one.used else "no", "green" if one.used else "yellow"),
            Text(rate),
            Text("yes" if one.recommendation else ""),
        )
    console.print(table)
