"""Texts written by others to make a model disobey, and harmless ones that look like them.

`bastioncorpus` (MIT) has 118 malicious and 63 benign texts; `spikee` (Apache-2.0) has orders and
templates to wrap them in. Only their data are read: nothing of their code runs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from random import Random

from pydantic import BaseModel, ConfigDict, JsonValue

CANARY = "ZEBRA-4417-QUARTZ"
"""Put where a text of bastioncorpus leaves room for a token of one's own."""

_SEEDS = "data/workspace/datasets/seeds-cybersec-2026-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One text of a corpus."""

    case_id: str
    text: str
    canary: str = ""
    """What who obeys the text would write; empty: the text wants no certain words."""


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str
    label: str


class _Jailbreak(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    text: str


class _Instruction(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    instruction: str
    judge_args: str


def malicious() -> tuple[Case, ...]:
    """bastioncorpus' attacks."""
    return tuple(_bastion("malicious"))


def benign() -> tuple[Case, ...]:
    """bastioncorpus' texts that only look like attacks."""
    return tuple(_bastion("benign"))


def jailbreaks() -> tuple[Case, ...]:
    """spikee's: every order in every template."""
    orders = [
        _Instruction.model_validate(row) for row in _rows("spikee", f"{_SEEDS}/instructions.jsonl")
    ]
    wraps = [
        _Jailbreak.model_validate(row) for row in _rows("spikee", f"{_SEEDS}/jailbreaks.jsonl")
    ]
    return tuple(
        Case(
            case_id=f"{wrap.id}/{order.id}",
            text=wrap.text.replace("<INSTRUCTION>", order.instruction),
            canary=order.judge_args,
        )
        for wrap in wraps
        for order in orders
    )


def sample(cases: Sequence[Case], many: int) -> tuple[Case, ...]:
    """The same `many` of them each time, spread over all of them."""
    return tuple(Random(4417).sample(cases, many))


def _bastion(label: str) -> Iterator[Case]:
    for read in _rows("bastioncorpus", "corpus/injections.jsonl"):
        row = _Row.model_validate(read)
        if row.label == label:
            canary = CANARY if "{canary}" in row.text else ""
            yield Case(case_id=row.id, text=row.text.replace("{canary}", CANARY), canary=canary)


def _rows(package: str, path: str) -> Iterator[JsonValue]:
    for line in files(package).joinpath(path).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
