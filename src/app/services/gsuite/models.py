"""What is handed to Google's services, and what Google answers, as far as it is read."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Ours(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EmailMessage(_Ours):
    """A mail to be drafted, or to be sent to our own reps."""

    to: tuple[str, ...] = ()
    subject: str
    body_html: str = ""
    body_text: str = ""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    thread_id: str = ""
    """Gmail's id of the thread it belongs to; empty: a thread of its own."""
    in_reply_to: str = ""
    """The Message-ID that it answers, in angle brackets; empty: none."""


class ChatMessage(_Ours):
    """A message into a space of Google Chat."""

    space_name: str = Field(pattern=r"^spaces/[A-Za-z0-9_-]+$")
    text: str = Field(min_length=1)
    thread_key: str = ""
    """Messages of one key stand in one thread; empty: a thread of its own."""


class _Wire(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class WireHeader(_Wire):
    """One header of a mail."""

    name: str
    value: str


class WirePayload(_Wire):
    """A mail's outermost part."""

    headers: tuple[WireHeader, ...] = ()


class WireMessage(_Wire):
    """`Message` of gmail.v1."""

    id: str
    thread_id: str = Field(default="", alias="threadId")
    label_ids: tuple[str, ...] = Field(default=(), alias="labelIds")
    raw: str = ""
    """The whole mail in base64url, where it was asked for."""
    payload: WirePayload = WirePayload()

    def header(self, name: str) -> str:
        """The first header of this name; empty: there is none."""
        wanted = name.lower()
        return next((h.value for h in self.payload.headers if h.name.lower() == wanted), "")


class WireDraft(_Wire):
    """`Draft` of gmail.v1."""

    id: str
    message: WireMessage


class WireDrafts(_Wire):
    """`ListDraftsResponse` of gmail.v1."""

    drafts: tuple[WireDraft, ...] = ()


class WireMessages(_Wire):
    """`ListMessagesResponse` of gmail.v1."""

    messages: tuple[WireMessage, ...] = ()


class WireThread(_Wire):
    """`Thread` of gmail.v1."""

    id: str
    messages: tuple[WireMessage, ...] = ()


class WireThreads(_Wire):
    """`ListThreadsResponse` of gmail.v1."""

    threads: tuple[WireThread, ...] = ()


class WireProfile(_Wire):
    """`Profile` of gmail.v1."""

    email_address: str = Field(alias="emailAddress")


class WireChatMessage(_Wire):
    """`Message` of chat.v1."""

    name: str


class WireSpace(_Wire):
    """`Space` of chat.v1."""

    name: str
