"""What every bus checks, whatever carries its events: names, tenants, and what cannot be read.

It knows no carrier; a bus says how events are appended, given and parked.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import structlog
from pydantic import JsonValue, ValidationError
from pydantic_core import PydanticSerializationError

from app.clock import Clock
from app.domain.event import AgentEvent
from app.errors import InvalidInput, PermanentServiceError
from app.ports.bus import BusRules, Delivery, PutOff, Receipt, Trimmed
from app.ports.event_store import Taken
from app.services.plain_text import one_line

SYSTEM = "event bus"
ERROR_CHARACTERS = 1_000
"""Of a reason that is kept with an event."""
_ID_CHARACTERS = 400
_NAME = re.compile(r"[a-z][a-z0-9_.-]{0,62}")
_CONSUMER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")

log = structlog.get_logger(__name__)


def checked_name(name: str, what: str = "stream") -> str:
    """The name of a stream or group. Raises InvalidInput."""
    if not _NAME.fullmatch(name):
        told = "a small letter, then small letters, digits, _, - and ., at most 63 in all"
        raise InvalidInput(f"{one_line(name, 70)!r} is no name of a {what}: {told}")
    return name


def kept_error(error: str) -> str:
    """A reason as it is kept: one line, nothing that a store or terminal would choke on."""
    return one_line(error, ERROR_CHARACTERS)


class CheckedBus(ABC):
    """`EventBus` but for the carrying itself."""

    def __init__(self, tenant_id: str, rules: BusRules, clock: Clock) -> None:
        self._tenant_id = tenant_id
        self._rules = rules
        self._clock = clock

    @property
    def tenant_id(self) -> str:
        """Whose bus it is."""
        return self._tenant_id

    @property
    def rules(self) -> BusRules:
        """What everybody on it goes by."""
        return self._rules

    async def publish(self, stream: str, event: AgentEvent) -> bool:
        """Append an event to a stream; False: the tenant has an event of this id.

        Raises ValueError for another tenant's event, InvalidInput, ServiceError.
        """
        self._refuse_foreign(event)
        is_new, trimmed = await self._append(checked_name(stream), event, _written(event))
        if trimmed.unacknowledged:
            log.warning(
                "events.lost_to_groups",
                tenant_id=self._tenant_id,
                stream=stream,
                events=trimmed.unacknowledged,
                mend="a group does not keep up with its stream, or nobody is in it any more",
            )
        return is_new

    async def take(
        self, stream: str, group: str, *, consumer: str, most: int
    ) -> Sequence[Delivery]:
        """One event that is given again, or up to `most` new ones; what cannot be read is parked.

        Raises InvalidInput, ServiceError.
        """
        checked_name(stream)
        checked_name(group, "group")
        if not _CONSUMER.fullmatch(consumer) or most < 1:
            raise InvalidInput(f"{one_line(consumer, 70)!r} cannot take {most} events")
        while True:
            taken = await self._take(stream, group, consumer=consumer, most=most)
            for event_id in taken.parked:
                self._tell_parked(stream, group, event_id)
            deliveries = await self._readable(taken)
            if deliveries or not taken.given:
                return deliveries

    async def wait(self, streams: Sequence[str], group: str, *, seconds: float) -> None:
        """Return as soon as `take` may give something, at the latest after `seconds`.

        Raises InvalidInput, ServiceError.
        """
        names = [checked_name(stream) for stream in streams]
        await self._wait(names, checked_name(group, "group"), seconds=seconds)

    async def hold(self, delivery: Delivery) -> bool:
        """Keep it in hand for longer; False: it is not in that hand any more."""
        return await self._hold(self._receipt(delivery))

    async def acknowledge(self, delivery: Delivery) -> bool:
        """It is handled, in whosever hand it is; False: it was settled already."""
        return await self._acknowledge(self._receipt(delivery))

    async def put_off(
        self, delivery: Delivery, *, seconds: float, error: str, tried: bool = True
    ) -> PutOff:
        """Have it given again after `seconds`, or parked when this was its last delivery."""
        receipt = self._receipt(delivery)
        what = await self._put_off(
            receipt, seconds=max(0.0, seconds), error=kept_error(error), tried=tried
        )
        if what is PutOff.PARKED:
            self._tell_parked(receipt.stream, receipt.group, delivery.event.event_id)
        return what

    async def park(self, delivery: Delivery, *, error: str) -> bool:
        """Set it aside for a person; False: it is not in that hand any more."""
        receipt = self._receipt(delivery)
        is_ours = await self._park(receipt, kept_error(error))
        if is_ours:
            self._tell_parked(receipt.stream, receipt.group, delivery.event.event_id)
        return is_ours

    @abstractmethod
    async def _append(self, stream: str, event: AgentEvent, text: str) -> tuple[bool, Trimmed]: ...
    @abstractmethod
    async def _take(self, stream: str, group: str, *, consumer: str, most: int) -> Taken: ...
    @abstractmethod
    async def _wait(self, streams: Sequence[str], group: str, *, seconds: float) -> None: ...
    @abstractmethod
    async def _hold(self, receipt: Receipt) -> bool: ...
    @abstractmethod
    async def _acknowledge(self, receipt: Receipt) -> bool: ...
    @abstractmethod
    async def _put_off(
        self, receipt: Receipt, *, seconds: float, error: str, tried: bool
    ) -> PutOff: ...
    @abstractmethod
    async def _park(self, receipt: Receipt, error: str) -> bool: ...

    async def _readable(self, taken: Taken) -> list[Delivery]:
        """What was taken, as events; what is none of ours is parked."""
        deliveries = []
        for given in taken.given:
            event, trouble = self._read(given.stored.body)
            if event is not None:
                deliveries.append(Delivery(receipt=given.receipt, event=event))
            elif await self._park(given.receipt, trouble):
                receipt = given.receipt
                self._tell_parked(receipt.stream, receipt.group, given.stored.event_id)
        return deliveries

    def _receipt(self, delivery: Delivery) -> Receipt:
        self._refuse_foreign(delivery.event)
        return delivery.receipt

    def _refuse_foreign(self, event: AgentEvent) -> None:
        if event.tenant_id != self._tenant_id:
            msg = f"event {event.event_id} is of tenant {event.tenant_id}, not {self._tenant_id}"
            raise ValueError(msg)

    def _read(self, body: Mapping[str, JsonValue]) -> tuple[AgentEvent | None, str]:
        """The event, or why there is none."""
        try:
            event = AgentEvent.model_validate(dict(body))
        except ValidationError as exc:
            wrong = ", ".join(".".join(map(str, error["loc"])) for error in exc.errors())
            return None, kept_error(f"it cannot be read as an event: {wrong}")
        if event.tenant_id != self._tenant_id:
            return None, kept_error(f"it is of tenant {event.tenant_id}, not {self._tenant_id}")
        return event, ""

    def _tell_parked(self, stream: str, group: str, event_id: str) -> None:
        log.error(
            "event.parked",
            tenant_id=self._tenant_id,
            stream=stream,
            group=group,
            event_id=one_line(event_id, _ID_CHARACTERS),
            mend="tend events parked",
        )


def _written(event: AgentEvent) -> str:
    """The event as JSON. Raises PermanentServiceError for what no store can keep."""
    if not event.event_id.isprintable() or len(event.event_id) > _ID_CHARACTERS:
        raise PermanentServiceError(SYSTEM, "publish", "an event's id is up to 400 plain letters")
    try:
        return event.model_dump_json()
    except PydanticSerializationError as exc:
        raise PermanentServiceError(SYSTEM, "publish", "it holds text that is no Unicode") from exc
