"""Pages as HTML: one file each, ready to print, with nothing in it that runs or loads.

It knows how pages look and not what they say. Whatever other people wrote comes out as text:
escaped, on one line, without characters that nobody sees.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.domain.page import Page
from app.services.charts import drawn
from app.services.plain_text import one_line

ValueT = TypeVar("ValueT")

MOST_PER_TEXT = 2_000
_TITLE_MOST = 160


def render_page(page: Page) -> str:
    """The page as one HTML document: no script, no link, no picture from elsewhere."""
    title = one_line(f"{page.title}: {page.kind}", _TITLE_MOST)
    return _PAGES.get_template("page.html").render(page=page, title=title, drawn=drawn)


def _inert(value: ValueT) -> ValueT | str:
    """What is about to be shown: text on one line, without what nobody sees; escaping follows."""
    return one_line(value, MOST_PER_TEXT) if isinstance(value, str) else value


_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"),
    autoescape=True,
    undefined=StrictUndefined,
    finalize=_inert,
    trim_blocks=True,
    lstrip_blocks=True,
)
