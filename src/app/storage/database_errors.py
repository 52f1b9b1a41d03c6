"""The databases' own errors in our words. It knows which may pass by themselves, not why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from app.errors import PermanentServiceError, ServiceError, TransientServiceError


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """The database's own errors, as ours."""
    try:
        yield
    except DBAPIError as exc:
        is_passing = isinstance(exc, OperationalError)
        raise from_driver(operation, exc.orig or exc, is_passing=is_passing) from exc


def from_driver(operation: str, exc: BaseException, *, is_passing: bool) -> ServiceError:
    """What the driver raised, as ours; `is_passing`: it may pass by itself."""
    kind = TransientServiceError if is_passing else PermanentServiceError
    return kind("store", operation, first_line(exc))


def first_line(exc: BaseException) -> str:
    """What the database said, in short."""
    return str(exc).strip().partition("\n")[0]
