"""Which flows are not at their end, found in DBOS's own table by the indexes it keeps for them.

DBOS's own listing sorts by age before it asks for the state: it reads every flow of five weeks to
find the few that run. It is asked for those found here alone, and tells all there is to tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine, NullPool, QueuePool, create_engine, make_url, text

from app.jobs.dbos_database import BUSY_MILLISECONDS, dbos_url
from app.jobs.dbos_rows import FLOW_QUEUE, RETRY_QUEUE
from app.storage.probing import FLOWS_SCHEMA

_FAILED = "status IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')"
_IN_FLIGHT = "status IN ('ENQUEUED', 'PENDING')"
_QUEUES = f"queue_name IN ('{FLOW_QUEUE}', '{RETRY_QUEUE}')"
_STRETCHES = (
    ("status = 'PENDING'", "created_at DESC"),
    # a sum, so that no index on the age alone seems the shorter way
    (f"{_IN_FLIGHT} AND {_QUEUES} AND status = 'ENQUEUED'", "created_at + 0 DESC"),
    ("status = 'DELAYED'", "delay_until_epoch_ms"),
    (f"{_FAILED} AND status = 'ERROR'", "created_at DESC"),
    (f"{_FAILED} AND status = 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'", "created_at DESC"),
)
"""Conditions in the very words of DBOS's partial indexes (its migrations, 3.4), with the order."""
_STRETCH = (
    "SELECT * FROM (SELECT workflow_uuid FROM {table} WHERE {condition} AND {is_own} "
    "ORDER BY {order} LIMIT :most) AS stretch{number}"
)


@dataclass(frozen=True, slots=True)
class FlowLooks:
    """Looks for flows of one address. Close it when done; it may be used again."""

    url: str
    _engine: Engine = field(init=False, repr=False)
    _schema: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        is_postgres = make_url(self.url).get_backend_name() == "postgresql"
        waits = {} if is_postgres else {"timeout": BUSY_MILLISECONDS / 1000}
        engine = create_engine(
            dbos_url(self.url),
            poolclass=QueuePool if is_postgres else NullPool,
            connect_args=waits,
            **({"pool_size": 1} if is_postgres else {}),
        )
        object.__setattr__(self, "_engine", engine)
        object.__setattr__(self, "_schema", f"{FLOWS_SCHEMA}." if is_postgres else "")

    def unsettled(self, tenant_id: str, most: int) -> list[str]:
        """The ids of a tenant's flows that have not ended well, at most so many of each state.

        Those that wait for a moment: the first to begin; of the others the newest.
        """
        prefix = f"{tenant_id}:"
        table = f"{self._schema}workflow_status"
        is_own = f"substr(workflow_uuid, 1, {len(prefix)}) = :prefix"
        stretches = " UNION ALL ".join(
            _STRETCH.format(
                table=table, condition=condition, is_own=is_own, order=order, number=number
            )
            for number, (condition, order) in enumerate(_STRETCHES)
        )
        with self._engine.connect() as connection:
            return [*connection.scalars(text(stretches), {"prefix": prefix, "most": most})]

    def close(self) -> None:
        """Close its connections."""
        self._engine.dispose()
