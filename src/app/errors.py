"""Every error Tend raises on purpose. It knows kinds and messages, not who catches them."""

from __future__ import annotations


class AppError(Exception):
    """The root: anything below it is expected and has a message fit for a person."""


class ConfigurationError(AppError):
    """Raised at start only; the message names the setting to mend."""


class InvalidInput(AppError):
    """The caller's turn: what came in cannot be used as it is. Never retried."""


class NotFound(AppError):
    """The caller named something that is not there. Never retried."""


class Conflict(AppError):
    """What is asked contradicts what is recorded already. Never retried."""


class CrossTenant(AppError):
    """Somebody reached for what another tenant owns. Never retried, never answered."""


class FlowFailed(AppError):
    """A flow ended in an error; what it had to do may be asked for again under another id."""


class HandoffRefused(AppError):
    """A handoff failed its validation: an expected outcome, with all its reasons."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class AnswerRefused(AppError):
    """A model's answer is not in order, asked again or not: an expected outcome, with reasons."""

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class ServiceError(AppError):
    """A remote system or a local sink failed while `operation` was under way."""

    def __init__(self, system: str, operation: str, message: str) -> None:
        super().__init__(f"{system}: {operation}: {message}")
        self.system = system
        self.operation = operation


class TransientServiceError(ServiceError):
    """Worth another try; `retry_after` (seconds) is the server's own wait, where it gave one."""

    def __init__(
        self, system: str, operation: str, message: str, *, retry_after: float | None = None
    ) -> None:
        super().__init__(system, operation, message)
        self.retry_after = retry_after


class PermanentServiceError(ServiceError):
    """Trying again as it is cannot help."""


class AccessExpired(PermanentServiceError):
    """The remote refuses our key: nothing goes through until a person mends it."""


class RemoteRefused(PermanentServiceError):
    """The remote understood and said no; `status` is its answer's code."""

    def __init__(self, system: str, operation: str, message: str, *, status: int) -> None:
        super().__init__(system, operation, message)
        self.status = status


class BudgetSpent(ServiceError):
    """The tenant's own budget has no room for this call: nothing is asked until it has."""
