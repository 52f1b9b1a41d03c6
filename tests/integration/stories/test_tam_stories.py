"""The TAM's seven tasks on the made-up book: what was true, what it did, what the rep finds."""

from __future__ import annotations

from app.agents.technical_account_manager.schemas import RelationshipProfile, TAMResult
from app.domain.assessment import Agent
from app.domain.band import Band
from app.domain.document import DocumentKind
from app.domain.draft import DraftState
from app.domain.incident import IncidentKind
from app.domain.opportunity import OpportunityState
from app.domain.ticket import Priority
from tests.integration.stories.office import Office

MARCUS, DANA, INES, PRIYA = (
    f"{name}@fathomline.example"
    for name in ("marcus.abiodun-cole", "dana.whitlocke", "ines.halvorsen", "priya.venkatraman")
)


def profile_of(office: Office, account_id: str) -> RelationshipProfile:
    """The profile as it is kept."""
    body = office.document(DocumentKind.PROFILE, account_id).body
    return RelationshipProfile.model_validate(
        {name: body[name] for name in RelationshipProfile.model_fields}
    )


def letter_found(office: Office, result: TAMResult, account_id: str, rep_email: str) -> str:
    """The one letter that the rep finds: a row, a file and the answer say the same."""
    (draft,) = office.drafts_of(account_id)
    assert (draft.state, draft.rep_email) == (DraftState.WAITING, rep_email)
    assert draft.communication_type == result.communication_type == result.task_type
    assert draft.draft_id == result.draft_id
    assert draft.body_text == result.communication_content
    file = office.file_of(draft)
    assert (file["Subject"].strip(), file["To"]) == (draft.subject, draft.to[0])
    text = file.get_body(("plain",))
    assert text is not None
    assert text.get_content().split() == draft.body_text.split()
    return draft.body_text


def test_a_health_scan_finds_what_fell_overnight_and_its_rep_is_told(office: Office) -> None:
    kallanai = "kallanai-logistics"
    before = office.dossier(kallanai)
    assert before.records[Agent.TAM].band is Band.GREEN
    assert [(one.ticket_id, one.priority) for one in before.facts.open_tickets] == [
        ("SUP-21506", Priority.P2),
        ("SUP-21513", Priority.P2),
    ]

    result = office.tam("health_scan", kallanai)

    health, told = result.health_score, result.escalation_result
    assert health is not None
    assert (health.score, health.rag_status, health.p1_p2_ticket_count) == (60, "Amber", 2)
    assert (health.previous_score, health.previous_rag) == (100, "Green")
    assert told is not None
    assert told.channels == {"notion": True, "event_bus": True, "email": True, "chat": True}
    assert not result.partial
    (draft,) = office.drafts_of(kallanai)
    assert (draft.draft_id, draft.rep_email) == (result.draft_id, PRIYA)
    assert draft.subject == office.file_of(draft)["Subject"]
    assert draft.subject == "Your open tickets SUP-21506 and SUP-21513"
    assert "“Customs documents are cut off after page two in the export”" in draft.body_text
    for channel in ("email", "chat"):
        (alert,) = office.alerts_of(kallanai, channel)
        assert alert.startswith(f"{PRIYA}: [TAM ALERT] Kallanai Logistics is Amber (was Green)")
        assert "2 open P1/P2 tickets, the oldest open for more than 3 days" in alert
        assert draft.draft_id in alert
    assert office.news("escalations events") == [
        f"main:tam_escalation:{kallanai}:1:1:event agent.health"
    ]
    after = office.dossier(kallanai)
    assert after.records[Agent.TAM].incident_id == f"tam_escalation:{kallanai}:1"
    assert office.made() == {
        "drafts": 1,
        "files": 1,
        "alerts": 2,
        "escalations events": 1,
        "incidents": 1,
    }


def test_a_health_scan_of_one_account_leaves_all_others_as_they_were(office: Office) -> None:
    """Six more customers are worse off today; they are for the scan of the whole book to tell."""
    office.tam("health_scan", "kallanai-logistics")

    assert all(" kallanai-logistics " in one for one in office.news("records"))
    assert [one.partition(" ")[0] for one in office.news("incidents")] == [
        "tam_escalation:kallanai-logistics:1"
    ]


