"""What is live in an output: whatever runs, loads, leads somewhere, or calls somebody.

Each kind of output is read by a parser that has nothing to do with how it was written. What is
found comes back in words; nothing found is an empty tuple. It knows nothing of the writers.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

_LAYOUT = frozenset({"class"})
INERT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            *("html", "head", "body", "main", "header", "section", "title", "style"),
            *(
                "p",
                "br",
                "hr",
                "ul",
                "ol",
                "li",
                "h1",
                "h2",
                "h3",
                "h4",
                "strong",
                "em",
                "b",
                "i",
                "u",
            ),
            *(
                "div",
                "span",
                "pre",
                "code",
                "blockquote",
                "table",
                "caption",
                "thead",
                "tbody",
                "tr",
                "td",
            ),
        ),
        _LAYOUT,
    ),
    "html": frozenset({"lang"}),
    "body": frozenset({"class", "style"}),
    "meta": frozenset({"charset", "name", "content", "http-equiv"}),
    "span": frozenset({"class", "style"}),
    "th": frozenset({"scope"}),
    "svg": frozenset({"class", "viewbox", "role", "aria-label"}),
    "line": frozenset({"x1", "x2", "y1", "y2"}),
    "path": frozenset({"d"}),
    "circle": frozenset({"class", "cx", "cy", "r"}),
    "text": frozenset({"class", "x", "y"}),
    "a": frozenset({"href"}),
}
"""Tags that only lay out, with the attributes that they may have; `a` where it leads is judged."""
_LAID_OUT = re.compile(
    r"width: \d+(\.\d+)?%"
    r"|font-family: [A-Za-z, -]+; font-size: \d+px; line-height: \d+(\.\d+)?"
)
_STYLE_THAT_ACTS = re.compile(r"url\s*\(|@import|expression|behavior|javascript", re.IGNORECASE)
_DOCTYPE = "doctype html"

_TOP = (
    "com|net|org|edu|gov|info|biz|io|ai|co|app|dev|xyz|top|site|online|shop|link|click|me|us|uk|de"
    "|fr|es|it|nl|eu|ch|at|ru|cn|in|example|test"
)
_AUTOLINKS = (
    re.compile(r"\b(?:https?|ftp|sftp|file|smb)://?[^\s<>\"']+", re.IGNORECASE),
    re.compile(r"\b(?:mailto|tel|sms|callto|skype|slack|msteams):[^\s<>\"']+", re.IGNORECASE),
    re.compile(r"(?<![\w.])www\.[^\s<>\"']+", re.IGNORECASE),
    re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE),
    re.compile(rf"(?<![\w@.])(?:[\w-]+\.)+(?:{_TOP})\b(?:/[^\s<>\"']*)?(?![\w-])", re.IGNORECASE),
)
"""What mail programs and chats make a link of by themselves."""
_MARKDOWN_LINK = re.compile(r"!?\[[^\]\n]*\]\([^)\n]*\)")

HEADERS = frozenset(
    {
        *("x-unsent", "x-tend-key", "message-id", "date", "from", "to", "subject"),
        *("mime-version", "content-type", "content-transfer-encoding", "in-reply-to", "references"),
    }
)
"""All that a draft may have; each once."""

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
"""What spreadsheets take for the begin of a formula (OWASP, CSV Injection), blanks before
it or none."""
_BLANKS = " \t\r\n\0\ufeff"
_SEPARATORS = ",;\t"
"""What spreadsheets part cells by, as the country has it."""

_STYLING = re.compile(r"\x1b\[[0-9;]*m")
_MARKDOWN = MarkdownIt("commonmark", {"html": True})
_LINE_BREAKS = frozenset("\n\r")
_HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_ANGLE = re.compile(r"<(?P<target>[^<>|\n]+)(?:\|[^<>\n]*)?>")
_MENTION = re.compile(r"(?<![\w.])@\w+")

Found = tuple[str, ...]


def live_in_text(text: str, *, hosts: Collection[str] = ()) -> Found:
    """What a mail program makes a link of in plain text. `hosts`: where links may lead."""
    return tuple(
        f"link: {found.group()[:80]}"
        for pattern in _AUTOLINKS
        for found in pattern.finditer(text)
        if not _is_allowed(found.group(), hosts)
    )


def live_in_html(page: str, *, hosts: Collection[str] = ()) -> Found:
    """What a browser runs, loads or can be made to follow."""
    return tuple(_read(page, hosts).found)


def live_in_mail(
    raw: bytes,
    *,
    to: Collection[str],
    hosts: Collection[str] = (),
    headers: Collection[str] = (),
) -> Found:
    """What a mail program runs, loads or leads to, and any header or part that is not ours.

    `headers`: what it may have besides those of a draft.
    """
    mail = message_from_bytes(raw, policy=default)
    known = HEADERS | {name.casefold() for name in headers}
    return (*_heads(mail, to, known), *_parts(mail, hosts))


def live_in_csv(text: str) -> Found:
    """Cells that a spreadsheet would reckon, whatever it takes for the separator."""
    found = []
    for separator in _SEPARATORS:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            found += [
                f"formula: {cell[:80]!r}"
                for cell in row
                if cell.lstrip(_BLANKS).startswith(_FORMULA)
            ]
    return tuple(dict.fromkeys(found))


def live_in_terminal(shown: str) -> Found:
    """What a terminal obeys, colours and weights aside."""
    plain = _STYLING.sub("", shown)
    return tuple(
        f"control: {char!r} in {plain[max(at - 20, 0) : at + 20]!r}"
        for at, char in enumerate(plain)
        if char not in _LINE_BREAKS and (unicodedata.category(char) in _HIDDEN or char in _TURNING)
    )


def live_in_chat(text: str, *, hosts: Collection[str] = (), marks_up: bool) -> Found:
    """Mentions and links. `marks_up`: it reads Markdown, and a bare `@name` calls somebody."""
    found = [
        f"mention or link: {angle.group()[:80]}"
        for angle in _ANGLE.finditer(text)
        if not _is_allowed(angle["target"], hosts)
    ]
    rest = _ANGLE.sub(" ", text)
    if marks_up:
        found += [f"link: {one.group()[:80]}" for one in _MARKDOWN_LINK.finditer(rest)]
        found += [f"mention: {one.group()}" for one in _MENTION.finditer(rest)]
    return (*found, *live_in_text(rest, hosts=hosts))


def live_in_markdown(text: str, *, hosts: Collection[str] = ()) -> Found:
    """What a page made of this Markdown would run, load or lead to."""
    return live_in_html(_MARKDOWN.render(text), hosts=hosts)


class _Page(HTMLParser):
    """Reads a page and notes what is live in it."""

    def __init__(self, hosts: Collection[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.tags = 0
        self.words: list[str] = []
        self._hosts = hosts
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        self._in_style = tag == "style"
        if tag not in INERT:
            self.found.append(f"tag: <{tag}>")
            return
        for name, value in attrs:
            if not self._is_inert(tag, name, value or ""):
                self.found.append(f"attribute: <{tag} {name}={(value or '')[:60]!r}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags += 1
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.words.append(data)
        elif _STYLE_THAT_ACTS.search(data):
            self.found.append("a style that loads or acts")

    def handle_decl(self, decl: str) -> None:
        self.tags += 1
        if decl.casefold() != _DOCTYPE:
            self.found.append(f"declaration: {decl[:60]}")

    def handle_comment(self, data: str) -> None:
        self.tags += 1
        self.found.append(f"comment: {data[:60]}")

    def handle_pi(self, data: str) -> None:
        self.tags += 1
        self.found.append(f"instruction: {data[:60]}")

    def unknown_decl(self, data: str) -> None:
        self.tags += 1
        self.found.append(f"declaration: {data[:60]}")

    def _is_inert(self, tag: str, name: str, value: str) -> bool:
        if name not in INERT[tag]:
            return False
        if name == "href":
            return _is_allowed(value, self._hosts)
        if name == "http-equiv":
            return value.casefold() == "content-security-policy"
        return name != "style" or _LAID_OUT.fullmatch(value) is not None


def _read(page: str, hosts: Collection[str]) -> _Page:
    reader = _Page(hosts)
    reader.feed(page)
    reader.close()
    if page.count("<") != reader.tags:
        reader.found.append("a tag that readers may understand in different ways")
    return reader


def _heads(mail: EmailMessage, to: Collection[str], known: Collection[str]) -> Iterator[str]:
    names = [name.casefold() for name in mail]
    yield from (f"header: {name}" for name in sorted(set(names) - set(known)))
    yield from (f"header twice: {name}" for name in sorted(set(names)) if names.count(name) > 1)
    addressed = mail["To"].addresses if "To" in mail else ()
    given = {address.addr_spec.casefold() for address in addressed}
    yield from (f"recipient: {one}" for one in sorted(given - {one.casefold() for one in to}))
    yield from live_in_text(str(mail["Subject"]))
    yield from (f"defect: {defect!r}" for part in mail.walk() for defect in part.defects)


def _parts(mail: EmailMessage, hosts: Collection[str]) -> Iterator[str]:
    for part in mail.walk():
        kind = part.get_content_type()
        if part.get_filename() is not None or part.get_content_disposition() == "attachment":
            yield f"attachment: {kind}"
        elif kind == "text/plain":
            yield from live_in_text(part.get_content(), hosts=hosts)
        elif kind == "text/html":
            page = _read(part.get_content(), hosts)
            yield from page.found
            for words in page.words:
                yield from live_in_text(words, hosts=hosts)
        elif kind != "multipart/alternative":
            yield f"part: {kind}"


def _is_allowed(address: str, hosts: Collection[str]) -> bool:
    """https to one of the hosts, or an e-mail address there; a bare host is taken for https."""
    if "@" in address and "://" not in address:
        return address.rpartition("@")[2].casefold().rstrip(".") in hosts
    parts = urlsplit(address if "://" in address else f"https://{address}")
    return parts.scheme == "https" and "@" not in parts.netloc and parts.hostname in hosts
