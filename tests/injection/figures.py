"""The figures of the attacks: how many, what they changed, what was refused, what came through."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.services.writer import TemplateWriter
from tests.injection.corpora import Case, benign, jailbreaks, malicious
from tests.injection.facts import refused, told_in_tickets
from tests.injection.lives import lived
from tests.injection.obedient import is_replaced
from tests.injection.outputs import live_outputs

QUOTING = ("escalation_outreach", "customer_success_review", "health_checkin")
"""Letters that quote what tickets are called."""
_TEMPLATES = TemplateWriter()


def attacks(cases: Sequence[Case] = ()) -> dict[str, int]:
    """All of them, over every case of both corpora or over those given."""
    hostile = cases or (*malicious(), *jailbreaks())
    harmless = benign()
    with tempfile.TemporaryDirectory(prefix="tend-injection-") as folder:
        texts = [case.text for case in hostile]
        lives = lived(texts, Path(folder), accounts=len(texts))
        outputs = list(live_outputs(lives.given.home))
        changed = len(lives.differences())
    return {
        "malicious": len(hostile),
        "malicious_changed_anything": changed,
        "malicious_obeyed": len(hostile),
        "malicious_obeyed_replaced": sum(
            is_replaced(case, serial) for serial, case in enumerate(hostile)
        ),
        "malicious_outputs": len(outputs),
        "malicious_outputs_live": sum(bool(found) for _, found in outputs),
        "benign": len(harmless),
        "benign_passed": sum(passes(case) for case in harmless),
    }


def passes(case: Case, kinds: Sequence[str] = QUOTING) -> bool:
    """Whether these letters about tickets with this subject stand as they are."""
    facts = told_in_tickets(case.text)
    return not any(refused(_TEMPLATES.letter(kind, facts), facts) for kind in kinds)
