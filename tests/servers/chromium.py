"""The browser of the system: nothing is downloaded, `make test-deps` brings it."""

from __future__ import annotations

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def program() -> str | None:
    """Where it is; None: there is none."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)
