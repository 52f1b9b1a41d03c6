"""`tend inbox`: the alerts, as a rep would read them."""

from __future__ import annotations

from typing import Annotated

import typer

inbox_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@inbox_app.command(
    epilog="Examples:  [bold]tend inbox[/bold]   ·   [bold]tend inbox --rep ana@example.com[/bold]"
)
def inbox(
    rep: Annotated[str, typer.Option(help="Only this rep's alerts (e-mail).")] = "",
    most: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
) -> None:
    """The alerts, newest first. Each names the account, the reasons and the draft that waits."""
    from rich.text import Text

    from app.cli.context import opened

    with opened() as cli:
        by_mail = cli.store.read_now(
            cli.tenant,
            lambda unit: unit.outbox.alerts(
                rep_email=rep.lower() or None, channel="email", most=most
            ),
        )
        if not by_mail:
            cli.console.print(
                "No alerts. They come with a [bold]tend scan[/bold] once [bold]tend go-live[/bold] "
                "was said, and only when something gets worse."
            )
        for alert in by_mail:
            head = f"{alert.created_at:%Y-%m-%d %H:%M} UTC · {alert.rep_email or 'nobody'}"
            cli.console.print(Text(head, "dim"))
            cli.console.print(Text(alert.text))
            cli.console.print()
