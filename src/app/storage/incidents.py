"""Incidents and their revisions on SQL."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import bindparam, func, select

from app.domain.incident import Change, Incident, IncidentKind, IncidentState, Revision
from app.errors import NotFound
from app.ports.rows import Delivery, RecordedRevision
from app.storage.incident_rows import finding_json, recorded
from app.storage.record_tables import incident_revisions, incidents
from app.storage.repository import NewRow, Repository, in_lists

_COUNTED = (Change.RAISED, Change.WORSENED)


class SqlIncidents(Repository):
    """`Incidents` on SQL."""

    def latest(
        self, kinds: Collection[IncidentKind], subjects: Collection[str]
    ) -> Mapping[tuple[IncidentKind, str], Incident]:
        """The newest incident, live or closed, of each kind and subject."""
        found: dict[tuple[IncidentKind, str], Incident] = {}
        for some in in_lists(subjects):
            rows = self._rows(
                incidents,
                incidents.c.kind.in_(list(kinds)),
                incidents.c.subject.in_(some),
                order=(incidents.c.number,),
            )
            found.update(((row["kind"], row["subject"]), Incident(**row)) for row in rows)
        return found

    def live(self, kinds: Collection[IncidentKind] | None = None) -> tuple[Incident, ...]:
        """All live incidents, in order of id."""
        standing = [state for state in IncidentState if state is not IncidentState.CLOSED]
        where = [incidents.c.state.in_(standing)]
        if kinds is not None:
            where.append(incidents.c.kind.in_(list(kinds)))
        rows = self._rows(incidents, *where, order=(incidents.c.incident_id,))
        return tuple(Incident(**row) for row in rows)

    def untold(self) -> tuple[tuple[Incident, Revision], ...]:
        """Open incidents without a loud revision, each with its newest one, in order of id."""
        silent = {
            incident.incident_id: incident
            for incident in self.live()
            if incident.state is IncidentState.OPEN
        }
        newest: dict[str, Revision] = {}
        for some in in_lists(silent):
            rows = self._rows(
                incident_revisions,
                incident_revisions.c.incident_id.in_(some),
                order=(incident_revisions.c.incident_id, incident_revisions.c.revision),
            )
            for revision in (recorded(row).revision for row in rows):
                newest[revision.incident_id] = revision
                if revision.is_loud:
                    silent.pop(revision.incident_id, None)
        return tuple((incident, newest[id_]) for id_, incident in silent.items() if id_ in newest)

    def get(self, incident_id: str) -> Incident:
        """One incident. Raises NotFound."""
        row = self._row(incidents, incidents.c.incident_id == incident_id)
        if row is None:
            raise NotFound(f"there is no incident {incident_id!r}")
        return Incident(**row)

    def raised_counts(
        self, kind: IncidentKind, subjects: Collection[str], *, since: datetime, until: datetime
    ) -> Mapping[str, int]:
        """How many times incidents of the kind were raised or worsened between, per subject.

        Both ends are included; subjects without any are left out.
        """
        found: dict[str, int] = {}
        revisions = incident_revisions.c
        for some in in_lists(subjects):
            statement = (
                select(revisions.subject, func.count())
                .where(
                    self._mine(incident_revisions),
                    revisions.kind == kind,
                    revisions.subject.in_(some),
                    revisions.at.between(since, until),
                    revisions.change.in_(_COUNTED),
                )
                .group_by(revisions.subject)
            )
            found.update((subject, many) for subject, many in self._connection.execute(statement))
        return found

    def save(self, incidents_now: Sequence[Incident]) -> None:
        """Insert or replace incidents by id; of two with one id the later wins."""
        latest = {incident.incident_id: asdict(incident) for incident in incidents_now}
        self._put(incidents, list(latest.values()))

    def add_revisions(self, scan_id: str, revisions: Sequence[Revision]) -> None:
        """Append revisions; one that is there already stays as it is."""
        rows: list[NewRow] = [
            {
                "incident_id": revision.incident_id,
                "revision": revision.revision,
                "kind": revision.finding.kind,
                "subject": revision.finding.subject,
                "change": revision.change,
                "finding": finding_json(revision.finding),
                "at": revision.at,
                "scan_id": scan_id,
                "delivery": "",
                "rep_email": "",
                "told_on": None,
            }
            for revision in revisions
        ]
        self._add(incident_revisions, rows)

    def undelivered(self, scan_id: str) -> tuple[RecordedRevision, ...]:
        """Revisions of the scan whose delivery is not decided yet, in order of id and revision."""
        rows = self._rows(
            incident_revisions,
            incident_revisions.c.scan_id == scan_id,
            incident_revisions.c.delivery == "",
            order=(incident_revisions.c.incident_id, incident_revisions.c.revision),
        )
        return tuple(recorded(row) for row in rows)

    def set_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """Write how each revision is told, once: what was decided stays."""
        if not deliveries:
            return
        told = self._update(
            incident_revisions,
            incident_revisions.c.incident_id == bindparam("of_incident"),
            incident_revisions.c.revision == bindparam("of_revision"),
            incident_revisions.c.delivery == "",
        ).values(
            delivery=bindparam("how"), rep_email=bindparam("to_rep"), told_on=bindparam("on_day")
        )
        rows = [
            {
                "of_incident": one.incident_id,
                "of_revision": one.revision,
                "how": one.delivery,
                "to_rep": one.rep_email,
                "on_day": one.day,
            }
            for one in deliveries
        ]
        self._connection.execute(told, rows)

    def alerts_spent(self, day: date) -> Mapping[str, int]:
        """Alerts given on this local day, per rep."""
        statement = (
            select(incident_revisions.c.rep_email, func.count().label("many"))
            .where(
                self._mine(incident_revisions),
                incident_revisions.c.told_on == day,
                incident_revisions.c.delivery == "alert",
            )
            .group_by(incident_revisions.c.rep_email)
        )
        return {row.rep_email: row.many for row in self._connection.execute(statement)}

    def revisions(self, incident_id: str) -> tuple[RecordedRevision, ...]:
        """The incident's life, in order."""
        rows = self._rows(
            incident_revisions,
            incident_revisions.c.incident_id == incident_id,
            order=(incident_revisions.c.revision,),
        )
        return tuple(recorded(row) for row in rows)
