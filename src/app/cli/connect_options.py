"""What the commands that connect a ticket system have in common, as Typer wants it."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.models import OptionInfo

Name = Annotated[str, typer.Argument(help="The source's name in the settings.", metavar="NAME")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def secret(variable: str) -> OptionInfo:
    """An option for the sake of its variable: not to be typed, where others can see it."""
    option: OptionInfo = typer.Option(
        envvar=variable,
        help=f"Not as an option, which others can see: asked for, or in {variable}.",
        hidden=True,
        show_envvar=False,
    )
    return option
