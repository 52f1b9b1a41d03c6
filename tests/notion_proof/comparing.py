"""Whether two answers say the same: status, keys, types and values.

All that is not compared literally is listed in `NORMALISED`, each with its reason; what is not
listed there must be equal.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from tests.notion_proof.recordings import UUID, dashed
from tests.servers.notion.shapes import Json

NORMALISED = {
    "ids": "a server makes its own ids: each recorded id must stand for one id of ours, and for it "
    "alone, in all answers of a cassette",
    "property ids": "as ids; those of columns are short texts",
    "cursors": "opaque: null where null, a text where a text; a recorded one stands for one of "
    "ours in later requests",
    "request_id": "made for each request: its form alone",
    "addresses": "www.notion.so and app.notion.com/p/ are the same place at two dates; ids in them "
    "are compared as ids",
    "clock": "recordings carry no time of the request: before a request our clock is moved on to "
    "the newest created or edited time in the recorded answer; the times themselves are compared",
    "expiry": "addresses of uploaded files are signed and live for an hour: their form alone",
    "colours": "an option that nobody gave a colour gets any: the first one counts, later answers "
    "must repeat it",
}

_ID_KEYS = frozenset({"id", "property_id"})
_PROPERTY_KEYS = frozenset({"synced_property_id", "rollup_property_id", "relation_property_id"})
_COLUMN = re.compile(r"(?<=notion:block_property:)[^:}]+")
_PLACE = re.compile(r"https://(?:www\.notion\.so|app\.notion\.com/p)/")
_UNSIGNED = re.compile(r"https://prod-files-secure\.s3[^?]*")


@dataclass(slots=True, kw_only=True)
class Ids:
    """Which id of ours stands for which recorded one."""

    ours: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    cursors: dict[str, str] = field(default_factory=dict)
    colours: dict[str, tuple[str, str]] = field(default_factory=dict)
    coloured: set[str] = field(default_factory=set)
    """The names of options that a request gave a colour."""

    def bind(self, recorded: str, own: str) -> bool:
        """Take the two for the same; whether nothing speaks against it."""
        if recorded in self.ours or own in self.theirs:
            return self.ours.get(recorded) == own and self.theirs.get(own) == recorded
        self.ours[recorded], self.theirs[own] = own, recorded
        return True


def differences(recorded: Json, own: Json, ids: Ids, at: str = "$") -> list[str]:
    """Where the two differ, in words; empty: they agree."""
    if isinstance(recorded, dict) and isinstance(own, dict):
        return _of_objects(recorded, own, ids, at)
    if isinstance(recorded, list) and isinstance(own, list):
        found = []
        if len(recorded) != len(own):
            found.append(f"{at}: {len(recorded)} entries recorded, {len(own)} of ours")
        for index, (one, other) in enumerate(zip(recorded, own, strict=False)):
            found += differences(one, other, ids, f"{at}[{index}]")
        return found
    if isinstance(recorded, str) and isinstance(own, str):
        if _same_text(recorded, own, ids):
            return []
    elif (type(recorded) is type(own) and recorded == own) or (
        _is_number(recorded) and _is_number(own) and recorded == own
    ):
        return []
    return [f"{at}: {recorded!r:.60} recorded, {own!r:.60} of ours"]


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _of_objects(recorded: Json, own: Json, ids: Ids, at: str) -> list[str]:
    found = []
    for key in sorted({*recorded, *own}):
        where = f"{at}.{key}"
        if key not in own:
            found.append(f"{where}: missing of ours")
        elif key not in recorded:
            found.append(f"{where}: not recorded")
        else:
            found += _of_entry(key, recorded, own, ids, where)
    return found


def _of_entry(key: str, recorded: Json, own: Json, ids: Ids, where: str) -> list[str]:
    one, other = recorded[key], own[key]
    if not (isinstance(one, str) and isinstance(other, str)):
        return differences(one, other, ids, where)
    if key == "request_id":
        return []
    if key == "expiry_time" and "upload_url" not in recorded:
        return []
    if key in {"next_cursor", "next_url"}:
        ids.cursors[one] = other
        return []
    if key in _PROPERTY_KEYS or (key in _ID_KEYS and not UUID.fullmatch(one)):
        is_same = ids.bind(unquote(one), unquote(other))
    elif key == "color" and "id" in recorded and "name" in recorded:
        is_same = _same_colour(recorded, own, ids)
    elif _UNSIGNED.match(one) and _UNSIGNED.match(other):
        is_same = True
    else:
        is_same = _same_text(one, other, ids)
    return [] if is_same else [f"{where}: {one!r:.60} recorded, {other!r:.60} of ours"]


def _same_colour(recorded: Json, own: Json, ids: Ids) -> bool:
    pair = recorded["color"], own["color"]
    if recorded["name"] in ids.coloured:
        return bool(pair[0] == pair[1])
    return ids.colours.setdefault(recorded["id"], pair) == pair


def _same_columns(recorded: str, own: str, ids: Ids) -> bool:
    """The columns that a formula names."""
    theirs, ours = _COLUMN.findall(recorded), _COLUMN.findall(own)
    pairs = zip(theirs, ours, strict=False)
    bound = [ids.bind(unquote(one), unquote(other)) for one, other in pairs]
    return len(theirs) == len(ours) and all(bound)


def _same_text(recorded: str, own: str, ids: Ids) -> bool:
    if recorded == own and not UUID.search(recorded):
        return True
    if not _same_columns(recorded, own, ids):
        return False
    recorded, own = _COLUMN.sub("", recorded), _COLUMN.sub("", own)
    one, other = _PLACE.sub("notion:", recorded), _PLACE.sub("notion:", own)
    if UUID.sub("", one) != UUID.sub("", other):
        return False
    pairs = zip(UUID.findall(one), UUID.findall(other), strict=True)
    bound = [ids.bind(dashed(theirs), dashed(ours)) for theirs, ours in pairs]
    return all(bound)
