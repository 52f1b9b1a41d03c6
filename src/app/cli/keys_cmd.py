"""`tend keys`: who may come in by the HTTP door."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import BY_HELP
from app.domain.api_key import KeyRole, KeyState

if TYPE_CHECKING:
    from datetime import datetime

    from app.cli.context import CliContext
    from app.domain.api_key import ApiKey
    from app.jobs.api_keys import MadeKey

keys_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog=(
        "Examples:  [bold]tend keys add product --role integration[/bold]   ·   "
        "[bold]tend keys[/bold]   ·   [bold]tend keys rotate product --grace 48[/bold]   ·   "
        "[bold]tend keys revoke product[/bold]"
    ),
)

Name = Annotated[str, typer.Argument(help="What the key is called, such as product.")]
By = Annotated[str, typer.Option(help=BY_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

_STYLE = {
    KeyState.IN_FORCE: "green",
    KeyState.ENDING: "yellow",
    KeyState.ENDED: "dim",
    KeyState.REVOKED: "dim",
}


@keys_app.callback()
def keys(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The keys by which the product and other programs come in: who, what for, used when."""
    if ctx.invoked_subcommand is None:
        _list(as_json=as_json)


@keys_app.command("list", epilog="Examples:  [bold]tend keys list --json[/bold]")
def list_keys(as_json: AsJson = False) -> None:
    """Every key with its beginning, its role and its last use. The keys themselves are not kept."""
    _list(as_json=as_json)


@keys_app.command(epilog="Examples:  [bold]tend keys add product --role integration[/bold]")
def add(
    name: Name,
    role: Annotated[
        KeyRole,
        typer.Option(
            help="integration brings facts, rep reads accounts and health, admin does both."
        ),
    ] = KeyRole.INTEGRATION,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Make a key. It is printed once, and cannot be had again."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.api_keys import add_key

    with opened() as cli:
        who, now = actor_of(cli.settings, by), cli.clock()
        made = cli.store.write_now(
            cli.tenant, lambda unit: add_key(unit, name, role, by=who, at=now)
        )
        _show(cli, made, as_json=as_json)


@keys_app.command(
    epilog=(
        "Examples:  [bold]tend keys rotate product[/bold]   ·   "
        "[bold]tend keys rotate product --grace 0[/bold] (the old one ends at once)"
    )
)
def rotate(
    name: Name,
    grace: Annotated[
        int, typer.Option(help="Hours that the old key may still be used.", min=0, max=8760)
    ] = 24,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Make a key in the place of another, which goes on for a while: nothing has to stand still."""
    from datetime import timedelta

    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.api_keys import rotate_key

    with opened() as cli:
        who, now, until = actor_of(cli.settings, by), cli.clock(), timedelta(hours=grace)
        made = cli.store.write_now(
            cli.tenant, lambda unit: rotate_key(unit, name, grace=until, by=who, at=now)
        )
        _show(cli, made, as_json=as_json)
        cli.notes.print(f"The old key can be used for another {grace} hours.")


@keys_app.command(epilog="Examples:  [bold]tend keys revoke product[/bold]")
def revoke(name: Name, by: By = "") -> None:
    """End every key of this name at once, one in its grace included."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.api_keys import revoke_key

    with opened() as cli:
        who, now = actor_of(cli.settings, by), cli.clock()
        ended = cli.store.write_now(cli.tenant, lambda unit: revoke_key(unit, name, by=who, at=now))
        cli.console.print(f"{ended} key{'' if ended == 1 else 's'} revoked: {name}")


def _show(cli: CliContext, made: MadeKey, *, as_json: bool) -> None:
    if as_json:
        cli.console.print_json(
            data={"name": made.key.name, "role": made.key.role.value, "key": made.text}
        )
        return
    typer.echo(made.text)
    cli.notes.print(
        f"That is the key {made.key.name} ({made.key.role}). It is shown this once: put it where "
        "the product keeps its secrets."
    )


def _list(*, as_json: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.cli.context import opened

    with opened() as cli:
        now = cli.clock()
        found = cli.store.read_now(cli.tenant, lambda unit: unit.api_keys.all())
        if as_json:
            cli.console.print_json(data=[_as_row(key, now) for key in found])
            return
        if not found:
            cli.console.print("No key yet. [bold]tend keys add product[/bold] makes one.")
            return
        table = Table(box=None, pad_edge=False, header_style="dim")
        columns = ("Name", "Role", "Begins with", "State", "Made", "Last used", "Ends")
        for column in columns:
            table.add_column(column)
        for key in found:
            state = Text(key.state(now), _STYLE[key.state(now)])
            cells = [Text(word) for word in (key.name, key.role, key.prefix)]
            times = [Text(_told(moment)) for moment in (key.made_at, key.last_used_at, key.ends_at)]
            table.add_row(*cells, state, *times)
        cli.console.print(table)


def _as_row(key: ApiKey, now: datetime) -> dict[str, str | None]:
    moments = {
        "made_at": key.made_at,
        "last_used_at": key.last_used_at,
        "ends_at": key.ends_at,
        "revoked_at": key.revoked_at,
    }
    return {
        "name": key.name,
        "role": key.role.value,
        "prefix": key.prefix,
        "state": key.state(now).value,
        "made_by": key.made_by,
        **{name: None if at is None else at.isoformat() for name, at in moments.items()},
    }


def _told(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"
