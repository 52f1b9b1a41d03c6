"""What is installed: exact versions with hashes, and none that is known to be bad.

There is no database of advisories here, so this is no audit: it holds what was known when a
version was last looked at. Whoever takes newer versions runs pip-audit beside it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = sorted(path.name for path in ROOT.glob("requirements*.lock"))

STOLEN = {("litellm", "1.82.7"), ("litellm", "1.82.8")}
"""Published by somebody who had taken the publisher's place; they stole credentials."""

MENDED_IN = {
    "aiohttp": (3, 14, 3),  # CVE-2026-69244
    "cryptography": (50, 0, 0),  # CVE-2026-69247
    "h11": (0, 16, 0),  # CVE-2025-43859
    "h2": (4, 4, 1),  # CVE-2026-71554
    "idna": (3, 15),  # CVE-2026-45409
    "jinja2": (3, 1, 6),  # CVE-2025-27516
    "langchain-core": (1, 3, 3),  # CVE-2026-44843
    "langgraph": (1, 0, 10),  # CVE-2026-28277
    "langgraph-checkpoint": (4, 1, 1),  # CVE-2026-48775
    "langsmith": (0, 8, 18),  # CVE-2026-45134
    "litellm": (1, 84, 0),  # CVE-2026-49468
    "mako": (1, 3, 12),  # CVE-2026-44307
    "nh3": (0, 3, 8),  # RUSTSEC-2026-0533, in the ammonia that it carries
    "protobuf": (6, 33, 5),  # CVE-2026-0994
    "pydantic-settings": (2, 14, 2),  # GHSA-4xgf-cpjx-pc3j
    "pygments": (2, 20, 0),  # CVE-2026-4539
    "python-multipart": (0, 0, 32),  # CVE-2026-53540
    "requests": (2, 33, 0),  # PYSEC-2026-2275
    "starlette": (1, 3, 1),  # CVE-2026-54283
    "urllib3": (2, 8, 0),  # CVE-2026-97689
    "werkzeug": (3, 0, 6),  # CVE-2024-49767
}
"""The first version without the newest hole that is known of it."""


def pins(name: str) -> list[tuple[str, str]]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^ ;\\\n]+)", text, flags=re.MULTILINE)


def number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.partition("+")[0]))


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_one_version_with_its_hashes(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = [one for one in re.split(r"\n(?=[^\s#])", text) if not one.startswith("#")]
    for block in (one for one in blocks if one.strip()):
        assert re.match(r"[a-z0-9][\w.-]*(\[[\w,-]+\])?==", block), block.splitlines()[0]
        assert "--hash=sha256:" in block, block.splitlines()[0]


@pytest.mark.parametrize("name", LOCKS)
def test_no_version_is_known_to_be_bad(name: str) -> None:
    found = pins(name)
    assert found
    assert not STOLEN & set(found)
    old = [
        f"{one} {version}"
        for one, version in found
        if one in MENDED_IN and number(version) < MENDED_IN[one]
    ]
    assert not old


def test_the_tests_run_what_ships() -> None:
    tested = dict(pins("requirements-dev.lock"))
    ships = dict(pins("requirements.lock"))
    assert {one: tested.get(one) for one in ships} == ships
