"""A room of a transaction: a repository that is made when it is first entered, and kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection

RepositoryT = TypeVar("RepositoryT")


class Transaction(Protocol):
    """What a room is made of."""

    connection: Connection
    tenant_id: str


class Room(Generic[RepositoryT]):
    """Stands in a transaction's class for the repository that each transaction has of its own."""

    def __init__(self, make: Callable[[Connection, str], RepositoryT]) -> None:
        self._make = make
        self._name = ""

    def __set_name__(self, owner: type[Transaction], name: str) -> None:
        """Take the name under which the class has it."""
        self._name = name

    def __get__(self, unit: Transaction, owner: type[Transaction]) -> RepositoryT:
        """The transaction's own; from now on it stands in the room's place."""
        made = self._make(unit.connection, unit.tenant_id)
        unit.__dict__[self._name] = made
        return made
