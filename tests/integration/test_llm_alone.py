"""What loading and calling a model does behind one's back: nothing, shown in a fresh process."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.servers.llm_service import GOOD, KEY
from tests.servers.scripted_model import Dialect, Turn, says, scripted_model

PROGRAM = """
import asyncio, json, sys

calls = []
def note(event, args):
    if event == "socket.connect":
        calls.append(list(args[1]) if isinstance(args[1], tuple) else [str(args[1])])
    elif event == "socket.getaddrinfo":
        calls.append([str(args[0]), args[1]])
sys.addaudithook(note)

from app.clock import system_clock
from app.services.budgets import DEFAULT_BUDGETS
from app.services.limiter import LocalLimiter
from app.services.llm import LLMService
from app.services.llm_config import ModelConfig
from app.services.llm_router import ModelRouter
from app.storage.sql_store import open_store

assert "litellm" not in sys.modules
url, config = sys.argv[1:]
config = ModelConfig.model_validate_json(config)
store, router, limiter = open_store(url), ModelRouter(config), LocalLimiter(DEFAULT_BUDGETS)
service = LLMService(
    tenant_id="main", config=config, router=router, store=store, limiter=limiter,
    clock=system_clock,
)
assert "litellm" not in sys.modules

async def ask():
    try:
        await service.completion(
            system="s", prompt="the customer's secret", schema={"type": "object"},
            purpose="p", agent="tam",
        )
    except Exception as exc:
        print(type(exc).__name__, exc, file=sys.stderr)
    await router.aclose()

asyncio.run(ask())
store.close()
print(json.dumps(calls))
"""


def run(sqlite_url: str, turn: Turn, dialect: Dialect) -> tuple[list[list[str]], str, str]:
    """Where it connected to, where the model was, and what it wrote beside its answer."""

    async def play() -> tuple[list[list[str]], str, str]:
        async with scripted_model(turn, dialect=dialect) as model:
            names = {"openai": "openai/gpt-5", "anthropic": "anthropic/claude-sonnet-4-5"}
            endpoint = {"name": names[dialect], "api_key": KEY, "api_base": model.api_base}
            config = {"primary": endpoint, "timeout_seconds": 60, "patience_seconds": 60}
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-W", "error", "-c", PROGRAM, sqlite_url, json.dumps(config),
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            out, err = await process.communicate()
            *noise, last = out.decode().splitlines() or [""]
            assert process.returncode == 0, err.decode()
            return json.loads(last), model.host.url, "\n".join(noise) + err.decode()

    return asyncio.run(play())


def test_nobody_is_called_but_the_model(sqlite_url: str) -> None:
    for dialect in ("openai", "anthropic"):
        calls, url, noise = run(sqlite_url, says(GOOD), dialect)

        assert {f"http://{host}:{port}" for host, port, *_ in calls} == {url}
        assert noise == ""


def test_a_failure_tells_nobody_the_question_or_the_key(sqlite_url: str) -> None:
    _, _, noise = run(sqlite_url, Turn(status=401), "openai")

    assert "AccessExpired" in noise
    assert KEY not in noise
    assert "secret" not in noise


def test_the_library_has_put_nothing_where_python_runs_it_at_start() -> None:
    site = Path(sys.prefix)

    assert [path.name for path in site.rglob("*.pth") if "litellm" in path.name.lower()] == []
