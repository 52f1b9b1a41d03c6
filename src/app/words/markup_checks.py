"""A letter's HTML: a handful of tags without attributes, links as in text, and the same words.

The grammar is read here by itself and strictly: what does not match it is refused, so that no two
readers of HTML can see different things in it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt, has_unseen, plain

ALLOWED = frozenset({"html", "body", "p", "ul", "ol", "li", "strong", "em", "br", "h2", "h3", "a"})
BODY_STYLE = "font-family: Arial, Helvetica, sans-serif; font-size: 14px; line-height: 1.5"
"""How a letter is set: the one attribute, word for word, that its body may have."""
_BODY_STYLE = f' style="{BODY_STYLE}"'
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<rest>[^<>]*)>")
_HREF = re.compile(r"""\s+href=(?:"(?P<double>[^"<>]*)"|'(?P<single>[^'<>]*)')\s*""")
_CODE = re.compile(r"<[a-z/!?][^<>]*>?|&(?:#x?[0-9a-f]+|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*\u2022]|\d{1,2}[.)]|#{1,3})\s+", re.MULTILINE)
_VOID = frozenset({"br"})


def check_markup(body_html: str, body_text: str) -> Iterator[Refusal]:
    """Tags, attributes and hidden characters that may not be there, and words that differ."""
    yield from _wrong_tags(body_html)
    if has_unseen(html.unescape(body_html)) or has_unseen(body_text):
        yield Refusal(check=Check.MARKUP, reason="there are characters that no reader sees")
    if body_html and _words(text_of(body_html)) != _words(body_text):
        yield Refusal(check=Check.MARKUP, reason="the HTML does not say what the text says")


def check_code(reading: Reading) -> Iterator[Refusal]:
    """Tags and character references as words: a customer reads them as they stand."""
    for found in _CODE.finditer(reading.voiced):
        yield _refusal("there is markup among the words", reading.shown, found.span())


def links_in(body_html: str) -> tuple[str, ...]:
    """The addresses that the HTML links to."""
    return tuple(
        html.unescape(found["double"] or found["single"] or "")
        for tag in _TAG.finditer(body_html)
        for found in _HREF.finditer(tag["rest"])
    )


def text_of(body_html: str) -> str:
    """What the HTML says; an address behind other words stands after them in brackets."""
    parts: list[str] = []
    behind, since, offset = "", 0, 0
    for tag in _TAG.finditer(body_html):
        parts.append(html.unescape(body_html[offset : tag.start()]))
        offset = tag.end()
        if tag["name"].casefold() != "a":
            parts.append("\n" if tag["name"].casefold() not in {"strong", "em"} else "")
        elif tag["end"]:
            words = "".join(parts[since:]).strip()
            parts.append("" if words == behind else f" ({behind})")
        else:
            behind, since = "".join(links_in(tag.group())), len(parts)
    parts.append(html.unescape(body_html[offset:]))
    return "".join(parts)


def _wrong_tags(body_html: str) -> Iterator[Refusal]:
    opened: list[str] = []
    for tag in _TAG.finditer(body_html):
        name, rest = tag["name"].casefold(), tag["rest"].rstrip("/")
        if name not in ALLOWED:
            yield _refusal(f"the tag <{name}> is not allowed", body_html, tag.span())
        elif rest.strip() and not _may_have(name, rest, is_end=bool(tag["end"])):
            yield _refusal(f"<{name}> may have no attribute", body_html, tag.span())
        if tag["end"]:
            if not opened or opened.pop() != name:
                yield _refusal(f"</{name}> ends what was not begun", body_html, tag.span())
                return
        elif name not in _VOID:
            opened.append(name)
    if opened:
        yield Refusal(check=Check.MARKUP, reason=f"<{opened[-1]}> is never ended")
    left = _TAG.sub(lambda tag: " " * len(tag.group()), body_html)
    for found in re.finditer("<", left):
        yield _refusal("a tag is broken", body_html, found.span())


def _may_have(name: str, rest: str, *, is_end: bool) -> bool:
    if name == "body":
        return rest == _BODY_STYLE and not is_end
    return name == "a" and not is_end and _HREF.fullmatch(rest) is not None


def _words(text: str) -> list[str]:
    return _BULLET.sub("", plain(text)).split()


def _refusal(reason: str, text: str, span: tuple[int, int]) -> Refusal:
    return Refusal(check=Check.MARKUP, reason=reason, excerpt=plain(excerpt(text, *span)))
