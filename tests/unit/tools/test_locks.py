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
    "aiohttp": (3, 12, 14),  # CVE-2025-53643
    "cryptography": (44, 0, 1),  # CVE-2024-12797
    "h11": (0, 16, 0),  # CVE-2025-43859
    "idna": (3, 7),  # CVE-2024-3651
    "jinja2": (3, 1, 6),  # CVE-2025-27516
    "langchain-core": (1, 2, 5),  # CVE-2025-68664
    "langgraph-checkpoint": (3, 0, 0),  # CVE-2025-64439
    "litellm": (1, 84, 0),  # CVE-2026-49468
    "python-multipart": (0, 0, 18),  # CVE-2024-53981
    "requests": (2, 32, 4),  # CVE-2024-47081
    "starlette": (0, 49, 1),  # CVE-2025-62727
    "urllib3": (2, 6, 0),  # CVE-2025-66418
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
