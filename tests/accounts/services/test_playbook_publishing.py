"""What admins do with playbooks, and those that ship."""

import datetime as dt

import pytest

from accounts.domain.onboarding_risks import RULES
from accounts.domain.playbook_presets import preset_playbooks
from accounts.domain.playbooks import Plan, Step, StepKind, Trigger, Unit, problems_of
from accounts.models import Account, Playbook, PlaybookRun, PlaybookVersion, Segment, Task
from accounts.queries.playbook_facts import vocabulary
from accounts.registries import PLAYBOOK_TRIGGERS
from accounts.services import playbook_publishing as publishing
from accounts.services.playbook_advancing import advance_these
from accounts.services.playbook_starting import start_timelines
from accounts.services.segments import SEGMENTS
from accounts.tasks import advance_playbooks
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from tests import factories as make
from tests.factories.playbooks import CALL, WRITE

pytestmark = pytest.mark.django_db
PLAN = Plan(Trigger("hand"), (CALL,))


def test_a_new_playbook_begins_switched_off_with_its_first_version(cast):
    playbook = publishing.create_playbook(by=cast.admin, name=" Mine ", aim="For all", plan=PLAN)
    assert (playbook.name, playbook.aim, playbook.is_active, playbook.key) == ("Mine", "For all", False, None)
    assert (playbook.current.number, playbook.current.plan, playbook.current.published_by) == (1, PLAN, cast.admin)


def test_to_publish_makes_a_new_version_and_keeps_the_old_one(cast):
    playbook = publishing.create_playbook(by=cast.admin, name="Mine", aim="", plan=PLAN)
    longer = Plan(Trigger("signal_raised", "silent"), (CALL, WRITE))
    published = publishing.publish_playbook(by=cast.admin, playbook=playbook, name="Ours", aim="", plan=longer)
    assert (published.name, published.current.number) == ("Ours", 2)
    assert (published.current.trigger, published.current.trigger_choice) == ("signal_raised", "silent")
    assert [one.plan for one in PlaybookVersion.objects.filter(playbook=playbook).order_by("number")] == [PLAN, longer]


def test_to_publish_the_same_makes_no_version(cast):
    playbook = publishing.create_playbook(by=cast.admin, name="Mine", aim="", plan=PLAN)
    published = publishing.publish_playbook(by=cast.admin, playbook=playbook, name="Renamed", aim="New", plan=PLAN)
    assert (published.name, published.aim, published.current.number) == ("Renamed", "New", 1)


def test_the_second_of_two_who_publish_is_told(cast):
    playbook = publishing.create_playbook(by=cast.admin, name="Mine", aim="", plan=PLAN)
    seen = playbook.version
    publishing.publish_playbook(by=cast.admin, playbook=playbook, name="First", aim="", plan=PLAN, version=seen)
    with pytest.raises(StaleError):
        publishing.publish_playbook(by=cast.admin, playbook=playbook, name="Second", aim="", plan=PLAN, version=seen)
    assert Playbook.objects.get(pk=playbook.pk).name == "First"


def test_what_makes_no_sense_and_a_name_that_is_taken_are_refused(cast):
    make.PlaybookFactory(name="Taken")
    for name, plan, words in (
        ("Taken", PLAN, "Another playbook has this name"),
        ("Mine", Plan(Trigger("hand"), ()), "Add a step"),
        ("Mine", Plan(Trigger("moon"), (CALL,)), "Choose what sets it off"),
        ("Mine", Plan(Trigger("hand"), (Step(StepKind.TASK, title="{champoin.name}"),)), "There is no field"),
    ):
        with pytest.raises(RefusedError, match=words):
            publishing.create_playbook(by=cast.admin, name=name, aim="", plan=plan)
    assert not Playbook.objects.filter(name="Mine").exists()
    other = make.PlaybookFactory(name="Other")
    with pytest.raises(RefusedError, match="Another playbook"):
        publishing.publish_playbook(by=cast.admin, playbook=other, name="Taken", aim="", plan=PLAN)


def test_a_copy_has_a_name_of_its_own_and_is_switched_off(cast):
    playbook = make.PlaybookFactory(name="Save")
    copies = [publishing.copy_playbook(by=cast.admin, playbook=playbook) for _ in range(3)]
    assert [one.name for one in copies] == ["Save (copy)", "Save (copy 2)", "Save (copy 3)"]
    assert {one.is_active for one in copies} == {False}
    assert copies[0].current.plan == playbook.current.plan


def test_to_switch_twice_is_to_switch_once(cast):
    playbook = make.PlaybookFactory(active=False)
    on = publishing.switch_playbook(by=cast.admin, playbook=playbook, on=True)
    again = publishing.switch_playbook(by=cast.admin, playbook=playbook, on=True)
    assert on.active_since == again.active_since
    assert publishing.switch_playbook(by=cast.admin, playbook=playbook, on=False).active_since is None
    assert list(playbook.history.order_by("pgh_id").values_list("pgh_context__metadata__user", flat=True))[-2:] == [
        cast.admin.pk,
        cast.admin.pk,
    ]


