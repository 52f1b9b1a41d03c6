"""The options of a select, a multi-select and a status: known by their ids, renamed, added.

It knows the column alone; what its rows chose is theirs.
"""

from __future__ import annotations

from tests.servers.notion.shapes import Json, invalid
from tests.servers.notion.world import Column, World

CHOICES = frozenset({"select", "multi_select", "status"})
COLOURS = ("default", "gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")
_STATUS = (
    ("Not started", "default", "To-do", "gray"),
    ("In progress", "blue", "In progress", "blue"),
    ("Done", "green", "Complete", "green"),
)
_MOST_OPTIONS = 100


def new_option(
    world: World, column: Column, name: str, colour: str | None = None, given_id: str | None = None
) -> Json:
    """An option that was not there; the remote picks its colour, and its id unless one is given."""
    if "," in name and column.type != "status":
        raise invalid("body failed validation: options may not contain commas.")
    option = {
        "id": given_id or world.new_id(),
        "name": name,
        "color": colour or world.pick(COLOURS),
        "description": None,
    }
    column.config["options"].append(option)
    return option


def choices(world: World, column: Column, wanted: Json) -> dict[str, Json]:
    """The column's configuration, with the options that are wanted."""
    options = wanted.get("options", [])
    if len(options) > _MOST_OPTIONS:
        raise invalid(
            f"body failed validation: body.properties.{column.name}.{column.type}.options.length "
            f"should be ≤ `{_MOST_OPTIONS}`, instead was `{len(options)}`."
        )
    before = {option["name"]: option for option in column.config.get("options", [])}
    ids = {option["id"]: option for option in before.values()}
    column.config = {"options": []}
    if column.type == "status":
        return _status(world, column, options, before)
    for given in options:
        known = ids.get(given.get("id", "")) or before.get(given.get("name", ""))
        if known is None:
            known = new_option(world, column, given["name"], given.get("color"), given.get("id"))
            known["description"] = given.get("description")
            continue
        if given.get("color", known["color"]) != known["color"]:
            raise invalid(f"Cannot update color of select with name: {known['name']}.")
        known["name"] = given.get("name", known["name"])
        column.config["options"].append(known)
    return column.config


def _status(world: World, column: Column, options: Json, before: Json) -> dict[str, Json]:
    """Own options all land in the first group; the groups cannot be chosen."""
    for given in options:
        known = before.get(given["name"])
        if known:
            column.config["options"].append(known)
        else:
            new_option(world, column, given["name"], given.get("color"), given.get("id"))
    made = [option["id"] for option in column.config["options"]]
    groups = []
    for place, (name, colour, group, group_colour) in enumerate(_STATUS):
        ids = made if options and not place else []
        if not options:
            ids = [new_option(world, column, name, colour)["id"]]
        groups.append(
            {"id": world.new_id(), "name": group, "color": group_colour, "option_ids": ids}
        )
    column.config["groups"] = groups
    return column.config
