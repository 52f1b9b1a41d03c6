"""A model's server that answers as told, in OpenAI's dialect or Anthropic's, one turn a request."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import JsonValue

from tests.servers.scripted_http import Answer, ScriptedHost, json_said, said, scripted_host

Dialect: TypeAlias = Literal["openai", "anthropic"]

MODELS: Mapping[Dialect, str] = {
    "openai": "openai/gpt-5",
    "anthropic": "anthropic/claude-sonnet-4-5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a model does when it is asked."""

    says: str = ""
    is_cut: bool = False
    """The answer is as long as it may be."""
    status: int = 200
    retry_after: str = ""
    hangs_seconds: float = 0
    drips_seconds: float = 0
    breaks_off: bool = False
    """After the first words."""
    input_tokens: int = 1_000
    output_tokens: int = 100

    def on_wire(self, dialect: Dialect) -> Answer:
        """The answer, byte for byte."""
        if self.hangs_seconds:
            return Answer(after_seconds=self.hangs_seconds)
        if self.status != 200:
            error = {"error": {"message": "no", "type": "refused"}}
            headers = [("Retry-After", self.retry_after)] if self.retry_after else []
            return said(self.status, json.dumps(error).encode(), headers)
        whole = json_said(json.dumps(self._body(dialect))).raw
        if self.breaks_off:
            return Answer(raw=whole[: -len(whole) // 4], resets=True)
        return Answer(raw=whole, drip_seconds=self.drips_seconds)

    def _body(self, dialect: Dialect) -> dict[str, JsonValue]:
        if dialect == "openai":
            return {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1_700_000_000,
                "model": "gpt-5-2025-08-07",
                "choices": [
                    {
                        "index": 0,
                        "finish_reason": "length" if self.is_cut else "stop",
                        "message": {"role": "assistant", "content": self.says},
                    }
                ],
                "usage": {
                    "prompt_tokens": self.input_tokens,
                    "completion_tokens": self.output_tokens,
                    "total_tokens": self.input_tokens + self.output_tokens,
                },
            }
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-sonnet-4-5-20250929",
            "content": [{"type": "text", "text": self.says}],
            "stop_reason": "max_tokens" if self.is_cut else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens},
        }


def says(answer: JsonValue) -> Turn:
    """A good answer."""
    return Turn(says=json.dumps(answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedModel:
    """A model at work; it repeats its last turn."""

    dialect: Dialect
    host: ScriptedHost

    @property
    def api_base(self) -> str:
        """Where it is asked."""
        return f"{self.host.url}/v1" if self.dialect == "openai" else self.host.url

    @property
    def bodies(self) -> list[dict[str, JsonValue]]:
        """What was asked, in order."""
        return [json.loads(heard.body) for heard in self.host.heard]

    @property
    def prompts(self) -> list[str]:
        """The last message of each question."""
        return [_text(body["messages"]) for body in self.bodies]


def _text(messages: JsonValue) -> str:
    assert isinstance(messages, list)
    last = messages[-1]
    assert isinstance(last, dict)
    content = last["content"]
    if isinstance(content, list):
        part = content[0]
        assert isinstance(part, dict)
        content = part["text"]
    return str(content)


@asynccontextmanager
async def scripted_model(*turns: Turn, dialect: Dialect = "openai") -> AsyncIterator[ScriptedModel]:
    """A model on a free port of this machine alone."""
    async with scripted_host(*(turn.on_wire(dialect) for turn in turns)) as host:
        yield ScriptedModel(dialect=dialect, host=host)
