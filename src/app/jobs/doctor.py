"""What is wrong with a set-up, what it means and what mends it: a list of small pure checks.

Each check takes the facts and yields its findings. What it needs is looked up elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from app.jobs import book_checks as book
from app.jobs import machine_checks as machine
from app.jobs import notion_checks
from app.jobs.findings import Facts, Finding

Check = Callable[[Facts], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    machine.data_folder,
    machine.disk_space,
    machine.store,
    machine.clock,
    machine.service,
    machine.systems,
    notion_checks.notion,
    book.alerts,
    book.owners,
    book.reps,
    book.time_zone,
    book.feeds,
    book.channels,
    machine.flows,
    book.parked,
)


def examine(facts: Facts) -> tuple[Finding, ...]:
    """Every finding, in the order in which a person should read them."""
    return tuple(chain.from_iterable(check(facts) for check in CHECKS))
