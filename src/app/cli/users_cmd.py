"""`tend users`: who may sign in to the dashboard, and what they may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.asking import BY_HELP
from app.cli.password_asking import FromStdin
from app.domain.viewer import Role, Sight

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.cli.context import CliContext
    from app.domain.user import User

users_app = typer.Typer(
    rich_markup_mode="rich",
    invoke_without_command=True,
    add_completion=False,
    epilog=(
        "Examples:  [bold]tend users add kim@example.com --role admin[/bold]   ·   "
        "[bold]tend users add rita@example.com --own-accounts[/bold]   ·   "
        "[bold]tend users[/bold]   ·   [bold]tend users end rita@example.com[/bold]"
    ),
)

Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]
By = Annotated[str, typer.Option(help=BY_HELP)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_ROLE_HELP = "admin does everything, rep works with accounts, reader only looks."


@users_app.callback()
def users(ctx: typer.Context, as_json: AsJson = False) -> None:
    """Who may sign in to the dashboard: in which role, seeing whose accounts."""
    if ctx.invoked_subcommand is None:
        _list(as_json=as_json)


@users_app.command("list", epilog="Examples:  [bold]tend users list --json[/bold]")
def list_users(as_json: AsJson = False) -> None:
    """Every user with role, accounts in sight and open sessions."""
    _list(as_json=as_json)


@users_app.command(
    epilog=(
        "Examples:  [bold]tend users add kim@example.com --role admin --name 'Kim Sands'[/bold]"
        "   ·   [bold]tend users add rita@example.com --own-accounts[/bold]   ·   "
        "[bold]pass show tend/kim | tend users add kim@example.com --password-stdin[/bold]"
    )
)
def add(
    email: Email,
    role: Annotated[Role, typer.Option(help=_ROLE_HELP)] = Role.REP,
    own_accounts: Annotated[
        bool,
        typer.Option("--own-accounts", help="Sees the accounts whose owner has this address only."),
    ] = False,
    name: Annotated[str, typer.Option(help="The person's name.", show_default=False)] = "",
    password_stdin: FromStdin = False,
    by: By = "",
) -> None:
    """Let somebody sign in. The password is asked for twice and not shown."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.cli.password_asking import new_password
    from app.jobs.users import NewUser, add_user, email_of, hash_of, refuse_sight
    from app.services.passwords import strong_passwords

    address, sight = email_of(email), Sight.OWN if own_accounts else Sight.ALL
    refuse_sight(role, sight)
    with opened() as cli:
        who = actor_of(cli.settings, by)
        password = new_password(address, from_stdin=password_stdin)
        new = NewUser(
            email=address,
            name=name.strip(),
            role=role,
            sight=sight,
            password_hash=hash_of(strong_passwords(), password, email=address),
        )
        now = cli.clock()
        user = cli.store.write_now(cli.tenant, lambda unit: add_user(unit, new, by=who, at=now))
        cli.console.print(f"{_plain(user.email)} may sign in: {_in_words(user)}.", soft_wrap=True)
        everyone = cli.store.read_now(cli.tenant, lambda unit: unit.users.all())
        if not any(one.may_sign_in and one.role is Role.ADMIN for one in everyone):
            cli.notes.print("No user is an admin yet: tend users add EMAIL --role admin")


@users_app.command(
    epilog=(
        "Examples:  [bold]tend users password kim@example.com[/bold]   ·   "
        "[bold]pass show tend/kim | tend users password kim@example.com --password-stdin[/bold]"
    )
)
def password(email: Email, password_stdin: FromStdin = False, by: By = "") -> None:
    """Give a user another password; every session of his ends."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.cli.password_asking import new_password
    from app.jobs.users import email_of, hash_of, set_password, user_of
    from app.services.passwords import strong_passwords

    address = email_of(email)
    with opened() as cli:
        who = actor_of(cli.settings, by)
        cli.store.read_now(cli.tenant, lambda unit: user_of(unit, address))
        typed = new_password(address, from_stdin=password_stdin)
        kept = hash_of(strong_passwords(), typed, email=address)
        now = cli.clock()
        ended = cli.store.write_now(
            cli.tenant, lambda unit: set_password(unit, address, kept, by=who, at=now)
        )
        cli.console.print(f"{_plain(address)} has a new password. {_ended(ended)}")


@users_app.command(
    epilog=(
        "Examples:  [bold]tend users role kim@example.com admin[/bold]   ·   "
        "[bold]tend users role rita@example.com rep --all-accounts[/bold]"
    )
)
def role(
    email: Email,
    role: Annotated[Role, typer.Argument(help=_ROLE_HELP)],
    own_accounts: Annotated[
        bool | None,
        typer.Option(
            "--own-accounts/--all-accounts",
            help="Whose accounts are in sight.",
            show_default="as it is",
        ),
    ] = None,
    by: By = "",
) -> None:
    """Say what a user may do, and whose accounts he sees; it counts from his next click."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.users import email_of, set_role

    address = email_of(email)
    sight = None if own_accounts is None else Sight.OWN if own_accounts else Sight.ALL
    with opened() as cli:
        who, now = actor_of(cli.settings, by), cli.clock()
        user = cli.store.write_now(
            cli.tenant, lambda unit: set_role(unit, address, role, sight, by=who, at=now)
        )
        cli.console.print(f"{_plain(user.email)}: {_in_words(user)}.", soft_wrap=True)


