"""The twelve things that can be asked of the two agents: of whom, about which account, in words."""

from __future__ import annotations

from dataclasses import dataclass

from app.handoffs.routes import CSM, TAM


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One task of one agent, about an account of the made-up book."""

    agent_id: str
    task_type: str
    account_id: str
    words: str
    """The same, as a person would put it."""


TWELVE = (
    Asking(
        agent_id=TAM,
        task_type="health_scan",
        account_id="kallanai-logistics",
        words="Run a health check for Kallanai",
    ),
    Asking(
        agent_id=TAM,
        task_type="escalation_outreach",
        account_id="dunmere-health-partners",
        words="please write an escalation letter to Dunmere Health",
    ),
    Asking(
        agent_id=TAM,
        task_type="release_notes",
        account_id="northfold-robotics",
        words="what's new for Northfold?",
    ),
    Asking(
        agent_id=TAM,
        task_type="roadmap_preview",
        account_id="torvane-instruments",
        words="Roadmap for Torvane Instruments, please",
    ),
    Asking(
        agent_id=TAM,
        task_type="health_checkin",
        account_id="tallgrove-pharmacies",
        words="draft a check-in for Tallgrove",
    ),
    Asking(
        agent_id=TAM,
        task_type="customer_success_review",
        account_id="juniper-ledge-hospitality",
        words="technical review of Juniper Ledge",
    ),
    Asking(
        agent_id=TAM,
        task_type="update_relationship_profile",
        account_id="lumisaari-games",
        words="update the profile of Lumisaari",
    ),
    Asking(
        agent_id=CSM,
        task_type="csm_health_scan",
        account_id="fernhollow-foods",
        words="customer health of Fernhollow Foods",
    ),
    Asking(
        agent_id=CSM,
        task_type="churn_assessment",
        account_id="redfern-hollow-media",
        words="Is Redfern Hollow at risk?",
    ),
    Asking(
        agent_id=CSM,
        task_type="generate_qbr",
        account_id="granite-spur-energy",
        words="Prepare the QBR for Granite Spur Energy",
    ),
    Asking(
        agent_id=CSM,
        task_type="check_expansion",
        account_id="ballintrae-payments",
        words="any room to grow at Ballintrae Payments?",
    ),
    Asking(
        agent_id=CSM,
        task_type="track_feature_adoption",
        account_id="redfern-hollow-media",
        words="feature adoption of Redfern Hollow Media",
    ),
)