def test_those_that_ship_are_there_switched_on_and_are_installed_once():
    shipped = {one.key: one for one in preset_playbooks()}
    there = Playbook.objects.exclude(key=None).select_related("current")
    assert {one.key: one.current.plan for one in there} == {key: one.plan for key, one in shipped.items()}
    assert {one.key for one in there if not one.is_active} == {key for key, one in shipped.items() if not one.comes_on}
    assert {one.current.trigger for one in there if not one.is_active} == {"renewal_ahead"}
    assert publishing.install_playbooks() == 0


def test_what_ships_anew_comes_to_a_workspace_that_exists_and_leaves_what_admins_did(cast):
    edited = Playbook.objects.get(key="save-price")
    publishing.publish_playbook(by=cast.admin, playbook=edited, name="Never a discount", aim="Ours", plan=PLAN)
    publishing.switch_playbook(by=cast.admin, playbook=Playbook.objects.get(key="signal-silent"), on=False)
    before = dict(Playbook.objects.values_list("pk", "version"))
    # As if these two were not there yet, but ones of the workspace's own for the same, one of which is switched on.
    Playbook.objects.filter(key="onboarding-training").update(key=None, name="Our training")
    Playbook.objects.filter(key="onboarding-blocker").update(key=None, active_since=None)

    assert publishing.install_playbooks() == 2
    assert publishing.install_playbooks() == 0
    new = {one.key: (one.name, one.is_active) for one in Playbook.objects.exclude(pk__in=before)}
    assert new == {
        "onboarding-training": ("Onboarding: training missed", False),
        "onboarding-blocker": ("Onboarding: technical blocker (2)", True),
    }
    assert dict(Playbook.objects.filter(pk__in=before).values_list("pk", "version")) == before
    edited.refresh_from_db()
    assert (edited.name, edited.current.plan) == ("Never a discount", PLAN)
    assert not Playbook.objects.get(key="signal-silent").is_active


def test_those_that_ship_make_sense_with_what_can_be_known_here():
    facts = vocabulary()
    for preset in preset_playbooks():
        trigger = PLAYBOOK_TRIGGERS[preset.plan.trigger.kind]
        assert problems_of(preset.plan, facts) == [], preset.name
        assert not preset.plan.trigger.choice or preset.plan.trigger.choice in dict(trigger.choices()), preset.name


def test_there_is_one_for_every_tier_and_every_kind_of_signal():
    triggers = [preset.plan.trigger for preset in preset_playbooks()]
    for kind in ("tier_entered", "signal_raised"):
        offered = {key for key, _ in PLAYBOOK_TRIGGERS[kind].choices()}
        assert {one.choice for one in triggers if one.kind == kind} == offered


def test_there_is_one_for_every_risk_of_onboardings_and_that_of_the_departure_where_it_is_asked():
    triggers = [preset.plan.trigger for preset in preset_playbooks()]
    elsewhere = {risk for risk, rule in RULES.items() if rule.asked_elsewhere}
    assert {one.choice for one in triggers if one.kind == "onboarding_risk"} == set(RULES) - elsewhere
    assert elsewhere == {"champion_left"}
    assert Trigger("signal_raised", "contact_left") in triggers


def test_there_is_one_for_every_segment_to_which_accounts_can_fall():
    lower = {key for key, *_ in SEGMENTS} - {"enterprise"}
    triggers = [preset.plan.trigger for preset in preset_playbooks()]
    assert {one.choice for one in triggers if one.kind == "segment_lowered"} == lower


@pytest.mark.parametrize(
    ("segment", "offsets"),
    [
        ("enterprise", [180, 135, 90, 45, 0]),  # Tiered: Process 120, scaled by half as much again
        ("mid_market", [120, 90, 60, 30, 0]),  # Process 120
        ("smb", [90, 60, 45, 30, 14, 0]),  # Standard 90
        ("self_serve", [90, 75, 60, 45, 30, 14, 7]),  # Sequence 90
    ],
)
def test_there_is_one_for_the_renewals_of_every_segment_with_the_days_of_its_timeline(segment, offsets):
    [plan] = [
        preset.plan
        for preset in preset_playbooks()
        if preset.plan.trigger.kind == "renewal_ahead" and preset.plan.conditions[0].value == segment
    ]
    left, days = plan.trigger.number, []
    for step in plan.steps:
        if step.kind is StepKind.WAIT:
            left -= step.days
        elif left not in days:
            days.append(left)
    assert days == offsets
    assert not any(step.blocks for step in plan.steps if step.makes_task), "what is late must not hold up the next"
    assert {step.unit for step in plan.steps if step.kind is StepKind.WAIT} == {Unit.CALENDAR}


def test_a_renewal_that_is_signed_ends_its_run(cast):
    smb = Segment.objects.get(key="smb")
    due = clock.today() + dt.timedelta(days=90)
    Playbook.objects.filter(key="renewal-standard-90").update(active_since=clock.now())
    Account.objects.filter(pk=cast.account.pk).update(segment=smb, renewal_date=due)
    assert start_timelines() == 1
    advance_playbooks()
    assert Task.objects.get().title == f"Look at the renewal of {cast.account.name}"
    Account.objects.filter(pk=cast.account.pk).update(renewal_date=due + dt.timedelta(days=365))
    run = PlaybookRun.objects.get()
    advance_these([run.pk])
    run.refresh_from_db()
    assert (run.playbook.key, run.is_live) == ("renewal-standard-90", False)
    assert not Task.objects.unfinished().exists()
