"""Text from outside on its way into a prompt: cleaned, cut, and shut into a marked block.

A block's marks carry a random token per call, so that no text can end its own block. This keeps
text apart; it does not make it true or harmless, and nothing may be decided by it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from pydantic import BaseModel, JsonValue

from app.words.seen import without_unseen

Facts: TypeAlias = BaseModel | Mapping[str, JsonValue]
"""A shape, or as much of one as is known."""

MOST_CHARACTERS = 1_000
"""Of one text; what is longer is cut and says so."""
MOST_IN_BLOCK = 24_000
"""Characters of one block, about 6,000 tokens."""
_MOST_DEPTH = 8


class _Limits(NamedTuple):
    entries: int
    """Of one list; how many were left out is said."""
    characters: int


_LIMITS = (
    _Limits(50, MOST_CHARACTERS),
    _Limits(25, 400),
    _Limits(10, 200),
    _Limits(5, 80),
)


def new_token() -> str:
    """A token that no text written before this call can contain: 128 random bits in hex."""
    return secrets.token_hex(16)


def cleaned(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text NFKC-normalised, without characters that no reader sees, at most `most` long."""
    # cut first too: normalising can make 18 characters of one, so both ends need a bound
    seen = without_unseen(text[: most * 4])
    return seen if len(seen) <= most and len(text) <= most * 4 else f"{seen[:most]} [cut]"


def marked_block(name: str, content: Facts | Sequence[Facts], token: str) -> str:
    """The content as JSON between marks that carry `name` and `token`.

    Sparse content stays sparse: nothing is filled in. Content too long for a block is shown with
    fewer entries and shorter texts.
    """
    text = _fitting(_json_of(content))
    # escaped, so that no fact can look like a mark or like markup of the prompt; still valid JSON
    text = text.replace("<", "\\u003c").replace(">", "\\u003e")
    return f"<<<{name} {token}\n{text}\n{name} {token}>>>"


def _fitting(content: JsonValue) -> str:
    for limits in _LIMITS:
        text = json.dumps(_cut(content, limits), ensure_ascii=False, indent=1)
        if len(text) <= MOST_IN_BLOCK:
            return text
    return json.dumps("[cut: too much to show]")


def _json_of(content: Facts | Sequence[Facts]) -> JsonValue:
    if isinstance(content, BaseModel):
        dumped: JsonValue = content.model_dump(mode="json")
        return dumped
    if isinstance(content, Mapping):
        return dict(content)
    return [_json_of(entry) for entry in content]


def _cut(value: JsonValue, limits: _Limits, depth: int = 0) -> JsonValue:
    if depth > _MOST_DEPTH:
        return "[cut]"
    if isinstance(value, str):
        return cleaned(value, limits.characters)
    if isinstance(value, dict):
        kept = list(value.items())[: limits.entries]
        return {cleaned(key, 100): _cut(entry, limits, depth + 1) for key, entry in kept}
    if isinstance(value, list):
        entries = [_cut(entry, limits, depth + 1) for entry in value[: limits.entries]]
        left_out = len(value) - limits.entries
        return [*entries, f"[{left_out} more left out]"] if left_out > 0 else entries
    return value
