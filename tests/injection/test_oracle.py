"""The oracle finds what is live in outputs known to be bad, and nothing in good ones."""

from __future__ import annotations

import pytest

from tests.injection.oracle import (
    live_in_chat,
    live_in_csv,
    live_in_html,
    live_in_mail,
    live_in_markdown,
    live_in_terminal,
    live_in_text,
)

OUR_OWN = ("tend.example",)
HEAD = (
    "X-Unsent: 1\nX-Tend-Key: abc\nMessage-ID: <a@drafts.tend.invalid>\nFrom: rita@tend.example\n"
    "To: sam@acme.example\nSubject: Hello\nMIME-Version: 1.0\n"
)


@pytest.mark.parametrize(
    "page",
    [
        "<p>x</p><script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        '<img src="https://evil.example/logo.png?q=1">',
        "<img src='not-exist' onerror='console.log('TEST')>",
        '<svg/onload="console.log(1)">',
        '<svg class="course"><image href="https://evil.example"/></svg>',
        '<a href="javascript:console.log(1)">ref</a>',
        '<a href="https://evil.example">ref</a>',
        '<a href="https://tend.example@evil.example">ref</a>',
        '<a href="http://tend.example/drafts">ref</a>',
        "<a href='&#106;avascript:alert(1)'>ref</a>",
        '<p onclick="x()">x</p>',
        '<p style="background: url(https://evil.example)">x</p>',
        '<span style="position: fixed">x</span>',
        '<meta http-equiv="refresh" content="0; url=https://evil.example">',
        "<style>p { background: url(https://evil.example) }</style>",
        "<style>@import 'https://evil.example';</style>",
        "<iframe srcdoc='x'></iframe>",
        "<form action='https://evil.example'><input name=x></form>",
        "<base href='https://evil.example'>",
        "<object data='x'></object>",
        "<p>x</p><!--[if mso]> <script> <![endif]-->",
        "<!DOCTYPE html [<!ENTITY x 'y'>]>",
        "<?php echo 1 ?>",
        "<p>x</p><img src=x onerror=alert(1)",
        "<p>a < b</p>",
    ],
)
def test_a_page_that_acts_is_found_out(page: str) -> None:
    assert live_in_html(page, hosts=OUR_OWN)


def test_a_page_that_only_lays_out_is_let_pass() -> None:
    page = (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv='
        '"Content-Security-Policy" content="default-src \'none\'"><title>A &lt;script&gt;</title>'
        '<style>p { color: #123456 }</style></head><body><p class="a">&lt;img src=x onerror=1&gt; '
        'https://evil.example javascript:1</p><span style="width: 12.5%"></span><br>'
        '<a href="https://tend.example/drafts/1">Open</a></body></html>'
    )
    assert live_in_html(page, hosts=OUR_OWN) == ()


@pytest.mark.parametrize(
    "text",
    [
        "see https://evil.example/x",
        "see HTTP:/evil.example",
        "see www.evil.org now",
        "see evil.com/path",
        "evil.io",
        "write to eve@evil.example",
        "mailto:eve",
        "ftp://evil.example",
        "ask tend.example.evil.net",
        "https://tend.example@evil.net/",
        "call tel:+49123",
    ],
)
def test_what_a_mail_program_makes_a_link_of_is_found(text: str) -> None:
    assert live_in_text(text, hosts=OUR_OWN)


@pytest.mark.parametrize(
    "text",
    [
        "Node.js 18 and export.csv, i.e. 3.5 of them etc. End.Begin",
        "open https://tend.example/drafts/1 or write to rita@tend.example.",
        "hxxps[://]evil\u2024example",
        "10:30 to 11:00; ratio a:b",
    ],
)
def test_text_without_a_link_is_let_pass(text: str) -> None:
    assert live_in_text(text, hosts=OUR_OWN) == ()


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + "Bcc: eve@evil.example\nContent-Type: text/plain\n\nHello",
        HEAD + "Subject: again\nContent-Type: text/plain\n\nHello",
        HEAD.replace("sam@acme.example", "sam@acme.example, eve@evil.example") + "\nHello",
        HEAD.replace("Hello", "see www.evil.org") + "\nHello",
        HEAD + "Content-Type: text/plain\n\nsee https://evil.example",
        HEAD + "Content-Type: text/html\n\n<img src=x>",
        HEAD + "Content-Type: text/html\n\n<p>www.evil.org</p>",
        HEAD + "Content-Type: text/plain\nContent-Disposition: attachment\n\nHello",
        HEAD + "Content-Type: text/calendar\n\nBEGIN:VCALENDAR",
        HEAD + 'Content-Type: multipart/alternative; boundary="b"\n\n--b\n\nHello',
    ],
)
def test_a_mail_that_is_not_ours_alone_is_found_out(raw: str) -> None:
    assert live_in_mail(raw.encode(), to=["sam@acme.example"], hosts=OUR_OWN)


