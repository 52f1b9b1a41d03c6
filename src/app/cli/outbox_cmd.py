"""`tend outbox`: drafts that wait for a rep. Nothing here sends anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from app.domain.draft import Draft

outbox_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog="Examples:  [bold]tend outbox[/bold]   ·   [bold]tend outbox show d-1a2b3c4d5e[/bold]",
)


@outbox_app.callback()
def outbox(
    ctx: typer.Context,
    account: Annotated[str, typer.Option(help="Only this account's drafts.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Withdrawn ones too.")] = False,
) -> None:
    """The drafts that wait, newest first; each is also an .eml file for a mail program."""
    if ctx.invoked_subcommand is not None:
        return
    from rich.markup import escape

    from app.cli.context import opened
    from app.domain.draft import DraftState

    with opened() as cli:
        account_id = None
        if account:
            account_id = cli.store.read_now(
                cli.tenant, lambda unit: unit.book.find(account)
            ).account_id
        state = None if every else DraftState.WAITING
        drafts = cli.store.read_now(
            cli.tenant, lambda unit: unit.outbox.drafts(state=state, account_id=account_id)
        )
        if not drafts:
            cli.console.print(
                "No drafts wait. One is written for every incident that a [bold]tend scan[/bold] "
                "raises."
            )
            return
        cli.console.print(_drafts_table(drafts))
        noun = "draft" if len(drafts) == 1 else "drafts"
        cli.console.print(
            f"[dim]{len(drafts)} {noun}; as files in {escape(str(cli.settings.outbox))}. "
            "tend outbox show DRAFT reads one.[/dim]"
        )


def _drafts_table(drafts: Sequence[Draft]) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("Draft", "Written", "For", "Rep", "Subject"):
        table.add_column(column, no_wrap=column != "Subject")
    for draft in drafts:
        mark = "" if draft.state == "waiting" else f"({draft.state}) "
        table.add_row(
            Text(draft.draft_id),
            f"{draft.created_at:%Y-%m-%d}",
            Text(draft.to[0] if draft.to else draft.account_id),
            Text(draft.rep_email.partition("@")[0]),
            Text(f"{mark}{draft.subject}"),
        )
    return table


@outbox_app.command(
    epilog=(
        "Examples:  [bold]tend outbox show d-1a2b3c4d5e[/bold]   ·   "
        "[bold]tend outbox[/bold] (lists their ids)"
    )
)
def show(
    draft_id: Annotated[str, typer.Argument(help="The draft's id, such as d-1a2b3c4d5e.")],
) -> None:
    """Read one draft as the customer would."""
    from rich.panel import Panel
    from rich.text import Text

    from app.cli.context import opened

    with opened() as cli:
        draft = cli.store.read_now(cli.tenant, lambda unit: unit.outbox.draft(draft_id))
        head = Text(
            f"From:    {draft.rep_email}\n"
            f"To:      {', '.join(draft.to) or '(no stakeholder is known: choose one)'}\n"
            f"Subject: {draft.subject}\n\n"
        )
        head.append(draft.body_text)
        cli.console.print(Panel(head, title=f"{draft.draft_id} · {draft.state}", width=88))
