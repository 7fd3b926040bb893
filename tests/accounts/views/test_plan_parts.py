"""What stands in a plan, changed in its place."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import MeasuredValue, Milestone, Objective, PlanRisk, RoiRecord, UseCase
from accounts.services.plan_parts import edit_part
from tests.cast import logged_in
from tests.factories import (
    ContactFactory,
    MeasuredValueFactory,
    MilestoneFactory,
    ObjectiveFactory,
    PlanRiskFactory,
    RoiRecordFactory,
    SuccessPlanFactory,
    UseCaseFactory,
    day,
)

pytestmark = pytest.mark.django_db

KINDS = {
    "objectives": (
        Objective, ObjectiveFactory,
        {"title": "Faster invoices", "measure": "Hours", "unit": "h", "baseline": "48", "target": "8.5",
         "began_on": str(day(-5)), "due_on": str(day(80))},
    ),
    "use-cases": (UseCase, UseCaseFactory, {"title": "Dunning", "status": "live", "live_on": str(day(-1))}),
    "milestones": (Milestone, MilestoneFactory, {"title": "Roll-out", "expected_on": str(day(20)), "done_on": ""}),
    "risks": (PlanRisk, PlanRiskFactory, {"text": "IT is short of people", "mitigation": "Partner", "is_shared": "on"}),
    "roi": (
        RoiRecord, RoiRecordFactory,
        {"kind": "gain", "on": str(day(-2)), "amount": "1200.50", "currency": "EUR", "method": "Sold more"},
    ),
}  # fmt: skip
EVERY = pytest.mark.parametrize("kind", KINDS)


def url(name, *args):
    return reverse(f"accounts:{name}", args=args)


def in_place(target):
    return {"HX-Request": "true", "HX-Target": target}


def add(cast, kind, user=None, htmx=True, **fields):
    given = KINDS[kind][2] | {"key": str(uuid4())} | fields
    address = url("plan-part-new", cast.account.pk, kind)
    return logged_in(user or cast.owner).post(address, given, headers=in_place(f"{kind}-new") if htmx else {})


def save(kind, part, user, htmx=True, **fields):
    headers = in_place(f"{kind}-{part.pk}") if htmx else {}
    return logged_in(user).post(url("plan-part", kind, part.pk), KINDS[kind][2] | fields, headers=headers)


def made_of(cast, kind, **fields):
    return KINDS[kind][1](account=cast.account, **fields)


@EVERY
def test_an_entry_is_asked_for_in_its_place_and_added_once(cast, kind):
    SuccessPlanFactory(account=cast.account)
    form = logged_in(cast.owner).get(url("plan-part-new", cast.account.pk, kind), headers=in_place(f"{kind}-new"))
    assert f'id="{kind}-new"' in form.content.decode()
    assert "<html" not in form.content.decode()
    key = str(uuid4())
    response = add(cast, kind, key=key)
    add(cast, kind, key=key)
    made = KINDS[kind][0].objects.get()
    assert "planChanged" in response["HX-Trigger"]
    assert url("plan-part-archive", kind, made.pk) in response.content.decode()


@EVERY
def test_without_script_a_form_is_a_page_and_leads_back(cast, kind):
    plan = SuccessPlanFactory(account=cast.account)
    assert "<html" in logged_in(cast.owner).get(url("plan-part-new", cast.account.pk, kind)).content.decode()
    back = f"{url('account-plan', cast.account.pk)}#plan-{kind}"
    assert add(cast, kind, htmx=False)["Location"] == back
    part = KINDS[kind][0].objects.get(plan=plan)
    assert "<html" in logged_in(cast.owner).get(url("plan-part", kind, part.pk)).content.decode()
    assert save(kind, part, cast.owner, htmx=False, version=1)["Location"] == back


@EVERY
def test_an_entry_is_saved_in_its_row_and_undo_gives_it_its_words_back(cast, kind):
    part = made_of(cast, kind)
    before = {name: getattr(part, name) for name in part.EDITABLE}
    response = save(kind, part, cast.owner, version=1)
    answer = response.content.decode()
    assert f'<li class="plan-row" id="{kind}-{part.pk}">' in answer
    undo = f"{url('plan-part-back', kind, part.pk)}?version=2"
    assert undo in answer
    part.refresh_from_db()
    assert {name: getattr(part, name) for name in part.EDITABLE} != before
    logged_in(cast.owner).post(undo, headers={"HX-Request": "true"})
    part.refresh_from_db()
    assert ({name: getattr(part, name) for name in part.EDITABLE}, part.version) == (before, 3)


def test_an_undo_that_came_too_late_undoes_nothing(cast):
    risk = PlanRiskFactory(account=cast.account, text="IT")
    save("risks", risk, cast.owner, version=1)
    edit_part(by=cast.team_mate, part=risk, fields={"text": "Legal"})
    undo = f"{url('plan-part-back', 'risks', risk.pk)}?version=2"
    response = logged_in(cast.owner).post(undo, headers={"HX-Request": "true"})
    assert "Tim Teammate changed this meanwhile." in response.content.decode()
    risk.refresh_from_db()
    assert risk.text == "Legal"
    for version in ("", "x", "9" * 30, "-1"):
        assert (
            logged_in(cast.owner).post(f"{url('plan-part-back', 'risks', risk.pk)}?version={version}").status_code
            == 302
        )


WRONG = [
    ("objectives", {"title": ""}, "title"),
    ("objectives", {"title": "x" * 161}, "title"),
    ("objectives", {"baseline": "many"}, "baseline"),
    ("objectives", {"target": "NaN"}, "target"),
    ("objectives", {"target": "Infinity"}, "target"),
    ("objectives", {"target": "1e40"}, "target"),
    ("objectives", {"target": "0.00001"}, "target"),
    ("objectives", {"due_on": "9999-12-31"}, "due_on"),
    ("use-cases", {"status": "dreamt"}, "status"),
    ("milestones", {"expected_on": "31.12."}, "expected_on"),
    ("risks", {"owner": "abc"}, "owner"),
    ("roi", {"amount": "0"}, "amount"),
    ("roi", {"amount": "-3"}, "amount"),
    ("roi", {"amount": "1e20"}, "amount"),
    ("roi", {"currency": "ZZZ"}, "currency"),
    ("roi", {"confirmed_by": "1"}, "confirmed_by"),
]


@pytest.mark.parametrize(("kind", "fields", "field"), WRONG)
def test_what_is_wrong_is_told_by_the_field_and_what_was_typed_stays(cast, kind, fields, field):
    part = made_of(cast, kind)
    response = save(kind, part, cast.owner, version=1, **fields)
    assert response.status_code == 422
    assert f'id="{kind}-{part.pk}-{field}_error"' in response.content.decode()
    assert add(cast, kind, **fields).status_code == 422
    part.refresh_from_db()
    assert part.version == 1
    assert KINDS[kind][0].objects.count() == 1


REFUSED = [
    ("objectives", {"target": "48"}, "must differ"),
    ("objectives", {"due_on": str(day(-5))}, "due after"),
    ("use-cases", {"live_on": str(day(3))}, "went live by today"),
    ("milestones", {"done_on": str(day(3))}, "done by today"),
    ("roi", {"confirmed_on": str(day(-1))}, "Say both"),
]


@pytest.mark.parametrize(("kind", "fields", "words"), REFUSED)
def test_what_the_rules_forbid_is_told_above_the_form(cast, kind, fields, words):
    response = save(kind, made_of(cast, kind), cast.owner, version=1, **fields)
    assert response.status_code == 422
    assert words in response.content.decode()


@EVERY
def test_the_second_writer_is_told_what_the_first_changed_and_may_save_again(cast, kind):
    part = made_of(cast, kind)
    first = part.EDITABLE[0]
    seen = logged_in(cast.owner).get(url("plan-part", kind, part.pk)).context["form"]["seen"].value()
    changed = {"kind": "gain"} if kind == "roi" else {first: "Meanwhile"}
    edit_part(by=cast.team_mate, part=part, fields=changed)
    given = {"method": "Counted"} if kind == "roi" else {}
    response = save(kind, part, cast.owner, version=1, seen=seen, **given)
    assert response.status_code == 409
    assert "Tim Teammate changed this" in response.content.decode()
    assert save(kind, part, cast.owner, version=2, **given).status_code == 200


@EVERY
def test_an_entry_is_taken_out_and_undo_brings_it_back(cast, kind):
    part, client = made_of(cast, kind), logged_in(cast.owner)
    htmx = {"HX-Request": "true"}
    undo = url("plan-part-restore", kind, part.pk)
    assert undo in client.post(url("plan-part-archive", kind, part.pk), headers=htmx).content.decode()
    assert client.get(url("plan-part", kind, part.pk)).status_code == 404
    assert client.post(undo, headers=htmx).status_code == 200
    assert client.get(f"{url('plan-part', kind, part.pk)}?row", headers=htmx).status_code == 200


def test_who_confirmed_a_saving_is_kept_with_the_day(cast):
    kim = ContactFactory(account=cast.account, name="Kim Roth")
    record = made_of(cast, "roi")
    answer = save("roi", record, cast.owner, version=1, confirmed_by=kim.pk, confirmed_on=str(day(-1)))
    assert "Confirmed by Kim Roth" in answer.content.decode()
    record.refresh_from_db()
    assert (record.confirmed_by, record.confirmed_on) == (kim, day(-1))


def measure(objective, user, **fields):
    given = {"value": "60", "on": str(day(0)), "key": str(uuid4())} | fields
    return logged_in(user).post(url("objective-measure", objective.pk), given, headers=in_place("dialog"))


def test_a_value_is_recorded_once_and_undo_takes_it_back(cast):
    objective, key = ObjectiveFactory(account=cast.account), str(uuid4())
    measure(objective, cast.owner, key=key, note="Counted in the log")
    response = measure(objective, cast.owner, key=key)
    value = MeasuredValue.objects.get()
    assert (value.value, value.on, value.by, value.note) == (60, day(0), cast.owner, "Counted in the log")
    assert "objectivesChanged" in response["HX-Trigger"]
    client = logged_in(cast.owner)
    undone = client.post(url("measured-value-archive", value.pk), headers={"HX-Request": "true"})
    assert url("measured-value-restore", value.pk) in undone.content.decode()
    objective.refresh_from_db()
    assert objective.current is None
    client.post(url("measured-value-restore", value.pk))
    objective.refresh_from_db()
    assert objective.current == Decimal(60)


@pytest.mark.parametrize(
    "fields", [{"value": ""}, {"value": "x"}, {"on": ""}, {"on": str(day(1))}, {"on": str(day(-101))}]
)
def test_a_value_that_cannot_be_is_refused(cast, fields):
    objective = ObjectiveFactory(account=cast.account)
    assert measure(objective, cast.owner, **fields).status_code == 422
    assert not MeasuredValue.objects.exists()


def test_kinds_that_a_plan_does_not_have_are_not_found(cast):
    plan = SuccessPlanFactory(account=cast.account)
    assert logged_in(cast.owner).get(url("plan-part-new", cast.account.pk, "wishes")).status_code == 404
    assert logged_in(cast.owner).get(url("plan-part", "wishes", plan.pk)).status_code == 404


@EVERY
def test_outsiders_find_nothing_read_only_users_change_nothing_and_gets_do_not_act(cast, kind):
    part = made_of(cast, kind)
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        client = logged_in(user)
        assert add(cast, kind, user).status_code == status
        assert save(kind, part, user, version=1).status_code == status
        for name in ("plan-part-back", "plan-part-archive", "plan-part-restore"):
            assert client.post(url(name, kind, part.pk)).status_code == status
    for name in ("plan-part-back", "plan-part-archive", "plan-part-restore"):
        assert logged_in(cast.owner).get(url(name, kind, part.pk)).status_code == 405
    assert logged_in(cast.owner).put(url("plan-part", kind, part.pk)).status_code == 405
    part.refresh_from_db()
    assert (part.version, part.archived_at) == (1, None)


def test_nobody_else_measures_an_objective(cast):
    objective = ObjectiveFactory(account=cast.account)
    value = MeasuredValueFactory(objective=objective)
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert measure(objective, user).status_code == status
        for name in ("measured-value-archive", "measured-value-restore"):
            assert logged_in(user).post(url(name, value.pk)).status_code == status
    assert logged_in(cast.owner).get(url("measured-value-archive", value.pk)).status_code == 405
    assert MeasuredValue.objects.kept().count() == 1