def test_a_mail_that_says_hello_is_let_pass() -> None:
    raw = HEAD + (
        'Content-Type: multipart/alternative; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Hello\n--b\nContent-Type: text/html\n\n<p>Hello &lt;script&gt;</p>\n--b--\n"
    )
    assert live_in_mail(raw.encode(), to=["Sam@acme.example"], hosts=OUR_OWN) == ()


@pytest.mark.parametrize(
    "text",
    [
        "file,raw\na,=1+1\n",
        "file,raw\na,@SUM(A1)\n",
        'file,raw\na,"-2,5"\n',
        'file,raw\na,"\t=1"\n',
        'file,raw\na,"\n=1"\n',
        "file,raw\na,\uff1d1+1\n",
        "file,raw\na,x;=1+1\n",
        "file,raw\na,x; =1+1\n",
        "file,raw\na,x\t=1+1\n",
        '"file","raw"\n"a","x;=1+1;"\n',
    ],
)
def test_a_formula_is_found_however_cells_are_parted(text: str) -> None:
    assert live_in_csv(text)


def test_cells_that_a_spreadsheet_only_shows_are_let_pass() -> None:
    assert live_in_csv("file,raw\na.csv,'=1+1\nb.csv,\"a, -b; 'c = d\"\nc.csv,a-b=c\n") == ()


@pytest.mark.parametrize(
    "shown",
    [
        "\x1b]8;;https://evil.example\x1b\\press\x1b]8;;\x1b\\",
        "\x1b[2J",
        "\x1b[31;1H",
        "\x9b2J",
        "\x07",
        "\u202eereh",
        "a\x00b",
        "a\u2028b",
    ],
)
def test_what_a_terminal_obeys_is_found(shown: str) -> None:
    assert live_in_terminal(f"before {shown} after")


def test_colours_and_borders_are_let_pass() -> None:
    assert live_in_terminal("\x1b[1;31m│ Red │\x1b[0m\r\n[link=https://evil.example]x[/link]") == ()


@pytest.mark.parametrize(
    "text",
    [
        "<users/all> look",
        "<users/123>",
        "<!channel>",
        "<@U123>",
        "<https://evil.example|Open the draft>",
        "![x](y)",
        "[press](z)",
        "https://evil.example",
        "evil.com",
        "<https://tend.example@evil.com|Open>",
    ],
)
def test_a_mention_or_a_link_in_a_chat_is_found(text: str) -> None:
    assert live_in_chat(text, hosts=OUR_OWN, marks_up="](" in text)


def test_a_bare_name_with_an_at_sign_calls_somebody_only_where_a_chat_has_it_so() -> None:
    assert live_in_chat("@everyone look", marks_up=True)
    assert live_in_chat("@everyone look", marks_up=False) == ()
    ours = "For Rita:\nAcme is Red\n<https://tend.example/drafts/1|Open the draft>"
    assert live_in_chat(ours, hosts=OUR_OWN, marks_up=True) == ()


@pytest.mark.parametrize(
    "text",
    [
        "[press](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "<https://evil.example>",
        "[press][1]\n\n[1]: https://evil.example",
        "<script>alert(1)</script>",
        "a <img src=x> b",
        "<!-- x -->",
    ],
)
def test_markdown_that_would_become_live_is_found(text: str) -> None:
    assert live_in_markdown(f"# Review\n\n{text}\n")


def test_markdown_that_only_lays_out_is_let_pass() -> None:
    text = "# A\n\n- **one** \\<script\\>\n- `<b>`\n\n\\[x\\](https://evil.example)\n"
    assert live_in_markdown(text) == ()
