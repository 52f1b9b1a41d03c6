"""Survey answers, as the stories give them."""

from __future__ import annotations

from collections.abc import Iterator

from app.demo.customers import Customer
from app.domain.activity import SurveyResponse


def surveys_of(customer: Customer) -> Iterator[SurveyResponse]:
    """Oldest first; who is well answers with one point more or less now and then."""
    rng = customer.rng("surveys")
    for number, (ago, score) in enumerate(customer.story.nps, start=1):
        wobble = rng.choice((-1, 0, 0, 1)) if score >= 8 else 0
        yield SurveyResponse(
            response_id=f"NPS-{customer.account_id}-{number}",
            account_id=customer.account_id,
            answered_on=customer.calendar.day(ago + rng.randrange(4)),
            score=min(10, score + wobble),
            respondent=rng.choice(customer.people),
        )
