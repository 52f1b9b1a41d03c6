"""Accounts as the CRM has them, and the people we know there."""

from __future__ import annotations

from app.demo.customers import Customer
from app.demo.names import address
from app.demo.product import SOURCES, SURROUNDINGS
from app.demo.reps import rep_email
from app.domain.account import Account, Stakeholder, TechnicalMaturity

_ROLES = (
    ("Head of Data Platform", TechnicalMaturity.HIGH),
    ("Operations Director", TechnicalMaturity.LOW),
    ("IT Manager", TechnicalMaturity.MEDIUM),
    ("Integration Engineer", TechnicalMaturity.HIGH),
    ("Finance Systems Lead", TechnicalMaturity.MEDIUM),
    ("Business Analyst", None),
    ("VP Operations", TechnicalMaturity.LOW),
    ("Solutions Architect", TechnicalMaturity.HIGH),
)
"""Roles with their technical maturity as a rep set it; None: nobody has."""
_NEAR_RENEWAL = 60
_NEARLY_FULL = 0.95
_WITH_UNCONNECTED = 0.2


def account_of(customer: Customer) -> Account:
    """The account's row."""
    company = customer.company
    rng = customer.rng("account")
    return Account(
        account_id=customer.account_id,
        name=company.name,
        owner_email=rep_email(company.rep) if company.rep else None,
        segment=company.segment,
        domains=(customer.domain,),
        features=customer.features,
        integrations=customer.connections,
        environment=(*rng.sample(SURROUNDINGS, rng.randrange(2, 5)), *_unconnected(customer)),
        customer_since=customer.calendar.day(customer.since),
        deal_stage=_stage(customer),
        notes=f"{company.industry}, {company.country}. {customer.note}".strip(),
    )


def _unconnected(customer: Customer) -> tuple[str, ...]:
    """For every fifth customer or so: a system in use there that the product could read from."""
    rng = customer.rng("unconnected")
    rest = [name for name in SOURCES if name not in customer.connections]
    return (rng.choice(rest),) if rng.random() < _WITH_UNCONNECTED else ()


def stakeholders_of(customer: Customer) -> tuple[Stakeholder, ...]:
    """Its people, the most important first."""
    roles = customer.rng("roles").sample(_ROLES, len(customer.people))
    return tuple(
        Stakeholder(
            account_id=customer.account_id,
            email=address(name, customer.domain),
            name=name,
            role=role,
            technical_maturity=maturity,
            is_primary=place == 0,
        )
        for place, (name, (role, maturity)) in enumerate(zip(customer.people, roles, strict=True))
    )


def _stage(customer: Customer) -> str:
    if customer.renewal_in < 0:
        return "Closed lost"
    if customer.renewal_in <= _NEAR_RENEWAL:
        return "Renewal: negotiation"
    return "Expansion: proposal" if customer.story.seats_share >= _NEARLY_FULL else "Customer"
