"""What mail programs make a link of by themselves, in text that other people wrote.

A letter that quotes such a text would lead its reader, in our rep's name, to wherever they wanted.
An address that is itself a whole file (`data:`) counts with them: nobody could read it.
"""

from __future__ import annotations

import re
import unicodedata

from app.services.plain_text import one_line

_LINK = re.compile(
    r"\b(?:https?|ftps?|sftp|file|smb)://?[^\s/]"
    r"|\b(?:mailto|tel|sms|callto|facetime|skype|slack|msteams|zoommtg):[^\s]"
    r"|\bdata:[\w.+/-]*[;,]"
    r"|(?<![\w.])www\.[^\s.]"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"(?<![\w@.])(?:[\w-]+\.)+(?P<top>[^\W\d_]{2,}|xn--[\w-]+)(?![\w-])(?P<path>[/:]\S)?"
)
_TOPS = frozenset(
    (
        *("com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "name", "pro", "museum"),
        *("aero", "coop", "jobs", "mobi", "travel", "tel", "asia", "post", "app", "dev", "page"),
        *("cloud", "online", "site", "website", "store", "shop", "tech", "xyz", "top", "club"),
        *("live", "link", "click", "work", "zip", "mov", "space", "team", "email", "help"),
        *("support", "agency", "digital", "solutions", "systems", "software"),
        *("example", "test", "invalid"),
    )
)
_FILES = frozenset(
    ("cc", "cs", "db", "gz", "js", "kt", "md", "pl", "ps", "py", "rb", "rs", "sh", "so", "tf")
)
"""Two letters that end a file's name more often than a host's."""
_COMPANY = re.compile(r"[\w-]+\.[^\W\d_]{2,}(?: (?:[\w&-]+|(?:\w\.){2,})){0,2}")


def makes_link(text: str) -> bool:
    """Whether something in the text would be a link: an address, or a host by its name alone."""
    plain = _plain(text)
    return _LINK.search(plain) is not None or any(map(_is_host, _HOST.finditer(plain)))


def is_name_with_link(text: str) -> bool:
    """Whether a name is more of a link than companies' names are: `Booking.com Ltd` is none."""
    return makes_link(text) and _COMPANY.fullmatch(_plain(text)) is None


def _plain(text: str) -> str:
    """As it will be shown, with full stops of one kind."""
    shown = unicodedata.normalize("NFKC", one_line(text, len(text)))
    return shown.replace("\u3002", ".").replace("\u2024", ".")


def _is_host(found: re.Match[str]) -> bool:
    """By its end, or by a path behind it. Two letters are a country's, but for files'."""
    top = found["top"].casefold()
    is_country = len(top) == 2 and top.isascii() and top not in _FILES
    return is_country or top in _TOPS or top.startswith("xn--") or found["path"] is not None
