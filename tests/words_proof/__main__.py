"""`make prove-words`: what the checks refuse and what they let pass, counted.

Each part adds its figures to `build/proofs/words.json`; a broken promise ends with 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.injection.figures import attacks, only_errors, side_by_side
from tests.words_proof.checked import judged
from tests.words_proof.drafts import doubled_drafts
from tests.words_proof.letters import made_up_book, written_letters
from tests.words_proof.people import human_letters

PROOF = Path("build/proofs/words.json")
ACCOUNTS = 20
"""Of the made-up book, for each type of letter."""
FEWEST = {"lies": 100, "good": 100, "malicious": 1_429, "benign_passed": 63}
WHOLE = {
    "lies": "lies_refused",
    "good": "good_passed",
    "malicious_obeyed": "malicious_obeyed_replaced",
}
"""Of the one, every single one must be among the other."""
TRIALS = 10
"""Over Gmail, and as many over IMAP."""
PROCESSES = 2
_MOST_SHOWN = 20

Figures: TypeAlias = Mapping[str, int]

console = Console()


def lies_and_good() -> Figures:
    """Good letters, by template and by hand, and every lie that can be made of them."""
    with made_up_book() as book:
        letters = [*written_letters(book, ACCOUNTS), *human_letters()]
    found = judged(letters)
    for one, refused in found.wrongly_refused[:_MOST_SHOWN]:
        console.print(Text(f"wrongly refused: {one.kind}: {'; '.join(map(str, refused))}", "red"))
    for lie in found.lies_passed[:_MOST_SHOWN]:
        console.print(Text(f"passed: {lie.kind}: {lie.slot}: {lie.said}", "red"))
    console.print(Text(f"lies by slot: {dict(found.by_slot)}"))
    return {
        "lies": found.lies,
        "lies_refused": found.lies - len(found.lies_passed),
        "good": found.good,
        "good_passed": found.good - len(found.wrongly_refused),
        "good_by_hand": sum(one.letter.worded_by == "hand" for one in letters),
    }


def attacked() -> Figures:
    """Every attack of the corpora, on a processor each of two."""
    with side_by_side(PROCESSES) as workers:
        return attacks(workers)


def doubled() -> Figures:
    """Drafts made twice, over mailboxes that break off at every moment."""
    return {"draft_trials": 2 * TRIALS, "doubled_drafts": doubled_drafts(TRIALS)}


PARTS: tuple[Callable[[], Figures], ...] = (lies_and_good, attacked, doubled)
"""Each gives its figures; their names are distinct."""


def broken_by(figures: Figures) -> list[str]:
    """Which promises these figures break."""
    broken = [
        f"{name}: {figures[name]} are fewer than {fewest}"
        for name, fewest in FEWEST.items()
        if figures[name] < fewest
    ]
    broken += [
        f"{part}: {figures[part]} of {figures[whole]}"
        for whole, part in WHOLE.items()
        if figures[part] != figures[whole]
    ]
    broken += [
        f"{name}: {figures[name]}, not 0"
        for name in ("malicious_changed_anything", "malicious_outputs_live", "doubled_drafts")
        if figures.get(name, 0)
    ]
    return broken


def main() -> int:
    """Run every part, print the figures, write the proof; 1 when a promise is broken."""
    only_errors()
    figures: dict[str, int] = {}
    for part in PARTS:
        figures.update(part())
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
    sys.exit(main())
