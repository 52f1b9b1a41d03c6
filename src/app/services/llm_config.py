"""What settings say of the model: which one, its stand-in, and how much may be spent on them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from app.domain.model_call import ModelBudget, micros_of

Dollars = Annotated[Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class ModelEndpoint(BaseModel):
    """One model."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[a-z0-9_]+/\S+$", max_length=200)
    """Provider and model as litellm names them, such as `anthropic/claude-sonnet-4-5`; a server of
    one's own that speaks OpenAI's dialect: `openai/` and any name."""
    api_key: SecretStr = SecretStr("")
    """Empty: a server that asks for none."""
    api_base: str = ""
    """Where it is; empty: at its provider's own address."""
    usd_per_million_in: Dollars | None = None
    usd_per_million_out: Dollars | None = None
    """Prices per million tokens; None: as litellm's list has them, and 0 where it has none."""

    @field_validator("api_base")
    @classmethod
    def _an_address(cls, address: str) -> str:
        if address and not address.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return address.rstrip("/")


class ModelConfig(BaseModel):
    """The models, and a tenant's bounds. `[model]`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    primary: ModelEndpoint
    fallback: ModelEndpoint | None = None
    """Asked where the primary one cannot be had; None: templates word the text then."""
    timeout_seconds: float = Field(default=60, gt=0, le=600)
    """The longest that one call may take."""
    patience_seconds: float = Field(default=150, gt=0, le=1_800)
    """The longest that one answer may take, waits and further tries included."""
    max_tokens: int = Field(default=2_000, ge=1, le=64_000)
    """The longest answer."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """None: the model's own; several take no other."""
    usd_a_day: Dollars | None = Decimal(5)
    usd_a_month: Dollars | None = Decimal(50)
    calls_a_day: int | None = Field(default=1_000, ge=0)
    calls_a_month: int | None = Field(default=10_000, ge=0)
    """The most that one tenant may spend; None (`"none"` in a file): no bound."""
    keep_answers_days: float = Field(default=30, ge=0, le=3_650)
    """How long an answer is taken again for the same question."""

    @field_validator("usd_a_day", "usd_a_month", "calls_a_day", "calls_a_month", mode="before")
    @classmethod
    def _unbounded(cls, given: Decimal | float | str | None) -> Decimal | float | str | None:
        """TOML has no null."""
        return None if given == "none" else given

    @property
    def endpoints(self) -> tuple[ModelEndpoint, ...]:
        """The models, in the order in which they are asked."""
        return (self.primary,) if self.fallback is None else (self.primary, self.fallback)

    @property
    def budget(self) -> ModelBudget:
        """The tenant's bounds."""
        return ModelBudget(
            day_micros=None if self.usd_a_day is None else micros_of(self.usd_a_day),
            month_micros=None if self.usd_a_month is None else micros_of(self.usd_a_month),
            day_calls=self.calls_a_day,
            month_calls=self.calls_a_month,
        )
