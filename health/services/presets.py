"""Installs what ships: scorecards out of preset files, and the default rules of alerts and churn signals."""

import math
from decimal import Decimal

from django.db import transaction

from accounts.models import User
from cs_workspace.common import clock
from health.domain import alerting, signals
from health.domain import scorecards as domain
from health.models import AlertRule, Dimension, Indicator, Scorecard, ScorecardVersion, SignalRule, Tier
from health.services.survey_presets import install_surveys


@transaction.atomic
def install_preset(name: str, *, default: bool = False, by: User | None = None) -> Scorecard:
    """The scorecard of that preset, installed with a published first version where it is not there yet.

    `default` makes it the one that judges all accounts to which no other is bound, unless another one is already.
    Raises `ScorecardError` where no preset has that name.
    """
    preset = domain.load_preset(name)
    installed, is_new = Scorecard.objects.get_or_create(key=preset.key, defaults={"name": preset.name})
    if is_new:
        version = ScorecardVersion.objects.create(
            scorecard=installed,
            number=1,
            state=ScorecardVersion.State.PUBLISHED,
            published_at=clock.now(),
            published_by=by,
        )
        write_content(version, preset)
    if default and not Scorecard.objects.filter(is_default=True).exists():
        installed.is_default = True
        installed.save(update_fields=["is_default"])
    return installed


def presets_to_install() -> list[tuple[str, str]]:
    """Name and title of the presets that are not installed. One query."""
    there = set(Scorecard.objects.values_list("key", flat=True))
    presets = [(name, domain.load_preset(name)) for name in domain.preset_names()]
    return [(name, preset.name) for name, preset in presets if preset.key not in there]


def write_content(version: ScorecardVersion, content: domain.Scorecard) -> None:
    """Dimensions, indicators and tiers of an empty version."""
    for place, dimension in enumerate(content.dimensions):
        row = Dimension.objects.create(
            version=version, key=dimension.key, label=dimension.label, weight=_weight(dimension.weight), position=place
        )
        Indicator.objects.bulk_create(
            Indicator(
                dimension=row,
                metric=indicator.metric,
                label=indicator.label,
                weight=_weight(indicator.weight),
                scorer_kind=indicator.scorer.kind,
                scorer_params=indicator.scorer.params(),
                missing=indicator.missing,
                ages=domain.age_bands_to_list(indicator.ages),
                position=number,
            )
            for number, indicator in enumerate(dimension.indicators)
        )
    Tier.objects.bulk_create(
        Tier(
            version=version,
            key=tier.key,
            label=tier.label,
            lower=_decimal(tier.lower),
            rank=tier.rank,
            churn_low=_decimal(tier.churn_low),
            churn_high=_decimal(tier.churn_high),
            action=tier.action,
        )
        for tier in content.tiers
    )


def install_defaults() -> None:
    """What a new workspace begins with: the Ops scorecard, which judges everybody, the default rules of alerts and of
    churn signals, and the surveys.

    Where there is any scorecard or any rule already, nothing is added: what an admin took away stays away.
    """
    if not Scorecard.objects.exists():
        install_preset("ops", default=True)
    if not AlertRule.objects.exists():
        AlertRule.objects.bulk_create([*(_rule(rule) for rule in alerting.DEFAULT_RULES), _rule_of_key_contacts()])
    if not SignalRule.objects.exists():
        SignalRule.objects.bulk_create(_signal_rule(rule) for rule in signals.DEFAULT_RULES)
    install_surveys()


def _rule(rule: alerting.AlertRule) -> AlertRule:
    return AlertRule(
        key=rule.key,
        name=rule.name,
        trigger=rule.trigger,
        threshold=None if math.isnan(rule.threshold) else _decimal(rule.threshold),
        window_days=rule.window_days or None,
        tier_rank=rule.tier_rank or None,
        severity=rule.severity,
        to_csm=rule.to_csm,
        to_manager=rule.to_manager,
        to_executive=rule.to_executive,
        to_admin=rule.to_admin,
        task_title=rule.task_title,
        task_due_hours=rule.task_due_hours,
        next_action=rule.next_action,
    )


def _rule_of_key_contacts() -> AlertRule:
    """Tells of a champion, sponsor or decision maker who left: the one signal that cannot wait for a look at the list
    (lifecycle.md §1)."""
    return AlertRule(
        key="key-contact-left",
        name="Key contact left",
        trigger=AlertRule.Trigger.SIGNAL,
        signal_kind="contact_left",
        severity=AlertRule.Severity.HIGH,
        to_manager=True,
        task_title="Find a new champion or key contact",
        task_due_hours=48,
        next_action="Find who follows within 48 hours, and introduce our executive to theirs.",
    )


def _signal_rule(rule: signals.SignalRule) -> SignalRule:
    return SignalRule(
        kind=rule.kind,
        severity=rule.severity,
        lead_days=rule.lead_days,
        threshold=None if math.isnan(rule.threshold) else _decimal(rule.threshold),
        window_days=rule.window_days or None,
        quiet_days=rule.quiet_days or None,
        words=list(rule.words),
    )


def _weight(weight: float) -> Decimal:
    """A third of 100 is kept with four decimals; the engine takes shares of the sum."""
    return round(Decimal(weight), 4)


def _decimal(value: float) -> Decimal:
    return Decimal(str(value))
