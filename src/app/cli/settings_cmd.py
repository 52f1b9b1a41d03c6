"""`tend settings`: thresholds and weights, versioned."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.domain.tenant_settings import TenantSettings

settings_app = typer.Typer(
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    help="Thresholds and weights of this tenant. Every version is kept; every score names its own.",
    epilog=(
        "Examples:  [bold]tend settings show > tend-settings.toml[/bold]   ·   "
        "[bold]tend settings apply tend-settings.toml[/bold]"
    ),
)


@settings_app.command(
    epilog=(
        "Examples:  [bold]tend settings show[/bold]   ·   "
        "[bold]tend settings show --version 1[/bold]"
    )
)
def show(
    version: Annotated[
        int | None, typer.Option(help="An earlier version; 0: the defaults.", min=0)
    ] = None,
) -> None:
    """Print the settings as TOML, ready to be changed and applied."""
    from app.cli.context import opened

    with opened() as cli:
        current = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings())
        shown = current.version if version is None else version
        settings = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings_at(shown))
        typer.echo(f"# Settings of tenant {cli.tenant}, version {shown}")
        typer.echo(
            "# The CSM's weights are provisional: no outcome of yours stands behind them yet."
        )
        typer.echo(as_toml(settings))


@settings_app.command(epilog="Examples:  [bold]tend settings apply tend-settings.toml[/bold]")
def apply(
    file: Annotated[Path, typer.Argument(help="A TOML file; keys left out take their defaults.")],
) -> None:
    """Check a file and make it the newest version. What is wrong is named by its key."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.acts.tenancy import apply_settings

    settings = settings_from(file)
    with opened() as cli:
        now, by = cli.clock(), actor_of(cli.settings, "")
        before = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings()).version
        applied = cli.store.write_now(
            cli.tenant, lambda unit: apply_settings(unit, settings, by=by, at=now)
        )
        if applied.version == before:
            cli.console.print(f"Nothing differs from version {before}: no new version.")
        else:
            cli.console.print(
                f"Version {applied.version} holds from the next scan on. "
                "[bold]tend explain ACCOUNT[/bold] then tells what it moved."
            )


@settings_app.command(epilog="Examples:  [bold]tend settings history[/bold]")
def history() -> None:
    """Every version, with who applied it and when."""
    from app.cli.context import opened
    from app.domain.actor import actor_in_words

    with opened() as cli:
        versions = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings_history())
        if not versions:
            cli.console.print("The defaults hold: no settings were ever applied.")
        for one in versions:
            when = "" if one.applied_at is None else f"{one.applied_at:%Y-%m-%d %H:%M} UTC"
            cli.console.print(
                f"{one.version:4d}  {when}  {actor_in_words(one.applied_by)}", markup=False
            )


def settings_from(file: Path) -> TenantSettings:
    """Read and check a settings file. Raises InvalidInput naming file, key and what it must be."""
    import tomllib

    from pydantic import ValidationError

    from app.domain.tenant_settings import TenantSettings

    try:
        parsed = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        msg = f"{file}: there is no such file"
        raise InvalidInput(msg) from exc
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        msg = f"{file}: cannot be read as TOML: {exc}"
        raise InvalidInput(msg) from exc
    try:
        return TenantSettings.model_validate(parsed)
    except ValidationError as exc:
        lines = [
            f"{file}: {'.'.join(str(part) for part in error['loc']) or 'the file'}: "
            f"{_in_words(error['type'], error['msg'])}"
            for error in exc.errors()
        ]
        raise InvalidInput("\n".join(lines)) from exc


def _in_words(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "there is no such setting; tend settings show lists them all"
    if kind == "model_type":
        return "is a section with keys of its own; tend settings show has them all"
    return message.removeprefix("Value error, ")


_HINTS = {
    "value": (
        "# What a use of a feature is worth to a customer; quarterly reviews count by it:",
        '# [value."Reverse sync"]',
        "# minutes_saved_per_use = 6",
        '# revenue_per_use = "1.50"',
        '# currency = "EUR"',
    ),
    "families": (
        "# Features that belong together: heavy use of one speaks for another.",
        '# data = ["Data quality checks", "Event streaming"]',
    ),
}
"""How the sections look that are empty until somebody fills them in."""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def as_toml(settings: TenantSettings) -> str:
    """The settings as TOML that `apply` reads back to the same; what has no value is a comment."""
    lines: list[str] = []
    _write_table(lines, "", settings.model_dump(mode="json"))
    return "\n".join(lines)


def _write_table(lines: list[str], name: str, table: dict[str, JsonValue]) -> None:
    nested = {key: value for key, value in table.items() if isinstance(value, dict)}
    if name:
        lines.extend(("", f"[{name}]", *_HINTS.get(name, ())))
    for key, value in table.items():
        if value is None:
            lines.append(f"# {key} = (none)")
        elif not isinstance(value, dict):
            lines.append(f"{_key(key)} = {_spelled(value)}")
    for key, value in nested.items():
        _write_table(lines, f"{name}.{_key(key)}" if name else _key(key), value)


def _key(name: str) -> str:
    """Names that are not ours, such as a feature's, may need quotes."""
    return name if _BARE_KEY.fullmatch(name) else _spelled(name)


def _spelled(value: JsonValue) -> str:
    """JSON's way to write texts, numbers and truths is TOML's too, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
