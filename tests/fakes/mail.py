"""A mailbox in memory: what it keeps is plain to see, and it fails as it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256

from app.domain.draft import Draft
from app.errors import AccessExpired, AppError, NotFound, PermanentServiceError
from app.ports.mail import DraftFate, Fate, RemoteDraft, RepMail


@dataclass(slots=True)
class KeptDraft:
    """A draft as it stands in the mailbox."""

    rep_email: str
    key: str
    subject: str
    to: tuple[str, ...]
    body_text: str
    body_html: str
    is_ours: bool = True


@dataclass(slots=True, kw_only=True)
class MemoryBox:
    """`DraftBox` in memory. It does not deduplicate: what is made twice is there twice."""

    name: str = "memory"
    timeout_seconds: float = 1.0
    lag_seconds: float = 0.1
    reps: set[str] = field(default_factory=lambda: {"rita@tend.example"})
    drafts: dict[str, KeptDraft] = field(default_factory=dict)
    """By remote id, those that are among the drafts now."""
    fates: dict[str, Fate] = field(default_factory=dict)
    """By key, what became of those that are gone."""
    failures: list[AppError] = field(default_factory=list)
    """Raised by the next calls, before anything is done."""
    late_failures: list[AppError] = field(default_factory=list)
    """Raised by the next calls of create, after the draft was made."""
    locked_out: set[str] = field(default_factory=set)
    """Reps whose mailbox refuses us, when it is asked for by itself."""
    made: int = 0

    def serves(self, rep_email: str) -> bool:
        return rep_email in self.reps

    async def find(self, rep_email: str, key: str) -> str | None:
        self._enter(rep_email)
        wanted = (rep_email, key)
        ids = (at for at, kept in self.drafts.items() if (kept.rep_email, kept.key) == wanted)
        return next(ids, None)

    async def create(self, draft: Draft) -> str:
        self._enter(draft.rep_email)
        self.made += 1
        remote_id = f"m{self.made}"
        self.drafts[remote_id] = _kept(draft)
        if self.late_failures:
            raise self.late_failures.pop(0)
        return remote_id

    async def read(self, draft: Draft, remote_id: str) -> RemoteDraft | None:
        self._enter(draft.rep_email)
        kept = self._kept(draft, remote_id)
        if kept is None:
            return None
        return RemoteDraft(
            remote_id=remote_id,
            subject=kept.subject,
            body_text=kept.body_text,
            is_ours=kept.is_ours,
        )

    async def replace(self, draft: Draft, remote_id: str) -> str:
        self._enter(draft.rep_email)
        if self._kept(draft, remote_id) is None:
            raise NotFound(f"there is no draft {remote_id!r}")
        self.drafts[remote_id] = _kept(draft)
        return remote_id

    async def delete(self, draft: Draft, remote_id: str) -> None:
        self._enter(draft.rep_email)
        if self._kept(draft, remote_id) is not None:
            del self.drafts[remote_id]

    async def fate(self, draft: Draft) -> Fate:
        self._enter(draft.rep_email)
        return self.fates.get(draft.key, Fate(fate=DraftFate.UNKNOWN))

    async def check(self) -> None:
        if self.failures:
            raise self.failures[0]

    async def check_rep(self, rep_email: str) -> None:
        if rep_email in self.locked_out:
            raise AccessExpired(self.name, "open", f"the mailbox of {rep_email} refuses us")
        await self.check()

    def edit(self, remote_id: str, body_text: str) -> None:
        """The rep writes other words."""
        self.drafts[remote_id].body_text = body_text
        self.drafts[remote_id].is_ours = False

    def _enter(self, rep_email: str) -> None:
        if self.failures:
            raise self.failures.pop(0)
        if rep_email not in self.reps:
            raise PermanentServiceError(self.name, "open", "this rep's mailbox is not connected")

    def _kept(self, draft: Draft, remote_id: str) -> KeptDraft | None:
        kept = self.drafts.get(remote_id)
        return kept if kept is not None and kept.rep_email == draft.rep_email else None


def _kept(draft: Draft) -> KeptDraft:
    return KeptDraft(
        rep_email=draft.rep_email,
        key=draft.key,
        subject=draft.subject,
        to=draft.to,
        body_text=draft.body_text,
        body_html=draft.body_html,
    )


@dataclass(slots=True, kw_only=True)
class MemoryMailer:
    """`RepMailer` in memory."""

    timeout_seconds: float = 1.0
    reps: set[str] = field(default_factory=lambda: {"rita@tend.example"})
    sent: list[RepMail] = field(default_factory=list)
    failures: list[AppError] = field(default_factory=list)
    """Raised by the next calls, before anything is sent."""

    async def send(self, mail: RepMail) -> str:
        if self.failures:
            raise self.failures.pop(0)
        if mail.to not in self.reps:
            raise PermanentServiceError("memory", "send", "the addressee is none of our reps")
        self.sent.append(mail)
        return mail.message_id

    async def check(self) -> None:
        if self.failures:
            raise self.failures[0]


def key_hash(key: str) -> str:
    """What the header `X-Tend-Key` carries of a key."""
    return sha256(key.encode(errors="surrogatepass")).hexdigest()
