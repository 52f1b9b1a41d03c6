"""Counting the work owed by channel, and when a waiting flow begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest

from app.domain.effect import EffectKind, EffectRow, EffectState, ParkReason
from app.domain.flow import FlowRow, FlowState
from app.jobs.runs import WHAT_TO_DO, begins_at, channels_of
from tests.builders import NOW, work_owed

SOON, EARLIER = NOW + timedelta(minutes=5), NOW - timedelta(minutes=5)

effect = partial(
    EffectRow,
    work=work_owed(kind=EffectKind.EMAIL),
    state=EffectState.OWED,
    attempt=0,
    owner="",
    taken_at=None,
    next_try_at=None,
    remote_id=None,
    error="",
)
flow = partial(
    FlowRow,
    flow="channel",
    state=FlowState.WAITING,
    worker="",
    created_at=NOW,
    updated_at=NOW,
    error="",
)


def test_each_effect_counts_in_one_place() -> None:
    owed = [
        effect(),
        effect(attempt=1, next_try_at=EARLIER, taken_at=EARLIER, error="busy"),
        effect(state=EffectState.INTENT, attempt=1, taken_at=NOW),
        effect(attempt=2, next_try_at=SOON, taken_at=NOW, error="no answer"),
        effect(attempt=2, next_try_at=SOON + timedelta(1), taken_at=EARLIER, error="busy"),
    ]
    (one,) = channels_of(owed, [effect(state=EffectState.PARKED)], NOW)
    assert (one.owed, one.in_hand, one.put_off, one.parked) == (2, 1, 2, 1)
    assert (one.last_error, one.next_try_at) == ("no answer", SOON)


def test_only_channels_with_something_left_are_named() -> None:
    draft = effect(work=work_owed(kind=EffectKind.DRAFT))
    found = channels_of([draft], [effect(state=EffectState.PARKED)], NOW)
    assert [one.kind for one in found] == [EffectKind.DRAFT, EffectKind.EMAIL]
    assert channels_of([], [], NOW) == ()


def test_every_reason_for_parking_says_what_to_do() -> None:
    assert set(WHAT_TO_DO) == set(ParkReason)


@pytest.mark.parametrize(
    "row,expected",
    [
        (flow(flow_id="main:channel:tam:acme:1:1:email:3"), SOON),
        (flow(flow_id="main:channel:tam:acme:1:1:email:released-3"), SOON),
        (flow(flow_id="main:channel:tam:acme:1:1:draft:3"), None),
        (flow(flow_id="main:channel:tam:acme:1:1:email:3", state=FlowState.QUEUED), None),
        (flow(flow_id="main:scan:2026-03-11", flow="scan"), None),
    ],
)
def test_a_waiting_flow_begins_when_its_effect_is_tried_again(
    row: FlowRow, expected: datetime | None
) -> None:
    assert begins_at(row, {"main:tam:acme:1:1:email": SOON}) == expected
