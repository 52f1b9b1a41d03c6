"""Documents lead where they say."""

from __future__ import annotations

import re
from pathlib import Path

from tools.checkout import tracked_files

ROOT = Path(__file__).parents[3]
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)")


def test_every_link_in_the_documents_leads_to_a_file() -> None:
    documents = [path for path in tracked_files(ROOT) if path.suffix == ".md"]
    broken = [
        f"{path.relative_to(ROOT)}: {link}"
        for path in documents
        for link in LINK.findall(path.read_text(encoding="utf-8"))
        if not (path.parent / link).exists()
    ]
    assert broken == []
