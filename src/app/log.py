"""structlog set up once, at the edge. It knows formats, not events."""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog


def configure_logging(*, form: Literal["console", "json"], level: str = "warning") -> None:
    """Send structured events to stderr, `console` for people, `json` for collectors."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,  # so that loggers already made follow a later call
    )
