"""What a rep should look at again in their own words: told, never refused.

It is held against what is known of the account now, and against the words that stood before: what
was in those already is not told again.
"""

from __future__ import annotations

from datetime import datetime

from app.domain.draft import Draft
from app.errors import NotFound
from app.jobs.flows.wording import account_facts
from app.ports.store import Unit
from app.services.writing import NOTHING_BESIDES, LettersConfig
from app.words.checks import warnings_of
from app.words.given import Given, given_of
from app.words.refusal import Refusal


def warnings_of_edit(
    unit: Unit,
    before: Draft,
    after: Draft,
    now: datetime,
    *,
    besides: LettersConfig = NOTHING_BESIDES,
) -> tuple[str, ...]:
    """What the new words say and nothing that we know bears out, each in a line for the rep.

    `besides`: what the tenant's letters may say anyway.
    """
    try:
        facts = account_facts(unit, after.account_id, after.rep_email, now)
    except NotFound as exc:
        return (f"nothing was checked: {exc}",)
    given = given_of(facts, hosts=besides.hosts, names=besides.names, promises=besides.promises)
    told = {_about(one) for one in _found(before, given)}
    return tuple(str(one) for one in _found(after, given) if _about(one) not in told)


def _found(draft: Draft, given: Given) -> tuple[Refusal, ...]:
    return warnings_of(
        subject=draft.subject,
        body_text=draft.body_text,
        body_html=draft.body_html,
        to=draft.to,
        given=given,
    )


def _about(one: Refusal) -> tuple[str, str]:
    return (one.check.value, one.reason)
