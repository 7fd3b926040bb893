"""Admins edit timelines and give them to segments; what makes no sense is refused by its field."""

from typing import Any

import pytest
from django.urls import reverse

from renewals.models import SegmentTimeline, Timeline
from tests.cast import logged_in

pytestmark = pytest.mark.django_db
SHOWN = ("key", "offset_days", "applies", "kind", "title", "body", "mail_title", "mail_body", "priority")


@pytest.fixture
def timeline() -> Timeline:
    """One of a single step."""
    made = Timeline.objects.create(name="Ours")
    made.steps.create(key="call", offset_days=30, title="Call them")
    return made


def save(cast, timeline: Timeline, **changes: Any):
    step = timeline.steps.get()
    fields = {name: getattr(step, name) for name in SHOWN} | {"id": step.pk} | changes
    data = {f"steps-0-{name}": value for name, value in fields.items()}
    data |= {"steps-TOTAL_FORMS": 1, "steps-INITIAL_FORMS": 1, "steps-0-timeline": timeline.pk, "name": "Ours"}
    return logged_in(cast.admin).post(reverse("admin:renewals_timeline_change", args=[timeline.pk]), data)


def test_an_admin_edits_the_steps_of_a_timeline(cast, timeline):
    assert save(cast, timeline, title="Meet {account.name}", offset_days=45, escalates="on").status_code == 302
    step = timeline.steps.get()
    assert (step.title, step.offset_days, step.escalates) == ("Meet {account.name}", 45, True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": "Meet {account.nome}"}, "There is no field"),
        ({"kind": "email"}, "Write the e-mail."),
        ({"kind": "playbook"}, "A step that starts a playbook names it"),
        ({"offset_days": 366}, "Give 0 to 365 days."),
        ({"offset_days": ""}, "This field is required"),
        ({"key": "not a slug"}, "Enter a valid"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(cast, timeline, changes, message):
    answer = save(cast, timeline, **changes)
    assert answer.status_code == 200
    assert message in answer.content.decode()


def test_one_that_scales_another_has_no_steps_of_its_own(cast):
    tiered = Timeline.objects.get(key="tiered")
    answer = logged_in(cast.admin).get(reverse("admin:renewals_timeline_change", args=[tiered.pk]))
    assert "steps-TOTAL_FORMS" not in answer.content.decode()


def test_one_that_is_scaled_scales_none_itself(cast, timeline):
    tiered = Timeline.objects.get(key="tiered")
    answer = logged_in(cast.admin).post(
        reverse("admin:renewals_timeline_change", args=[timeline.pk]),
        {"name": "Ours", "scales": tiered.pk, "steps-TOTAL_FORMS": 0, "steps-INITIAL_FORMS": 0},
    )
    assert "Take one that has steps of its own." in answer.content.decode()


def test_an_admin_gives_a_segment_another_timeline(cast, timeline):
    its = SegmentTimeline.objects.get(segment__key="smb")
    address = reverse("admin:renewals_segmenttimeline_change", args=[its.pk])
    browser = logged_in(cast.admin)
    sent = {"segment": its.segment_id, "timeline": timeline.pk}
    assert "Only a timeline that scales another" in browser.post(address, sent | {"start_days": 60}).content.decode()
    assert browser.post(address, sent | {"has_checkpoints": "on"}).status_code == 302
    its.refresh_from_db()
    assert (its.timeline, its.has_checkpoints) == (timeline, True)


@pytest.mark.parametrize("page", ["timeline", "segmenttimeline"])
def test_the_lists_open_and_only_for_admins(cast, page):
    address = reverse(f"admin:renewals_{page}_changelist")
    assert logged_in(cast.admin).get(address).status_code == 200
    assert logged_in(cast.manager).get(address).status_code == 302
