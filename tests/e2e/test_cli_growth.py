"""`tend qbr`, `tend adoption` and `tend opportunities`: read, exported, and empty."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.agents.customer_success.qbr import review
from app.agents.customer_success.schemas import ExpansionOpportunity
from app.agents.front_door import as_json
from app.bootstrap import open_store_of
from app.domain.document import Document, DocumentKind
from app.domain.opportunity import Opportunity, OpportunityKind, OpportunityState
from app.domain.turns import quarter_of
from app.handoffs.payloads import EvidenceRow
from app.jobs.dossiers import dossier_of
from app.settings import Settings
from app.storage.sql_store import SqlStore
from tests.e2e.made_up_book import ESCAPING, HOSTILE, TODAY, day, fill
from tests.e2e.typed import done, typed

NOW = datetime.now(UTC)
QUARTER = quarter_of(TODAY)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up book."""
    folder = tmp_path_factory.mktemp("growth")
    fill(folder / "home", folder / "files")
    return folder / "home"


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(filled, tmp_path / "home"))


@pytest.fixture
def store(home: Path) -> Iterator[SqlStore]:
    """What is kept in it."""
    opened = open_store_of(Settings(home=home, tenant="main"))
    yield opened
    opened.close()


def keep_review(store: SqlStore) -> None:
    store.write_now(
        "main",
        lambda unit: unit.documents.keep(
            Document(
                kind=DocumentKind.QBR,
                subject="fabrikam",
                key="2020-Q1",
                title="Fabrikam",
                body=as_json(
                    review(dossier_of(unit, "fabrikam", NOW), "2020-Q1", "quarterly").model_copy(
                        update={"internal_notes": "Churn risk: they may leave."}
                    )
                ),
                made_by="customer_success",
                made_at=NOW,
            )
        ),
    )


def keep_opportunities(store: SqlStore) -> None:
    payload = ExpansionOpportunity(
        account_id="fabrikam",
        opportunity_type="seats",
        evidence="50 of 50 seats are in use.",
        evidence_rows=[
            EvidenceRow(fact="seats_used", value="50", source="contract:C-1"),
            EvidenceRow(fact="currency", value="EUR"),
        ],
        estimated_arr_impact=Decimal("3120.13"),
        recommended_talk_track="Ask who waits.\nOffer more.",
    )
    found = [
        Opportunity(
            opportunity_id="seats:fabrikam:1",
            account_id="fabrikam",
            kind=OpportunityKind.SEATS,
            name="13 more seats",
            found_by="customer_success",
            state=OpportunityState.DISPATCHED,
            body=as_json(payload),
            found_at=NOW,
            updated_at=NOW,
        ),
        Opportunity(
            opportunity_id="codev:evil:x",
            account_id="evil",
            kind=OpportunityKind.CODEV,
            name=HOSTILE,
            found_by="technical_account_manager",
            state=OpportunityState.HELD,
            body={"evidence": [ESCAPING, "uses it"]},
            found_at=NOW,
            updated_at=NOW,
            why_held="technical health is Red",
        ),
    ]
    store.write_now("main", lambda unit: [unit.opportunities.add(one) for one in found])


def test_before_one_is_kept_a_review_is_shown_as_it_would_be_made(home: Path) -> None:
    said = typed(home, "qbr", "northsea")

    assert said.code == 0
    assert f"North Sea Pumps: quarterly business review for {QUARTER}" in said.out
    assert f"None is kept for {QUARTER} yet" in said.err
    assert "INTERNAL" not in said.out
    assert "Churn" not in said.out


