"""Takes the pictures of a review, a profile and letters of the demo's book for docs/images, as PNG.

Usage: TEND_HOME="$(tend demo --where)" python -m tools.document_pictures
Needs Chromium on the path, as `chromium`, `chromium-browser` or `google-chrome`.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment, StrictUndefined

from app.agents.customer_success.qbr_page import review_page
from app.agents.technical_account_manager.profile_page import profile_page
from app.bootstrap import open_store_of
from app.clock import system_clock
from app.domain.page import Page
from app.jobs.account_documents import profile_for, review_for
from app.jobs.flows.wording import account_facts
from app.ports.store import Unit
from app.services.document_pages import render_page
from app.services.writer import TemplateWriter
from app.settings import load_settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
IMAGES = Path("docs/images")
WIDTH = 820
REVIEWED, REVIEW_HEIGHT = "redfern-hollow-media", 1290
"""Down to the end of its second section: the picture stays small enough to load with the text."""
PROFILED, PROFILE_HEIGHT = "bruckental-maschinenbau", 1350
WRITTEN_TO = (
    ("escalation_outreach", "vintersken-apotek"),
    ("health_checkin", "klitmark-shipping"),
    ("churn_outreach", "redfern-hollow-media"),
)
"""Letters to show side by side: three kinds, to customers who differ."""
LETTERS_WIDTH, LETTERS_HEIGHT = 1500, 822
_LETTERS = Environment(autoescape=True, undefined=StrictUndefined).from_string(
    """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 14px; background: #dfe3e8; display: grid; gap: 14px;
  grid-template-columns: repeat(3, 1fr); align-items: start; color: #202124;
  font: 14px/1.45 Arial, "Liberation Sans", sans-serif }
article { background: #fff; border-radius: 6px; padding: 16px 20px 8px }
header { border-bottom: 1px solid #ddd; margin-bottom: 12px; padding-bottom: 10px;
  color: #5f6368; font-size: 13px }
h1 { font-size: 18px; margin: 0 0 8px; color: #202124 } li { margin-bottom: 4px }
</style>
{% for one in letters %}<article><header><h1>{{ one.letter.subject }}</h1>
From: {{ one.facts.rep.name }} &lt;{{ one.facts.rep.email }}&gt;<br>
To: {{ one.facts.addressee }}</header>{{ one.letter.body_html | safe }}</article>{% endfor %}"""
)


def main() -> int:
    """Take the pictures from the store in TEND_HOME; 1 where there is no browser."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        print(f"no browser: install one of {', '.join(BROWSERS)}")
        return 1
    settings = load_settings()
    store = open_store_of(settings)
    review, profile = store.read_now(settings.tenant, _pages)
    letters = store.read_now(settings.tenant, _letters)
    store.close()
    _take(browser, render_page(review), IMAGES / "review.png", (WIDTH, REVIEW_HEIGHT))
    _take(browser, render_page(profile), IMAGES / "profile.png", (WIDTH, PROFILE_HEIGHT))
    _take(browser, letters, IMAGES / "letters.png", (LETTERS_WIDTH, LETTERS_HEIGHT))
    return 0


def _pages(unit: Unit) -> tuple[Page, Page]:
    now = system_clock()
    review = review_for(unit, REVIEWED, "", now)
    profile = profile_for(unit, PROFILED, now)
    return (
        review_page(review.content, for_customer=True),
        profile_page(profile.profile, as_of=profile.as_of),
    )


def _letters(unit: Unit) -> str:
    """The letters as a mail program shows them: the HTML bodies as they would be sent."""
    now, accounts = system_clock(), unit.book.accounts([one for _, one in WRITTEN_TO])
    shown = []
    for kind, account_id in WRITTEN_TO:
        owner = accounts[account_id].owner_email or ""
        facts = account_facts(unit, account_id, owner, now)
        letter = TemplateWriter().letter(kind, facts)
        shown.append({"letter": letter, "facts": facts})
    return _LETTERS.render(letters=shown)


def _take(browser: str, html: str, picture: Path, size: tuple[int, int]) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(html, encoding="utf-8")
        words = [
            *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
            *(f"--user-data-dir={folder}/browser", f"--window-size={size[0]},{size[1]}"),
            *(f"--screenshot={picture.resolve()}", file.as_uri()),
        ]
        subprocess.run(words, check=True, capture_output=True, timeout=60)
    print(f"{picture}: {picture.stat().st_size // 1024} KB")


if __name__ == "__main__":
    sys.exit(main())
