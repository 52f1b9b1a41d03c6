"""What a page of HTML says, as plain lines: what a reader sees, and nothing of how it looks."""

from __future__ import annotations

import re
from html import unescape

import nh3

_BREAK = re.compile(r"<(?=(br|hr|/?(p|div|li|tr|ul|ol|table|blockquote|h[1-6]))\b)", re.IGNORECASE)


def text_of_html(html: str) -> str:
    """The text between the tags, a line per paragraph; broken HTML is no trouble."""
    bare = nh3.clean(
        _BREAK.sub("\n<", html), tags=set(), clean_content_tags={"script", "style", "title"}
    )
    lines = (" ".join(line.split()) for line in unescape(bare).split("\n"))
    return "\n".join(line for line in lines if line)
