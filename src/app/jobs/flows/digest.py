"""A ledger's digest: same digest, same explanation. Ages in words do not count."""

from __future__ import annotations

from hashlib import blake2b

from app.domain.assessment import Assessment


def ledger_digest(assessment: Assessment) -> str:
    """16 hex digits over factors, points and sources; ages and wording are left out."""
    spelled = "\n".join(
        f"{row.factor}|{row.points}|{row.points_lost}|{','.join(row.sources)}"
        for row in assessment.ledger
    )
    return blake2b(f"{assessment.band}\n{spelled}".encode(), digest_size=8).hexdigest()
