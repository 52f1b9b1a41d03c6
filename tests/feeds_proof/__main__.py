"""`make prove-feeds`: tickets through faults and kills, heartbeats by HTTP; counted.

Writes `build/proofs/feeds.json`; a broken promise ends with 1.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pydantic import JsonValue
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.http import SECONDS, killed, measure, prepared
from tests.feeds_proof.syncing import WHOLE, synced
from tests.servers.jira.server import real_issues

PROOF = Path("build/proofs/feeds.json")
PAGES = Path("../shared/jira/pages_v2")
ZEROS = ("difference_at_end", "lost")

console = Console()


def heartbeats() -> Mapping[str, JsonValue]:
    """Heartbeats by the door next to a bare endpoint, and across a kill."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        figures = dict(measure(Path(first), prepared(Path(first)), SECONDS))
        answered, lost = killed(Path(second), prepared(Path(second)), SECONDS)
    return {**figures, "answered_around_a_kill": answered, "lost": lost}


def broken_by(figures: Mapping[str, JsonValue]) -> list[str]:
    """Which promises these figures break."""
    broken = [f"{name}: {figures[name]}" for name in ZEROS if figures[name]]
    if figures["issues_stored"] != figures["issues_served"]:
        broken.append("issues_stored: they are not as many as were served")
    if figures["kills"] != WHOLE.kills or not (
        figures["faults_injected"] and figures["kills_between_pages"]
    ):
        broken.append("too little went wrong for the figures to say anything")
    return broken


def main(arguments: list[str]) -> int:
    """Run both, print the figures, write the proof; 1 when a promise is broken."""
    pages = Path(arguments[0]) if arguments else PAGES
    if not pages.is_dir():
        console.print(Text(f"no issues in {pages}: say where with ISSUES=…", "red"))
        return 2
    figures = {**synced(real_issues(pages), WHOLE), **heartbeats()}
    table = Table("figure", "")
    for name, number in figures.items():
        table.add_row(name, str(number))
    console.print(table)
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    PROOF.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    broken = broken_by(figures)
    for promise in broken:
        console.print(Text(f"broken: {promise}", "red"))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
