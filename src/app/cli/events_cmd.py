"""`tend events`: what the agents tell each other, who has handled it, and what nobody could."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import TypeVar

    from pydantic import JsonValue

    from app.cli.context import CliContext
    from app.events.hands import EventHands
    from app.ports.bus import EventDesk, GroupState, ParkedEvent, StreamState
    from app.ports.rows import StoredEvent

    T = TypeVar("T")

events_app = typer.Typer(
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    help="What the agents tell each other: list it, see who is behind, replay what failed.",
    epilog=(
        "Examples:  [bold]tend events list --stream escalations[/bold]   ·   "
        "[bold]tend events parked[/bold]   ·   [bold]tend events replay --all[/bold]"
    ),
)

_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_Most = Annotated[int, typer.Option("--most", help="How many.", min=1, max=100_000)]
_DAYS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


@events_app.command(
    "list",
    epilog=(
        "Examples:  [bold]tend events list[/bold]   ·   "
        "[bold]tend events list --stream opportunities --most 200 --json[/bold]"
    ),
)
def list_events(
    stream: Annotated[str, typer.Option(help="Only this stream, such as escalations.")] = "",
    most: _Most = 20,
    as_json: _AsJson = False,
) -> None:
    """The newest events, oldest first."""
    from app.cli.context import opened
    from app.cli.events_view import event_json, events_table

    with opened() as cli:
        events = _asked(cli, lambda desk: _newest(desk, stream, most))
        if as_json:
            _print_json(cli, {"events": [event_json(event) for event in events]})
        elif events:
            cli.console.print(events_table(events))
        else:
            cli.console.print(
                "No events. They come when a [bold]tend scan[/bold] raises or closes something, "
                "once [bold]tend go-live[/bold] was said."
            )


@events_app.command(
    epilog="Examples:  [bold]tend events parked[/bold]   ·   [bold]tend events parked --json[/bold]"
)
def parked(most: _Most = 50, as_json: _AsJson = False) -> None:
    """Events that could not be handled, each with what was wrong. They wait for you."""
    from app.cli.context import opened
    from app.cli.events_view import parked_json, parked_table

    async def read(desk: EventDesk) -> Sequence[ParkedEvent]:
        return await desk.parked(most=most)

    with opened() as cli:
        letters = _asked(cli, read)
        if as_json:
            _print_json(cli, {"parked": [parked_json(one) for one in letters]})
        elif letters:
            cli.console.print(parked_table(letters))
        else:
            cli.console.print("Nothing is parked: every event that was given has been handled.")


@events_app.command(
    epilog="Examples:  [bold]tend events groups[/bold]   ·   [bold]tend events groups --json[/bold]"
)
def groups(as_json: _AsJson = False) -> None:
    """Who handles which stream, and how far behind they are."""
    from app.cli.context import opened
    from app.cli.events_view import group_json, groups_table, stream_json

    async def read(desk: EventDesk) -> tuple[Sequence[StreamState], Sequence[GroupState]]:
        return await desk.streams(), await desk.groups()

    with opened() as cli:
        streams, states = _asked(cli, read)
        if as_json:
            told: list[JsonValue] = [stream_json(one) for one in streams]
            _print_json(cli, {"streams": told, "groups": [group_json(one) for one in states]})
        elif states:
            cli.console.print(groups_table(states))
        else:
            kept = sum(one.length for one in streams)
            cli.console.print(
                f"Nobody takes events yet ({kept} are kept). Groups come with the agents of a "
                "running service: [bold]tend run[/bold]."
            )


@events_app.command(
    epilog=(
        "Examples:  [bold]tend events replay main:tam_escalation:acme:1:1:event[/bold]   ·   "
        "[bold]tend events replay --all --group sales[/bold]   ·   [bold]tend events replay "
        "--stream escalations --group sales --since 2026-03-01 --anew[/bold]"
    )
)
def replay(
    event_ids: Annotated[
        list[str] | None,
        typer.Argument(help="Parked events, as tend events parked shows them.", show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that is parked.")] = False,
    group: Annotated[str, typer.Option(help="Only to this group.")] = "",
    stream: Annotated[
        str, typer.Option(help="Not what is parked, but what was settled of this stream.")
    ] = "",
    since: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="With --stream: from then on, UTC.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=_DAYS, help="With --stream: up to then, UTC.")
    ] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="With --stream: take effect again where handled before.")
    ] = False,
) -> None:
    """Give events to their group again: what is parked, or a stretch of a stream."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.events.replaying import Replayer, Stretch

    if bool(event_ids) + every + bool(stream) != 1:
        raise InvalidInput("say which: ids of events, --all, or --stream NAME; one of the three")
    if not stream and (since or until or anew):
        raise InvalidInput("--since, --until and --anew go with --stream NAME")
    if stream and not group:
        raise InvalidInput("--stream NAME needs --group NAME: who is to be given the events again")
    with opened() as cli:
        stretch = Stretch(stream=stream, since=_utc(since), until=_utc(until))
        by = actor_of(cli.settings, "")

        async def work(desk: EventDesk, hands: EventHands) -> dict[str, int]:
            replayer = Replayer(desk=desk, hands=hands, by=by, clock=cli.clock)
            if stream:
                return {group: await replayer.stretch(stretch, group, anew=anew)}
            return dict(await replayer.parked(event_ids or (), group=group))

        _print_given(cli, _done(cli, work))


