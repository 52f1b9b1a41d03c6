"""Which agents there are, found by id, by capability or by tag."""

from __future__ import annotations

from app.agents.base import AgentRegistration, BaseAgent
from app.errors import Conflict, NotFound


class AgentRegistry:
    """The agents of one process, in the order they registered; an id is taken once."""

    def __init__(self) -> None:
        self._agents: dict[str, BaseAgent] = {}

    def register(self, agent: BaseAgent) -> None:
        """Make an agent known. Raises Conflict when its id is taken."""
        agent_id = agent.registration.agent_id
        if agent_id in self._agents:
            raise Conflict(f"an agent {agent_id} is registered already")
        self._agents[agent_id] = agent

    def agent(self, agent_id: str) -> BaseAgent:
        """The agent of this id. Raises NotFound, naming those there are."""
        found = self._agents.get(agent_id)
        if found is None:
            known = ", ".join(sorted(self._agents)) or "none"
            raise NotFound(f"no agent {agent_id}; registered: {known}")
        return found

    def registrations(self) -> tuple[AgentRegistration, ...]:
        """How each is known."""
        return tuple(agent.registration for agent in self._agents.values())

    def with_capability(self, name: str) -> tuple[BaseAgent, ...]:
        """The agents that can do this; empty where none can."""
        return tuple(
            agent
            for agent in self._agents.values()
            if any(capability.name == name for capability in agent.registration.capabilities)
        )

    def with_tag(self, tag: str) -> tuple[BaseAgent, ...]:
        """The agents that carry this tag; empty where none does."""
        return tuple(agent for agent in self._agents.values() if tag in agent.registration.tags)
