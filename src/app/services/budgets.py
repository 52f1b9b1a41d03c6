"""The budgets of the systems Tend calls: defaults with their source, and what settings change.

It counts nothing; the limiters do.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from app.errors import ConfigurationError
from app.ports.limits import Budget
from app.settings import LimitSetting

DEFAULT_BUDGETS: Mapping[str, Budget] = MappingProxyType(
    {
        # 180 a minute and connection, spendable at once; 600 on Business and Enterprise
        # (developers.notion.com/reference/request-limits).
        "notion": Budget(calls=180, per_seconds=60, burst=10),
        # 100 a second and endpoint for reads, 50 for writes (developer.atlassian.com); a book's
        # feed has no need of more than a tenth.
        "jira": Budget(calls=10, per_seconds=1),
        # Limits by the minute that Kayako does not publish.
        "kayako": Budget(calls=60, per_seconds=60),
        # One's own server, mostly an old one; it limits nobody.
        "kayako-classic": Budget(calls=60, per_seconds=60, burst=5),
        # 10 a minute for the incremental exports (developer.zendesk.com, rate limits).
        "zendesk": Budget(calls=10, per_seconds=60),
        # 250 units a user and second, a draft costs 10 (developers.google.com, Gmail's quota).
        "gmail": Budget(calls=10, per_seconds=1),
        # One message a second into a space (developers.google.com, Chat's usage limits).
        "chat": Budget(calls=1, per_seconds=1),
        # Mail servers and notifiers publish no figure; one call a second offends none.
        "imap": Budget(calls=5, per_seconds=1),
        "email": Budget(calls=1, per_seconds=1),
        "apprise": Budget(calls=1, per_seconds=1),
        # A model's provider counts by account: this is one tenant's share.
        "llm": Budget(calls=60, per_seconds=60, burst=5),
        "llm-fallback": Budget(calls=60, per_seconds=60, burst=5),
    }
)

OTHER_BUDGET = Budget(calls=1, per_seconds=1)
"""For a system that has no budget of its own."""


def budget_of(budgets: Mapping[str, Budget], system: str) -> Budget:
    """The budget of this system."""
    return budgets.get(system, OTHER_BUDGET)


def budgets_of(limits: Mapping[str, LimitSetting]) -> Mapping[str, Budget]:
    """The defaults, with what settings say of some of them; figures left out stay as they are.

    Raises ConfigurationError naming TEND_LIMITS and the system.
    """
    budgets = dict(DEFAULT_BUDGETS)
    for system, given in limits.items():
        if system not in budgets:
            known = ", ".join(sorted(budgets))
            raise ConfigurationError(f"TEND_LIMITS: {system!r} is no system; there are {known}")
        budgets[system] = _changed(system, budgets[system], given)
    return MappingProxyType(budgets)


def _changed(system: str, budget: Budget, given: LimitSetting) -> Budget:
    calls = budget.calls if given.calls is None else given.calls
    try:
        return Budget(
            calls=calls,
            per_seconds=budget.per_seconds if given.per_seconds is None else given.per_seconds,
            burst=min(budget.burst, calls) if given.burst is None else given.burst,
        )
    except ValueError as exc:
        raise ConfigurationError(f"TEND_LIMITS: {system}: {exc}") from exc
