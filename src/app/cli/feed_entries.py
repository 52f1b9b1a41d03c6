"""The commands that tell where facts come from, for the overview: name, module, app, help."""

from __future__ import annotations

FEED_ENTRIES: tuple[tuple[str, str, str, str], ...] = (
    (
        "feeds",
        "app.cli.feeds_cmd",
        "feeds_app",
        "Where facts come from, how fresh they are, and tickets without an account.",
    ),
    (
        "sync",
        "app.cli.sync_cmd",
        "sync_app",
        "Bring tickets in now from where support works: Jira, Kayako, Zendesk.",
    ),
    (
        "tickets",
        "app.cli.tickets_cmd",
        "tickets_app",
        "Tickets without an account, the way to tie them, and those that are gone.",
    ),
)