def test_internal_notes_are_shown_when_asked_for_and_are_in_no_file(
    home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "review.md"
    shown = done(home, "qbr", "northsea", "--internal").out
    refused = typed(home, "qbr", "northsea", "--internal", "--markdown", str(file))

    assert "INTERNAL: for our own people only, never for the customer" in shown
    assert "Churn risk:" in shown
    assert (refused.code, file.exists()) == (2, False)
    done(home, "qbr", "northsea", "--markdown", str(file))
    written = file.read_text(encoding="utf-8")
    assert written.startswith("# North Sea Pumps: quarterly business review")
    assert "Churn" not in written


def test_as_json_the_internal_notes_are_there_when_asked_for(home: Path) -> None:
    assert "internal_notes" not in done(home, "qbr", "northsea", "--json").json()
    assert "internal_notes" in done(home, "qbr", "northsea", "--json", "--internal").json()


def test_a_kept_review_is_shown_as_it_was_prepared(home: Path, store: SqlStore) -> None:
    keep_review(store)
    newest = typed(home, "qbr", "fabrikam", "--internal")

    assert "quarterly business review for 2020-Q1" in newest.out
    assert "they may leave" in newest.out
    assert "None is kept" not in newest.err
    assert done(home, "qbr", "fabrikam", "--period", "2020-Q1").out.startswith("Fabrikam")


@pytest.mark.parametrize(
    "words, reason",
    [
        (("qbr", "northsea", "--period", "soon"), "--period 'soon': a quarter such as 2026-Q1"),
        (("qbr", "northsea", "--period", "2019-Q1"), "there is no review for 2019-Q1"),
        (("qbr", "nobody"), "there is no account 'nobody'"),
        (("qbr", "northsea", "--markdown", "no/such/folder/x.md"), "cannot be written"),
        (("adoption", "nobody"), "there is no account 'nobody'"),
        (("opportunities", "nobody"), "there is no account 'nobody'"),
    ],
)
def test_what_cannot_be_done_is_said(home: Path, words: tuple[str, ...], reason: str) -> None:
    said = typed(home, *words)

    assert (said.code, reason in said.words) == (2, True)


def test_adoption_that_nobody_tells_of_says_what_brings_it(home: Path) -> None:
    said = done(home, "adoption", "northsea")

    assert "Which features are in use is not known" in said.words
    assert "tend import --template DIR" in said.words


def test_adoption_is_shown_feature_by_feature(home: Path, tmp_path: Path) -> None:
    usage = tmp_path / "usage.csv"
    yesterday = day(1)
    usage.write_text(
        "account_id,day,feature,active_users,logins,events\n"
        f"northwind,{yesterday},Export,3,4,50\nnorthwind,{yesterday},,3,4,50\n"
        f"fabrikam,{yesterday},Reports,3,4,50\n",
        encoding="utf-8",
    )
    done(home, "import", str(usage))
    said = done(home, "adoption", "northwind")

    assert "1 of 2 features was used" in said.words
    assert "Reports" in said.out
    assert done(home, "adoption", "northwind", "--json").json()["features_used"] == 1


def test_opportunities_are_listed_with_their_worth_and_why_they_are_held(
    home: Path, store: SqlStore
) -> None:
    assert "No room to grow was found yet" in done(home, "opportunities").words
    assert "Nothing is held back." in done(home, "opportunities", "--held").words
    keep_opportunities(store)

    listed = done(home, "opportunities").out
    assert "EUR 3,120.13" in listed
    assert "technical health is Red" in listed
    assert HOSTILE.partition(" ")[0] in listed
    held = done(home, "opportunities", "--held").out
    assert "13 more seats" not in held


def test_one_accounts_opportunities_are_shown_in_full(home: Path, store: SqlStore) -> None:
    keep_opportunities(store)
    whole = done(home, "opportunities", "fabrikam").out

    for line in ("50 of 50 seats are in use.", "seats used: 50 (contract:C-1)", "Ask who waits."):
        assert line in whole
    evil = done(home, "opportunities", "evil").out
    assert "worth not known" in evil
    assert "uses it" in evil
    assert not {"\x1b", "\x9b", "\u202e"} & set(evil)
    assert (
        "No room to grow was found with this account"
        in done(home, "opportunities", "northwind").words
    )
    assert '"opportunity_id": "seats:fabrikam:1"' in done(home, "opportunities", "--json").out
