"""Admins edit templates of onboardings; what makes no sense is refused by its field."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import OnboardingTemplate
from tests.cast import logged_in
from tests.factories import OnboardingTemplateFactory, TemplateStepFactory

pytestmark = pytest.mark.django_db
SHOWN = ("place", "key", "stage", "title", "detail", "owner", "due_day", "longest_day", "proof", "proof_number")


@pytest.fixture
def template() -> OnboardingTemplate:
    made = OnboardingTemplateFactory(name="Ours")
    TemplateStepFactory(template=made, key="kickoff", title="Hold the kick-off", is_first_value=True)
    return made


def sent(template: OnboardingTemplate, **changes: Any) -> dict[str, Any]:
    step = template.steps.get()
    fields = {name: getattr(step, name) for name in SHOWN} | {"is_first_value": "on", "id": step.pk} | changes
    data = {f"steps-0-{name}": "" if value is None else value for name, value in fields.items()}
    data |= {"steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 1, "steps-0-template": template.pk}
    return data | {
        "name": template.name,
        "segment": template.segment_id,
        "is_active": "on",
        "is_guided": "on",
        "first_value": "First report sent",
        "first_value_within": "14 00:00:00",
    }


def save(cast, template: OnboardingTemplate, **changes: Any):
    url = reverse("admin:accounts_onboardingtemplate_change", args=[template.pk])
    return logged_in(cast.admin).post(url, sent(template, **changes))


def test_an_admin_edits_the_steps_of_a_template(cast, template):
    assert save(cast, template, title="Meet", proof="active_users", proof_number=4).status_code == 302
    step = template.steps.get()
    assert (step.title, step.proof, step.proof_number) == ("Meet", "active_users", 4)
    template.refresh_from_db()
    assert template.first_value_within.days == 14


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"proof": "active_users"}, "Give the number of users."),
        ({"proof": "nonsense"}, "Select a valid choice"),
        ({"due_day": 9, "longest_day": 8}, "It cannot be before the day on which the step is due."),
        ({"key": "not a slug"}, "Enter a valid"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(cast, template, changes, message):
    response = save(cast, template, **changes)
    assert response.status_code == 200
    assert message in response.content.decode()


def test_templates_are_switched_off_and_not_deleted(cast, template):
    client = logged_in(cast.admin)
    assert client.get(reverse("admin:accounts_onboardingtemplate_changelist")).status_code == 200
    assert client.post(reverse("admin:accounts_onboardingtemplate_delete", args=[template.pk])).status_code == 403


def test_nobody_but_admins_edits_templates(cast, template):
    url = reverse("admin:accounts_onboardingtemplate_change", args=[template.pk])
    assert logged_in(cast.manager).get(url).status_code == 302
