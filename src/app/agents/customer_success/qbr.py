"""A quarterly business review: which period it is for, and its four sections put together.

Once per quarter or contract term; what stands in a section is the section's own affair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal, TypeAlias

from pydantic import JsonValue, ValidationError

from app.agents.customer_success.adoption import adoption_report, recommended
from app.agents.customer_success.expansion import Found, opportunities
from app.agents.customer_success.gate import why_held
from app.agents.customer_success.internal_notes import internal_notes
from app.agents.customer_success.narrative import churn_of
from app.agents.customer_success.phrases import shown
from app.agents.customer_success.review_adoption import adoption_section
from app.agents.customer_success.review_growth import growth_section
from app.agents.customer_success.review_health import health_section
from app.agents.customer_success.review_value import value_section
from app.agents.customer_success.schemas import QBRContent
from app.domain.document import Document, DocumentKind
from app.domain.dossier import Dossier
from app.domain.opportunity import OpportunityState
from app.domain.turns import (
    DAY,
    AccountTurn,
    end_of_term,
    next_quarter,
    quarter_of,
    quarter_start,
)
from app.errors import InvalidInput

Trigger: TypeAlias = Literal["quarterly", "contract_proximity"]

QUARTERLY: Trigger = "quarterly"
BY_CONTRACT: Trigger = "contract_proximity"

_QUARTER = re.compile(r"\d{4}-Q[1-4]", re.ASCII)
_TERM = re.compile(r"\d{4}-\d{2}-\d{2}:.{1,200}", re.ASCII | re.DOTALL)


def period_of(metadata: Mapping[str, JsonValue], dossier: Dossier) -> tuple[str, Trigger]:
    """The period that is asked for, and what triggers it: by its own form, or as told.

    Without a period: this quarter, or the running contract's term. Raises InvalidInput naming what
    is wrong.
    """
    asked, trigger = metadata.get("period"), metadata.get("trigger")
    if trigger not in (None, QUARTERLY, BY_CONTRACT):
        raise InvalidInput(f"metadata.trigger: {QUARTERLY} or {BY_CONTRACT}")
    if asked is None and trigger == BY_CONTRACT:
        term = AccountTurn(account_id=dossier.account_id, contract=dossier.facts.contract).term
        if term is None:
            raise InvalidInput("metadata.trigger: no running contract of this account has an end")
        return term, BY_CONTRACT
    if asked is None:
        return quarter_of(dossier.context.local_day), QUARTERLY
    found = form_of(asked)
    if found is None:
        raise InvalidInput("metadata.period: a quarter such as 2026-Q1, or a contract's term")
    if trigger not in (None, found):
        raise InvalidInput(f"metadata: a period of this form is {found}, not {trigger}")
    return str(asked), found


def form_of(period: JsonValue) -> Trigger | None:
    """What a period of this form is triggered by; None: it is no period."""
    if not isinstance(period, str):
        return None
    if _QUARTER.fullmatch(period):
        return QUARTERLY
    if not _TERM.fullmatch(period):
        return None
    try:
        end_of_term(period)
    except ValueError:
        return None
    return BY_CONTRACT


def refuse_other_times(period: str, day: date) -> None:
    """Raises InvalidInput for a quarter that is neither this one nor next to it.

    A review shows what is known today, so it cannot be made for long ago.
    """
    around = (quarter_of(quarter_start(day) - DAY), quarter_of(day), quarter_of(next_quarter(day)))
    if form_of(period) == QUARTERLY and period not in around:
        raise InvalidInput(
            f"period: there is no review for {period}, and figures of today make one for "
            f"{', '.join(around[:-1])} or {around[-1]} alone"
        )


def period_in_words(period: str) -> str:
    """`2026-Q1`, or `the contract term up to 2027-03-31`."""
    if form_of(period) == BY_CONTRACT:
        return f"the contract term up to {end_of_term(period)}"
    return period


def title_of(account_name: str, period: str) -> str:
    """The review's title."""
    return f"{shown(account_name)}: quarterly business review for {period_in_words(period)}"


def kept_review(dossier: Dossier, period: str) -> QBRContent | None:
    """The period's review as it is kept; None: there is none. Raises InvalidInput."""
    for one in dossier.documents:
        is_it = one.kind is DocumentKind.QBR and one.subject == dossier.account_id
        if is_it and one.key == period:
            return review_of(one)
    return None


def review_of(document: Document) -> QBRContent:
    """The review that a document holds. Raises InvalidInput where it is not in order."""
    try:
        return QBRContent.model_validate(dict(document.body))
    except ValidationError as exc:
        raise InvalidInput(f"{document.title}: the kept review is not in order") from exc


def review(dossier: Dossier, period: str, trigger: Trigger) -> QBRContent:
    """The review of an account, as known now."""
    adoption = adoption_report(dossier)
    held = why_held(dossier)
    return QBRContent(
        account_id=dossier.account_id,
        account_name=shown(dossier.facts.account.name),
        period=period,
        prepared_on=dossier.context.local_day,
        rep_name=shown(dossier.rep.name),
        trigger=trigger,
        account_health_summary=health_section(dossier),
        roi_business_impact=value_section(dossier),
        feature_adoption_scorecard=adoption_section(adoption),
        expansion_next_steps=growth_section(
            dossier, _not_closed(dossier), recommended(adoption), is_held=bool(held)
        ),
        internal_notes=internal_notes(dossier, churn_of(dossier), why_held=held),
    )


def _not_closed(dossier: Dossier) -> list[Found]:
    """Room to grow that nobody has said yes or no to yet."""
    closed = {
        one.opportunity_id for one in dossier.opportunities if one.state is OpportunityState.CLOSED
    }
    return [one for one in opportunities(dossier) if one.opportunity_id not in closed]
