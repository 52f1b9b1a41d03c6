"""Names as parts of ids: the same for every spelling by case, width and blanks."""

from __future__ import annotations

import unicodedata
from hashlib import sha256

_MOST_CHARACTERS = 60


def slug_of(text: str) -> str:
    """The text as part of an id, such as `reverse-sync`.

    What has no letter or digit, and what is too long, is told apart by a digest.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    parts = "".join(char if char.isalnum() or char == "." else " " for char in folded).split()
    slug = "-".join(parts)
    if slug and len(slug) <= _MOST_CHARACTERS:
        return slug
    digest = sha256(folded.encode(errors="surrogatepass")).hexdigest()[:8]
    return f"{slug[:_MOST_CHARACTERS]}-{digest}" if slug else digest
