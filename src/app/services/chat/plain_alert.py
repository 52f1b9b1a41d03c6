"""An alert as text in which no chat finds anything alive but our own links. Pure.

Chats differ in their markup and often read it in what is sent as plain text: what could begin a
mention, a style or a link in any of them is replaced by what looks alike and means nothing.
"""

from __future__ import annotations

from app.domain.effect import WorkOwed
from app.services.alert_words import REPEAT_MARK, AlertWork, alert_id_of, links_of
from app.services.gsuite.chat_text import inert
from app.services.plain_text import many_lines

TEXT_MOST = 3_000
"""Below what the strictest of the common chats takes in one message (Slack: 3,000 a block)."""
_MENTIONS = str.maketrans({"@": "\uff20", "#": "\uff03"})


def still(text: str) -> str:
    """The text word for word: nobody is called by it, and nothing in it can be pressed."""
    return inert(text).translate(_MENTIONS).replace("](", "] (")


def plain_alert(work: WorkOwed, alert: AlertWork, *, dashboard_url: str, repeat: bool) -> str:
    """One message: the alert, whom it is for, our links, and its id at the end."""
    lines = [
        still(many_lines(alert.text, TEXT_MOST))[:TEXT_MOST],
        f"For {still(alert.rep_email)}",
        *([REPEAT_MARK] if repeat else []),
        *(f"{link.name}: {link.url}" for link in links_of(dashboard_url, work, alert)),
        f"[{still(alert_id_of(work.key))}]",
    ]
    return "\n".join(lines)
