"""What an offer to a customer will say: the thing proposed, in names and figures fit for him."""

from __future__ import annotations

from dataclasses import dataclass

from app.ports.writer import OutreachFacts
from app.services.letter_phrases import fit, fitting, in_words

_NAMED_FEATURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferView:
    """What the template of an offer may use besides the letter's view."""

    kind: str
    """`seats`, `module` or `integration`; empty: nothing in particular."""
    name: str
    """The module, or the application to connect; empty: better not named."""
    uses: str
    """Features in use, at most 3, as a list in words; empty: not known."""
    uses_several: bool
    seats: str
    """Such as `48 of your 50 seats are taken`; empty: not known, or plenty are free."""
    seats_free: bool
    """Some seats are still free, as far as `seats` says."""


def offer_view(facts: OutreachFacts) -> OfferView:
    """Choose what to say of the proposal."""
    proposal, used = facts.proposal, fitting(facts.features_used, _NAMED_FEATURES)
    return OfferView(
        kind=proposal.kind,
        name=fit(proposal.name, 60),
        uses=in_words(used),
        uses_several=len(used) > 1,
        seats=_seats(proposal.seats_used, proposal.seats_purchased),
        seats_free=(proposal.seats_used or 0) < (proposal.seats_purchased or 0),
    )


def _seats(used: int | None, purchased: int | None) -> str:
    if used is None or not purchased or used * 2 < purchased:
        return ""
    if used > purchased:
        return f"{used} people work with {purchased} seats"
    if used == purchased:
        return f"all {purchased} of your seats are taken" if purchased > 1 else "your seat is taken"
    return f"{used} of your {purchased} seats are taken"
