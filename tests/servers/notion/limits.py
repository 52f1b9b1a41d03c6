"""How much one request may hold, in the words of the remote's validation.

Read from its page on request limits; it looks at the body alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from tests.servers.notion.shapes import Json, invalid

MOST_BYTES = 500_000
MOST_BLOCKS = 1_000
DEEPEST = 2
"""Levels below the blocks that a request begins with."""
_ARRAYS = frozenset({"children", "rich_text", "title", "caption", "relation", "people"})
_MOST_IN_ARRAY = _MOST_OPTIONS = 100
_LENGTHS: Mapping[tuple[str, str], int] = {
    ("text", "content"): 2_000,
    ("link", "url"): 2_000,
    ("equation", "expression"): 1_000,
    ("external", "url"): 2_000,
    ("bookmark", "url"): 2_000,
    ("embed", "url"): 2_000,
}
_ALONE = {"url": 2_000, "email": 200, "phone_number": 200}
_Seen: TypeAlias = Iterator[tuple[str, str, str, Json]]


def hold_to(body: Json, size: int) -> None:
    """Refuses a request that is too large in any way."""
    if size > MOST_BYTES:
        raise invalid(f"body failed validation: body is larger than {MOST_BYTES} bytes: {size}.")
    for where, above, key, value in _walk(body, "body", ""):
        _hold(where, above, key, value)
    blocks = list(_levels(body, 0, "body")) if isinstance(body, dict) else []
    if len(blocks) > MOST_BLOCKS:
        raise invalid(
            f"body failed validation: body.children should hold ≤ `{MOST_BLOCKS}` blocks in all, "
            f"instead was `{len(blocks)}`."
        )
    for level, where in blocks:
        if level > DEEPEST:
            raise invalid(
                f"body failed validation: {where} should be not present, instead was `[…]`."
            )


def _hold(where: str, above: str, key: str, value: Json) -> None:
    if isinstance(value, list):
        most = _MOST_IN_ARRAY if key in _ARRAYS else _MOST_OPTIONS
        if (key in _ARRAYS or key == "multi_select") and len(value) > most:
            raise _too_long(where, most, len(value))
    elif isinstance(value, str):
        most = _LENGTHS.get((above, key), 0) or _ALONE.get(key, 0)
        if most and len(value.encode("utf-16-le")) // 2 > most:
            raise _too_long(where, most, len(value.encode("utf-16-le")) // 2)


def _too_long(where: str, most: int, was: int) -> Exception:
    return invalid(
        f"body failed validation: {where}.length should be ≤ `{most}`, instead was `{was}`."
    )


def _walk(value: Json, where: str, above: str) -> _Seen:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{where}.{key}", above, key, inner
            yield from _walk(inner, f"{where}.{key}", key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _walk(inner, f"{where}[{index}]", above)


def _levels(holder: Json, level: int, where: str) -> Iterator[tuple[int, str]]:
    children = holder.get("children")
    for index, child in enumerate(children if isinstance(children, list) else ()):
        at = f"{where}.children[{index}]"
        yield level, f"{where}.children"
        for kind, content in child.items() if isinstance(child, dict) else ():
            if isinstance(content, dict):
                yield from _levels(content, level + 1, f"{at}.{kind}")
