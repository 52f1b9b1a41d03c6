"""`make prove-notion`: how far the test server may be believed, and what Tend does on it, counted.

Figures are added to `build/proofs/notion.json`; a broken promise ends with 1.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import structlog
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.notion_proof.faults import faults
from tests.notion_proof.figures import replayed
from tests.notion_proof.scan_cost import scan_costs
from tests.servers.notion.conformity import TALLY
from tests.servers.notion.shapes import Json

PROOF = Path("build/proofs/notion.json")
RECORDED = Path("../shared/notion/recorded")
FEWEST = 600
"""Derived answers: fewer would say little."""
MOST_OVER = 10
"""Requests of a scan over its floor."""
LEAST_SHARE = 0.95
"""Of the derived answers must agree."""
_MOST_SHOWN = 30

console = Console()

PARTS: tuple[Callable[[Path], Json], ...] = (replayed, scan_costs, faults)
"""Each takes the folder of recordings and gives figures; their names are distinct."""


def unlike_recorded(figures: Json) -> list[str]:
    """Which promises of the replay these figures break."""
    derived, agree = figures["derived"], figures["derived_agree"]
    broken = [f"derived: {derived} are fewer than {FEWEST}"] if derived < FEWEST else []
    if agree < LEAST_SHARE * derived:
        broken.append(f"derived_agree: {agree} of {derived} are less than {LEAST_SHARE:.0%}")
    return broken


def broken_by(figures: Json) -> list[str]:
    """Which promises these figures break."""
    broken = unlike_recorded(figures)
    scan, met = figures["scan"], figures["faults"]
    if scan["requests"] > scan["floor"] + MOST_OVER:
        broken.append(f"scan: {scan['requests']} requests, the floor is {scan['floor']}")
    zeros = {
        "lost": met["lost"],
        "doubled": met["doubled"],
        "rewrite_noop_writes": figures["rewrite_noop_writes"],
        "schema_violations": figures["schema_violations"],
    }
    broken += [f"{name}: {count}" for name, count in zeros.items() if count]
    said = figures["faults_story"]["messages_on_revocation"]
    if said != 1:
        broken.append(f"a revoked token was told of {said} times")
    return broken


def show(figures: Json) -> None:
    """The numbers, and what does not agree."""
    table = Table("figure", "")
    for name, number in figures.items():
        if isinstance(number, int):
            table.add_row(name, str(number))
        elif isinstance(number, dict) and all(isinstance(part, int) for part in number.values()):
            table.add_row(name, ", ".join(f"{part} {count}" for part, count in number.items()))
    console.print(table)
    for told in (*figures["faults_told"]["lost"], *figures["faults_told"]["doubled"]):
        console.print(Text(told, "red"))
    for violation in TALLY.violations[:_MOST_SHOWN]:
        console.print(Text(violation, "red"))
    rest = [told for told in figures["disagreeing"] if told["counted_as"] == "derived"]
    for told in rest[:_MOST_SHOWN]:
        console.print(Text(f"{told['place']} {told['asked']}: {told['reason']}", "yellow"))


def main(arguments: list[str]) -> int:
    """Run every part, print the figures, write the proof; 1 when a promise is broken."""
    recorded = Path(arguments[0]) if arguments else RECORDED
    if not recorded.is_dir():
        console.print(Text(f"no recordings in {recorded}: say where with RECORDED=…", "red"))
        return 2
    figures: Json = {}
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(nowhere))
        for part in PARTS:
            console.print(Text(f"{part.__name__} …", "dim"))
            figures.update(part(recorded))
    figures["schema_violations"] = len(TALLY.violations)
    figures["requests_checked"] = TALLY.checked
    show(figures)
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(PROOF.read_text(encoding="utf-8")) if PROOF.is_file() else {}
    PROOF.write_text(
        json.dumps({**before, **figures}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    broken = broken_by(figures)
    for promise in broken:
        console.print(Text(f"broken: {promise}", "red"))
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
