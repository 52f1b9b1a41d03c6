"""What a rep says of an account's relationship profile: checked strictly, and kept by itself.

It stands beside what is computed and is never overwritten by it; a later word takes the place of an
earlier one about the same thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal, TypeAlias, TypeVar

from pydantic import Field, JsonValue, ValidationError

from app.agents.technical_account_manager.announcements import Title, wrong_fields
from app.agents.technical_account_manager.matching import key_of
from app.agents.technical_account_manager.schemas import CoDevOpportunity, IntegrationStatus
from app.domain.account import Stakeholder, TechnicalMaturity
from app.errors import InvalidInput
from app.handoffs.edge import Shape

OneT = TypeVar("OneT")

SETTABLE = (
    "stakeholders",
    "integrations",
    "feature_adoption",
    "customer_environment",
    "co_dev_opportunities",
    "roadmap_alignment_notes",
)
"""The fields of a profile that are a rep's to set; the others are computed."""


class StakeholderWord(Shape):
    """What a rep says of a person; what is left out stays as it is."""

    name: Title
    role: str | None = None
    technical_maturity: TechnicalMaturity | None = None
    notes: str | None = None
    instead_of: TechnicalMaturity | None = None
    """The level that was set by hand elsewhere when this was said: where that changes later, the
    later word wins."""


class FeatureWord(Shape):
    """What a rep says of a feature's use."""

    feature_name: Title
    adopted: bool
    source: Literal["manual"] = "manual"


Stakeholders: TypeAlias = list[StakeholderWord]


class ProfileWords(Shape):
    """All that reps have said of one account's profile."""

    stakeholders: Stakeholders = Field(default_factory=list)
    integrations: list[IntegrationStatus] = Field(default_factory=list)
    feature_adoption: list[FeatureWord] = Field(default_factory=list)
    customer_environment: list[Title] = Field(default_factory=list)
    co_dev_opportunities: list[CoDevOpportunity] = Field(default_factory=list)
    roadmap_alignment_notes: list[Title] = Field(default_factory=list)

    def then(self, later: ProfileWords) -> ProfileWords:
        """These words with later ones over them; what a later one leaves out stays."""
        return ProfileWords(
            stakeholders=_over(self.stakeholders, later.stakeholders, _person, _amended),
            integrations=_over(
                self.integrations, later.integrations, lambda one: one.integration_name
            ),
            feature_adoption=_over(
                self.feature_adoption, later.feature_adoption, lambda one: one.feature_name
            ),
            customer_environment=_over(self.customer_environment, later.customer_environment, str),
            co_dev_opportunities=_over(
                self.co_dev_opportunities,
                later.co_dev_opportunities,
                lambda one: one.opportunity_name,
            ),
            roadmap_alignment_notes=_over(
                self.roadmap_alignment_notes, later.roadmap_alignment_notes, str
            ),
        )


def words_of(updates: Mapping[str, JsonValue], people: Sequence[Stakeholder]) -> ProfileWords:
    """What an update says. Raises InvalidInput naming every field that is unknown or wrong."""
    unknown = sorted(updates.keys() - set(SETTABLE))
    wrong = [
        f"profile_updates.{name}: cannot be set; may be: {', '.join(SETTABLE)}" for name in unknown
    ]
    try:
        said = ProfileWords.model_validate(
            {name: value for name, value in updates.items() if name in SETTABLE}
        )
    except ValidationError as exc:
        wrong.extend(wrong_fields(exc, "profile_updates"))
        raise InvalidInput("\n".join(wrong)) from exc
    if wrong:
        raise InvalidInput("\n".join(wrong))
    told = {key_of(person.name): person.technical_maturity for person in people}
    return said.model_copy(
        update={
            "stakeholders": [
                one.model_copy(update={"instead_of": told.get(key_of(one.name))})
                for one in said.stakeholders
            ]
        }
    )


def _over(
    earlier: Sequence[OneT],
    later: Sequence[OneT],
    name_of: Callable[[OneT], str],
    amended: Callable[[OneT, OneT], OneT] = lambda _, late: late,
) -> list[OneT]:
    kept = {key_of(name_of(one)) or name_of(one): one for one in earlier}
    for one in later:
        key = key_of(name_of(one)) or name_of(one)
        kept[key] = amended(kept[key], one) if key in kept else one
    return list(kept.values())


def _person(one: StakeholderWord) -> str:
    return one.name


def _amended(earlier: StakeholderWord, later: StakeholderWord) -> StakeholderWord:
    said = later.model_dump(exclude_none=True)
    if later.technical_maturity is not None:
        said["instead_of"] = later.instead_of
    else:
        said.pop("instead_of", None)
    return StakeholderWord.model_validate({**earlier.model_dump(), **said})
