"""What a recompute hands to alerting: the accounts whose alerts need a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypedDict, TypeVar, overload

from health.domain.alerting import AccountState, AlertRule

T = TypeVar("T")


@dataclass(frozen=True)
class Cause:
    """One indicator's part in a change: its label, its reading in words and the points of the score it moved."""

    label: str
    detail: str
    points: float


class Reason(TypedDict):
    """One reason of an alert as it is stored; `points` is None where it moved none."""

    label: str
    detail: str
    points: float | None


@dataclass(frozen=True)
class Lift:
    """One indicator's offer: its label, what to reach in words and the points of the score that it would bring."""

    label: str
    target: str
    points: float


class Later(Sequence[T], Generic[T]):
    """A sequence that is made when it is looked at: most alerts need a decision and few need an explanation."""

    def __init__(self, make: Callable[[], Sequence[T]]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> Sequence[T]:
        return self._make()

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._made[place]

    def __len__(self) -> int:
        return len(self._made)


@dataclass(frozen=True)
class AccountChange:
    """The standing of one account on a day, beside the one last evaluated.

    Made only for accounts for which a rule fires or that have an alert which is not resolved; for all others there is
    nothing to decide.
    """

    account_id: int
    day: dt.date
    version_id: int
    """The scorecard version that judged it."""
    states: Mapping[str, tuple[AccountState, AccountState]]
    """By the key of each active rule, whose windows it respects: the state now and as last evaluated."""
    reasons: Sequence[Cause]
    """What moved the score since seven days ago, or since the oldest score in that time, largest effect first; where
    there is none to compare with, what costs it the most points."""
    raises: Sequence[Lift]
    """What would raise it most, largest gain first."""
    confidence: float
    judged: str = ""
    """By whom and until when the tier is overridden; empty where the computed one counts."""

    def states_for(self, rule: AlertRule) -> tuple[AccountState, AccountState]:
        """Now and as last evaluated, as `health.domain.alerting.decide` takes them."""
        return self.states[rule.key]
