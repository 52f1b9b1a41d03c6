"""`make eval`: drafts by the small model, through the real client, the checks and the fallback."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from html import escape
from pathlib import Path

import structlog
from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from app.bootstrap.model import model_words_of
from app.clock import system_clock
from app.errors import AnswerRefused
from app.ports.model import Answered, AnswerT, LetterAnswer, Model, ModelAsk
from app.ports.writer import Letter, OutreachFacts
from app.services.budgets import DEFAULT_BUDGETS
from app.services.limiter import LocalLimiter
from app.services.model_letter import letter_html, letter_text
from app.services.model_writer import ModelWords
from app.services.writing import NOTHING_BESIDES, Judge, writer_with
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.eval.oracle import verdicts
from tests.words_proof.letters import Written, made_up_book, written_letters

PROOF = Path("build/proofs/model.json")
ANSWERS = Path("build/eval/answers.json")
DRAFTS = 24
SERVER = Path(__file__).with_name("server.py")


@dataclass(slots=True)
class Listening:
    """A model whose last answer in order is kept."""

    model: Model
    last: LetterAnswer | None = None

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """The model's answer."""
        self.last = None
        answered = await self.model.answer(ask)
        if isinstance(answered.value, LetterAnswer):
            self.last = answered.value
        return answered


