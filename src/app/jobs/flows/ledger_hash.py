"""A ledger's hash: the same hash, the same reasons for the same points.

Measured values may move on without it: they are no reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from app.domain.assessment import LedgerRow
from app.domain.band import Band


def ledger_hash(band: Band, ledger: Sequence[LedgerRow]) -> str:
    """16 hex digits over band, factors, points, reasons and sources; running ages are left out."""
    spelled = "\n".join(
        f"{row.factor}|{row.points}|{row.points_lost}|{row.reason}|{','.join(row.sources)}"
        for row in ledger
    )
    return blake2b(f"{band}\n{spelled}".encode(), digest_size=8).hexdigest()
