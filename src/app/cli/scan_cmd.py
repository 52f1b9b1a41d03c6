"""`tend scan`: run a scan, act on what it owes, show the book by risk."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import InvalidInput

if TYPE_CHECKING:
    from app.cli.context import CliContext
    from app.cli.scan_flow import Scanned
    from app.domain.tenant_settings import TenantSettings
    from app.jobs.standing import Standing

scan_app = typer.Typer(rich_markup_mode="rich", add_completion=False)

DAILY_AT = time(7)
"""When a day's scan is dated that is asked for by day alone: before work begins."""
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""Looking back further would reach the calendar's own beginning."""


@scan_app.command(
    epilog=(
        "Examples:  [bold]tend scan[/bold]   ·   [bold]tend scan --account acme --json[/bold]   ·  "
        " [bold]tend scan --at 2026-03-31[/bold] (looks, writes nothing)"
    )
)
def scan(
    account: Annotated[
        str, typer.Option(help="Only this account: its id or name.", show_default="all")
    ] = "",
    at: Annotated[
        str, typer.Option(help="As of this day (YYYY-MM-DD) or moment; only looks.")
    ] = "",
    replay: Annotated[
        bool,
        typer.Option("--replay", help="With --at: record it, into a store with no newer scan."),
    ] = False,
    top: Annotated[int, typer.Option(help="Rows of the table; 0 shows all.", min=0)] = 25,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON instead of the table.")
    ] = False,
) -> None:
    """Score every account, raise what is new, write the drafts, and show the book by risk.

    Safe to run again and to interrupt: what was recorded stays, what is owed is done once.
    """
    from app.cli.context import opened
    from app.cli.scanning import replay_and_act, scan_and_act

    with opened() as cli:
        if replay and not at:
            msg = "--replay needs --at DAY: the day to replay"
            raise InvalidInput(msg)
        settings = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.settings()).settings
        now = moment_of(at, settings.zone) if at else cli.clock()
        if now > cli.clock():
            msg = f"--at {at} lies in the future: nothing is known of it yet"
            raise InvalidInput(msg)
        account_id = ""
        if account:
            account_id = cli.store.read_now(
                cli.tenant, lambda unit: unit.book.find(account)
            ).account_id
        if at and not replay:
            _show_past(cli, settings, now, account_id, top, as_json=as_json)
            return
        done = (
            replay_and_act(cli, now, account_id)
            if replay
            else scan_and_act(cli, account_id=account_id)
        )
        _show(cli, settings, done, top, as_json=as_json)


def moment_of(text: str, zone: str) -> datetime:
    """A day means 07:00 of the tenant's zone; a moment without an offset is the tenant's.

    Raises InvalidInput.
    """
    from zoneinfo import ZoneInfo

    from app.clock import at_local

    try:
        if len(text) == len("2026-01-01"):
            moment = at_local(date.fromisoformat(text), DAILY_AT, zone)
        else:
            written = datetime.fromisoformat(text)
            aware = written if written.tzinfo else written.replace(tzinfo=ZoneInfo(zone))
            moment = aware.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        msg = f"{text!r} is not a day or moment: write 2026-03-31 or 2026-03-31T07:00"
        raise InvalidInput(msg) from exc
    if moment < EARLIEST:
        msg = f"{text!r} lies before {EARLIEST:%Y}: nothing is known of it"
        raise InvalidInput(msg)
    return moment


def _show(
    cli: CliContext,
    settings: TenantSettings,
    outcome: Scanned,
    top: int,
    *,
    as_json: bool,
) -> None:
    from app.jobs.standing import standings

    day = outcome.scan.local_day
    found = cli.store.read_now(cli.tenant, lambda unit: standings(unit, day, settings))
    if outcome.scan.account_id is not None:
        found = tuple(one for one in found if one.account_id == outcome.scan.account_id)
    if as_json:
        cli.console.print_json(_as_json(found, outcome))
        return
    if outcome.scan.account_id is not None and not found:
        _say_not_active(cli, day)
        return
    show_book(cli, found, day, top)
    if found:
        _say_what_happened(cli, outcome)


def _say_not_active(cli: CliContext, day: date) -> None:
    cli.console.print(
        f"This account has no contract running on {day}, and the table is of active accounts. "
        "[bold]tend explain ACCOUNT[/bold] shows what is recorded of it."
    )