def test_an_escalation_letter_is_written_anew_where_the_rep_threw_the_first_away(
    office: Office,
) -> None:
    dunmere = "dunmere-health-partners"
    before = office.dossier(dunmere)
    (incident,) = before.incidents
    assert (incident.kind, incident.is_live) == (IncidentKind.TAM_ESCALATION, True)
    assert [one.state for one in before.letters] == [DraftState.DROPPED]
    assert before.stakeholders[0].name == "Holly Penrose"
    urgent = {
        one.ticket_id: one.priority
        for one in before.facts.open_tickets
        if one.priority in (Priority.P1, Priority.P2)
    }
    assert urgent == {
        "SUP-21474": Priority.P2,
        "SUP-21483": Priority.P2,
        "SUP-21524": Priority.P1,
        "SUP-21525": Priority.P2,
    }

    result = office.tam("escalation_outreach", dunmere)

    text = letter_found(office, result, dunmere, MARCUS)
    assert text.startswith("Hello Holly,")
    assert "SUP-21474: “Lab results reach the warehouse without their units”" in text
    assert "“Admissions feed down, wards work from paper lists”, open since yesterday" in text
    assert "you have one more open with us" in text
    (draft,) = office.drafts_of(dunmere)
    assert draft.incident_id == incident.incident_id
    assert [one.outcome for one in profile_of(office, dunmere).communication_history] == ["dropped"]
    assert office.made() == {"drafts": 1, "files": 1, "documents": 1}


def test_an_escalation_letter_that_waits_already_is_the_answer(office: Office) -> None:
    merrindoon = "merrindoon-resources"
    (waiting,) = office.dossier(merrindoon).letters
    assert waiting.state is DraftState.WAITING

    result = office.tam("escalation_outreach", merrindoon)

    assert result.draft_id == waiting.draft_id
    assert result.communication_content == waiting.body_text
    assert "waits already: no second one is written" in result.reasons[0]
    assert office.made() == {"documents": 1}


def test_release_notes_tell_a_customer_the_changes_that_concern_it(office: Office) -> None:
    northfold = "northfold-robotics"
    account = office.dossier(northfold).facts.account
    assert "Salesforce" in account.integrations
    assert "API gateway" in account.features

    result = office.tam("release_notes", northfold)

    text = letter_found(office, result, northfold, MARCUS)
    assert "version 4.2, which came out on 5 March" in text
    breaking, feature = (
        text.index("API keys of the first generation stop working"),
        text.index("Bulk mode for custom objects"),
    )
    assert breaking < feature
    assert "You have Salesforce connected." in text
    assert result.reasons == [
        "API keys of the first generation stop working: uses API gateway",
        "Bulk mode for custom objects: has Salesforce connected",
    ]
    assert office.made() == {"drafts": 1, "files": 1, "documents": 1}


def test_release_notes_are_not_written_to_whom_nothing_in_them_concerns(office: Office) -> None:
    torvane = "torvane-instruments"
    account = office.dossier(torvane).facts.account
    assert {"Salesforce", "API gateway"}.isdisjoint((*account.integrations, *account.features))

    result = office.tam("release_notes", torvane)

    assert (result.draft_id, result.communication_content) == (None, None)
    assert "no letter is written" in result.reasons[0]
    assert office.made() == {"documents": 1}


def test_a_roadmap_preview_finds_somebody_to_build_with_and_sales_is_told(office: Office) -> None:
    torvane = "torvane-instruments"
    before = office.dossier(torvane)
    assert "Okta" in before.facts.account.environment
    assert "Okta" not in before.facts.account.integrations
    assert before.opportunities == ()

    result = office.tam("roadmap_preview", torvane)

    text = letter_found(office, result, torvane, PRIYA)
    assert "Sign-on with Okta (2026-Q4)\n\nYou work with Okta, which is not connected" in text
    assert "Incremental SAP loads" not in text
    assert "please take none of it as settled" in text
    (found,) = office.dossier(torvane).opportunities
    assert (found.name, found.state) == ("Sign-on with Okta", OpportunityState.RECORDED)
    (note,) = office.alerts_of(torvane)
    assert note.startswith(f"{PRIYA}: [SALES NOTE] Torvane Instruments: could be built together")
    assert note.endswith("(2026-Q4)\n- Why: works with Okta, which is not connected")
    known_as = f"codev:{torvane}:sign-on-with-okta"
    assert office.news("opportunities events") == [
        f"main:opportunity:{known_as}:event handoff.request"
    ]
    assert office.news("handoffs events") == [
        f"main:handoff:{known_as}:validated handoff.validated"
    ]
    assert office.made() == {
        "drafts": 1,
        "files": 1,
        "documents": 1,
        "alerts": 1,
        "opportunities": 1,
        "opportunities events": 1,
        "handoffs events": 1,
    }


