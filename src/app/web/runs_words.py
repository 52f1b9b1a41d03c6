"""How runs and feeds are put in words: channels, states of scans, what a feed's trouble means."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import JsonValue

from app.domain.effect import EffectKind, ParkReason
from app.domain.model_call import Spent, dollars
from app.domain.schedule import TITLES, Coming
from app.jobs.pages.runs import MOST_FLOWS, FeedLine, ScanLine
from app.jobs.runs import WHAT_TO_DO
from app.ports.operations import ParkedWork
from app.web.wording import counted

CHANNELS: Mapping[EffectKind, str] = {
    EffectKind.DRAFT: "Drafts",
    EffectKind.RECORD: "Account records",
    EffectKind.EVENT: "Events",
    EffectKind.EMAIL: "Alerts by e-mail",
    EffectKind.CHAT: "Alerts in the chat",
    EffectKind.WITHDRAW: "Drafts taken back",
    EffectKind.REWORD: "Drafts reworded",
}


class RunsWords:
    """Asked by the templates of the page."""

    most_flows = MOST_FLOWS

    def channel(self, kind: EffectKind) -> str:
        """What a channel is for."""
        return CHANNELS[kind]

    def job(self, coming: Coming) -> str:
        """What a job of the schedule starts."""
        return TITLES[coming.job]

    def mend(self, work: ParkedWork) -> str:
        """What a person does about parked work, as the command line says it, with a button here."""
        told = WHAT_TO_DO[work.reason or ParkReason.REFUSED]
        return told.replace("tend runs release KEY", "release it")

    def dollars(self, spent: Spent, most_micros: int | None) -> str:
        """What was spent, of what may be."""
        of = "" if most_micros is None else f" of {dollars(most_micros)}"
        return f"{dollars(spent.cost_micros)}{of}"

    def scan(self, line: ScanLine) -> str:
        """How far a scan is: `3 of 21 pages`, `recorded`."""
        if not line.is_running:
            return "recorded"
        if line.pages_expected is None:
            return "running"
        return f"{line.look.pages_done} of {counted(line.pages_expected, 'page')}"

    def reach(self, line: FeedLine) -> str:
        """Which accounts a feed speaks for, and whether they are frozen."""
        named = line.look.named
        accounts = "all accounts" if named is None else counted(named, "account")
        if line.is_well:
            return accounts
        but = ", but for those with tickets in another source alone" if line.spares_others else ""
        return f"{accounts} frozen: last score kept{but}"

    def event(self, body: Mapping[str, JsonValue]) -> str:
        """The kind of event in a few words, as `tend events` tells it."""
        inside = body.get("data")
        alert = inside.get("alert_type") if isinstance(inside, dict) else None
        kinds = [one for one in (body.get("event_type"), alert) if isinstance(one, str) and one]
        return " ".join(kinds) or "cannot be read"