@events_app.command(
    epilog=(
        "Examples:  [bold]tend events drop main:tam_escalation:acme:1:1:event "
        '--reason "the account is gone"[/bold]'
    )
)
def drop(
    event_id: Annotated[
        str, typer.Argument(help="A parked event, as tend events parked shows it.")
    ],
    reason: Annotated[str, typer.Option(help="Why it may go; it stands in the audit log.")],
    group: Annotated[str, typer.Option(help="Only where this group has it parked.")] = "",
) -> None:
    """Take a parked event away for good: its group is never given it again."""
    from app.cli.actor import actor_of
    from app.cli.context import opened
    from app.jobs.acts.operations import EventActs

    with opened() as cli:
        by = actor_of(cli.settings, "")

        async def work(desk: EventDesk, hands: EventHands) -> int:
            acts = EventActs(desk=desk, hands=hands, by=by, clock=cli.clock)
            return await acts.drop_named(event_id, group=group, reason=reason)

        many = _done(cli, work)
        cli.console.print(f"Dropped, for {many} {'group' if many == 1 else 'groups'}.")


def _print_given(cli: CliContext, given: dict[str, int]) -> None:
    if not sum(given.values()):
        cli.console.print("Nothing to replay: tend events parked shows what waits.")
    for name, count in given.items():
        noun = "event" if count == 1 else "events"
        cli.console.print(f"{count} {noun} for {name}: given again to whoever takes next.")


def _asked(cli: CliContext, work: Callable[[EventDesk], Coroutine[None, None, T]]) -> T:
    """What the tenant's bus answers."""
    from app.bootstrap import event_desk_of

    async def ask() -> T:
        async with aclosing(event_desk_of(cli.store, cli.settings, cli.tenant)) as desk:
            return await work(desk)

    return asyncio.run(ask())


def _done(cli: CliContext, work: Callable[[EventDesk, EventHands], Coroutine[None, None, T]]) -> T:
    """What comes of changing the events of the tenant's bus."""
    from app.bootstrap import event_hands_of

    return _asked(
        cli, lambda desk: work(desk, event_hands_of(cli.store, cli.settings, cli.tenant, desk))
    )


async def _newest(desk: EventDesk, stream: str, most: int) -> Sequence[StoredEvent]:
    """The newest of one stream or of all, oldest first."""
    names = [stream] if stream else [one.stream for one in await desk.streams()]
    found = [event for name in names for event in await desk.events(name, most=most)]
    return sorted(found, key=lambda event: event.published_at)[-most:]


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _print_json(cli: CliContext, told: dict[str, JsonValue]) -> None:
    cli.console.print_json(json.dumps(told), ensure_ascii=True)
