"""The columns Tend knows in Notion, as a table."""

from __future__ import annotations

import json

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from app.cli.context import console_for_output
from app.services.notion.columns import COLUMNS, TITLES, Owner
from app.services.notion.setup.fitness import types_told
from app.services.notion.setup.wishes import ROLES

WHOSE = {Owner.PEOPLE: "yours", Owner.TEND: "Tend's", Owner.LATER: "both: the later counts"}


def show_columns(*, as_json: bool) -> None:
    """Print them."""
    console = console_for_output()
    if as_json:
        told: dict[str, JsonValue] = {
            role.value: [
                {
                    "name": spec.name,
                    "owner": spec.owner.value,
                    "types": [spec.type, *sorted(spec.also - {spec.type})],
                    "aliases": [*spec.aliases],
                    "options": [*spec.options],
                    "is_needed": spec.is_needed,
                }
                for spec in COLUMNS[role]
            ]
            for role in ROLES
        }
        console.print_json(json.dumps(told))
        return
    for role in ROLES:
        table = Table(box=None, pad_edge=False, header_style="dim", title_justify="left")
        for name in (TITLES[role], "whose", "type", "also found as"):
            table.add_column(name, overflow="fold")
        for spec in COLUMNS[role]:
            name = f"{spec.name} *" if spec.is_needed else spec.name
            table.add_row(
                Text(name),
                Text(WHOSE[spec.owner]),
                Text(types_told(spec)),
                Text(", ".join(spec.aliases)),
            )
        console.print(table)
        console.print()
    console.print("* without it the database cannot be connected.")
