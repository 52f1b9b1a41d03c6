"""Slots of the schedule that were started, on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select

from app.ports.rows import SlotStart
from app.storage.record_tables import slots
from app.storage.repository import Repository, in_lists, own_columns


class SqlSlots(Repository):
    """`Slots` on SQL."""

    def last(self, job: str) -> Mapping[str, str]:
        """The newest slot started of a job, by subject."""
        statement = (
            select(slots.c.subject, func.max(slots.c.slot))
            .where(self._mine(slots), slots.c.job == job)
            .group_by(slots.c.subject)
        )
        return {row[0]: row[1] for row in self._connection.execute(statement)}

    def started(self, slot: SlotStart) -> bool:
        """Remember a start, after its flow was asked for; False: it was remembered already."""
        return self._add(slots, [asdict(slot)]) == 1

    def history(self, *, most: int) -> tuple[SlotStart, ...]:
        """Starts, newest first."""
        statement = (
            select(*own_columns(slots))
            .where(self._mine(slots))
            .order_by(slots.c.started_at.desc(), slots.c.job, slots.c.subject)
            .limit(most)
        )
        return tuple(SlotStart(**row) for row in self._connection.execute(statement).mappings())

    def of_flows(self, flow_ids: Collection[str], *, since: datetime) -> Mapping[str, SlotStart]:
        """The starts since then whose flows these are, by flow id; others are left out."""
        return {
            row["flow_id"]: SlotStart(**row)
            for some in in_lists(flow_ids)
            for row in self._rows(slots, slots.c.started_at >= since, slots.c.flow_id.in_(some))
        }
