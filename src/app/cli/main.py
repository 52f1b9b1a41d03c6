"""The command tree and the edge where errors become words and exit codes.

0: done. 1: done, but rows were refused or something is wrong. 2: it could not be done as asked.
130: interrupted.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer
from typer._click.exceptions import ClickException  # Typer keeps its Click to itself
from typer.core import TyperCommand, TyperGroup

from app.cli.act_entries import ACT_ENTRIES
from app.cli.feed_entries import FEED_ENTRIES
from app.errors import AppError

if TYPE_CHECKING:
    from typer._click.core import Command, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command that is imported when it is used."""

    module: str
    attribute: str
    help: str
    """Shown by `tend --help`, which imports nothing."""


ENTRIES: Mapping[str, Entry] = {
    "demo": Entry(
        module="app.cli.demo_cmd",
        attribute="demo_app",
        help="Make up a book of 60 accounts, live through 90 days of it, and show today.",
    ),
    "import": Entry(
        module="app.cli.import_cmd",
        attribute="import_app",
        help="Bring in accounts, tickets and usage: CSV, CRM exports, Jira exports.",
    ),
    "scan": Entry(
        module="app.cli.scan_cmd",
        attribute="scan_app",
        help="Score every account, raise what is new, write the drafts; the table, by risk.",
    ),
    "explain": Entry(
        module="app.cli.explain_cmd",
        attribute="explain_app",
        help="Every point of an account's scores: why, since when, and the way up.",
    ),
    "run": Entry(
        module="app.cli.run_cmd",
        attribute="run_app",
        help="Run as a service: scan every morning, act on what is owed, until Ctrl-C.",
    ),
    "worker": Entry(
        module="app.cli.run_cmd",
        attribute="worker_app",
        help="One more process of the service, where the store is in PostgreSQL.",
    ),
    "schedule": Entry(
        module="app.cli.schedule_cmd",
        attribute="schedule_app",
        help="What will be started when: scans, check-ins, reviews; and what was last.",
    ),
    "go-live": Entry(
        module="app.cli.golive_cmd",
        attribute="golive_app",
        help="Begin alerts: until then every scan is a baseline that raises nothing.",
    ),
    "inbox": Entry(
        module="app.cli.inbox_cmd",
        attribute="inbox_app",
        help="The alerts, newest first, per rep.",
    ),
    "templates": Entry(
        module="app.cli.templates_cmd",
        attribute="templates_app",
        help="The words of letters and alerts: ours, and your own in their place.",
    ),
    "drafts": Entry(
        module="app.cli.drafts_cmd",
        attribute="drafts_app",
        help="The letters that wait for you: list, read, edit, drop, export.",
    ),
    "model": Entry(
        module="app.cli.model_cmd",
        attribute="model_app",
        help="The model that words letters, where there is one: what was spent on it.",
    ),
    "settings": Entry(
        module="app.cli.settings_cmd",
        attribute="settings_app",
        help="Thresholds and weights: show, apply a file, history.",
    ),
    "runs": Entry(
        module="app.cli.runs_cmd",
        attribute="runs_app",
        help="Scans, flows under way, work owed, and what is parked: put it back to work.",
    ),
    "events": Entry(
        module="app.cli.events_cmd",
        attribute="events_app",
        help="What the agents tell each other: list it, who is behind, replay what failed.",
    ),
    "ask": Entry(
        module="app.cli.ask_cmd",
        attribute="ask_app",
        help="Say in a sentence what is to be done: draft a check-in for Acme.",
    ),
    "task": Entry(
        module="app.cli.task_cmd",
        attribute="task_app",
        help="Have an agent do one thing: a letter, a review, a scan; once a day for the same.",
    ),
    "agents": Entry(
        module="app.cli.agents_cmd",
        attribute="agents_app",
        help="Who there is, what each can do, who hands what to whom.",
    ),
    "qbr": Entry(
        module="app.cli.qbr_cmd",
        attribute="qbr_app",
        help="An account's quarterly business review: read it, write it for the customer.",
    ),
    "profile": Entry(
        module="app.cli.profile_cmd",
        attribute="profile_app",
        help="An account's technical relationship: people, integrations, features, letters.",
    ),
    "adoption": Entry(
        module="app.cli.adoption_cmd",
        attribute="adoption_app",
        help="What an account uses of what it could, against accounts like it.",
    ),
    "opportunities": Entry(
        module="app.cli.opportunities_cmd",
        attribute="opportunities_app",
        help="Room to grow with customers: what was found, what is held back and why.",
    ),
    "connect": Entry(
        module="app.cli.connect_cmd",
        attribute="connect_app",
        help="Connect the team's Notion or help desk, or a rep's Gmail drafts by his consent.",
    ),
    "notion": Entry(
        module="app.cli.notion_cmd",
        attribute="notion_app",
        help="The team's Notion: what is connected, whether it is as it was, what mends it.",
    ),
    "doctor": Entry(
        module="app.cli.doctor_cmd",
        attribute="doctor_app",
        help="Look at everything configured: what is wrong, and what mends it.",
    ),
    "backup": Entry(
        module="app.cli.backup_cmd",
        attribute="backup_app",
        help="Everything Tend keeps, in one file, while a service may be running.",
    ),
    "restore": Entry(
        module="app.cli.restore_cmd",
        attribute="restore_app",
        help="Bring a backup back; what was there is put aside, never deleted.",
    ),
    **{
        name: Entry(module=module, attribute=attribute, help=told)
        for name, module, attribute, told in (*FEED_ENTRIES, *ACT_ENTRIES)
    },
}


