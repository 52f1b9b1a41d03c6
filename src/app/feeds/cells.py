"""Cells of text: names, ids, addresses, lists, claims. Never interpreted, only cleaned."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from app.feeds.refusals import CellRefused, excerpt

E = TypeVar("E", bound=StrEnum)

ID_LIMIT = 200
NAME_LIMIT = 300
SUBJECT_LIMIT = 500
NOTES_LIMIT = 10_000
LIST_LIMIT = 500
"""The most entries a list in one cell may have."""

_EMPTY = frozenset(
    {"", "-", "–", "—", "null", "none", "nan", "nil", "n/a", "#n/a", "#na", "#value!", "#ref!"}
    | {"#div/0!", "#name?", "#null!", "#num!", "(blank)", "(empty)"}
)
_TRUE = frozenset({"true", "yes", "y", "1", "t", "on", "x"})
_FALSE = frozenset({"false", "no", "n", "0", "f", "off"})
# Controls, lone surrogates, byte-order marks and the bidi overrides that make text lie.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_EMAIL = re.compile(r"[^@\s,;<>\"'()\[\]\\]{1,64}@([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_ANGLED = re.compile(r"[^<>]*<([^<>]+)>")
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]+")


def is_empty(text: str) -> bool:
    """Whether a cell says nothing: blank, a dash, NULL, or one of Excel's error values."""
    return not text.isdigit() and text.strip().casefold() in _EMPTY


def clean_line(text: str, limit: int) -> str:
    """One line: no control characters, white space runs as one space, cut at `limit` characters."""
    if not text.isprintable():
        text = _UNWANTED.sub("", text.replace("\r", " "))
    return " ".join(text.split())[:limit].rstrip()


def clean_text(text: str, limit: int) -> str:
    """Several lines: no control characters but line ends and tabs, cut at `limit` characters."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:limit]


def read_name(text: str) -> str:
    """A short text on one line."""
    return clean_line(text, NAME_LIMIT)


def read_subject(text: str) -> str:
    """A ticket's subject on one line."""
    return clean_line(text, SUBJECT_LIMIT)


def read_notes(text: str) -> str:
    """Notes of several lines."""
    return clean_text(text, NOTES_LIMIT)


def read_id(text: str) -> str:
    """An identifier, kept as it is written. Raises CellRefused when it cannot be one."""
    cleaned = clean_line(text, ID_LIMIT + 1)
    if not cleaned:
        raise CellRefused("is empty")
    if len(cleaned) > ID_LIMIT:
        raise CellRefused(f"is longer than {ID_LIMIT} characters")
    if _SCIENTIFIC.fullmatch(cleaned):
        raise CellRefused(
            f"{excerpt(cleaned)} is a long number that Excel has shortened; "
            "format the column as text and export it again"
        )
    return cleaned


def read_email(text: str) -> str:
    """An e-mail address, lower case; `Jane <jane@…>` gives the address. Raises CellRefused."""
    address = clean_line(text, 400)
    angled = _ANGLED.fullmatch(address)
    if angled is not None:
        address = angled[1]
    address = address.strip().lower().removeprefix("mailto:")
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise CellRefused(f"{excerpt(text)} is not an e-mail address")
    return address


def read_bool(text: str) -> bool:
    """A yes or no. Raises CellRefused."""
    word = text.strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellRefused(f"{excerpt(text)} is neither yes nor no; allowed: yes, no, true, false, 1, 0")


def read_list(text: str) -> tuple[str, ...]:
    """Entries separated by `;`, in their order, each once. Raises CellRefused when too many."""
    entries = (clean_line(part, NAME_LIMIT) for part in text.split(";"))
    kept = tuple(dict.fromkeys(entry for entry in entries if entry))
    if len(kept) > LIST_LIMIT:
        raise CellRefused(f"has {len(kept)} entries; at most {LIST_LIMIT} are read")
    return kept


def read_domains(text: str) -> tuple[str, ...]:
    """E-mail domains, lower case; a web address gives its host. Raises CellRefused."""
    entries = read_list(text.replace(",", ";"))
    return tuple(dict.fromkeys(_domain_of(entry) for entry in entries))


def _domain_of(entry: str) -> str:
    host = re.sub(r"^[a-z][a-z0-9+.-]*://", "", entry.lower())
    host = re.split(r"[/?#:]", host, maxsplit=1)[0]
    host = host.rpartition("@")[2].removeprefix("www.").rstrip(".")
    if len(host) > 253 or not _DOMAIN.fullmatch(host):
        raise CellRefused(f"{excerpt(entry)} is not a domain such as acme.example")
    return host


def read_word(text: str, words: type[E], synonyms: Mapping[str, E]) -> E:
    """One of a closed set, by its value or a synonym, case ignored. Raises CellRefused."""
    key = clean_line(text, NAME_LIMIT).casefold()
    found = synonyms.get(key)
    if found is not None:
        return found
    for word in words:
        if word.value.casefold() == key:
            return word
    allowed = ", ".join(word.value for word in words)
    raise CellRefused(
        f"{excerpt(text)} is not one of the allowed values: {allowed}; "
        "--map may say what it means, under words"
    )