def show_book(cli: CliContext, found: tuple[Standing, ...], day: date, top: int) -> None:
    """Print the table with its summary, or what to do while there is nothing to show."""
    from app.cli.book_table import LEGEND, band_line, book_table

    if not found:
        cli.console.print(
            "There are no active accounts yet. [bold]tend import --template DIR[/bold] writes the "
            "files to fill in, [bold]tend import DIR[/bold] brings them in; "
            "[bold]tend connect notion[/bold] reads those that your team keeps in Notion; "
            "[bold]tend demo[/bold] shows Tend on made-up accounts."
        )
        return
    shown = found[:top] if top else found
    cli.console.print(book_table(shown, day, width=cli.console.width))
    if len(shown) < len(found):
        cli.console.print(f"[dim]… and {len(found) - len(shown)} more (--top 0 shows all)[/dim]")
    noun = "account" if len(found) == 1 else "accounts"
    cli.console.print(f"{len(found)} {noun}: {band_line(found)}")
    cli.console.print(LEGEND)


def _say_baseline(cli: CliContext) -> None:
    is_live = cli.store.read_now(cli.tenant, lambda unit: unit.tenant.live_since()) is not None
    then = (
        "Alerts are on: the next scan tells what is new from then."
        if is_live
        else "[bold]tend go-live[/bold] begins alerts."
    )
    cli.console.print(
        "This was a [bold]baseline[/bold]: what is wrong already is known and nobody is told. "
        f"{then}"
    )


def _say_what_happened(cli: CliContext, outcome: Scanned) -> None:
    from rich.markup import escape

    from app.cli.draft_places import waiting_places
    from app.domain.effect import EffectState

    if outcome.was_resumed:
        cli.console.print(
            f"Took up the scan begun at {outcome.scan.now:%H:%M} UTC where it stopped."
        )
    parked, put_off = outcome.left[EffectState.PARKED], outcome.left[EffectState.OWED]
    if outcome.scan.is_baseline:
        _say_baseline(cli)
    elif outcome.done:
        cli.console.print(
            f"{outcome.done} effects done. [bold]tend inbox[/bold] has the alerts, "
            f"[bold]tend drafts[/bold] the drafts ({escape(waiting_places(cli))})."
        )
    else:
        cli.console.print("Nothing new since the last scan: no alert, no draft.")
    if put_off:
        cli.console.print(
            f"[yellow]{put_off} effects could not be had yet and are tried again "
            "([bold]tend runs[/bold] says why).[/yellow]"
        )
    if parked:
        cli.console.print(
            f"[magenta]{parked} effects are parked and need a person: "
            "[bold]tend runs[/bold].[/magenta]"
        )
    if outcome.shown is not None:
        from app.cli.notion_publish import say_shown
        from app.jobs.flows.publish import PublishDone

        say_shown(cli, PublishDone.model_validate(outcome.shown))
    cli.console.print("[dim]tend explain ACCOUNT shows every point of a score.[/dim]")


def _show_past(
    cli: CliContext,
    settings: TenantSettings,
    now: datetime,
    account_id: str,
    top: int,
    *,
    as_json: bool,
) -> None:
    import json

    from app.cli.json_shapes import standing_json
    from app.clock import local_day
    from app.jobs.looking import look

    found = cli.store.read_now(cli.tenant, lambda unit: look(unit, now))
    if account_id:
        found = tuple(one for one in found if one.account_id == account_id)
    day = local_day(now, settings.zone)
    if as_json:
        cli.console.print_json(json.dumps({"accounts": [standing_json(one) for one in found]}))
        return
    if account_id and not found:
        _say_not_active(cli, day)
        return
    show_book(cli, found, day, top)
    cli.console.print(f"[dim]As of {now:%Y-%m-%d %H:%M} UTC; nothing was recorded.[/dim]")


def _as_json(found: tuple[Standing, ...], outcome: Scanned) -> str:
    import json

    from app.cli.json_shapes import standing_json

    return json.dumps(
        {
            "scan_id": outcome.scan.scan_id,
            "now": outcome.scan.now.isoformat(),
            "baseline": outcome.scan.is_baseline,
            "resumed": outcome.was_resumed,
            "assessments": outcome.assessed,
            "effects_owed": outcome.owed,
            "effects_done": outcome.done,
            "effects_left": {state.value: many for state, many in outcome.left.items()},
            "shown": outcome.shown,
            "accounts": [standing_json(one) for one in found],
        }
    )
