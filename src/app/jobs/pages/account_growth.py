"""Where an account could grow, its reviews and its profile, its renewal and its bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from pydantic import JsonValue

from app.agents.customer_success.qbr import form_of, period_in_words
from app.agents.technical_account_manager.profile import COMPUTED
from app.domain.account import Contract
from app.domain.activity import Invoice
from app.domain.document import Document, DocumentKind
from app.domain.money import Money
from app.domain.opportunity import Opportunity
from app.jobs.pages.account_asked import AccountAsked
from app.jobs.pages.account_header import AccountHeader
from app.ports.store import Unit

MOST_INVOICES = 12
KINDS = (DocumentKind.QBR, DocumentKind.PROFILE)
"""The documents that are opened here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityLine:
    """One opportunity, with what of its payload a rep reads."""

    opportunity: Opportunity
    evidence: str
    talk_track: str
    worth: Money | None
    """Per year; None: it cannot be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLine:
    """One document that can be opened."""

    kind: DocumentKind
    key: str
    title: str
    """Of a review its period, in words."""
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One bill."""

    invoice: Invoice
    amount: Money | None
    overdue_days: int
    """0: it is paid, or not due yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthView:
    """The view."""

    opportunities: tuple[OpportunityLine, ...]
    reviews: tuple[DocumentLine, ...]
    """Newest first."""
    profile: DocumentLine | None
    """None: none is kept yet."""
    opened: DocumentLine | None
    """The document that the address asks for; None: none, or there is none such."""
    is_internal: bool
    """It is asked for with what the customer must not read."""
    contract: Contract | None
    renewal: date | None
    invoices: tuple[InvoiceLine, ...]
    """The unpaid ones first, at most 12."""


def growth_view(unit: Unit, header: AccountHeader, asked: AccountAsked) -> GrowthView:
    """The account's growth, in three statements."""
    kept = unit.documents.of(asked.account_id, KINDS)
    reviews = tuple(
        _line(one, period_in_words(one.key))
        for one in kept
        if one.kind is DocumentKind.QBR and form_of(one.key) is not None
    )
    profiles = [
        _line(one, "Technical relationship profile")
        for one in kept
        if one.kind is DocumentKind.PROFILE and one.key == COMPUTED
    ]
    return GrowthView(
        opportunities=tuple(_found(one, header) for one in unit.opportunities.of(asked.account_id)),
        reviews=reviews,
        profile=profiles[0] if profiles else None,
        opened=_opened(asked, (*reviews, *profiles)),
        is_internal=asked.word("for") == "internal",
        contract=header.contract,
        renewal=header.renewal,
        invoices=tuple(
            _bill(one, asked.today)
            for one in unit.sheet.invoices(asked.account_id, most=MOST_INVOICES)
        ),
    )


def _opened(asked: AccountAsked, kept: Sequence[DocumentLine]) -> DocumentLine | None:
    wanted = (asked.word("document"), asked.word("key"))
    return next((one for one in kept if (one.kind.value, one.key) == wanted), None)


def _line(document: Document, title: str) -> DocumentLine:
    return DocumentLine(
        kind=document.kind,
        key=document.key,
        title=title,
        made_at=document.made_at,
        made_by=document.made_by,
    )


def _found(opportunity: Opportunity, header: AccountHeader) -> OpportunityLine:
    body = opportunity.body
    currency = None if header.contract is None else header.contract.arr_currency
    worth = _amount(body, "estimated_arr_impact")
    return OpportunityLine(
        opportunity=opportunity,
        evidence=" ".join([_text(body, "description"), _text(body, "evidence")]).strip(),
        talk_track=_text(body, "recommended_talk_track"),
        worth=None if worth is None or not currency else Money(amount=worth, currency=currency),
    )


def _text(body: Mapping[str, JsonValue], name: str) -> str:
    """A text; of a list of texts all of them, one after another."""
    value = body.get(name)
    if isinstance(value, list):
        return " ".join(one for one in value if isinstance(one, str))
    return value if isinstance(value, str) else ""


def _amount(body: Mapping[str, JsonValue], name: str) -> Decimal | None:
    value = body.get(name)
    if not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _bill(invoice: Invoice, today: date) -> InvoiceLine:
    late = (today - invoice.due_on).days if invoice.paid_on is None else 0
    return InvoiceLine(
        invoice=invoice,
        amount=Money(amount=invoice.amount, currency=invoice.currency)
        if invoice.amount is not None and invoice.currency is not None
        else None,
        overdue_days=max(late, 0),
    )
