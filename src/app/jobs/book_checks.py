"""The doctor's checks of a tenant's book and of its ways out: pure, over the facts it is given."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.domain.effect import ParkReason
from app.domain.feed import FeedState
from app.jobs.findings import Facts, Finding, ok, warning, wrong

NAMED = 3
"""How many of a kind are named."""

PARKED = {
    ParkReason.ACCESS: ("for access", "renew it; the next tend doctor releases what waits"),
    ParkReason.REFUSED: ("because it was refused", "tend runs says why, tend runs release KEY"),
    ParkReason.TIRED: ("after days of trying", "tend runs says why, tend runs release KEY"),
}
"""What each reason means and what mends it."""


def alerts(facts: Facts) -> Iterator[Finding]:
    """Whether anybody is told."""
    if facts.book is None:
        return
    since = facts.book.live_since
    if since is None:
        says = "they have not begun: every scan is a baseline that tells nobody"
        yield warning("alerts", says, "tend go-live")
    else:
        yield ok("alerts", f"on since {since:%Y-%m-%d %H:%M} UTC")


def owners(facts: Facts) -> Iterator[Finding]:
    """Whether each account has somebody who is told of it."""
    book = facts.book
    if book is None or not book.accounts:
        return
    default = book.settings.settings.default_owner
    some = f"{book.unowned} of {book.accounts} active accounts"
    if not book.unowned:
        yield ok("owners", "every active account has one")
    elif default:
        yield ok("owners", f"{some} without one go to the default owner, {default}")
    else:
        judged = warning if book.live_since is None else wrong
        yield judged(
            "owners",
            f"{some} without one, and no default owner: nobody is told of them",
            "set default_owner (tend settings apply FILE), or bring owner_email with tend import",
        )


def reps(facts: Facts) -> Iterator[Finding]:
    """Whether those who are told are known by name."""
    if facts.book is None or not facts.book.strangers:
        return
    strangers = facts.book.strangers
    more = f" and {len(strangers) - NAMED} more" if len(strangers) > NAMED else ""
    yield warning(
        "reps",
        f"not known by name: {', '.join(strangers[:NAMED])}{more}; letters are signed with the "
        "beginning of the address",
        "bring them with tend import (reps.csv: email, name)",
    )


def time_zone(facts: Facts) -> Iterator[Finding]:
    """Whether days begin when the tenant's do."""
    if facts.book is None:
        return
    zone, version = facts.book.settings.settings.zone, facts.book.settings.version
    try:
        local = facts.now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        yield wrong("time zone", f"{zone!r} is not known here", "pip install tzdata")
        return
    says = f"{zone}: it is {local:%H:%M} on {local:%Y-%m-%d}"
    if version == 0:
        mend = "set zone (tend settings apply FILE)"
        yield warning("time zone", f"{says}; nobody has chosen it, and days begin by it", mend)
    else:
        yield ok("time zone", says)


def feeds(facts: Facts) -> Iterator[Finding]:
    """Whether facts come in."""
    if facts.book is None:
        return
    if not facts.book.feeds:
        says = "none has delivered yet: there is nothing to score"
        yield warning("feeds", says, "tend import DIR")
        return
    troubled = 0
    for feed in facts.book.feeds:
        trouble = feed.trouble(facts.now)
        if trouble is None:
            continue
        troubled += 1
        judged = wrong if feed.state(facts.now) is FeedState.FAILED else warning
        says = f"{trouble} (its accounts keep their last score)"
        yield judged("feeds", says, "have it deliver again; tend feeds shows all")
    if not troubled:
        yield ok("feeds", f"fresh: {len(facts.book.feeds)}")


def channels(facts: Facts) -> Iterator[Finding]:
    """Whether each way out is open, and what was released because it is again."""
    if facts.book is None:
        return
    for kind, trouble in facts.book.channels.items():
        about = f"channel {kind}"
        count = facts.book.released.get(kind, 0)
        if trouble:
            yield wrong(about, trouble, "mend what it says; what is owed waits and is not lost")
        elif count:
            yield ok(about, f"works again; effects released: {count}")
        else:
            yield ok(about, "works")


def parked(facts: Facts) -> Iterator[Finding]:
    """What waits for a person."""
    if facts.book is None:
        return
    found = {reason: count for reason, count in facts.book.parked.items() if count}
    for reason, count in found.items():
        means, mend = PARKED[reason]
        yield warning("parked", f"{count} {means}", mend)
    if not found:
        yield ok("parked", "no effect waits for a person")
