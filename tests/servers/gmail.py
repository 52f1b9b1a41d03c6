"""Gmail as far as drafts need it: mailboxes, a search that lags, threads that are held together."""

from __future__ import annotations

import re
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message

from pydantic import JsonValue

from tests.servers.discovery import Called
from tests.servers.google import GoogleServer, Refused, serving

CREATE, LIST = "gmail.users.drafts.create", "gmail.users.drafts.list"
GET, UPDATE = "gmail.users.drafts.get", "gmail.users.drafts.update"
DELETE = "gmail.users.drafts.delete"


@dataclass(slots=True, kw_only=True)
class Kept:
    """A mail in a mailbox."""

    message_id: str
    thread_id: str
    raw: bytes
    labels: list[str]
    kept_at: float
    """By the monotonic clock: the search knows it later."""

    @property
    def mail(self) -> Message:
        """Parsed."""
        return message_from_bytes(self.raw)


@dataclass(slots=True)
class Mailbox:
    """One rep's mail."""

    mails: list[Kept] = field(default_factory=list)
    drafts: dict[str, Kept] = field(default_factory=dict)
    """By the draft's id."""


@dataclass(slots=True)
class Gmail:
    """The mailboxes, and what is told of them."""

    search_lag_seconds: float = 0.0
    wrong_finds: list[str] = field(default_factory=list)
    """Ids of drafts that the search answers besides, whatever is searched for."""
    boxes: dict[str, Mailbox] = field(default_factory=dict)
    count: int = 0

    def box(self, rep: str) -> Mailbox:
        """A rep's mailbox."""
        return self.boxes.setdefault(rep, Mailbox())

    def keep(self, rep: str, raw: bytes, labels: list[str], thread_id: str = "") -> Kept:
        """A mail arrives, or is written."""
        self.count += 1
        kept = Kept(
            message_id=f"msg{self.count}",
            thread_id=thread_id or f"thr{self.count}",
            raw=raw,
            labels=labels,
            kept_at=time.monotonic(),
        )
        self.box(rep).mails.append(kept)
        return kept

    def keep_draft(self, rep: str, raw: bytes) -> str:
        """The rep, or we, begin a draft."""
        kept = self.keep(rep, raw, ["DRAFT"])
        draft_id = f"r-{self.count}"
        self.box(rep).drafts[draft_id] = kept
        return draft_id

    def send(self, rep: str, draft_id: str, *, keeps_our_header: bool = True) -> Kept:
        """The rep presses Send in Gmail, which names the mail anew."""
        kept = self.box(rep).drafts.pop(draft_id)
        mail = kept.mail
        if "Message-ID" in mail:
            mail["X-Google-Original-Message-ID"] = mail["Message-ID"]
            mail.replace_header("Message-ID", f"<CA{self.count}@mail.gmail.example>")
        if not keeps_our_header:
            for name in ("X-Tend-Key", "X-Tend-Written", "X-Google-Original-Message-ID"):
                del mail[name]
        kept.raw, kept.labels = mail.as_bytes(), ["SENT"]
        return kept

    # The methods, by their ids in the description.

    def profile(self, who: str, called: Called) -> JsonValue:
        return {"emailAddress": who, "messagesTotal": len(self.box(who).mails)}

    def list_drafts(self, who: str, called: Called) -> JsonValue:
        box, query = self.box(who), called.query.get("q", [""])[0]
        newest = sorted(box.drafts.items(), key=lambda at: at[1].kept_at, reverse=True)
        found = [
            (draft_id, kept) for draft_id, kept in newest if not query or self._matches(kept, query)
        ]
        if query:
            found = [(at, box.drafts[at]) for at in self.wrong_finds if at in box.drafts] + found
        most = int(called.query.get("maxResults", ["100"])[0])
        listed: list[JsonValue] = [
            {"id": draft_id, "message": _ids(kept)} for draft_id, kept in found[:most]
        ]
        return {"drafts": listed, "resultSizeEstimate": len(found)} if listed else {}

    def get_draft(self, who: str, called: Called) -> JsonValue:
        form = called.query.get("format", ["full"])[0]
        draft_id = called.path["id"]
        return {"id": draft_id, "message": _shown(self._draft(who, draft_id), form)}

    def create_draft(self, who: str, called: Called) -> JsonValue:
        raw, thread_id = self._taken(who, called)
        draft_id = self.keep_draft(who, raw)
        kept = self.box(who).drafts[draft_id]
        kept.thread_id = thread_id or kept.thread_id
        return {"id": draft_id, "message": {**_ids(kept), "labelIds": ["DRAFT"]}}

    def update_draft(self, who: str, called: Called) -> JsonValue:
        kept = self._draft(who, called.path["id"])
        raw, thread_id = self._taken(who, called)
        self.count += 1
        kept.raw, kept.message_id = raw, f"msg{self.count}"
        kept.thread_id = thread_id or f"thr{self.count}"
        kept.kept_at = time.monotonic()
        return {"id": called.path["id"], "message": {**_ids(kept), "labelIds": ["DRAFT"]}}

    def delete_draft(self, who: str, called: Called) -> JsonValue:
        kept = self._draft(who, called.path["id"])
        del self.box(who).drafts[called.path["id"]]
        self.box(who).mails.remove(kept)
        return None

    def send_message(self, who: str, called: Called) -> JsonValue:
        raw, thread_id = self._taken(who, called)
        return _ids(self.keep(who, raw, ["SENT"], thread_id))

    def list_messages(self, who: str, called: Called) -> JsonValue:
        found = self._found(who, called)
        return {"messages": [_ids(kept) for kept in found]} if found else {}

    def get_message(self, who: str, called: Called) -> JsonValue:
        mails = self.box(who).mails
        kept = next((m for m in mails if m.message_id == called.path["id"]), None)
        if kept is None:
            raise Refused(404, "notFound")
        return _shown(kept, called.query.get("format", ["full"])[0])

    def list_threads(self, who: str, called: Called) -> JsonValue:
        ids = dict.fromkeys(kept.thread_id for kept in self._found(who, called))
        return {"threads": [{"id": thread_id} for thread_id in ids]} if ids else {}

    def get_thread(self, who: str, called: Called) -> JsonValue:
        mails = [kept for kept in self.box(who).mails if kept.thread_id == called.path["id"]]
        if not mails:
            raise Refused(404, "notFound")
        only = {name.lower() for name in called.query.get("metadataHeaders", [])}
        return {
            "id": called.path["id"],
            "messages": [_shown(kept, "metadata", only) for kept in mails],
        }

    def _draft(self, who: str, draft_id: str) -> Kept:
        kept = self.box(who).drafts.get(draft_id)
        if kept is None:
            raise Refused(404, "notFound", "Requested entity was not found.")
        return kept

    def _taken(self, who: str, called: Called) -> tuple[bytes, str]:
        """The mail of a body, and its thread, into which it must fit (Gmail's guide to threads)."""
        body = called.body
        assert isinstance(body, dict)
        message = body.get("message", body)
        assert isinstance(message, dict)
        raw = urlsafe_b64decode(str(message["raw"]))
        thread_id = str(message.get("threadId", ""))
        if thread_id:
            mails = [kept for kept in self.box(who).mails if kept.thread_id == thread_id]
            if not mails:
                raise Refused(404, "notFound")
            new = message_from_bytes(raw)
            assert _topic(new) == _topic(mails[0].mail), "another subject than the thread's"
            assert {str(kept.mail["Message-ID"]) for kept in mails} & set(
                str(new["References"]).split()
            ), "no reference to the thread"
        return raw, thread_id

    def _found(self, who: str, called: Called) -> list[Kept]:
        query = called.query.get("q", [""])[0]
        with_trash = called.query.get("includeSpamTrash", ["false"])[0] == "true"
        mails = [
            kept
            for kept in reversed(self.box(who).mails)
            if self._matches(kept, query) and (with_trash or "TRASH" not in kept.labels)
        ]
        return mails[: int(called.query.get("maxResults", ["100"])[0])]

    def _matches(self, kept: Kept, query: str) -> bool:
        if time.monotonic() - kept.kept_at < self.search_lag_seconds:
            return False
        either = re.search(r"\{(.*?)\}", query)
        words = re.sub(r"\{.*?\}", "", query).split()
        every = all(_has(kept, word) for word in words)
        return every and (either is None or any(_has(kept, w) for w in either[1].split()))


