"""What an agent is to the rest: its registration and its front door."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from app.agents.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCapability:
    """One thing an agent can do, as a supervisor routes by it."""

    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentRegistration:
    """How an agent is known."""

    agent_id: str
    name: str
    description: str
    capabilities: tuple[AgentCapability, ...] = ()
    backup_agent_id: str | None = None
    """Who takes its tasks when it cannot; None: they wait."""
    tags: tuple[str, ...] = ()
    max_concurrent_tasks: int = 1


class BaseAgent(ABC):
    """An agent behind one front door. Its collaborators are its own, by keyword."""

    def __init__(self, registration: AgentRegistration) -> None:
        self._registration = registration

    @property
    def registration(self) -> AgentRegistration:
        """How this agent is known."""
        return self._registration

    @abstractmethod
    async def execute(
        self, task: Mapping[str, JsonValue], context: Mapping[str, JsonValue]
    ) -> dict[str, JsonValue]:
        """Do a task to its end and return its result, JSON-ready.

        Raises ValueError for a task type it does not know. Any failure that is expected comes
        back in the result instead, with `error`, `confidence="low"` and `partial=True`.
        """


class Planner(Protocol):
    """The deciding half of an agent, as a flow's steps use it: it reads and plans, it acts never.

    Opened for one tenant. Tasks are mappings of the agent's own task shape, checked already.
    """

    @property
    def agent_id(self) -> str:
        """Whose it is."""
        ...

    def wants_scan(self, task: Mapping[str, JsonValue]) -> bool:
        """Whether the accounts are to be scanned first: the plan then reads what was found."""
        ...

    async def accounts_for(self, task: Mapping[str, JsonValue]) -> tuple[str, ...]:
        """The accounts a task without one is about, each to be a task of its own.

        Empty: it is planned as one. Raises AppError.
        """
        ...

    async def plan(self, task: Mapping[str, JsonValue], *, request: str) -> Plan:
        """What a task comes to. `request` tells requests apart that ask for the same.

        Raises AppError when it cannot be planned.
        """
        ...
