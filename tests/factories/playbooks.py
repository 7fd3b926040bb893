"""Playbooks and their runs."""

from decimal import Decimal
from typing import Any

import factory

from accounts.domain.playbooks import Plan, Step, StepKind, Trigger
from accounts.models import Holiday, Playbook, PlaybookResult, PlaybookRun, PlaybookVersion
from cs_workspace.common import clock
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory, days_ago

BY_HAND = Trigger("hand")
CALL = Step(StepKind.TASK, title="Call {account.name}", days=1)
WRITE = Step(StepKind.TASK, title="Write down what came of it")


class HolidayFactory(Factory):
    class Meta:
        model = Holiday

    day = factory.LazyFunction(clock.today)
    name = "Founders' day"


class PlaybookFactory(Factory):
    """A playbook that is switched on, of two tasks one after the other, started by hand; `plan__trigger=`,
    `plan__steps=` and the like say otherwise, `active=False` leaves it switched off."""

    class Meta:
        model = Playbook

    name = factory.Sequence(lambda n: f"Playbook {n}")

    @factory.post_generation
    def plan(self: Playbook, create: bool, plan: Plan | None, **parts: Any) -> None:
        plan = plan or Plan(**({"trigger": BY_HAND, "steps": (CALL, WRITE)} | parts))
        self.current = PlaybookVersion.objects.create(
            playbook=self,
            number=1,
            trigger=plan.trigger.kind,
            trigger_choice=plan.trigger.choice,
            trigger_number=plan.trigger.number,
            content=plan.to_dict(),
            published_at=clock.now(),
        )
        self.save()

    @factory.post_generation
    def active(self: Playbook, create: bool, active: bool | None, **kwargs: object) -> None:
        if active is not False:
            self.active_since = days_ago(1)
            self.save()


class PlaybookRunFactory(Factory):
    """A run that has just begun and did nothing yet; `paused=True` and `finished=True` give it other states."""

    class Meta:
        model = PlaybookRun

    class Params:
        paused = factory.Trait(state=PlaybookRun.State.PAUSED, next_at=None, paused_at=factory.LazyFunction(clock.now))
        finished = factory.Trait(
            state=PlaybookRun.State.FINISHED, next_at=None, ended_at=factory.LazyFunction(clock.now)
        )

    playbook = factory.SubFactory(PlaybookFactory)
    plan_version = factory.LazyAttribute(lambda run: run.playbook.current)
    account = factory.SubFactory(AccountFactory)
    trigger_key = factory.Sequence(lambda n: f"run-{n}")
    reason = "Started by a test"
    started_at = factory.LazyFunction(lambda: days_ago(3))
    reached_at = factory.LazyAttribute(lambda run: run.started_at)
    next_at = factory.LazyFunction(clock.now)


class PlaybookResultFactory(Factory):
    """What a run brought that began 70 days ago: 4 points up, beside ten accounts that went up by 1."""

    class Meta:
        model = PlaybookResult

    run = factory.SubFactory(PlaybookRunFactory, started_at=factory.LazyFunction(lambda: days_ago(70)))
    day = factory.LazyAttribute(lambda result: clock.day_of(result.run.started_at))
    segment = None
    rank = 3
    change = Decimal("4.0")
    peers = 10
    peers_change = 1.0
    peers_squares = 9.0
