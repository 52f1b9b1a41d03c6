"""A service's log: one form for our own lines and for what libraries complain about."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from app.log import configure_logging


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_our_lines_and_a_librarys_complaints_come_as_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging(form="json", level="info", is_service=True)
    structlog.get_logger().info("scan.recorded", owed=3)
    logging.getLogger("some.library").warning("cannot reach %s", "it")
    logging.getLogger("some.library").info("nobody wants to know")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["owed"], ours["level"]) == ("scan.recorded", 3, "info")
    assert (theirs["event"], theirs["level"]) == ("cannot reach it", "warning")
    assert theirs["logger"] == "some.library"
    assert ours.keys() - {"owed"} == theirs.keys() - {"logger"}


def test_what_a_library_raises_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(form="json", is_service=True)
    try:
        raise KeyError("gone")
    except KeyError:
        logging.getLogger("some.library").exception("it broke")
    (line,) = capsys.readouterr().err.splitlines()
    assert "KeyError: 'gone'" in json.loads(line)["exception"]


def test_a_command_leaves_libraries_alone(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(logging.getLogger().handlers)
    configure_logging(form="console")
    structlog.get_logger().info("nobody asked")
    structlog.get_logger().warning("feed.failed", feed="folder")
    assert logging.getLogger().handlers == before
    assert "feed.failed" in capsys.readouterr().err