def test_a_check_in_speaks_of_what_was_solved_and_of_the_urgent_ticket_before_anything_unused(
    office: Office,
) -> None:
    tallgrove = "tallgrove-pharmacies"
    before = office.dossier(tallgrove)
    assert before.records[Agent.TAM].band is Band.GREEN
    assert [one.ticket_id for one in before.facts.open_tickets] == ["SUP-21466"]
    assert "Run history" in before.facts.account.features
    assert "Run history" not in before.facts.features_used

    result = office.tam("health_checkin", tallgrove)

    text = letter_found(office, result, tallgrove, DANA)
    assert "2 of your tickets were solved" in text
    assert "SUP-21466: “Store closing totals reach the warehouse a day late”" in text
    assert "open for 9 days" in text
    assert "I can go through it with our support engineers and let you know where it stands" in text
    assert "Run history" not in text
    assert result.confidence == "high"
    assert office.made() == {"drafts": 1, "files": 1, "documents": 1}


def test_a_success_review_looks_back_on_the_quarter(office: Office) -> None:
    juniper = "juniper-ledge-hospitality"
    before = office.dossier(juniper)
    assert before.facts.open_tickets == ()
    solved = [one for one in before.tickets if one.resolved_at is not None]
    outage = {"SUP-21245", "SUP-21256"}
    assert outage <= {one.ticket_id for one in solved}

    result = office.tam("customer_success_review", juniper)

    text = letter_found(office, result, juniper, MARCUS)
    assert "Over the past three months, 7 of your tickets were solved" in text
    assert all(ticket_id in text for ticket_id in outage)
    assert "Nothing is open with our support at the moment." in text
    assert "Your integration (ServiceNow and Snowflake) reaches us as it should" in text
    assert "I can show your team what Alerting and API gateway can do for them" in text
    assert office.made() == {"drafts": 1, "files": 1, "documents": 1}


def test_a_relationship_profile_is_kept_and_names_what_could_be_built_together(
    office: Office,
) -> None:
    lumisaari = "lumisaari-games"
    before = office.dossier(lumisaari)
    assert DocumentKind.PROFILE not in {one.kind for one in before.documents}
    assert {"Okta", "SAP S/4HANA"} <= set(before.facts.account.environment)

    result = office.tam("update_relationship_profile", lumisaari)

    profile = profile_of(office, lumisaari)
    assert result.relationship_profile == profile
    assert [(one.name, one.technical_maturity) for one in profile.stakeholders] == [
        ("Ilmari Hollström", "medium"),
        ("Bjørn Granqvist", "medium"),
    ]
    assert [one.integration_name for one in profile.integrations] == [
        "Oracle Database",
        "Azure Synapse",
    ]
    assert (profile.health_score, profile.health_rag) == (100, "Green")
    assert "Finer alerts: uses Alerting" in profile.roadmap_alignment_notes
    together = {"Sign-on with Okta", "Incremental SAP loads"}
    assert {one.opportunity_name for one in profile.co_dev_opportunities} == together
    found = office.dossier(lumisaari).opportunities
    assert {one.name: one.state for one in found} == dict.fromkeys(
        together, OpportunityState.RECORDED
    )
    assert all(note.startswith(f"{INES}: [SALES NOTE]") for note in office.alerts_of(lumisaari))
    assert (result.draft_id, office.drafts_of(lumisaari)) == (None, [])
    assert office.made() == {
        "documents": 1,
        "alerts": 2,
        "opportunities": 2,
        "opportunities events": 2,
        "handoffs events": 2,
    }
