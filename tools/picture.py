"""Draws the README's picture: the table of the demo's book, as SVG without a font from afar.

Usage: TEND_HOME="$(tend demo --where)" python -m tools.picture
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from app.bootstrap import open_store_of
from app.cli.book_table import LEGEND, band_line, book_table
from app.clock import local_day, system_clock
from app.jobs.standing import standings
from app.settings import load_settings

PICTURE = Path("docs/images/demo.svg")
WIDTH = 132
ROWS = 22
FONT = "font-family: 'DejaVu Sans Mono', Menlo, Consolas, monospace"


def main() -> None:
    """Draw the picture from the store in TEND_HOME."""
    settings = load_settings()
    store = open_store_of(settings)
    tenant = store.read_now(settings.tenant, lambda unit: unit.tenant.settings()).settings
    day = local_day(system_clock(), tenant.zone)
    found = store.read_now(settings.tenant, lambda unit: standings(unit, day, tenant))
    store.close()
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(book_table(found[:ROWS], day, width=WIDTH))
    console.print(f"{len(found)} accounts: {band_line(found)}")
    console.print(LEGEND)
    drawn = console.export_svg(title="tend scan", theme=MONOKAI, unique_id="tend")
    drawn = re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"<!--.*?-->", "", drawn, flags=re.DOTALL)
    drawn = re.sub(r"font-family: Fira Code, monospace", FONT, drawn)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(re.sub(r"[ \t]+\n", "\n", drawn), encoding="utf-8")


if __name__ == "__main__":
    main()
