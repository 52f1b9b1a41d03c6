"""A draft's HTML as a page to look at: what a mail program would show, and nothing that acts.

It keeps the tags that letters are laid out with, and none of their attributes.
"""

from __future__ import annotations

from html import escape

import nh3

from app.domain.draft import Draft
from app.services.plain_text import one_line

_TAGS = frozenset(
    {
        *("p", "br", "ul", "ol", "li", "h1", "h2", "h3", "strong", "b", "em", "i", "u", "hr"),
        *("blockquote", "div", "span", "table", "tbody", "thead", "tr", "td", "th", "a"),
    }
)
_TITLE_MOST = 200


def draft_page(draft: Draft, *, style: str = "") -> str:
    """One HTML document: no script, no style of theirs, no picture, no link that leads anywhere.

    `style`: a sheet of our own, as plain as a mail program's.
    """
    body = nh3.clean(draft.body_html, tags=set(_TAGS), attributes={}, link_rel=None)
    allowed = "default-src 'none'; style-src 'unsafe-inline'" if style else "default-src 'none'"
    sheet = f"<style>{style}</style>\n" if style else ""
    title = escape(one_line(draft.subject, _TITLE_MOST))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">\n'
        f"<title>{title}</title>\n{sheet}</head>\n<body>\n{body.strip()}\n</body>\n</html>\n"
    )
