"""The agents as a person looks at them: capabilities, tasks, the ways of handoffs, their graphs."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import JsonValue
from rich.console import Console
from rich.text import Text

from app.agents.base import AgentRegistration
from app.agents.customer_success.capabilities import create_csm_registration
from app.agents.routing import TASKS_OF
from app.agents.sales.capabilities import create_sales_registration
from app.agents.technical_account_manager.capabilities import create_tam_registration
from app.handoffs.routes import EDGES, STRICTNESS


def registrations() -> tuple[AgentRegistration, ...]:
    """The built-in agents, in the order that people know them by."""
    return (create_tam_registration(), create_csm_registration(), create_sales_registration())


def print_agents(console: Console) -> None:
    """Print every agent, then who hands what to whom."""
    for one in registrations():
        console.print(Text.assemble((one.name, "bold"), (f"  {one.agent_id}", "dim")))
        console.print(Text(one.description))
        for capability in one.capabilities:
            console.print(
                Text.assemble(f"  {capability.name}", (f"  {capability.description}", "dim"))
            )
        console.print(Text("  Tasks: ", "dim") + Text(", ".join(TASKS_OF[one.agent_id])))
        console.print()
    console.print(Text("Who hands what to whom", "bold"))
    for edge in EDGES:
        types = ", ".join(f"{name} ({STRICTNESS.get_strictness(name)})" for name in edge.takes)
        console.print(Text(f"  {edge.source} → {edge.target}: {types}"))
    console.print(
        "\n[bold]tend task TYPE --account A[/bold] has one done; [bold]tend agents --graph[/bold] "
        "draws how each decides."
    )


def agents_json() -> dict[str, JsonValue]:
    """The same for programs."""
    return {
        "agents": [
            {
                "agent_id": one.agent_id,
                "name": one.name,
                "description": one.description,
                "capabilities": [
                    {"name": two.name, "description": two.description} for two in one.capabilities
                ],
                "tags": list(one.tags),
                "task_types": list(TASKS_OF[one.agent_id]),
            }
            for one in registrations()
        ],
        "edges": [
            {
                "source": edge.source,
                "target": edge.target,
                "handoffs": [
                    {"type": name, "strictness": STRICTNESS.get_strictness(name).value}
                    for name in edge.takes
                ],
            }
            for edge in EDGES
        ],
    }


def graphs() -> Iterator[tuple[str, str]]:
    """Title and Mermaid text: the handoffs, the supervisor's graph, and each agent's."""
    from app.agents.customer_success.agent import build_graph as csm_graph
    from app.agents.sales.agent import build_graph as sales_graph
    from app.agents.supervisor import build_graph as supervisor_graph
    from app.agents.technical_account_manager.agent import build_graph as tam_graph

    tam, csm, sales = registrations()
    yield "Handoffs", _handoffs()
    everybody = tuple(one.agent_id for one in registrations())
    yield "Supervisor", supervisor_graph(everybody).get_graph().draw_mermaid()
    yield tam.name, tam_graph().get_graph().draw_mermaid()
    yield csm.name, csm_graph().get_graph().draw_mermaid()
    yield sales.name, sales_graph().get_graph().draw_mermaid()


def _handoffs() -> str:
    ways = (
        f"\t{edge.source} -- {name} --> {edge.target};" for edge in EDGES for name in edge.takes
    )
    return "\n".join(("graph LR;", *ways, ""))
