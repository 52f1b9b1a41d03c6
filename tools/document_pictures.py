"""Takes the pictures of a review and a profile of the demo's book for docs/images, as PNG.

Usage: TEND_HOME="$(tend demo --where)" python -m tools.document_pictures
Needs Chromium on the path, as `chromium`, `chromium-browser` or `google-chrome`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from app.agents.customer_success.qbr_page import review_page
from app.agents.technical_account_manager.profile_page import profile_page
from app.bootstrap import open_store_of
from app.clock import system_clock
from app.domain.page import Page
from app.jobs.account_documents import profile_for, review_for
from app.ports.store import Unit
from app.services.document_pages import render_page
from app.settings import load_settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
IMAGES = Path("docs/images")
WIDTH = 820
REVIEWED, REVIEW_HEIGHT = "redfern-hollow-media", 1290
"""Down to the end of its second section: the picture stays small enough to load with the text."""
PROFILED, PROFILE_HEIGHT = "bruckental-maschinenbau", 1350


def main() -> int:
    """Take both pictures from the store in TEND_HOME; 1 where there is no browser."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print(f"no browser: install one of {', '.join(BROWSERS)}")
        return 1
    settings = load_settings()
    store = open_store_of(settings)
    review, profile = store.read_now(settings.tenant, _pages)
    store.close()
    _take(browser, review, IMAGES / "review.png", REVIEW_HEIGHT)
    _take(browser, profile, IMAGES / "profile.png", PROFILE_HEIGHT)
    return 0


def _pages(unit: Unit) -> tuple[Page, Page]:
    now = system_clock()
    review = review_for(unit, REVIEWED, "", now)
    profile = profile_for(unit, PROFILED, now)
    return (
        review_page(review.content, for_customer=True),
        profile_page(profile.profile, as_of=profile.as_of),
    )


def _take(browser: str, page: Page, picture: Path, height: int) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(render_page(page), encoding="utf-8")
        words = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={folder}/browser", f"--window-size={WIDTH},{height}"),
            *(f"--screenshot={picture.resolve()}", file.as_uri()),
        ]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
    print(f"{picture}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