INTERRUPTED = 130
"""The shell's own code for Ctrl-C."""


class LazyGroup(TyperGroup):
    """A group whose commands are imported one at a time, when they are run."""

    def list_commands(self, ctx: Context) -> list[str]:
        """The commands in the order a newcomer needs them."""
        del ctx
        return list(ENTRIES)

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        """A stand-in that knows the command's line in the overview, and nothing else."""
        del ctx
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            return None
        return TyperCommand(cmd_name, help=entry.help, short_help=entry.help)

    def resolve_command(
        self, ctx: Context, args: list[str]
    ) -> tuple[str | None, Command | None, list[str]]:
        """The command that is to run, imported now. Raises UsageError, naming near ones."""
        entry = ENTRIES.get(args[0])
        if entry is None:
            near = get_close_matches(args[0], ENTRIES, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else "tend --help lists all of them."
            ctx.fail(f"There is no command {args[0]!r}. {hint}")
        app = getattr(importlib.import_module(entry.module), entry.attribute)
        command = typer.main.get_command(app)
        command.name = args[0]
        return args[0], command, args[1:]


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help=(
        "Tend looks after a software company's customers once they have bought: it scores every "
        "account, explains every point, raises an incident once and leaves the draft for you. "
        "Nothing addressed to a customer is ever sent by itself."
    ),
    epilog=(
        "First time here? [bold]tend demo[/bold] shows it on made-up accounts; "
        "[bold]tend import --template DIR[/bold] writes the files to fill in with yours."
    ),
)


def _print_version(is_asked: bool) -> None:
    if is_asked:
        from app import __version__

        typer.echo(f"tend {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,  # before a command is asked for
            help="Print the version and stop.",
        ),
    ] = False,
) -> None:
    del version


def run(words: Sequence[str]) -> None:
    """Run the command that `words` spell and leave with its exit code; no words show the help."""
    from typer.rich_utils import rich_format_error

    _never_fail_to_print()
    try:
        code = app(args=list(words or ["--help"]), prog_name="tend", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except ClickException as exc:
        rich_format_error(exc)
        sys.exit(exc.exit_code)
    except AppError as exc:
        _say(f"tend: {exc}")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    if code == INTERRUPTED:
        _say("Interrupted. Nothing is lost: run the same command again to go on.")
    sys.exit(code if isinstance(code, int) else 0)


def _never_fail_to_print() -> None:
    """What a terminal's encoding cannot say is shown as `?`, not as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _say(text: str) -> None:
    """To standard error; what a terminal would take for a command is left out."""
    shown = "".join(char for char in text if char == "\n" or char.isprintable())
    sys.stderr.write(f"{shown}\n")
