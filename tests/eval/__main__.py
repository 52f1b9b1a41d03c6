"""`make eval`: drafts by the small model, through the real client, the checks and the fallback."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from html import escape
from pathlib import Path

import structlog
from pydantic import JsonValue
from pydantic_core import to_jsonable_python

from app.bootstrap.model import model_words_of
from app.clock import system_clock
from app.errors import AnswerRefused
from app.ports.writer import Letter, OutreachFacts
from app.services.budgets import DEFAULT_BUDGETS
from app.services.checked_writer import ModelWords
from app.services.limiter import LocalLimiter
from app.services.model_letter import letter_text
from app.services.writing import NOTHING_BESIDES, Judge, writer_with
from app.settings import Settings
from app.storage.sql_store import open_store
from tests.eval.oracle import verdicts
from tests.words_proof.letters import Written, made_up_book, written_letters

PROOF = Path("build/proofs/model.json")
DRAFTS = 24
JUDGE = Judge(besides=NOTHING_BESIDES, clock=system_clock)
SERVER = Path(__file__).with_name("server.py")


@dataclass(slots=True)
class Listening:
    """The model's words as they come, before anything is checked."""

    words_: ModelWords
    heard: list[Letter | None] = field(default_factory=list)

    def words(self, name: str) -> bool:
        """Whether it words this."""
        return self.words_.words(name)

    async def letter(self, communication_type: str, facts: OutreachFacts) -> Letter:
        """The model's letter, kept; None where there was none in order."""
        try:
            letter = await self.words_.letter(communication_type, facts)
        except AnswerRefused:
            self.heard.append(None)
            raise
        self.heard.append(letter)
        return letter

    async def briefing(self, name: str, facts: Mapping[str, str]) -> str:
        """The model's briefing."""
        return await self.words_.briefing(name, facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """One draft: what the model wrote, and what the rep would be given."""

    kind: str
    facts: OutreachFacts
    worded: Letter | None
    draft: Letter

    @property
    def passed(self) -> bool:
        """The model's own words reached the rep."""
        return self.worded is not None and self.draft.worded_by == self.worded.worded_by

    @property
    def framed(self) -> Letter | None:
        """The model's words between a greeting and a signature of ours; None: there are none.

        A small model forgets both, and is refused for that: so its words are tried without it too.
        """
        if self.worded is None:
            return None
        facts, body = self.facts, self.worded.body_html
        names = {one.email: one.name.split(" ")[0] for one in facts.stakeholders}
        greeting = escape(f"Hello {names[facts.addressee]}," if facts.addressee else "Hello,")
        html = body.replace("<body>", f"<body>\n<p>{greeting}</p>", 1).replace(
            "</body>", f"<p>Best regards,<br>{escape(facts.rep.name)}</p>\n</body>"
        )
        return replace(self.worded, body_html=html, body_text=letter_text(html))


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
        words = Listening(model_words_of(store, settings, limiter, system_clock)("main"))
        writer = writer_with(words)
        drafted = []
        for number, one in enumerate(wanted, 1):
            began = time.monotonic()
            draft = await writer.letter(one.kind, one.facts)
            drafted.append(
                Drafted(kind=one.kind, facts=one.facts, worded=words.heard[-1], draft=draft)
            )
            tell(number, drafted[-1], time.monotonic() - began)
        store.close()
    return drafted


def tell(number: int, one: Drafted, seconds: float) -> None:
    """One draft in a few lines."""
    what = "passed" if one.passed else "replaced"
    say(f"{number:>3} {what}  {one.kind} for {one.facts.account.name} ({seconds:.0f} s)")
    for reason in one.draft.refused[:4]:
        say(f"      {reason}")


def say(line: str) -> None:
    """To whoever runs it."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def print_passed(passed: Sequence[tuple[Letter, Drafted]]) -> None:
    """Every text that passed, whole, for a person to read."""
    for letter, one in passed:
        how = "as it is" if one.passed else "only with a greeting and a signature of ours"
        judged = "; ".join(bad_in(letter, one.facts)) or "fine"
        say(f"\n--- passed {how}: {one.kind} for {one.facts.account.name}; second judge: {judged}")
        say(f"Subject: {letter.subject}\n\n{letter.body_text}")


def print_reasons(drafted: Sequence[Drafted]) -> None:
    """Why words were refused, greeting and signature granted, and why there were none."""
    checks: Counter[str] = Counter()
    for one in drafted:
        if one.framed is None:
            checks["no answer in order: " + one.draft.refused[-1].removeprefix("the model: ")] += 1
        else:
            checks.update({found.check.value for found in JUDGE.letter(one.framed, one.facts)})
    say("\nWhy words were refused, by the drafts that it was found in:")
    for reason, count in checks.most_common():
        say(f"{count:>5}  {reason}")


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
    replaced = [one for one in drafted if not one.passed]
    passed = [(one.draft, one) for one in drafted if one.passed]
    framed = [
        (one.framed, one)
        for one in replaced
        if one.framed is not None and not JUDGE.letter(one.framed, one.facts)
    ]
    print_passed([*passed, *framed])
    print_reasons(drafted)
    figures = {
        "drafts": len(drafted),
        "valid": sum(one.worded is not None for one in drafted),
        "refused": sum(one.worded is not None for one in replaced),
        "replaced": len(replaced),
        "passed_framed": len(framed),
        "bad_passed": sum(bool(bad_in(letter, one.facts)) for letter, one in [*passed, *framed]),
    }
    PROOF.parent.mkdir(parents=True, exist_ok=True)
    PROOF.write_text(json.dumps(figures, indent=2) + "\n")
    say(f"\n{json.dumps(figures)}")
    return 1 if figures["bad_passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
