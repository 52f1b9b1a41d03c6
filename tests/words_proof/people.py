"""Letters that people wrote by hand about the four scenes, as they stand in a file."""

from __future__ import annotations

import html
import tomllib
from collections.abc import Iterator
from pathlib import Path

from app.ports.writer import Letter
from tests.words_proof.letters import Written
from tests.words_proof.scenes import SCENES

LETTERS = Path(__file__).with_name("human_letters.toml")


def html_of(body_text: str) -> str:
    """The text as a mail program would put it: paragraphs, lists and headings."""
    parts = []
    for block in body_text.strip().split("\n\n"):
        lines = [html.escape(line) for line in block.split("\n")]
        if lines[0].startswith("# "):
            parts.append(f"<h3>{lines[0].removeprefix('# ')}</h3>")
        elif all(line.startswith("- ") for line in lines):
            points = "".join(f"<li>{line.removeprefix('- ')}</li>" for line in lines)
            parts.append(f"<ul>{points}</ul>")
        else:
            parts.append(f"<p>{'<br>'.join(lines)}</p>")
    return "\n".join(parts)


def letter_of(subject: str, body: str) -> Letter:
    """A letter of these words."""
    text = body.strip() + "\n"
    return Letter(subject=subject, body_text=text, body_html=html_of(text), worded_by="hand")


def human_letters() -> Iterator[Written]:
    """All of them."""
    for one in tomllib.loads(LETTERS.read_text(encoding="utf-8"))["letter"]:
        yield Written(
            kind=f"by hand, {one['scene']}",
            facts=SCENES[one["scene"]],
            letter=letter_of(one["subject"], one["body"]),
            more_to=tuple(one.get("more_to", ())),
        )
