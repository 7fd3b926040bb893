"""Rules in the admin: switched, retargeted and tuned with sense; a used one says what uses it and stays."""

from typing import Any

import pytest
from django.contrib.admin import site
from django.urls import reverse

from health.models import AlertRule
from tests.cast import Cast, logged_in
from tests.factories import AlertFactory

pytestmark = pytest.mark.django_db


def form_of(rule: AlertRule, **changes: Any) -> dict[str, Any]:
    """What the browser sends for the rule, with some fields changed; None empties a field."""
    names = [name for _, options in site._registry[AlertRule].fieldsets for name in options["fields"]]
    flat = [name for one in names for name in (one if isinstance(one, tuple) else [one])]
    values = {name: getattr(rule, name) for name in flat} | changes
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


def save(cast: Cast, rule: AlertRule, **changes: Any) -> Any:
    address = reverse("admin:health_alertrule_change", args=[rule.pk])
    return logged_in(cast.admin).post(address, form_of(rule, **changes))


def rule_of(key: str) -> AlertRule:
    return AlertRule.objects.get(key=key)


def test_a_rule_is_switched_off_retargeted_and_tuned(cast: Cast):
    changes = {"active": False, "to_manager": True, "threshold": "20.5", "window_days": 14, "severity": 1}
    assert save(cast, rule_of("score-drop"), **changes).status_code == 302
    rule = rule_of("score-drop")
    assert (rule.active, rule.to_manager, rule.window_days, rule.severity) == (False, True, 14, 1)
    assert str(rule.threshold) == "20.5"


@pytest.mark.parametrize(
    ("key", "changes", "field", "words"),
    [
        ("score-drop", {"threshold": None}, "threshold", "needs it"),
        ("score-drop", {"threshold": "0"}, "threshold", "from 0.1 to 100"),
        ("score-drop", {"threshold": "101"}, "threshold", "from 0.1 to 100"),
        ("score-drop", {"window_days": "0"}, "window_days", "1 to 30 days"),
        ("score-drop", {"window_days": "31"}, "window_days", "1 to 30 days"),
        ("enters-critical", {"tier_rank": "1"}, "tier_rank", "2 to 4"),
        ("enters-critical", {"tier_rank": "5"}, "tier_rank", "2 to 4"),
        ("enters-critical", {"task_due_hours": None}, "task_due_hours", "within how many hours"),
        ("enters-critical", {"task_title": ""}, "task_title", "Name the task"),
        ("declining", {"window_days": "20"}, "window_days", "The trend is that of 30 days"),
        ("data-gap", {"window_days": None}, "window_days", "needs it"),
        ("score-under", {"trigger": "whatever"}, "trigger", "valid choice"),
        ("score-under", {"next_action": ""}, "next_action", "required"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_field(
    cast: Cast, key: str, changes: dict[str, Any], field: str, words: str
):
    response = save(cast, rule_of(key), **changes)
    assert response.status_code == 200
    assert words in " ".join(response.context["adminform"].form.errors[field])


def test_what_the_trigger_does_not_look_at_is_not_judged(cast: Cast):
    assert save(cast, rule_of("enters-at-risk"), threshold="500").status_code == 302


def test_the_rules_that_ship_make_sense():
    for rule in AlertRule.objects.all():
        rule.full_clean()


def test_a_rule_that_was_used_is_not_deleted_and_says_what_uses_it(cast: Cast):
    rule = rule_of("declining")
    AlertFactory(account=cast.account, rule=rule)
    AlertFactory(account=cast.strangers, rule=rule, resolved=True)
    client, address = logged_in(cast.admin), reverse("admin:health_alertrule_delete", args=[rule.pk])
    for response in (client.get(address, follow=True), client.post(address, {"post": "yes"}, follow=True)):
        page = response.content.decode()
        assert "stays: 2 alerts name it, 1 unresolved. Switch it off instead." in page
    assert AlertRule.objects.filter(pk=rule.pk).exists()


def test_a_rule_that_nothing_names_is_deleted(cast: Cast):
    rule = rule_of("declining")
    logged_in(cast.admin).post(reverse("admin:health_alertrule_delete", args=[rule.pk]), {"post": "yes"})
    assert not AlertRule.objects.filter(pk=rule.pk).exists()


def test_ticked_rules_are_not_deleted_together(cast: Cast):
    rule = rule_of("declining")
    asked = {"action": "delete_selected", "_selected_action": [rule.pk], "post": "yes"}
    logged_in(cast.admin).post(reverse("admin:health_alertrule_changelist"), asked)
    assert AlertRule.objects.filter(pk=rule.pk).exists()


def test_the_admin_calls_who_is_in_by_name(cast: Cast):
    assert "Aki Admin" in logged_in(cast.admin).get(reverse("admin:index")).content.decode()
