"""How a command gets a password: typed twice unseen at a terminal, or read from standard input."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.errors import InvalidInput

_TRIES = 3

FromStdin = Annotated[
    bool,
    typer.Option("--password-stdin", help="Read the password from standard input, its first line."),
]


def new_password(email: str, *, from_stdin: bool) -> str:
    """A password that may be this person's. Raises InvalidInput that says why one may not."""
    from app.domain.user import refuse_password

    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise InvalidInput("no terminal to ask for a password at: --password-stdin reads it")
    for _ in range(_TRIES):
        password = _asked(f"Password for {email}")
        why = refuse_password(password, email=email)
        if not why and _asked("The same again") != password:
            why = "that was not the same twice"
        if not why:
            return password
        typer.echo(f"{why[0].upper()}{why[1:]}.", err=True)
    raise InvalidInput("no password was set")


def _asked(prompt: str) -> str:
    return str(typer.prompt(prompt, hide_input=True, err=True))
