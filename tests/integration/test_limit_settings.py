"""Limits as people set them, and the limiter that comes of it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from app.bootstrap import limiter_of
from app.errors import ConfigurationError, TransientServiceError
from app.ports.limits import Limiter
from app.services.limiter import LocalLimiter
from app.services.redis_limiter import RedisLimiter
from app.settings import LimitSetting, Settings, load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TEND_LIMITS", raising=False)
    monkeypatch.delenv("TEND_REDIS_URL", raising=False)


def test_limits_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEND_LIMITS", '{"notion": {"calls": 600}}')
    assert load_settings().limits == {"notion": LimitSetting(calls=600)}


def test_limits_come_from_the_file_too(tmp_path: Path) -> None:
    (tmp_path / "tend.toml").write_text("[limits.notion]\ncalls = 600\nper_seconds = 60\n")
    assert load_settings().limits == {"notion": LimitSetting(calls=600, per_seconds=60)}


def test_a_setting_of_the_file_that_is_none_is_told_as_it_stands_there(tmp_path: Path) -> None:
    (tmp_path / "tend.toml").write_text('default_currency = "EUR"\n')
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert "tend.toml: default_currency: there is no such setting here" in str(caught.value)
    assert "tend settings apply FILE" in str(caught.value)


@pytest.mark.parametrize(
    "limits, reason",
    [
        ("{", "TEND_LIMITS: cannot be read as JSON"),
        ("3", "TEND_LIMITS: Input should be a valid dictionary"),
        ('{"notion": {"calls": 0}}', "TEND_LIMITS: notion.calls: Input should be greater"),
        ('{"notion": {"cals": 9}}', "TEND_LIMITS: notion.cals: Extra inputs"),
        ('{"notion": {"per_seconds": NaN}}', "TEND_LIMITS: notion.per_seconds: "),
    ],
)
def test_limits_that_are_none_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, limits: str, reason: str
) -> None:
    monkeypatch.setenv("TEND_LIMITS", limits)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert reason in str(caught.value)


def test_an_address_of_no_redis_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEND_REDIS_URL", "http://ana:hunter2@host")
    with pytest.raises(ConfigurationError, match=r"TEND_REDIS_URL: .*must begin with") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


async def second_call_waits(limiter: Limiter) -> None:
    await limiter.acquire("acme", "chat")
    with pytest.raises(TransientServiceError, match="budget of calls"):
        await limiter.acquire("acme", "chat", within_seconds=0.01)
    await limiter.aclose()


def test_without_redis_this_process_counts() -> None:
    limiter = limiter_of(Settings(limits={"chat": LimitSetting(calls=1, per_seconds=600)}))
    assert isinstance(limiter, LocalLimiter)
    asyncio.run(second_call_waits(limiter))


def test_with_redis_it_counts_for_all(redis_url: str) -> None:
    limits = {"chat": LimitSetting(calls=1, per_seconds=600)}
    limiter = limiter_of(Settings(redis_url=redis_url, limits=limits))
    assert isinstance(limiter, RedisLimiter)
    asyncio.run(second_call_waits(limiter))


def test_redis_without_its_extra_is_told() -> None:
    words = (
        "import sys; sys.modules['redis'] = None\n"
        "from app.bootstrap import limiter_of\n"
        "from app.settings import Settings\n"
        "limiter_of(Settings(redis_url='redis://host'))\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=False
    )
    assert "ConfigurationError: TEND_REDIS_URL: Redis needs the extra" in said.stderr
