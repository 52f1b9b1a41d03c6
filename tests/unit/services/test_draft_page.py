"""A draft's HTML as a page to look at: nothing in it acts."""

from __future__ import annotations

from app.services.draft_page import draft_page
from app.services.writer import html_of_text
from tests import builders

HOSTILE = (
    '<html><body><p onclick="x()">Dear <b>Sam</b></p><script>alert(1)</script>'
    '<img src="https://evil.example/p.png"><a href="https://evil.example">here</a>'
    '<style>p{background:url(//evil.example)}</style><iframe src="//evil.example"></iframe>'
    '<form action="//evil.example"><input name="q"></form></body></html>'
)


def test_a_letter_stays_laid_out() -> None:
    page = draft_page(builders.draft(body_html=html_of_text("Dear Sam,\n\n- one\n- two\n")))
    assert "<p>Dear Sam,</p>" in page
    assert "<li>two</li>" in page
    assert page.count("<body>") == page.count("</html>") == 1


def test_nothing_runs_loads_or_leads_anywhere() -> None:
    page = draft_page(builders.draft(body_html=HOSTILE, subject="</title><script>x</script>"))
    assert "Dear <b>Sam</b>" in page
    assert "<a>here</a>" in page
    for word in ("script>", "onclick", "evil.example", "<img", "<style", "<form", "<iframe"):
        assert word not in page
    assert "default-src 'none'" in page
