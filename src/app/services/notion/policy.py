"""Which calls may be made again when it is not known what became of them.

By method and path alone: a create or an append is never among them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import JsonValue

_ASKING = re.compile(r"search|data_sources/[^/]+/query")
_PAGE = re.compile(r"pages/[^/]+")
_BLOCK = re.compile(r"blocks/[^/]+")


def is_repeatable(method: str, path: str, body: Mapping[str, JsonValue]) -> bool:
    """Reads, queries, searches, deletions, writing a page's properties or one block's content."""
    if method in {"GET", "DELETE"}:
        return True
    if method == "POST":
        return _ASKING.fullmatch(path) is not None
    if method == "PATCH" and _BLOCK.fullmatch(path) is not None:
        return True
    writes_properties = set(body) <= {"properties", "in_trash", "icon"}
    return method == "PATCH" and _PAGE.fullmatch(path) is not None and writes_properties
