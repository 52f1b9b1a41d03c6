"""Puts the made-up book into a store. It scans nothing."""

from __future__ import annotations

from app.demo.book import DemoBook
from app.domain.feed import FactKind
from app.ports.store import Unit


def load(unit: Unit, book: DemoBook) -> int:
    """Write the whole book in one transaction; returns how many accounts there are.

    All history goes in at once: the store answers as things were known on each day of a replay.
    """
    unit.tenant.apply_settings(book.settings, at=book.begins_at, by="demo")
    for kind, rows in book.rows.items():
        unit.facts.upsert(kind, rows)
    for feed in book.feeds:
        unit.feeds.save(feed)
    unit.mapping.add_external_ids(book.external_ids)
    return len(book.rows[FactKind.ACCOUNTS])