def _has(kept: Kept, word: str) -> bool:
    """Whether a mail fits one operator; an unknown one is a fault of the caller's."""
    if word.startswith("-"):
        return not _has(kept, word[1:])
    name, _, value = word.partition(":")
    mail = kept.mail
    match name:
        case "rfc822msgid":
            return str(mail["Message-ID"]).strip("<>") == value
        case "in":
            return {"sent": "SENT", "trash": "TRASH", "drafts": "DRAFT", "chats": "CHAT"}[
                value
            ] in kept.labels
        case "from" | "to":
            return value in str(mail[name] or "")
        case "after" | "newer_than":
            assert re.fullmatch(r"\d+d?", value)
            return True
    raise Refused(400, "invalidArgument", f"{word}: no such operator")


def _ids(kept: Kept) -> dict[str, JsonValue]:
    return {"id": kept.message_id, "threadId": kept.thread_id}


def _shown(kept: Kept, form: str, only: set[str] | None = None) -> dict[str, JsonValue]:
    labels: list[JsonValue] = [*kept.labels]
    shown: dict[str, JsonValue] = {**_ids(kept), "labelIds": labels}
    if form == "raw":
        return {**shown, "raw": urlsafe_b64encode(kept.raw).decode()}
    headers: list[JsonValue] = [
        {"name": name, "value": str(make_header(decode_header(str(value))))}
        for name, value in kept.mail.items()
        if not only or name.lower() in only
    ]
    return {**shown, "payload": {"headers": headers}}


def _topic(mail: Message) -> str:
    subject = " ".join(str(make_header(decode_header(str(mail["Subject"])))).split())
    return re.sub(r"^(re\s*:\s*)+", "", subject, flags=re.IGNORECASE)


@contextmanager
def gmail_server(*reps: str) -> Iterator[tuple[GoogleServer, Gmail]]:
    """A server in which `token-{rep}` speaks for each of the reps."""
    gmail = Gmail()
    google = GoogleServer(
        api="gmail.v1",
        tokens={f"token-{rep}": rep for rep in reps},
        methods={
            "gmail.users.getProfile": gmail.profile,
            LIST: gmail.list_drafts,
            GET: gmail.get_draft,
            CREATE: gmail.create_draft,
            UPDATE: gmail.update_draft,
            DELETE: gmail.delete_draft,
            "gmail.users.messages.send": gmail.send_message,
            "gmail.users.messages.list": gmail.list_messages,
            "gmail.users.messages.get": gmail.get_message,
            "gmail.users.threads.list": gmail.list_threads,
            "gmail.users.threads.get": gmail.get_thread,
        },
    )
    with serving(google):
        yield google, gmail
