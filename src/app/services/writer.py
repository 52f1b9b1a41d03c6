"""Words by template: letters to customers and alerts to our own reps. Speaks to no model.

Each letter's words stand once, in a text template whose first line is the subject; the HTML body is
made of the same paragraphs, escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.errors import InvalidInput, NotFound
from app.ports.writer import Letter, OutreachFacts
from app.services.letter_offer import offer_view
from app.services.letter_view import letter_view
from app.services.plain_text import many_lines, one_line
from app.services.template_source import TemplateSource, our_template

LETTERS = frozenset(
    {
        "escalation_outreach",
        "churn_outreach",
        "health_checkin",
        "customer_success_review",
        "release_notes",
        "roadmap_preview",
        "expansion_outreach",
    }
)
"""The communication types that there is a template for."""

_HEALTH_FACTS = frozenset(
    {
        "account_name",
        "change",
        "band",
        "previous_band",
        "score",
        "reasons",
        "arr",
        "renewal",
        "link",
    }
)
ALERT_FACTS: Mapping[str, frozenset[str]] = {
    "tam_alert": _HEALTH_FACTS,
    "csm_alert": _HEALTH_FACTS,
    "csm_churn_alert": _HEALTH_FACTS | {"churn_level"},
    "feed_alert": frozenset({"account_name", "reasons"}),
    "digest": frozenset({"lines"}),
    "baseline_summary": frozenset({"day", "lines"}),
    "sales_note": frozenset({"account_name", "headline", "lines"}),
    "qbr_ready": frozenset({"account_name", "period", "where", "health", "arr", "renewal"}),
}
"""The facts that each alert needs; more may be given. An empty one leaves its words out. `reasons`
and `lines` may have several lines, the others are brought onto one. `change` is a `Change`, `score`
0-100, `renewal` a day, `link` how to open the draft; a feed alert's `account_name` is the feed."""

BRIEFING_FACTS: Mapping[str, frozenset[str]] = {
    "churn_narrative": frozenset({"account_name", "churn_level", "reasons"}),
    "talk_track_seats": frozenset({"account_name", "what", "evidence", "renewal"}),
    "talk_track_module": frozenset({"account_name", "what", "evidence", "renewal"}),
    "talk_track_integration": frozenset({"account_name", "what", "evidence", "renewal"}),
}
"""The facts that each briefing needs, as with alerts."""

_SEVERAL_LINES = frozenset({"reasons", "lines"})
_MOST_PER_LINE = 400
_SUBJECT_MOST = 120

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """A paragraph with its lines, a list with its points, or a heading."""

    lines: tuple[str, ...]
    is_list: bool = False
    is_heading: bool = False


class TemplateWriter:
    """The writer that is always there: the same facts give the same words."""

    def __init__(self, own: Path | None = None) -> None:
        """`own`: a folder of the tenant's own templates, which go before ours; None: none."""
        self._templates = TemplateSource(own)

    def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """A letter of one of `LETTERS`, without internal words whatever the facts say.

        Raises NotFound for a type it has no template for.
        """
        if communication_type not in LETTERS:
            msg = f"no letter {communication_type!r}; there are: {', '.join(sorted(LETTERS))}"
            raise NotFound(msg)
        view = letter_view(facts)
        made = self._templates.render(
            f"{communication_type}.txt", {"letter": view, "offer": offer_view(facts)}
        )
        subject, _, body = made.text.strip().partition("\n")
        blocks = _blocks_of(body)
        return Letter(
            subject=one_line(subject, _SUBJECT_MOST),
            body_text=_text_of(blocks),
            body_html=_html_of(blocks),
            confidence="low" if made.trouble else "high",
            refused=(made.trouble,) if made.trouble else (),
        )

    def alert(self, name: str, facts: Mapping[str, str]) -> str:
        """A text to our own rep by the template `name`; what it needs stands in `ALERT_FACTS`.

        Raises NotFound for a name it has no template for, InvalidInput naming missing facts.
        """
        return self._filled("alert", name, facts, ALERT_FACTS)

    def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        """A text for our own rep by the template `name`; what it needs stands in `BRIEFING_FACTS`.

        Raises NotFound for a name it has no template for, InvalidInput naming missing facts.
        """
        return self._filled("briefing", name, facts, BRIEFING_FACTS)

    def _filled(
        self,
        what: str,
        name: str,
        facts: Mapping[str, str],
        needed: Mapping[str, frozenset[str]],
    ) -> str:
        if name not in needed:
            msg = f"no {what} {name!r}; there are: {', '.join(sorted(needed))}"
            raise NotFound(msg)
        missing = needed[name] - facts.keys()
        if missing:
            msg = f"{what} {name}: facts missing: {', '.join(sorted(missing))}"
            raise InvalidInput(msg)
        shown = {
            key: many_lines(text, _MOST_PER_LINE)
            if key in _SEVERAL_LINES
            else one_line(text, _MOST_PER_LINE)
            for key, text in facts.items()
            if key in needed[name]
        }
        made = self._templates.render(f"{name}.txt", shown)
        if made.trouble:
            log.warning("template.not_used", template=name, reason=made.trouble)
        return "\n".join(line for line in made.text.splitlines() if line)


def html_of_text(text: str) -> str:
    """The HTML body that says what a letter's plain text says, as a template's does."""
    return _html_of(_blocks_of(text))


def _html_of(blocks: tuple[_Block, ...]) -> str:
    return our_template("letter.html").render(blocks=blocks)


def _blocks_of(body: str) -> tuple[_Block, ...]:
    """Paragraphs are parted by empty lines; one whose lines all begin with `- ` is a list.

    A line alone that begins with `# ` is a heading.
    """
    blocks = []
    for part in body.split("\n\n"):
        lines = tuple(line.strip() for line in part.splitlines() if line.strip())
        if not lines:
            continue
        if all(line.startswith("- ") for line in lines):
            points = tuple(line.removeprefix("- ") for line in lines)
            blocks.append(_Block(lines=points, is_list=True))
        elif len(lines) == 1 and lines[0].startswith("# "):
            blocks.append(_Block(lines=(lines[0].removeprefix("# "),), is_heading=True))
        else:
            blocks.append(_Block(lines=lines))
    return tuple(blocks)


def _text_of(blocks: tuple[_Block, ...]) -> str:
    parts = (
        "\n".join(f"- {line}" if block.is_list else line for line in block.lines)
        for block in blocks
    )
    return "\n\n".join(parts) + "\n"
