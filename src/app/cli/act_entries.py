"""The commands by which people act on their accounts, for the overview: name, module, app, help."""

from __future__ import annotations

ACT_ENTRIES: tuple[tuple[str, str, str, str], ...] = (
    (
        "incidents",
        "app.cli.incidents_cmd",
        "incidents_app",
        "What is wrong and stands: since when, how bad, who has seen it.",
    ),
    (
        "ack",
        "app.cli.incident_acts_cmd",
        "ack_app",
        "Acknowledge an incident: quiet until it worsens.",
    ),
    (
        "snooze",
        "app.cli.incident_acts_cmd",
        "snooze_app",
        "Keep an incident quiet until a day, or until it worsens.",
    ),
    (
        "dismiss",
        "app.cli.incident_acts_cmd",
        "dismiss_app",
        "Disagree with an incident, with a reason: quiet until it worsens.",
    ),
    (
        "outcome",
        "app.cli.outcome_cmd",
        "outcome_app",
        "Say what became of a draft: sent, edited or dropped.",
    ),
    (
        "log",
        "app.cli.log_cmd",
        "log_app",
        "Write down a call, meeting or mail: it counts as the last contact.",
    ),
    (
        "note",
        "app.cli.log_cmd",
        "note_app",
        "Add an internal note to an account; no letter is made of it.",
    ),
    (
        "override",
        "app.cli.override_cmd",
        "override_app",
        "Say another band than the score until a day: alerts follow your word.",
    ),
    (
        "maturity",
        "app.cli.maturity_cmd",
        "maturity_app",
        "Say how technical a person is: letters to them go as deep as that.",
    ),
    (
        "history",
        "app.cli.history_cmd",
        "history_app",
        "An account's story: incidents, letters, contacts, notes, who did what.",
    ),
    (
        "release",
        "app.cli.release_cmd",
        "release_app",
        "Hand in what shipped (JSON): for how many accounts it matters, and why.",
    ),
    (
        "roadmap",
        "app.cli.roadmap_cmd",
        "roadmap_app",
        "Hand in what is planned (JSON): with how many accounts it aligns.",
    ),
    (
        "keys",
        "app.cli.keys_cmd",
        "keys_app",
        "Keys to the HTTP door: heartbeats, usage and releases come in by it.",
    ),
    (
        "dashboard",
        "app.cli.dashboard_cmd",
        "dashboard_app",
        "A fresh link that opens the dashboard of the service that runs here, once.",
    ),
    (
        "users",
        "app.cli.users_cmd",
        "users_app",
        "Who may sign in to the dashboard from other machines, and what they may do.",
    ),
)
