"""`tend task`: have an agent do one thing, now."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import JsonValue

from app.cli.asking import ACCOUNT_HELP
from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.agents.routing import SupervisorAnswer
    from app.cli.context import CliContext

task_app = typer.Typer(rich_markup_mode="rich", add_completion=False)


@task_app.command(
    epilog=(
        "Examples:  [bold]tend task health_checkin --account acme[/bold]   ·   "
        "[bold]tend task generate_qbr --account acme --set metadata.period=2026-Q1[/bold]   ·   "
        "[bold]tend task release_notes --json-file release.json[/bold]   ·   "
        "[bold]tend agents[/bold] lists the types"
    )
)
def task(
    task_type: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="What is to be done: tend agents lists the types."),
    ],
    account: Annotated[str, typer.Option(help=f"For this account. {ACCOUNT_HELP}")] = "",
    json_file: Annotated[
        Path | None,
        typer.Option(help="More of the task, as a JSON object; - reads standard input."),
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="One field of the task, such as metadata.period=2026-Q1; JSON where it is any.",
            show_default=False,
        ),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Once more, though the same was asked for today.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Have an agent do one thing, and say what came of it and where the draft is.

    The same task asked for twice on a day is done once. Runs in the service where one runs, else
    here. Nothing is ever sent to a customer: letters wait as drafts.
    """
    from app.cli.asking import account_of
    from app.cli.context import opened
    from app.cli.tasking import have_done

    fields = {**_from_file(json_file), **_named(given or ())}
    fields["task_type"] = _known(task_type)
    with opened() as cli:
        about = "the book"
        if account:
            found = account_of(cli, account)
            fields["account_id"], about = found.account_id, found.name
        label = f"{fields['task_type']} for {about}"
        answer = have_done(cli, fields, again=again, label=_plain(label))
        show_answer(cli, answer, as_json=as_json)


def show_answer(cli: CliContext, answer: SupervisorAnswer, *, as_json: bool) -> None:
    """Print what came of a task; leaves with 2 where it could not be done, or is not plain."""
    from app.cli.task_view import print_answer, print_question

    error = answer.error or answer.result.get("error")
    if as_json:
        cli.console.print_json(answer.model_dump_json(), ensure_ascii=True)
        if error or answer.question:
            raise typer.Exit(2)
        return
    if error:
        raise InvalidInput(str(error))
    if answer.question:
        print_question(cli.console, answer)
        raise typer.Exit(2)
    print_answer(cli.console, answer)


def _known(task_type: str) -> str:
    """A task type as it is spelled. Raises InvalidInput naming near ones."""
    from difflib import get_close_matches

    from app.agents.routing import TASKS_OF

    known = [one for types in TASKS_OF.values() for one in types]
    spelled = task_type.strip().lower().replace("-", "_")
    if spelled in known:
        return spelled
    near = get_close_matches(spelled, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise InvalidInput(f"there is no task {_plain(task_type)!r}; {hint}")


def _from_file(path: Path | None) -> dict[str, JsonValue]:
    """The object of a JSON file; none: empty. Raises InvalidInput."""
    if path is None:
        return {}
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
        read: JsonValue = json.loads(text)
    except OSError as exc:
        raise InvalidInput(f"--json-file {path}: {exc.strerror}") from exc
    except (ValueError, RecursionError) as exc:
        raise InvalidInput(f"--json-file {path}: it is no JSON: {exc}") from exc
    if not isinstance(read, dict):
        raise InvalidInput(f"--json-file {path}: a JSON object is needed, such as {{}}")
    return read


def _named(given: list[str] | tuple[str, ...]) -> dict[str, JsonValue]:
    """Fields as typed, `a.b=1` within `a`. Raises InvalidInput."""
    fields: dict[str, JsonValue] = {}
    for one in given:
        path, has_value, text = one.partition("=")
        *above, name = path.strip().split(".")
        if not has_value or not all((*above, name)):
            raise InvalidInput(f"--set {_plain(one)!r}: write KEY=VALUE, such as deal_id=D-7")
        place = fields
        for part in above:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                raise InvalidInput(f"--set {_plain(one)!r}: {part} has a value already")
            place = inner
        place[name] = _value(text)
    return fields


def _value(text: str) -> JsonValue:
    """JSON where the text is any, else the text itself."""
    try:
        read: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return read


def _plain(text: str) -> str:
    from app.services.plain_text import one_line

    return one_line(text, 80)
