"""Sinks to the recorder, one of each class, and the points at which their process may be halted."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import httpx
import structlog
from pydantic import BaseModel

from app.bootstrap import embedded_sinks
from app.domain.effect import EffectClass, EffectKind, WorkOwed
from app.errors import AccessExpired, RemoteRefused, TransientServiceError
from app.ports.effects import Sink
from app.ports.limits import Limiter
from app.ports.store import Store
from app.settings import Settings
from tests.kill.wire import LAG_SECONDS, TIMEOUT_SECONDS, Asked, Kind

SYSTEM = "recorder"
PATHS: Mapping[EffectKind, Kind] = {
    EffectKind.DRAFT: Kind.FINDABLE,
    EffectKind.CHAT: Kind.KEYED,
    EffectKind.EMAIL: Kind.AT_LEAST_ONCE,
}
"""What goes to the recorder; everything else stays in the store."""
log = structlog.get_logger(__name__)


class Point(StrEnum):
    """Where a process may be stopped with an effect in its hands."""

    NOWHERE = "nowhere"
    TAKEN = "taken"
    """The intent is written; neither worded nor checked again."""
    CHECKED = "checked"
    """Worded and checked for the last time; the call's time has not begun to run."""
    BEFORE_CALL = "before-call"
    """The call's time runs; no byte has been sent."""
    IN_CALL = "in-call"
    """The other side has the call; stopped from outside."""
    ANSWERED = "answered"
    """The answer is here; the ledger does not know."""


@dataclass(slots=True)
class Halt:
    """Stops the whole process once, at one point of the first effect of one kind."""

    point: Point
    kind: EffectKind
    is_spent: bool = False
    taken: EffectKind | None = None
    """The kind whose sink was looked up last to make an effect."""

    def here(self, point: Point, kind: EffectKind) -> None:
        """Stop, where this is the point: the next line runs when somebody continues us."""
        if self.is_spent or point is not self.point or kind is not self.kind:
            return
        self.is_spent = True
        log.info("worker.halted", point=point.value)
        os.kill(os.getpid(), signal.SIGSTOP)
        log.info("worker.continued", point=point.value)


class _Found(BaseModel):
    ids: list[str]


class _Made(BaseModel):
    id: str


@dataclass(frozen=True, slots=True)
class RecorderSink:
    """Asks the recorder for one kind of effect, under one class's promise."""

    http: httpx.AsyncClient
    kind: EffectKind
    path: Kind
    halt: Halt

    @property
    def effect_class(self) -> EffectClass:
        return {
            Kind.FINDABLE: EffectClass.FINDABLE,
            Kind.KEYED: EffectClass.KEYED,
            Kind.AT_LEAST_ONCE: EffectClass.AT_LEAST_ONCE,
        }[self.path]

    @property
    def timeout_seconds(self) -> float:
        if self.halt.taken is self.kind:
            self.halt.here(Point.CHECKED, self.kind)
        return TIMEOUT_SECONDS

    @property
    def lag_seconds(self) -> float:
        return LAG_SECONDS

    async def find(self, key: str) -> str | None:
        if self.path is not Kind.FINDABLE:
            return None
        answer = await self._send(self.http.build_request("GET", self.path, params={"key": key}))
        found = _Found.model_validate_json(answer).ids
        return found[0] if found else None

    async def create(self, work: WorkOwed, *, at: datetime, repeat: bool) -> str:
        self.halt.here(Point.BEFORE_CALL, self.kind)
        about = f"{work.payload.get('incident_id', '')}:{work.payload.get('revision', '')}"
        asked = Asked(key=work.key, about=about, repeat=repeat)
        request = self.http.build_request("POST", self.path, json=asked.model_dump(mode="json"))
        made = _Made.model_validate_json(await self._send(request))
        self.halt.here(Point.ANSWERED, self.kind)
        return made.id

    async def check(self) -> None:
        """The recorder is never asked beforehand."""

    async def _send(self, request: httpx.Request) -> bytes:
        operation = request.method.lower()
        try:
            answer = await self.http.send(request)
        except httpx.HTTPError as exc:
            raise TransientServiceError(SYSTEM, operation, type(exc).__name__) from exc
        status = answer.status_code
        if status == 401:
            raise AccessExpired(SYSTEM, operation, "the key is refused")
        if status >= 500:
            asked = answer.headers.get("retry-after")
            wait = None if asked is None else float(asked)
            raise TransientServiceError(SYSTEM, operation, str(status), retry_after=wait)
        if status >= 400:
            raise RemoteRefused(SYSTEM, operation, "refused", status=status)
        return answer.content


_READS_BEFORE_TAKING = 1
"""The guard asks a sink's class before it takes, and looks the sink up again afterwards."""


class HaltingSinks(dict[EffectKind, Sink]):
    """Sinks by kind; looking one up after its effect was taken is a point to halt at."""

    def __init__(self, sinks: Mapping[EffectKind, Sink], halt: Halt) -> None:
        super().__init__(sinks)
        self._halt = halt
        self._reads: Counter[EffectKind] = Counter()

    def __getitem__(self, kind: EffectKind) -> Sink:
        self._reads[kind] += 1
        if self._reads[kind] > _READS_BEFORE_TAKING:
            self._halt.taken = kind
            self._halt.here(Point.TAKEN, kind)
        return super().__getitem__(kind)


@dataclass(frozen=True, slots=True)
class RecordingSinks:
    """`SinksOf` for a worker: drafts, chat and e-mail at the recorder, the rest in the store."""

    http: httpx.AsyncClient
    halt: Halt

    def __call__(
        self, store: Store, settings: Settings, tenant: str, limiter: Limiter
    ) -> Mapping[EffectKind, Sink]:
        return HaltingSinks(
            {
                **embedded_sinks(store, settings, tenant, limiter),
                **{
                    kind: RecorderSink(self.http, kind, path, self.halt)
                    for kind, path in PATHS.items()
                },
            },
            self.halt,
        )
