"""The contract of the TAM's modules, as a holder of the original plans would try it.

Each check is a script run from the repository's root, once with `app` and once with `src.app`.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

SCHEMAS_IMPORT = """
import {app}.agents.technical_account_manager as package
from {app}.agents.technical_account_manager import schemas
from {app}.agents.technical_account_manager.schemas import (
    CoDevOpportunity, CommunicationRecord, EscalationNotificationResult, FeatureAdoption,
    HealthScoreResult, IntegrationStatus, RelationshipProfile, StakeholderProfile,
    TAMHandoffRequest, TAMHandoffResponse, TAMResult, TAMTask, TicketSummary,
)
for name in package.__all__:
    assert name in schemas.__all__, name
    assert getattr(package, name).__name__ == name
"""

RESULT_ESCALATES = """
from {app}.agents.technical_account_manager.schemas import HealthScoreResult

def escalates(score, band, before=None):
    return HealthScoreResult(
        account_id="acme", score=score, rag_status=band, previous_rag=before
    ).should_escalate

assert escalates(35, "Red")
assert escalates(60, "Amber", "Green")
assert escalates(42, "Red", "Amber")
assert not escalates(85, "Green")
"""

SCORES = """
from {app}.agents.technical_account_manager.health_scorer import HealthScorer
scorer = HealthScorer()
assert scorer.compute_score(0, 0.0, 3, 48.0) == (100, "Green")
assert scorer.compute_score(2, 5.0, 3, 48.0)[0] == 60
assert scorer.compute_score(0, 0.0, 3, 150.0)[0] == 70
assert scorer.compute_score(0, 0.0, 3, None)[0] == 100
assert scorer.should_escalate(35, "Red", "Amber")
assert scorer.should_escalate(60, "Amber", "Green")
assert not scorer.should_escalate(85, "Green", "Green")
"""

PROMPTS = """
from {app}.agents.technical_account_manager.prompts import (
    TAM_SYSTEM_PROMPT, build_customer_success_review_prompt, build_escalation_outreach_prompt,
    build_health_checkin_prompt, build_release_notes_prompt, build_roadmap_preview_prompt,
)
score, profile = {{"score": 85}}, {{"account_name": "Acme"}}
asked = {{
    build_escalation_outreach_prompt(score, profile, []): "tone key_issues",
    build_release_notes_prompt({{"version": "9"}}, profile): "highlighted_features relevance_notes",
    build_roadmap_preview_prompt([], profile): "aligned_items co_dev_opportunities",
    build_health_checkin_prompt(score, profile, []): "health_summary recommendations",
    build_customer_success_review_prompt(score, profile, []):
        "health_overview integration_summary open_items recommendations",
}}
for prompt, keys in asked.items():
    for key in ["subject", "body_html", *keys.split()]:
        assert f'"{{key}}"' in prompt, key
assert TAM_SYSTEM_PROMPT
"""

RENDERERS = """
from {app}.agents.technical_account_manager.notion_tam import (
    NotionTAMAdapter, render_communication_log_blocks, render_health_dashboard_blocks,
    render_relationship_profile_blocks,
)
from {app}.agents.technical_account_manager.schemas import (
    CommunicationRecord, HealthScoreResult, RelationshipProfile,
)
score = HealthScoreResult(account_id="acme", score=85, rag_status="Green")
letter = CommunicationRecord(date="2026-03-01", communication_type="health_checkin", subject="Hi")
assert render_relationship_profile_blocks(RelationshipProfile(account_id="acme"))
assert render_health_dashboard_blocks(score)
assert render_communication_log_blocks([letter])
assert render_communication_log_blocks([])
"""

CSM_ALIKE = """
from {app}.agents.customer_success.notion_csm import (
    NotionCSMAdapter, render_qbr_blocks, render_qbr_internal_blocks,
)
from {app}.agents.customer_success.schemas import QBRContent, QBRSection
section = QBRSection(text="Well.")
qbr = QBRContent(
    account_id="acme", period="2026-Q1", trigger="quarterly", account_health_summary=section,
    roi_business_impact=section, feature_adoption_scorecard=section, expansion_next_steps=section,
)
assert render_qbr_blocks(qbr)
assert render_qbr_internal_blocks(qbr)
"""

THE_REST = """
from {app}.agents.base import AgentCapability, AgentRegistration, BaseAgent
from {app}.agents.technical_account_manager.agent import TAMAgent
from {app}.agents.technical_account_manager.capabilities import (
    TAM_CAPABILITIES, create_tam_registration,
)
from {app}.agents.technical_account_manager.scheduler import TAMScheduler
from {app}.agents.technical_account_manager.ticket_client import TicketClient
from {app}.events.schemas import AgentEvent, EventPriority, EventType
from {app}.handoffs.validators import StrictnessConfig, ValidationStrictness

assert create_tam_registration().agent_id == "technical_account_manager"
assert len(TAM_CAPABILITIES) == 5
strictness = StrictnessConfig().get_strictness("health_report")
assert strictness.value == ValidationStrictness.STRICT.value
assert isinstance(strictness, str)
print(strictness)
"""

CHECKS = {
    "schemas": SCHEMAS_IMPORT,
    "escalation": RESULT_ESCALATES,
    "scorer": SCORES,
    "prompts": PROMPTS,
    "renderers": RENDERERS,
    "csm": CSM_ALIKE,
    "rest": THE_REST,
}

CORE_ALONE = """
import sys
for absent in ("googleapiclient", "google", "redis", "litellm", "notion_client", "langgraph"):
    sys.modules[absent] = None
"""


def run(script: str) -> str:
    """What the script prints, run in the repository's root with the root on the path."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("app", ["app", "src.app"])
@pytest.mark.parametrize("check", CHECKS)
def test_the_contract_holds_from_the_repository_root(app: str, check: str) -> None:
    printed = run(CHECKS[check].format(app=app))

    assert printed == ("strict\n" if check == "rest" else "")


@pytest.mark.parametrize("app", ["app", "src.app"])
def test_the_contract_holds_with_the_core_dependencies_alone(app: str) -> None:
    everything = "".join(check.format(app=app) for check in CHECKS.values())

    assert run(CORE_ALONE + everything) == "strict\n"
