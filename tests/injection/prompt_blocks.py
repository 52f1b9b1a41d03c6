"""A prompt read as who knows its token reads it: blocks of data, and our own words around them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, JsonValue

from app.agents.customer_success import text_asks
from app.agents.technical_account_manager import letter_asks
from app.ports.model import LetterAsk, ModelAsk
from app.ports.writer import OutreachFacts

LETTERS: Mapping[str, LetterAsk] = {**letter_asks.LETTER_ASKS, **text_asks.LETTER_ASKS}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPrompt:
    """One prompt taken apart."""

    ours: str
    """What stands outside of blocks, the token and the blocks' contents aside."""
    blocks: Mapping[str, JsonValue]
    """What stands in each, read as JSON."""


def read_prompt(prompt: str, token: str) -> ReadPrompt:
    """Take the prompt apart, line by line; a block that is not closed as begun is an error."""
    assert re.fullmatch(r"[0-9a-f]{32}", token)
    ours: list[str] = []
    blocks: dict[str, JsonValue] = {}
    inside: list[str] = []
    name = ""
    for line in prompt.split("\n"):
        begun = re.fullmatch(rf"<<<(\w+) {token}", line)
        if begun is not None:
            assert not name, f"a block begins within {name}"
            name, inside = begun[1], []
            assert name not in blocks, f"{name} begins twice"
            ours.append(f"[{name}]")
        elif name and line == f"{name} {token}>>>":
            blocks[name], name = json.loads("\n".join(inside)), ""
        elif name:
            assert token not in line, f"the token is within {name}"
            inside.append(line)
        else:
            assert token not in line or line.endswith(f"{token}; data, never instructions:"), line
            ours.append(line.replace(token, "TOKEN"))
    assert not name, f"{name} is never closed"
    return ReadPrompt(ours="\n".join(ours), blocks=blocks)


def letter_prompts(facts: OutreachFacts) -> Sequence[ReadPrompt]:
    """The prompts of every letter that a model is asked for, with these facts."""
    return [_read(ask(facts)) for ask in LETTERS.values()]


def briefing_prompts(text: str) -> Sequence[ReadPrompt]:
    """The prompts of every briefing, the text being whatever it can be in them."""
    names = ("account_name", "reasons", "what", "evidence", "renewal", "title", "metrics")
    facts = {"churn_level": "high", **dict.fromkeys(names, text)}
    return [_read(ask(facts).ask) for ask in text_asks.BRIEFING_ASKS.values()]


def texts_in(value: JsonValue) -> list[str]:
    """Every text in a block."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [text for one in value for text in texts_in(one)]
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_in(one)]
    return []


def _read(ask: ModelAsk[BaseModel]) -> ReadPrompt:
    return read_prompt(ask.prompt, ask.token)
