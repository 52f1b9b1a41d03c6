"""The databases' own errors in our words. It knows which may pass by themselves, not why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from app.errors import PermanentServiceError, TransientServiceError


@contextmanager
def translated(operation: str) -> Iterator[None]:
    """The database's own errors, as ours."""
    try:
        yield
    except OperationalError as exc:
        raise TransientServiceError("store", operation, first_line(exc)) from exc
    except DBAPIError as exc:
        raise PermanentServiceError("store", operation, first_line(exc)) from exc


def first_line(exc: DBAPIError) -> str:
    """What the database said, without the statement."""
    return str(exc.orig).strip().splitlines()[0]
