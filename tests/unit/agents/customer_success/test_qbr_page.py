"""A review as a page: what stands out, what makes a table, and what a customer never sees."""

from __future__ import annotations

import re
from datetime import timedelta

from hypothesis import given

from app.agents.customer_success.qbr import review
from app.agents.customer_success.qbr_page import review_page
from app.agents.customer_success.qbr_text import INTERNAL_TITLE
from app.agents.customer_success.schemas import QBRContent, QBRMetric, QBRPoint, QBRSection
from app.domain.band import Band
from app.domain.dossier import Dossier
from app.domain.page import Cell, Section, Tone
from tests.builders import TODAY
from tests.fakes.dossiers import dossier
from tests.unit.agents.customer_success.any_dossiers import dossiers

SMALL = QBRSection(text="Well.")


def content(**sections: QBRSection) -> QBRContent:
    fields = {
        "account_health_summary": SMALL,
        "roi_business_impact": SMALL,
        "feature_adoption_scorecard": SMALL,
        "expansion_next_steps": SMALL,
    } | sections
    return QBRContent.model_validate(
        {"account_id": "acme", "period": "2026-Q1", "trigger": "quarterly"} | fields
    )


def health(section: QBRSection) -> Section:
    return review_page(content(account_health_summary=section), for_customer=True).sections[0]


def test_a_page_says_whose_it_is_of_when_and_who_is_the_contact() -> None:
    page = review_page(review(dossier(), "2026-Q1", "quarterly"), for_customer=True)

    assert (page.kind, page.title) == ("Quarterly business review", "Acme")
    assert page.facts == ("2026-Q1", "As known on 2026-03-11", "Your contact: Rita")
    assert [one.title for one in page.sections] == [
        "Account health",
        "Return and business impact",
        "Feature adoption",
        "Expansion and next steps",
    ]


def test_an_account_without_a_name_goes_by_its_id() -> None:
    page = review_page(content(), for_customer=True)

    assert (page.title, page.facts) == ("acme", ("2026-Q1",))


def test_the_internal_notes_are_on_the_reps_page_alone() -> None:
    noted = content().model_copy(update={"internal_notes": "Churn risk: high.\nThey may leave."})
    theirs, ours = (review_page(noted, for_customer=told) for told in (True, False))

    assert (theirs.internal, theirs.internal_section) == ("", None)
    assert ours.internal
    assert ours.internal_section == Section(
        title=INTERNAL_TITLE, points=("Churn risk: high.", "They may leave.")
    )
    bare = review_page(content(), for_customer=False).internal_section
    assert bare is not None
    assert bare.points == ("Nothing to note.",)


def test_key_figures_stand_out_with_their_colour_and_bar() -> None:
    now = QBRMetric(label="Now", value="20 of 100, Red", cells=["20 of 100", "Red"], share=0.2)
    plain = QBRMetric(label="Time saved", value="7.5 h")
    first, second = health(QBRSection(text="Well.", metrics=[now, plain])).figures

    assert (first.value, first.note, first.tone, first.share) == ("20 of 100", "Red", Tone.BAD, 0.2)
    assert (second.value, second.note, second.tone) == ("7.5 h", "", Tone.PLAIN)


def test_a_course_takes_the_place_of_the_months_it_shows() -> None:
    month = QBRMetric(label="Health on 2026-02-28", value="70 of 100, Amber", group="history")
    way = [
        QBRPoint(on=TODAY - timedelta(days=9), score=70, band=Band.AMBER),
        QBRPoint(on=TODAY, score=82, band=Band.GREEN),
    ]
    drawn = health(QBRSection(text="Well.", metrics=[month], course=way))
    listed = health(QBRSection(text="Well.", metrics=[month], course=way[1:]))

    assert [(one.score, one.tone) for one in drawn.course] == [(70, Tone.WATCH), (82, Tone.GOOD)]
    assert drawn.tables == ()
    assert listed.course == ()
    assert [one.title for one in listed.tables] == ["The way here"]


def test_changes_and_features_stand_in_columns() -> None:
    metrics = [
        QBRMetric(label="Support", value="", group="change", cells=["1 open", "6 open", "-4"]),
        QBRMetric(label="Logins", value="", group="change", cells=["2", "3", "+1"]),
        QBRMetric(label="Old", value="1 → 2", group="change"),
        QBRMetric(
            label="Alerts", value="", group="feature", cells=["in use", "5 of 9 (56 %)"], share=0.5
        ),
        QBRMetric(label="5 more", value="5 in use, 0 not in use", group="feature"),
        QBRMetric(label="Contract", value="C-1", group="term"),
    ]
    changes, features, terms = health(QBRSection(text="Well.", metrics=metrics)).tables

    assert [[cell.text for cell in row] for row in changes.rows] == [
        ["Support", "1 open", "6 open", "-4"],
        ["Logins", "2", "3", "+1"],
        ["Old", "1 → 2", "", ""],
    ]
    assert [row[-1].tone for row in changes.rows] == [Tone.BAD, Tone.GOOD, Tone.PLAIN]
    assert features.rows[0][1:] == (
        Cell(text="in use", tone=Tone.GOOD),
        Cell(text="5 of 9 (56 %)", share=0.5),
    )
    assert [cell.text for cell in features.rows[1]] == ["5 more", "5 in use, 0 not in use", ""]
    assert (terms.columns, terms.rows) == ((), ((Cell(text="Contract"), Cell(text="C-1")),))


@given(dossiers())
def test_no_page_for_a_customer_says_churn_or_risk(given: Dossier) -> None:
    page = review_page(review(given, "2026-Q1", "quarterly"), for_customer=True)

    assert not re.search("churn|risk", repr(page), re.IGNORECASE)
    for section in page.sections:
        for table in section.tables:
            assert all(len(row) == len(table.columns or (1, 2)) for row in table.rows)
