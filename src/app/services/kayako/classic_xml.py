"""Lists in Kayako Classic's XML: the fields of each item, as text.

Pure. What refers to a document type or to entities is refused; posts, notes and everything else
that is more than a field with a text is left out unread.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias
from xml.etree.ElementTree import ParseError

from defusedxml.ElementTree import fromstring

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

Fields: TypeAlias = Mapping[str, str]
"""The attributes of an item and its fields, by their names."""

_NO_TEXT = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})
"""Control characters that XML has no place for, and that mails put into subjects all the same."""
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def read_list(content: bytes, *, root: str, item: str) -> list[dict[str, str]]:
    """The items of a list; a single item that stands alone is a list of one.

    Raises ValueError for everything that is not such a list.
    """
    try:
        found = fromstring(_cleaned(content), forbid_dtd=True)
    except (ParseError, LookupError) as exc:  # ValueError: DTDs, entities, encodings
        raise ValueError("is not XML in order") from exc
    if found.tag == item:
        return [_fields(found)]
    if found.tag != root:
        raise ValueError("is XML of another kind")
    return [_fields(one) for one in found.iterfind(item)]


def _cleaned(content: bytes) -> bytes:
    return content if content.startswith(_WIDE) else content.translate(None, _NO_TEXT)


def _fields(element: Element) -> dict[str, str]:
    fields = dict(element.attrib)
    for child in element:
        if not len(child) and not child.attrib:
            fields.setdefault(child.tag, (child.text or "").strip())
    return fields
