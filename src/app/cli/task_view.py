"""What became of a task, as a person reads it: who did it, what came of it, where it is now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from app.agents.routing import SupervisorAnswer
from app.services.plain_text import many_lines, one_line

_LINE = 400
_PARAGRAPH = 2_000


def print_answer(console: Console, answer: SupervisorAnswer) -> None:
    """Print the answer of an agent; its letter in full."""
    result = answer.result
    about = f" for {answer.account_id}" if answer.account_id else ""
    title = f"{answer.agent_name}: {answer.task_type.replace('_', ' ')}{about}"
    console.print(Text(one_line(title, _LINE), "bold"))
    letter = result.get("communication_content")
    if isinstance(letter, str) and letter:
        kind = _text(result, "communication_type").replace("_", " ")
        console.print(Panel(Text(many_paragraphs(letter)), title=Text(kind), width=88))
    for line in lines_of(answer):
        console.print(Text(line))


def print_question(console: Console, answer: SupervisorAnswer) -> None:
    """Print what is to be said more plainly, with the choices."""
    console.print(Text(answer.question, "bold"))
    for choice in answer.choices:
        console.print(Text(f"  {one_line(choice.words, _LINE)}"))


def lines_of(answer: SupervisorAnswer) -> Iterator[str]:
    """What came of it, a line for each thing; other people's text on one line."""
    result = answer.result
    for lines in (
        _draft(result),
        _health(result),
        _churn(result),
        _growth(result),
        _documents(answer),
        _profile(result),
    ):
        yield from (one_line(line, _LINE) for line in lines)
    told = _text(result, "told")
    if told:
        yield "The rep is told:"
        yield from (f"  {line}" for line in many_lines(told, _LINE).splitlines())
    for reason in _list(result, "reasons"):
        yield f"- {one_line(str(reason), _LINE)}"
    if result.get("partial") is True:
        yield "This is not all: tend drafts has the drafts, tend runs what is still under way."


def many_paragraphs(letter: str) -> str:
    """A letter as it is, without what no reader sees."""
    return "\n".join(one_line(line, _PARAGRAPH) for line in letter.splitlines())


def _draft(result: Mapping[str, JsonValue]) -> Iterator[str]:
    draft_id = _text(result, "draft_id")
    if draft_id:
        yield f"The draft waits for its rep: tend drafts show {draft_id}"
    elif _text(result, "communication_type"):
        yield "The draft is not there yet: tend runs says why."
    state = _text(result, "opportunity_state")
    if state:
        yield f"Opportunity {_text(result, 'opportunity_id')}: {state}"


def _health(result: Mapping[str, JsonValue]) -> Iterator[str]:
    one = _mapping(result, "health_score")
    if one:
        before = one.get("previous_score")
        was = "" if before is None else f" (was {before} {one.get('previous_rag') or ''})".rstrip()
        yield f"Health {one.get('score')}/100 (100 = healthy), {one.get('rag_status')}{was}"
    scores = [score for score in _list(result, "health_scores") if isinstance(score, dict)]
    if scores:
        bands = Counter(str(score.get("rag_status")) for score in scores)
        counted = ", ".join(f"{bands[band]} {band}" for band in ("Green", "Amber", "Red"))
        yield f"{len(scores)} accounts have a score: {counted}. tend scan shows the table."
    reached = _mapping(_mapping(result, "escalation_result"), "channels")
    if reached:
        by = ", ".join(name for name, got in reached.items() if got) or "nobody yet"
        yield f"Its escalation reached: {by}"


def _churn(result: Mapping[str, JsonValue]) -> Iterator[str]:
    churn = _mapping(result, "churn_risk")
    if churn:
        why = churn.get("churn_triggered_by")
        yield f"Churn risk {churn.get('churn_risk_level')}{f', by {why}' if why else ''}"
        for line in _text(churn, "churn_narrative").splitlines():
            yield f"  {line}"


def _growth(result: Mapping[str, JsonValue]) -> Iterator[str]:
    for found in _list(result, "expansion_opportunities"):
        if isinstance(found, dict):
            yield f"Room for {found.get('opportunity_type')}: {found.get('evidence')}"


def _documents(answer: SupervisorAnswer) -> Iterator[str]:
    review = _mapping(answer.result, "qbr")
    if review:
        where = f"tend qbr {review.get('account_id')} --period {review.get('period')}"
        yield f"The review for {review.get('period')} is prepared: {where}"
    adoption = _mapping(answer.result, "feature_adoption")
    if adoption:
        used, known = adoption.get("features_used"), adoption.get("features_known")
        yield f"{used} of {known} features in use: tend adoption {adoption.get('account_id')}"


def _profile(result: Mapping[str, JsonValue]) -> Iterator[str]:
    profile = _mapping(result, "relationship_profile")
    if profile:
        people, systems = _list(profile, "stakeholders"), _list(profile, "integrations")
        yield (
            f"The relationship profile is up to date: {len(people)} people, "
            f"{len(systems)} integrations"
        )


def _mapping(result: Mapping[str, JsonValue], name: str) -> Mapping[str, JsonValue]:
    value = result.get(name)
    return value if isinstance(value, dict) else {}


def _list(result: Mapping[str, JsonValue], name: str) -> Sequence[JsonValue]:
    value = result.get(name)
    return value if isinstance(value, list) else []


def _text(result: Mapping[str, JsonValue], name: str) -> str:
    value = result.get(name)
    return value if isinstance(value, str) else ""