@users_app.command(epilog="Examples:  [bold]tend users end rita@example.com[/bold]")
def end(email: Email, by: By = "") -> None:
    """Let somebody in no more: he is signed out at once; what he did stays in the log."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.users import email_of, end_user

    address = email_of(email)
    with opened() as cli:
        who, now = actor_of(cli.settings, by), cli.clock()
        ended = cli.store.write_now(
            cli.tenant, lambda unit: end_user(unit, address, by=who, at=now)
        )
        cli.console.print(f"{_plain(address)} may not sign in any more. {_ended(ended)}")


@users_app.command(
    epilog=(
        "Examples:  [bold]tend users sign-out kim@example.com[/bold]   ·   "
        "[bold]tend users sign-out os:kim[/bold] (who came by a link)"
    )
)
def sign_out(
    who: Annotated[str, typer.Argument(help="An e-mail, or os:NAME of who came by a link.")],
    by: By = "",
) -> None:
    """End every session of somebody, on every machine, and every link that was not used yet."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.domain.actor import OF_MACHINE
    from app.jobs.sessions import end_sessions_of

    name = who.strip() if who.startswith(OF_MACHINE) else who.strip().lower()
    with opened() as cli:
        actor, now = actor_of(cli.settings, by), cli.clock()
        ended = cli.store.write_now(
            cli.tenant, lambda unit: end_sessions_of(unit, name, by=actor, at=now)
        )
        cli.console.print(_ended(ended))


def _list(*, as_json: bool) -> None:
    from app.cli.context import opened
    from app.domain.web_session import IDLE

    with opened() as cli:
        since = cli.clock() - IDLE
        found, sessions = cli.store.read_now(
            cli.tenant, lambda unit: (unit.users.all(), unit.sessions.counts(seen_after=since))
        )
        if as_json:
            cli.console.print_json(data=[_as_row(user, sessions) for user in found])
            return
        if found:
            _print(cli, found, sessions)
        else:
            cli.console.print(
                "No user yet. On this machine [bold]tend dashboard[/bold] opens the dashboard; "
                "[bold]tend users add EMAIL --role admin[/bold] lets people sign in from others."
            )
        for name in sessions.keys() - {user.email for user in found}:
            came = f"{_plain(name)} came by a link: {_sessions(sessions[name])}"
            cli.console.print(came, style="dim")


def _print(cli: CliContext, found: tuple[User, ...], sessions: Mapping[str, int]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("E-mail", "Name", "Role", "Accounts", "Sessions", "Added", "Ended"):
        table.add_column(column)
    for user in found:
        ended = "" if user.ended_at is None else f"{user.ended_at:%Y-%m-%d}"
        cells = (
            user.email,
            user.name,
            user.role,
            user.sight,
            str(sessions.get(user.email, 0)),
            f"{user.made_at:%Y-%m-%d}",
            ended,
        )
        style = "" if user.may_sign_in else "dim"
        table.add_row(*(Text(word, style) for word in cells))
    cli.console.print(table)


def _as_row(user: User, sessions: Mapping[str, int]) -> dict[str, str | int | None]:
    return {
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "accounts": user.sight.value,
        "sessions": sessions.get(user.email, 0),
        "added_at": user.made_at.isoformat(),
        "added_by": user.made_by,
        "ended_at": None if user.ended_at is None else user.ended_at.isoformat(),
    }


def _in_words(user: User) -> str:
    whose = "their own accounts" if user.sight is Sight.OWN else "every account"
    return f"{user.role}, sees {whose}"


def _ended(sessions: int) -> str:
    return f"{_sessions(sessions)} ended." if sessions else "No session was open."


def _sessions(many: int) -> str:
    return f"{many} session{'' if many == 1 else 's'}"


def _plain(text: str) -> str:
    """As it is, whatever rich would read into brackets."""
    from rich.markup import escape

    return escape(text)
