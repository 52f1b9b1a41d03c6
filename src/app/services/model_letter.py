"""A model's letter made fit to be a draft: its few tags held to, its text made of its HTML.

Whether what it says is true is judged elsewhere.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

import nh3

from app.errors import AnswerRefused
from app.words.markup_checks import BODY_STYLE

_TAG_BEGINS = re.compile(r"<[A-Za-z/!?]")
TAGS = frozenset({"p", "ul", "ol", "li", "strong", "em", "br"})
_BLOCKS = frozenset({"p", "ul", "ol"})


def letter_html(answered: str) -> str:
    """The letter's HTML: `TAGS` without attributes, in a page of its own.

    Text without any paragraph gets its paragraphs by its empty lines. Raises AnswerRefused naming
    tags and attributes that have no place in a letter: they are not mended in silence, for who
    writes an image or a link was told to.
    """
    seen = _Seen()
    seen.feed(answered)
    seen.close()
    if seen.tags != len(_TAG_BEGINS.findall(answered)):
        seen.strange.add("a broken tag")
    if seen.strange:
        named = ", ".join(sorted(seen.strange)[:5])
        raise AnswerRefused((f"body_html: no place in a letter for {named}",))
    whole = answered if seen.blocks else _paragraphs(answered)
    cleaned = nh3.clean(whole, tags=set(TAGS), attributes={}, strip_comments=True)
    return f'<html>\n<body style="{BODY_STYLE}">\n{cleaned.strip()}\n</body>\n</html>'


def letter_text(html: str) -> str:
    """The same as plain text: paragraphs parted by empty lines, points of lists as `- `."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "\n\n".join(reader.ended()) + "\n"


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts if part)


class _Seen(HTMLParser):
    """Which tags there are."""

    def __init__(self) -> None:
        super().__init__()
        self.strange: set[str] = set()
        self.blocks = 0
        self.tags = 0
        """Whatever begins like a tag and is one."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins, or stands alone."""
        self.tags += 1
        if tag not in TAGS:
            self.strange.add(f"<{_word(tag)}>")
        elif attrs:
            self.strange.add(f"{_word(attrs[0][0])}=")
        self.blocks += tag in _BLOCKS

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """It stands alone, and says so."""
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        del tag
        self.tags += 1

    def handle_comment(self, data: str) -> None:
        """Nobody reads a comment, so nobody checks it."""
        self.tags += 1
        del data
        self.strange.add("a comment")

    def handle_decl(self, decl: str) -> None:
        """Such as a DOCTYPE."""
        self.tags += 1
        del decl
        self.strange.add("a declaration")

    def unknown_decl(self, data: str) -> None:
        """Such as CDATA."""
        self.tags += 1
        del data
        self.strange.add("a declaration")

    def handle_pi(self, data: str) -> None:
        """A processing instruction."""
        self.tags += 1
        del data
        self.strange.add("an instruction")


def _word(name: str) -> str:
    return escape(re.sub(r"[^a-z0-9-]", "", name.lower())[:20])


class _Reader(HTMLParser):
    """Reads well-formed HTML of `TAGS` into blocks of text."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: list[list[str]] = []
        self._line = ""
        self._depth = 0
        """How many lists are open."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A paragraph, a list or a point begins."""
        del attrs
        if tag == "br":
            self._end_line()
        elif tag in _BLOCKS:
            self._end_line()
            if not self._depth:
                self._blocks.append([])
            self._depth += tag != "p"
        elif tag == "li":
            self._end_line()
            self._line = "- "

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if tag in _BLOCKS or tag == "li":
            self._end_line()
        if tag in ("ul", "ol"):
            self._depth -= 1
        if tag in _BLOCKS and not self._depth:
            self._blocks.append([])

    def handle_data(self, data: str) -> None:
        """Words."""
        self._line += data

    def ended(self) -> list[str]:
        """The blocks, each with its lines."""
        self._end_line()
        return ["\n".join(lines) for lines in self._blocks if lines]

    def _end_line(self) -> None:
        is_point = self._line.startswith("- ")
        words = " ".join(self._line.removeprefix("- ").split())
        if words:
            if not self._blocks:
                self._blocks.append([])
            self._blocks[-1].append(f"- {words}" if is_point else words)
        self._line = "- " if is_point and not words else ""
