"""The figures of the attacks: how many, what they changed, what was refused, what came through.

The two lives, and the models that obey, know nothing of each other: they may go on side by side.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import structlog

from app.services.writer import TemplateWriter
from tests.injection.books import neutral
from tests.injection.corpora import Case, benign, jailbreaks, malicious
from tests.injection.facts import refused, told_in_tickets
from tests.injection.lives import Life, Lives, life_of
from tests.injection.obedient import is_replaced
from tests.injection.outputs import live_outputs

QUOTING = ("escalation_outreach", "customer_success_review", "health_checkin")
"""Letters that quote what tickets are called."""
_PARTS = 4
_TEMPLATES = TemplateWriter()


def side_by_side(processes: int) -> ProcessPoolExecutor:
    """Processes to find the figures in; all of one hash seed, so that sets go in one order."""
    return ProcessPoolExecutor(processes, get_context("forkserver"), initializer=only_errors)


def only_errors() -> None:
    """Log nothing less in this process."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def attacks(workers: Executor, cases: Sequence[Case] = ()) -> dict[str, int]:
    """All of them, over every case of both corpora or over those given."""
    hostile = cases or (*malicious(), *jailbreaks())
    harmless = benign()
    texts = [case.text for case in hostile]
    plain = [neutral(text, serial) for serial, text in enumerate(texts)]
    numbered = list(enumerate(hostile))
    with tempfile.TemporaryDirectory(prefix="tend-injection-") as folder:
        given = workers.submit(lived_and_shown, texts, Path(folder, "given"))
        quiet = workers.submit(life_of, plain, Path(folder, "neutral"), accounts=len(texts))
        replaced = [workers.submit(obeyed, numbered[part::_PARTS]) for part in range(_PARTS)]
        life, outputs, live = given.result()
        changed = len(Lives(given=life, neutral=quiet.result()).differences())
        return {
            "malicious": len(hostile),
            "malicious_changed_anything": changed,
            "malicious_obeyed": len(hostile),
            "malicious_obeyed_replaced": sum(part.result() for part in replaced),
            "malicious_outputs": outputs,
            "malicious_outputs_live": live,
            "benign": len(harmless),
            "benign_passed": sum(passes(case) for case in harmless),
        }


def lived_and_shown(texts: Sequence[str], home: Path) -> tuple[Life, int, int]:
    """A book of these texts, an account each; what comes out of it, and how much of that lives."""
    life = life_of(texts, home, accounts=len(texts))
    outputs = list(live_outputs(home))
    return life, len(outputs), sum(bool(found) for _, found in outputs)


def obeyed(numbered: Sequence[tuple[int, Case]]) -> int:
    """How many of these a model that obeys could not get into a letter."""
    return sum(is_replaced(case, serial) for serial, case in numbered)


def passes(case: Case, kinds: Sequence[str] = QUOTING) -> bool:
    """Whether these letters about tickets with this subject stand as they are."""
    facts = told_in_tickets(case.text)
    return not any(refused(_TEMPLATES.letter(kind, facts), facts) for kind in kinds)
