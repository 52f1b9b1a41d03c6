"""What a person is told about a file that cannot be used, or a row that cannot."""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import resource
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.feed import FactKind
from app.errors import InvalidInput
from app.feeds.file_kind import files_of
from app.feeds.file_report import Outcome
from app.feeds.import_choices import ImportChoices
from app.storage.sql_store import open_store
from tests.integration.import_bench import NOW, ImportBench

ISSUE = {"key": "A-1", "fields": {"created": "2026-01-01T00:00:00.000+0000"}}
USAGE = "account_id,day,logins\nacme,2026-03-01,4\n"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImportBench]:
    folder = tmp_path_factory.mktemp("broken")
    store = open_store(f"sqlite:///{folder / 'tend.sqlite3'}")
    yield ImportBench(store=store, folder=folder / "files").with_accounts()
    store.close()


@pytest.fixture
def bench(opened: ImportBench, tmp_path: Path) -> ImportBench:
    """One store for all: a broken file leaves nothing in it."""
    return replace(opened, folder=tmp_path)


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return buffer.getvalue()


def page(issues: str) -> str:
    return f'{{"issues": {issues}}}'


BROKEN_FILES: list[tuple[str, str, bytes | str, str]] = [
    ("nothing at all", "usage.csv", b"", "is empty"),
    ("blank lines only", "usage.csv", b"\n\n  \n", "is empty: not even a header"),
    ("only a mark", "usage.csv", b"\xef\xbb\xbf", "is empty: not even a header"),
    ("a header only", "usage.csv", "account_id,day\n", "has a header and no rows under it"),
    ("an excel workbook", "usage.csv", zipped(), "is an Excel workbook or a zip archive"),
    ("a workbook by its own name", "accounts.xlsx", zipped(), "save it as CSV"),
    ("an old workbook", "usage.csv", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Excel workbook"),
    ("a pdf", "usage.csv", b"%PDF-1.7\n...", "is a PDF, not text"),
    ("a database", "usage.csv", b"SQLite format 3\0...", "is a database file"),
    ("bzip2", "usage.csv", b"BZh91AY&SY", "is packed with bzip2"),
    (
        "not utf-8 in a row",
        "usage.csv",
        USAGE.encode() + b"acme,2026-03-02,\xe4\n",
        r"line 3: is not valid UTF-8 at byte 56 (0xe4); if Excel wrote the file, try --encoding",
    ),
    (
        "not utf-8 in the header",
        "usage.csv",
        b"account_id,day,L\xf6gins\na,b,c\n",
        "line 1: is not valid UTF-8 at byte 16 (0xf6)",
    ),
    ("utf-16 cut in half", "usage.csv", USAGE.encode("utf-16")[:-1], "is not valid UTF-16"),
    ("a nul byte", "usage.csv", USAGE + "acme,2026\0,1\n", "line 3: has a NUL byte"),
    ("nul bytes only", "usage.csv", b"\0" * 4_000, "line 1: has a NUL byte"),
    ("an unknown header", "export.csv", "colour,taste\nred,sweet\n", "fits no kind of file"),
    (
        "no header",
        "usage.csv",
        "acme,2026-03-01,4\nacme,2026-03-02,5\n",
        "line 1: no column for account_id, day; the columns not taken are 'acme', '2026-03-01'",
    ),
    (
        "a required column missing",
        "usage.csv",
        "account_id,logins\nacme,4\n",
        'under [usage], with the file\'s own column name: "Their column" = "day"',
    ),
    (
        "a header twice",
        "usage.csv",
        "account_id,day,logins,Logins\nacme,2026-03-01,1,2\n",
        "line 1: the column 'Logins' stands twice; rename or remove one",
    ),
    ("a header without names", "usage.csv", ",,,\n1,2,3,4\n", "line 1: the header has no names"),
    (
        "a header of two thousand columns",
        "usage.csv",
        ",".join(f"c{n}" for n in range(2_000)) + "\n",
        "line 1: 2000 columns; at most 1000 are read",
    ),
    (
        "a header with an open quote",
        "usage.csv",
        'account_id,"day\nacme,2026-03-01\n',
        'line 1: the header cannot be read: a quote (") is never closed',
    ),
    (
        "a quote that swallows the file",
        "usage.csv",
        USAGE + 'acme,"2026-03-02,1\n' + "acme,2026-03-03,1\n" * 500,
        'line 3: a quote (") that opens in this row is never closed',
    ),
    (
        "a quote that swallows many lines",
        "usage.csv",
        USAGE + 'acme,"2026-03-02,1\n' + "acme,2026-03-03,1\n" * 3_000 + 'acme,"x",1\n',
        'line 3: a quote (") that opens in this row is never closed',
    ),
    (
        "a line of two mebibytes",
        "usage.csv",
        USAGE + "x" * 2_097_152,
        "line 3: is longer than 1 MiB",
    ),
    (
        "a gzip cut short",
        "usage.csv.gz",
        gzip.compress(USAGE.encode() * 500)[:-20],
        "ends too early",
    ),
    (
        "a gzip damaged inside",
        "usage.csv.gz",
        gzip.compress(USAGE.encode(), mtime=0)[:-8] + b"\0" * 8,
        "is a damaged gzip file",
    ),
    ("a gzip of nothing", "usage.csv.gz", gzip.compress(b""), "is empty"),
    ("gzip by name only", "usage.csv.gz", b"\x1f\x8b\x00\x00rubbish", "is a damaged gzip file"),
    (
        "a gzip bomb of one line",
        "usage.csv.gz",
        gzip.compress(b"account_id,day\n" + b"a" * 60_000_000),
        "line 2: is longer than 1 MiB",
    ),
    (
        "json cut short",
        "jira.json",
        '{"issues": [\n {"key": ',
        "line 2, column 10: is not valid JSON",
    ),
    ("json with a stray comma", "jira.json", page("[1,]"), "line 1, column 15: is not valid JSON"),
    ("json of two pages", "jira.json", page("[]") + "\n" + page("[]"), "line 2, column 1"),
    ("empty json", "jira.json", " \n", "is empty"),
    ("json that is a number", "jira.json", "42", "is JSON, but no list of issues"),
    ("json without issues", "jira.json", '{"values": []}', 'is JSON without "issues"'),
    ("issues that are no list", "jira.json", page('{"a": 1}'), "is JSON, but no list of issues"),
    (
        "jira's own error",
        "jira.json",
        '{"errorMessages": ["The requested API has been removed."], "errors": {}}',
        "is Jira's answer to a failed request: 'The requested API has been removed.'",
    ),
    ("a login page", "jira.json", "<!DOCTYPE html><html>", "is a web page, not JSON"),
    ("json with nan", "jira.json", page("[NaN]"), "NaN is no JSON number"),
    ("json nested without end", "jira.json", "[" * 100_000, "nested too deeply"),
    (
        "json not utf-8",
        "jira.json",
        b'{"issues":\n["\xff"]}',
        "line 2: is not valid UTF-8 at byte 13",
    ),
    ("json with a huge number", "jira.json", page("[" + "9" * 5_000 + "]"), "is not valid JSON"),
    ("a page of 65 MiB", "jira.json", b" " * (65 * 1_048_576), "is more than 64 MiB"),
    (
        "a packed page of 1 GiB",
        "jira.json.gz",
        gzip.compress(b" " * 1_048_576) * 1_024,
        "is more than 64 MiB; export it in smaller pages",
    ),
    (
        "a page cut short",
        "p.json.gz",
        gzip.compress(json.dumps([ISSUE] * 99).encode())[:-9],
        "too early",
    ),
]


@pytest.mark.parametrize(
    "name, content, message",
    [row[1:] for row in BROKEN_FILES],
    ids=[row[0].replace(" ", "-") for row in BROKEN_FILES],
)
def test_a_broken_file_gets_one_clear_error_and_leaves_the_store_as_it_was(
    bench: ImportBench, name: str, content: bytes | str, message: str
) -> None:
    before = bench.everything()
    outcome = bench.run(bench.file(name, content))
    (report,) = outcome.reports
    assert report.outcome is Outcome.UNUSABLE
    assert message in report.error
    assert outcome.exit_code == 2
    assert bench.everything() == before


def test_a_line_of_two_gigabytes_costs_neither_memory_nor_time(bench: ImportBench) -> None:
    path = bench.file("usage.csv", USAGE)
    with path.open("r+b") as stream:
        stream.truncate(2 * 1024**3)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    report = bench.one(path)
    assert report.error.startswith("line 3: is longer than 1 MiB")
    assert time.process_time() - started < 2
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_a_page_of_two_gigabytes_costs_neither(bench: ImportBench) -> None:
    path = bench.file("jira.json", "[")
    with path.open("r+b") as stream:
        stream.truncate(2 * 1024**3)
    started = time.process_time()
    assert "is more than 64 MiB" in bench.one(path).error
    assert time.process_time() - started < 2


def test_a_path_that_is_not_there_says_so(bench: ImportBench) -> None:
    assert bench.one(bench.folder / "nowhere.csv").error == "is not there"


def test_a_named_pipe_is_not_waited_for(bench: ImportBench) -> None:
    path = bench.folder / "usage.csv"
    os.mkfifo(path)
    assert bench.one(path).error == "is not a regular file"


def test_a_folder_without_anything_to_import_says_what_it_looked_for(bench: ImportBench) -> None:
    (bench.folder / "notes.txt").write_text("hello")
    with pytest.raises(InvalidInput, match=re.escape("no importable file in this folder (.csv")):
        files_of([bench.folder])


def test_json_is_not_read_as_anything_but_issues(bench: ImportBench) -> None:
    choices = ImportChoices(now=NOW, kind=FactKind.ACCOUNTS)
    path = bench.file("accounts.json", "[]")
    assert "read as Jira issues only, not as accounts" in bench.one(path, choices).error


def test_a_wrong_encoding_says_so(bench: ImportBench) -> None:
    choices = ImportChoices(now=NOW, encoding="utf-16")
    path = bench.file("usage.csv", USAGE)
    assert "say its --encoding" in bench.one(path, choices).error


cells = st.text(
    alphabet=st.sampled_from(list('acme,;\t"\n\r\x00-/.0123456789eé€=@ \ufeffxyz')), max_size=40
)
lines = st.lists(cells, max_size=8).map("\n".join)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    header=st.sampled_from(
        [
            "account_id,day,logins",
            "account_id;name;arr",
            "ticket_id\taccount_id\tstatus\tcreated_at",
            "",
        ]
    ),
    body=lines,
    kind=st.sampled_from([None, FactKind.USAGE, FactKind.ACCOUNTS, FactKind.TICKETS]),
)
def test_any_text_is_accounted_for_or_refused_as_a_whole(
    bench: ImportBench, header: str, body: str, kind: FactKind | None
) -> None:
    path = bench.file("any.txt", f"{header}\n{body}")
    outcome = bench.run(path, choices=ImportChoices(now=NOW, kind=kind), dry=True)
    (report,) = outcome.reports
    assert report.is_balanced
    assert (report.outcome is Outcome.UNUSABLE) == bool(report.error)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.sampled_from(["usage.csv", "usage.csv.gz", "j.json", "x"]))
def test_any_bytes_are_accounted_for_or_refused_as_a_whole(
    bench: ImportBench, content: bytes, name: str
) -> None:
    (report,) = bench.run(bench.file(name, content), dry=True).reports
    assert report.is_balanced
