"""Graphs run untraced: what they read and write stays in this process.

The graph library would send every run to a tracing service when an environment variable says so.
"""

from __future__ import annotations

import os

_SWITCHES = (
    "LANGSMITH_TRACING",
    "LANGSMITH_TRACING_V2",
    "LANGCHAIN_TRACING",
    "LANGCHAIN_TRACING_V2",
)


def forbid_tracing() -> None:
    """Switch tracing off for this process, whatever the environment says.

    To be called before the graph library is imported, wherever a graph is built.
    """
    for switch in _SWITCHES:
        os.environ[switch] = "false"