@dataclass(frozen=True, slots=True)
class Saying:
    """A model that says one thing."""

    body_html: str
    said: LetterAnswer

    async def answer(self, ask: ModelAsk[AnswerT]) -> Answered[AnswerT]:
        """That."""
        value = {**self.said.model_dump(), "body_html": self.body_html}
        return Answered(value=ask.answer.model_validate(value), model="framed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One draft: what the model answered, and what the rep would be given."""

    kind: str
    facts: OutreachFacts
    answered: LetterAnswer | None
    """None: nothing in order."""
    draft: Letter
    framed: Letter
    """The same with a greeting and a signature of ours around the answer: a small model forgets
    both, and is refused for that alone, so its words are tried without that too."""


def passed(letter: Letter) -> bool:
    """They are the model's own words."""
    return letter.worded_by != "template"


def framed_body(answered: LetterAnswer, facts: OutreachFacts) -> str:
    """The answer between a greeting and a signature."""
    names = {one.email: one.name.split(" ")[0] for one in facts.stakeholders}
    greeting = f"Hello {names[facts.addressee]}," if facts.addressee else "Hello,"
    signature = f"<p>Best regards,<br>{escape(facts.rep.name)}</p>"
    return f"<p>{escape(greeting)}</p>{answered.body_html}{signature}"


def bad_in(letter: Letter, facts: OutreachFacts) -> list[str]:
    """What the second judge says of it."""
    known: dict[str, JsonValue] = to_jsonable_python(asdict(facts))
    return verdicts(letter.subject, letter.body_text, letter.body_html, known)


@contextmanager
def served(python: str) -> Iterator[str]:
    """The model's server at work; gives its address."""
    with subprocess.Popen([python, str(SERVER)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        finally:
            process.terminate()


def chosen(most: int) -> list[Written]:
    """Letters of all types in turn, of accounts of different kinds, each pair once."""
    with made_up_book() as book:
        written = written_letters(book, 4)
    by_kind: dict[str, list[Written]] = {}
    for one in written:
        taken = by_kind.setdefault(one.kind, [])
        if one.facts.account.account_id not in {each.facts.account.account_id for each in taken}:
            taken.append(one)
    turns = (each for turn in range(most) for each in _nth(by_kind.values(), turn))
    return [one for one, _ in zip(turns, range(most), strict=False)]


def _nth(lists: Collection[list[Written]], turn: int) -> list[Written]:
    return [each[turn] for each in lists if turn < len(each)]


async def draft_all(api_base: str, wanted: Sequence[Written]) -> list[Drafted]:
    """Each letter asked for, as a process of ours would."""
    with tempfile.TemporaryDirectory(prefix="tend-eval-") as home:
        settings = Settings(
            home=Path(home),
            model={
                "primary": {"name": "openai/smollm2-135m", "api_base": api_base},
                "max_tokens": 1_200,
                "timeout_seconds": 600,
                "patience_seconds": 1_800,
            },
        )
        store, limiter = open_store(settings.store_url), LocalLimiter(DEFAULT_BUDGETS)
        words = model_words_of(store, settings, limiter, system_clock)("main")
        assert isinstance(words, ModelWords)
        model = Listening(words.model)
        drafted = []
        for number, one in enumerate(wanted, 1):
            began = time.monotonic()
            draft = framed = await written_by(model, words, one)
            if model.last is not None:
                saying = Saying(framed_body(model.last, one.facts), model.last)
                framed = await written_by(saying, words, one)
            drafted.append(
                Drafted(
                    kind=one.kind, facts=one.facts,
                    answered=model.last, draft=draft, framed=framed,
                )
            )  # fmt: skip
            tell(number, drafted[-1], time.monotonic() - began)
        store.close()
    return drafted


async def written_by(model: Model, words: ModelWords, one: Written) -> Letter:
    """One letter, as a process of ours would have it written and checked."""
    return await writer_with(replace(words, model=model)).letter(one.kind, one.facts)


def tell(number: int, one: Drafted, seconds: float) -> None:
    """One draft in a few lines."""
    what = "passed" if passed(one.draft) else "replaced"
    say(f"{number:>3} {what}  {one.kind} for {one.facts.account.name} ({seconds:.0f} s)")
    for reason in one.draft.refused[:4]:
        say(f"      {reason}")


def keep_answers(drafted: Sequence[Drafted]) -> None:
    """Every answer as it came, for whoever wants to read them."""
    ANSWERS.parent.mkdir(parents=True, exist_ok=True)
    kept = [
        {
            "letter": one.kind,
            "account": one.facts.account.name,
            "answer": None if one.answered is None else one.answered.model_dump(),
            "refused": list(one.draft.refused),
        }
        for one in drafted
    ]
    ANSWERS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def say(line: str) -> None:
    """To whoever runs it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def print_passed(how: str, letter: Letter, one: Drafted) -> None:
    """A text that passed, whole, for a person to read."""
    judged = "; ".join(bad_in(letter, one.facts)) or "fine"
    say(f"\n--- passed {how}: {one.kind} for {one.facts.account.name}; second judge: {judged}")
    say(f"Subject: {letter.subject}\n\n{letter.body_text}")


def print_reasons(title: str, letters: Sequence[Letter]) -> None:
    """Why words were refused, by how many letters each reason was found in."""
    found: Counter[str] = Counter()
    for letter in letters:
        found.update({_kind_of(reason) for reason in letter.refused})
    say(f"\n{title}")
    for reason, count in found.most_common():
        say(f"{count:>5}  {reason}")


def _kind_of(reason: str) -> str:
    """A reason without what is special to one letter."""
    plain = reason.split(": ", 1)[-1].split(": “")[0]
    return re.sub(r"“[^”]*”|<[^>]*>|\d\S*", "…", re.sub(r"ticket \S+", "ticket …", plain))


def print_checks(drafted: Sequence[Drafted]) -> None:
    """What the checks alone say of each answer, and of those that the second judge finds bad.

    Most answers say too little to get as far as the checks, so they are held against them here.
    """
    judge = Judge(besides=NOTHING_BESIDES, clock=system_clock)
    checks: Counter[str] = Counter()
    lying = caught = 0
    for one in drafted:
        letter = unchecked(one)
        if letter is not None:
            refused = judge.letter(letter, one.facts)
            checks.update({found.check.value for found in refused})
            is_bad = bool(bad_in(letter, one.facts))
            lying, caught = lying + is_bad, caught + (is_bad and bool(refused))
    say("\nWhat the checks alone find in these letters, whatever they say too little of:")
    for check, count in checks.most_common():
        say(f"{count:>5}  {check}")
    say(f"The second judge finds {lying} of them bad; the checks alone refuse {caught} of those.")


def unchecked(one: Drafted) -> Letter | None:
    """The framed answer as a letter, its length and topic left alone; None: it has other tags."""
    if one.answered is None:
        return None
    try:
        html = letter_html(framed_body(one.answered, one.facts))
    except AnswerRefused:
        return None
    text = letter_text(html)
    return Letter(subject=one.answered.subject, body_text=text, body_html=html)


def main() -> int:
    """Run it, print what passed, write the proof; 1 when something bad passed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server-python", required=True)
    parser.add_argument("--drafts", type=int, default=DRAFTS)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    wanted = chosen(asked.drafts)
    with served(asked.server_python) as api_base:
        drafted = asyncio.run(draft_all(api_base, wanted))
    own = [one for one in drafted if passed(one.draft)]
    framed = [one for one in drafted if passed(one.framed) and not passed(one.draft)]
    for one in own:
        print_passed("as it is", one.draft, one)
    for one in framed:
        print_passed("only with a greeting and a signature of ours", one.framed, one)
    print_reasons("Why words were refused:", [one.draft for one in drafted])
    print_reasons("Why, greeting and signature granted:", [one.framed for one in drafted])
    print_checks(drafted)
    keep_answers(drafted)
    figures = {
        "drafts": len(drafted),
        "valid": sum(one.answered is not None for one in drafted),
        "refused": sum(one.answered is not None and not passed(one.draft) for one in drafted),
        "replaced": len(drafted) - len(own),
        "bad_passed": sum(bool(bad_in(one.draft, one.facts)) for one in own),
        "framed_passed": len(framed),
        "framed_bad_passed": sum(bool(bad_in(one.framed, one.facts)) for one in framed),
    }
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    PROOF.write_text(json.dumps(figures, indent=2) + "\n")
    say(f"\n{json.dumps(figures)}")
    return 1 if figures["bad_passed"] or figures["framed_bad_passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
