"""What health warns of: alerts, churn signals and disagreements, and what people say against a score."""

import datetime as dt
from decimal import Decimal

import factory

from cs_workspace.common import clock
from health.models import Alert, AlertRule, ChurnSignal, Disagreement, Pulse, TierOverride
from tests.factories.accounts import AccountFactory
from tests.factories.common import Factory, day, days_ago


class AlertRuleFactory(Factory):
    class Meta:
        model = AlertRule

    key = factory.Sequence(lambda n: f"rule-{n}")
    name = factory.Sequence(lambda n: f"Rule {n}")
    trigger = AlertRule.Trigger.ENTERS_TIER
    tier_rank = 3
    next_action = "Call the champion"


class AlertFactory(Factory):
    """An open alert; `snoozed=True`, `resolved=True` give it the other states."""

    class Meta:
        model = Alert

    class Params:
        snoozed = factory.Trait(state=Alert.State.SNOOZED, snoozed_until=factory.LazyFunction(lambda: days_ago(-3)))
        acknowledged = factory.Trait(state=Alert.State.ACKNOWLEDGED, acknowledged_at=factory.LazyFunction(clock.now))
        resolved = factory.Trait(state=Alert.State.RESOLVED, resolved_at=factory.LazyFunction(clock.now))

    account = factory.SubFactory(AccountFactory)
    rule = factory.SubFactory(AlertRuleFactory)
    severity = factory.LazyAttribute(lambda alert: alert.rule.severity)
    title = factory.Sequence(lambda n: f"Alert {n}")
    next_action = factory.LazyAttribute(lambda alert: alert.rule.next_action)
    opened_at = factory.LazyFunction(lambda: days_ago(1))
    opened_on = factory.LazyAttribute(lambda alert: clock.day_of(alert.opened_at))


class ChurnSignalFactory(Factory):
    """An open signal that was detected; `by_hand=True`, `resolved=True`, `dismissed=True` give the others."""

    class Meta:
        model = ChurnSignal

    class Params:
        by_hand = factory.Trait(detected=False)
        resolved = factory.Trait(state=ChurnSignal.State.RESOLVED, changed_at=factory.LazyFunction(clock.now))
        dismissed = factory.Trait(
            state=ChurnSignal.State.DISMISSED, changed_at=factory.LazyFunction(clock.now), reason="It means nothing."
        )

    account = factory.SubFactory(AccountFactory)
    kind = "competitor"
    severity = 2
    evidence = "“Competitor” in a note"
    seen_on = factory.LazyFunction(clock.today)
    lead_days = 30
    detected = True
    opened_at = factory.LazyFunction(clock.now)


class DisagreementFactory(Factory):
    """A healthy account whose usage falls by a quarter."""

    class Meta:
        model = Disagreement

    account = factory.SubFactory(AccountFactory, healthy=True)
    kind = Disagreement.Kind.HEALTHY_USAGE
    since = factory.LazyFunction(lambda: day(-3))
    rank = 1
    usage_change = -0.25


class PulseFactory(Factory):
    """A good pulse of five days ago, judged by the owner and under that owner; an account has one latest."""

    class Meta:
        model = Pulse
        django_get_or_create = ("account", "is_latest")

    is_latest = True

    account = factory.SubFactory(AccountFactory)
    value = 3
    owner = factory.LazyAttribute(lambda pulse: pulse.account.owner)
    by = factory.LazyAttribute(lambda pulse: pulse.owner)
    at = factory.LazyFunction(lambda: days_ago(5))


class TierOverrideFactory(Factory):
    """Watch for ten more days, since yesterday; the account's row is left to the recompute. One lives at a time."""

    class Meta:
        model = TierOverride
        django_get_or_create = ("account", "ended_at")

    ended_at = None

    account = factory.SubFactory(AccountFactory)
    rank = 2
    label = "Watch"
    expected_churn = Decimal("0.125")
    reason = "The new sponsor has signed"
    by = factory.LazyAttribute(lambda override: override.account.owner)
    at = factory.LazyFunction(lambda: days_ago(1))
    until = factory.LazyFunction(lambda: day(10))
    ends_at = factory.LazyAttribute(lambda override: clock.start_of(override.until + dt.timedelta(days=1)))
