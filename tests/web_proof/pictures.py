"""`python -m tests.web_proof.pictures`: every page of the made-up book as a picture.

Light at 1440 px and dark at 375 px, whole pages, into `build/pictures` (not kept by git).
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from app.log import configure_logging
from tests.browser.pages import NAMES, addresses, shown
from tests.browser.serving import served
from tests.browser.windows import chromium, window
from tests.web_proof.demo_store import lived

FOLDER = Path("build/pictures")
LOOKS = (("light", 1440), ("dark", 375))


def taken(home: Path, names: Sequence[str], days: int) -> list[Path]:
    """The pictures, made over a book of `days` in `home`."""
    lived(home, datetime.now(UTC), days=days)
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = []
    with served(home) as service, chromium() as browser:
        inside = service.signed_in()
        paths = addresses(inside)
        for scheme, width in LOOKS:
            with window(browser, inside.origin, width=width, scheme=scheme) as (page, _):
                for name in names:
                    shown(page, inside, name, paths[name])
                    file = FOLDER / f"{name.replace(', ', ' ').replace(' ', '-')}-{scheme}.png"
                    page.screenshot(path=file, full_page=True)
                    found.append(file)
    return found


def main() -> None:
    """Take those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES)
    parser.add_argument("--days", type=int, default=90)
    arguments = parser.parse_args()
    configure_logging(form="console", level="error")
    with tempfile.TemporaryDirectory(prefix="tend-pictures-") as folder:
        files = taken(Path(folder) / "home", arguments.only, arguments.days)
    Console().print(f"{len(files)} pictures in {FOLDER}", highlight=False)


if __name__ == "__main__":
    main()
