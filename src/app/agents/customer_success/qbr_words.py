"""A review in a model's words: what is asked for each part, and what comes of the answers.

Figures and tables stay as they were reckoned; where no model's words stand, a review does not
change at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from app.agents.customer_success.narrative import churn_of, risk_points
from app.agents.customer_success.phrases import listed
from app.agents.customer_success.qbr_text import TITLES
from app.agents.customer_success.schemas import QBRContent, QBRSection, QBRWording
from app.domain.dossier import Dossier
from app.ports.writer import Passage

WHY = "why"
MOST_TOLD = 3
"""Reasons told in the notes; the record has them all."""
_NAMES = {**{field: title for title, field in TITLES}, WHY: "Why it is at risk"}
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")


def section_facts(review: QBRContent, title: str, section: QBRSection) -> Mapping[str, str]:
    """What a section's sentences are worded from: ours, its figures, and what comes next."""
    lines = [
        *_SENTENCE.split(section.text),
        *(f"{one.label}: {one.value}" for one in section.metrics),
        *section.points,
    ]
    return {
        "account_id": review.account_id,
        "account_name": review.account_name,
        "title": title,
        "metrics": "\n".join(lines),
    }


def why_facts(dossier: Dossier, review: QBRContent) -> Mapping[str, str] | None:
    """What the notes' own "why" is worded from; None: nothing is at risk."""
    churn = churn_of(dossier)
    points = risk_points(dossier, churn)
    if not points:
        return None
    return {
        "account_id": review.account_id,
        "account_name": review.account_name,
        "churn_level": churn.level.value,
        "reasons": "\n".join(points),
    }


def worded(review: QBRContent, passages: Mapping[str, Passage]) -> QBRContent:
    """The review with these passages, by section's field and `WHY`; the notes tell of it."""
    asked = {part: one for part, one in passages.items() if _is_told(one)}
    if not asked:
        return review
    texts = {
        part: getattr(review, part).model_copy(update={"text": one.text})
        for part, one in asked.items()
        if part != WHY
    }
    notes = review.internal_notes.splitlines()
    told = [*notes[:1], *_why(asked.get(WHY)), *notes[1:], *_said_by(asked), *_refused(asked)]
    return review.model_copy(
        update={
            **texts,
            "internal_notes": "\n".join(told),
            "wording": [
                QBRWording(
                    part=part,
                    worded_by=one.worded_by,
                    confidence=one.confidence,
                    refused=list(one.refused),
                )
                for part, one in asked.items()
            ],
        }
    )


def refused_parts(review: QBRContent) -> list[str]:
    """The parts whose wording by a model was refused, by their titles."""
    return [_NAMES.get(one.part, one.part) for one in review.wording if one.refused]


def _is_told(one: Passage) -> bool:
    return one.worded_by != "template" or bool(one.refused)


def _why(one: Passage | None) -> list[str]:
    return [] if one is None else [f"Why: {line}" for line in one.text.splitlines()]


def _said_by(asked: Mapping[str, Passage]) -> list[str]:
    names = [_NAMES[part] for part, one in asked.items() if not one.refused]
    models = dict.fromkeys(one.worded_by for one in asked.values() if not one.refused)
    return [f"Worded by {listed(list(models))}: {listed(names)}."] if names else []


def _refused(asked: Mapping[str, Passage]) -> list[str]:
    return [
        f"{_NAMES[part]}: our own words stand, since a model's were refused: {_cut(one.refused)}."
        for part, one in asked.items()
        if one.refused
    ]


def _cut(reasons: tuple[str, ...]) -> str:
    more = len(reasons) - MOST_TOLD
    return "; ".join((*reasons[:MOST_TOLD], *((f"and {more} more",) if more > 0 else ())))
