"""Links in a text, in whatever dress: only to allowed hosts, only https, or given word for word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from app.words.reading import Reading
from app.words.refusal import Check, Refusal
from app.words.seen import excerpt, plain
from app.words.sheet import Given

_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*:[\\/]{2}[^\s<>\"']*|\\\\\w[^\s]*", re.IGNORECASE)
_SCHEME = re.compile(
    r"\b(?:javascript|vbscript|livescript|mocha|mailto|tel|sms|file|ftp|blob|callto|facetime|intent"
    r"|view-source|about|chrome|jar|ws|wss|magnet|skype|slack|msteams|zoommtg|tg|whatsapp)\s*:\s*\S"
    r"|\bdata:[\w.+/-]*[;,]|\bdata\s*:\s*(?:[\w.+-]+/[\w.+-]+)?\s*[;,]",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(r"!?\[[^\]\n]*\]\s*\([^)\n]*\)|^\s*\[[^\]\n]+\]:\s*\S+|!\[", re.MULTILINE)
_DISGUISED = re.compile(
    r"\bhxxps?\b|[\[({] ?(?:\.|dot) ?[\])}]"
    r"|\b[\w-]+ dot (?:com|net|org|io|co|ai|app|dev|example)\b",
    re.IGNORECASE,
)
_DOMAIN = re.compile(
    r"(?<![\w@.-])(?:[^\W_](?:[\w-]*[^\W_])?\.)+"
    r"(?P<top>[^\W\d_]{2,}|xn--[\w-]+)(?![\w@-])"
    r"(?::\d+)?(?:/[^\s]*)?",
)
_ADDRESS = re.compile(
    r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])|\[[0-9a-f:]{3,}\]", re.IGNORECASE
)
_FILES = frozenset(
    {
        *("csv", "tsv", "json", "xml", "yaml", "yml", "toml", "ini", "sql", "log", "txt", "js"),
        *("pdf", "xlsx", "xls", "docx", "pptx", "png", "jpg", "jpeg", "gif", "parquet", "avro"),
        *("ts", "tsx", "jsx", "css", "html", "java", "go", "kt", "rb", "cpp", "cs", "ipynb"),
        *("cfg", "conf", "db", "gz"),
    }
)
"""Endings of files that are no domains."""
_SOURCES = frozenset({"cc", "md", "pl", "ps", "py", "rs", "sh", "so", "tf"})
"""Endings of files that are countries' too: a file only where a customer names it, bare."""
_ABBREVIATION = re.compile(r"(?:[a-z]\.){1,3}[a-z]\.?", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'\""


def check_links(reading: Reading, given: Given) -> Iterator[Refusal]:
    """Every link, domain or scheme that the facts and the allowed hosts do not cover.

    A quotation is looked at too: a mail reader makes a link of what a customer wrote.
    """
    text = reading.shown
    for pattern, what in ((_MARKDOWN, "a link in markdown"), (_SCHEME, "an address to be called")):
        for found in pattern.finditer(text):
            yield _refusal(f"{what} is not allowed", found, reading)
    for found in _LINK.finditer(text):
        address = found.group().rstrip(_TRAILING)
        if not (_is_given(address, given) or _leads_to_allowed(address, given)):
            yield _refusal(
                "the link is not in the facts and leads to no allowed host", found, reading
            )
    rest = _LINK.sub(lambda found: " " * len(found.group()), text)
    for found in _DISGUISED.finditer(rest):
        yield _refusal("a link in disguise", found, reading)
    for found in (*_DOMAIN.finditer(rest), *_ADDRESS.finditer(rest)):
        if not _is_harmless(found, given):
            yield _refusal("the domain is not an allowed host", found, reading)


def check_link(address: str, given: Given) -> Iterator[Refusal]:
    """An address that HTML links to."""
    if not (_is_given(address, given) or _leads_to_allowed(address, given)):
        reason = "the link is not in the facts and leads to no allowed host"
        yield Refusal(check=Check.LINK, reason=reason, excerpt=excerpt(plain(address), 0, 80))


def _is_given(address: str, given: Given) -> bool:
    return address.rstrip(_TRAILING) in given.links or address in given.links


def _leads_to_allowed(address: str, given: Given) -> bool:
    """https, a plain host that is allowed or lies below one, no user, no other port."""
    if "\\" in address or not address.isascii():
        return False
    try:
        parts = urlsplit(address)
        has_port = parts.port is not None
    except ValueError:
        return False
    plain_host = parts.netloc.casefold() == (parts.hostname or "")
    return (
        parts.scheme.casefold() == "https"
        and plain_host
        and not has_port
        and _is_allowed(parts.hostname or "", given)
    )


def _is_allowed(host: str, given: Given) -> bool:
    return any(host == known or host.endswith(f".{known}") for known in given.hosts)


def _is_harmless(found: re.Match[str], given: Given) -> bool:
    """An allowed host, a file's name, an abbreviation, or part of a name in the facts."""
    words = found.group().rstrip(_TRAILING)
    host = re.split(r"[/:]", words.casefold())[0]
    is_name = any(host in phrase.casefold().split() for phrase in given.phrases)
    is_file = found.groupdict().get("top", "").casefold() in _FILES
    return (
        is_name
        or is_file
        or _is_quoted_source(words.casefold(), given)
        or _is_allowed(host, given)
        or _ABBREVIATION.fullmatch(words) is not None
    )


def _is_quoted_source(words: str, given: Given) -> bool:
    """`parser.py` in a customer's words: one name and its ending, nothing before or behind."""
    name, _, top = words.partition(".")
    return (
        top in _SOURCES
        and name != "www"
        and any(
            words == one.group().rstrip(_TRAILING).casefold()
            for quote in given.quotes
            for one in _DOMAIN.finditer(quote)
        )
    )


def _refusal(reason: str, found: re.Match[str], reading: Reading) -> Refusal:
    start, end = found.span()
    return Refusal(check=Check.LINK, reason=reason, excerpt=excerpt(reading.shown, start, end))
