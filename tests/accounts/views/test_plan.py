"""The page of a success plan, and what is done with it as a whole."""

import io
from decimal import Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.domain.success_plans import next_review
from accounts.models import Objective, PlanReview, SuccessPlan
from accounts.services.plan_parts import add_part, archive_part, edit_part
from accounts.services.success_plans import edit_plan, start_plan
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    ContactFactory,
    MeasuredValueFactory,
    MilestoneFactory,
    ObjectiveFactory,
    PlanReviewFactory,
    PlanRiskFactory,
    RoiRecordFactory,
    SuccessPlanFactory,
    UseCaseFactory,
    day,
)

pytestmark = pytest.mark.django_db

DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
OF_A_PLAN = ("plan-edit", "plan-archive", "plan-restore", "plan-review", "plan-share")


def url(name, *args):
    return reverse(f"accounts:{name}", args=args)


def page(cast, user=None, target=""):
    headers = {"HX-Request": "true", "HX-Target": target} if target else {}
    return logged_in(user or cast.owner).get(url("account-plan", cast.account.pk), headers=headers)


def post(name, pk, user, htmx=True, **fields):
    return logged_in(user).post(url(name, pk), fields, headers=DIALOG if htmx else {})


def fill(plan, count=1):
    """So many entries of each kind, each objective measured twice."""
    for _ in range(count):
        goal = ObjectiveFactory(plan=plan)
        for ago in (40, 10):
            MeasuredValueFactory(objective=goal, on=day(-ago), value=ago)
        UseCaseFactory(plan=plan, status="live", live_on=day(-30))
        MilestoneFactory(plan=plan, done_on=day(-3))
        PlanRiskFactory(plan=plan, owner=plan.account.owner)
        RoiRecordFactory(plan=plan)
        PlanReviewFactory(plan=plan)


def test_an_account_without_a_plan_is_offered_one_and_the_button_begins_it(cast):
    answer = page(cast).content.decode()
    assert "No plan yet" in answer
    assert url("plan-start", cast.account.pk) in answer
    response = post("plan-start", cast.account.pk, cast.owner, htmx=False)
    assert response["Location"] == url("account-plan", cast.account.pk)
    plan = SuccessPlan.objects.get()
    shown = page(cast).content.decode()
    assert "Technical set-up" in shown
    assert "None yet. What does the customer want to achieve" in shown
    post("plan-start", cast.account.pk, cast.owner)
    assert SuccessPlan.objects.get() == plan


def test_who_may_only_read_gets_no_button_and_who_has_left_no_plan(cast):
    assert "Start the plan" not in page(cast, cast.read_only).content.decode()
    gone = AccountFactory(owner=cast.owner, churned=True)
    answer = logged_in(cast.owner).get(url("account-plan", gone.pk)).content.decode()
    assert "They have left" in answer
    assert "Start the plan" not in answer
    fill(start_plan(by=cast.owner, account=cast.account))
    shown = page(cast, cast.read_only).content.decode()
    for button in ("Record value", ">Edit</a>", "Share…", "Record review", "Take back", "Add "):
        assert button not in shown, button


def test_the_page_shows_how_each_objective_stands_against_its_pace(cast):
    plan = SuccessPlanFactory(account=cast.account, owner=cast.owner)
    ContactFactory(account=cast.account, name="Kim Roth").plan_stakes.create(plan=plan)
    late = ObjectiveFactory(plan=plan, title="Faster invoices", baseline=48, target=8, unit="h")
    MeasuredValueFactory(objective=late, value=Decimal("40.5"), on=day(-5), note="the new team", by=cast.owner)
    RoiRecordFactory(plan=plan, amount=Decimal(38_000), method="Hours × rate")
    answer = page(cast).content.decode()
    for words in ("Faster invoices", "At risk", "from 48 to 8 h", "40.5 h", "19 % of the way", "the new team",
                  "Saving of €38,000", "Not confirmed by the customer", "Kim Roth", "Olga Owner"):  # fmt: skip
        assert words in answer, words
    assert answer.count('class="plan-pace"') == 1


@pytest.mark.parametrize(
    "part", ["account-plan", "plan-state", "plan-about", "plan-reviews", "plan-objectives", "plan-roi"]
)
def test_each_part_of_the_page_comes_by_itself(cast, part):
    start_plan(by=cast.owner, account=cast.account)
    answer = page(cast, target=part).content.decode()
    assert f'id="{part}"' in answer
    assert "<html" not in answer


def test_the_account_page_leads_to_the_plan_and_its_panel_says_how_it_stands(cast):
    account = logged_in(cast.owner).get(url("account", cast.account.pk)).content.decode()
    assert f'hx-get="{url("account-plan", cast.account.pk)}"' in account
    assert "Start a plan" in page(cast, target="account-plan").content.decode()
    plan = SuccessPlanFactory(account=cast.account, next_review_on=day(-4))
    ObjectiveFactory(plan=plan, title="Go paperless", due_on=day(-1))
    panel = page(cast, target="account-plan").content.decode()
    for words in ("Go paperless", "Missed", "Behind", "Review due 4 d ago"):
        assert words in panel


def test_the_page_takes_as_many_queries_for_twelve_entries_as_for_one(cast, django_assert_num_queries):
    plan = SuccessPlanFactory(account=cast.account)
    for count in (1, 11):
        fill(plan, count)
        for user, queries in ((cast.owner, 11), (cast.manager, 12)):
            client = logged_in(user)
            with django_assert_num_queries(queries):
                assert client.get(url("account-plan", cast.account.pk)).status_code == 200


def test_owner_stakeholders_and_the_next_review_are_edited(cast):
    plan = SuccessPlanFactory(account=cast.account)
    kim = ContactFactory(account=cast.account)
    given = {"owner": cast.team_mate.pk, "stakeholders": [kim.pk], "next_review_on": str(day(9))}
    response = post("plan-edit", plan.pk, cast.owner, version=1, **given)
    assert "planChanged" in response["HX-Trigger"]
    plan.refresh_from_db()
    assert (plan.owner, list(plan.stakeholders.all()), plan.next_review_on) == (cast.team_mate, [kim], day(9))


def test_the_second_writer_of_a_plan_is_told_what_the_first_changed(cast):
    plan = SuccessPlanFactory(account=cast.account, owner=cast.owner)
    seen = logged_in(cast.owner).get(url("plan-edit", plan.pk), headers=DIALOG).context["form"]["seen"].value()
    edit_plan(by=cast.manager, plan=plan, fields={"owner": cast.team_mate})
    given = {"owner": cast.owner.pk, "next_review_on": str(day(3)), "version": 1, "seen": seen}
    response = post("plan-edit", plan.pk, cast.owner, **given)
    assert response.status_code == 409
    assert "<ins>Tim Teammate</ins>" in response.content.decode()


@pytest.mark.parametrize(
    "fields", [{"owner": "999999"}, {"stakeholders": ["999999"]}, {"next_review_on": "soon"}, {"next_review_on": ""}]
)
def test_what_is_wrong_with_a_plan_is_told_by_the_field(cast, fields):
    plan = SuccessPlanFactory(account=cast.account)
    response = post("plan-edit", plan.pk, cast.owner, version=1, **{"next_review_on": str(day(3))} | fields)
    assert response.status_code == 422
    assert f'id="id_{next(iter(fields))}_error"' in response.content.decode()


def test_an_owner_who_may_not_see_the_account_is_refused_by_the_field(cast):
    plan = SuccessPlanFactory(account=cast.account)
    given = {"owner": cast.outsider.pk, "next_review_on": str(day(3)), "version": 1}
    assert (
        "Udo Outsider may not see Halden Logistics." in post("plan-edit", plan.pk, cast.owner, **given).content.decode()
    )


def test_a_plan_is_put_away_and_undo_brings_it_back(cast):
    plan = SuccessPlanFactory(account=cast.account)
    assert url("plan-restore", plan.pk) in post("plan-archive", plan.pk, cast.owner).content.decode()
    assert "No plan yet" in page(cast).content.decode()
    assert post("plan-restore", plan.pk, cast.owner).status_code == 200
    assert SuccessPlan.objects.visible_to(cast.owner).exists()
    post("plan-archive", plan.pk, cast.owner)
    SuccessPlanFactory(account=cast.account)
    assert "has a plan already" in post("plan-restore", plan.pk, cast.owner).content.decode()


def test_a_review_is_recorded_once_and_can_be_taken_back(cast):
    plan = SuccessPlanFactory(account=cast.account, next_review_on=day(-2))
    given = {"on": str(day(0)), "next_on": str(day(60)), "summary": "All agreed", "key": str(uuid4())}
    for _ in range(2):
        response = post("plan-review", plan.pk, cast.owner, **given)
    review = PlanReview.objects.get()
    plan.refresh_from_db()
    assert (review.summary, plan.next_review_on) == ("All agreed", day(60))
    assert post("plan-review-archive", review.pk, cast.owner).status_code == 200
    plan.refresh_from_db()
    assert plan.next_review_on == day(-2)
    assert response.status_code == 200


@pytest.mark.parametrize("fields", [{"on": ""}, {"next_on": "x"}, {"on": "0001-01-01"}, {"on": str(2999)}])
def test_a_review_that_cannot_be_is_refused(cast, fields):
    plan = SuccessPlanFactory(account=cast.account)
    given = {"on": str(day(0)), "next_on": str(day(60))} | fields
    assert post("plan-review", plan.pk, cast.owner, **given).status_code == 422
    assert post("plan-review", plan.pk, cast.owner, on=str(day(2)), next_on=str(day(60))).status_code == 422
    assert not PlanReview.objects.exists()


def test_the_history_says_what_changed_and_by_whom(cast):
    ContactFactory(account=cast.account, name="Kim Roth", roles=["champion"])
    plan = start_plan(by=cast.owner, account=cast.account)
    edit_plan(by=cast.manager, plan=plan, fields={"owner": cast.team_mate})
    fields = {"title": "Faster", "measure": "Hours", "unit": "h", "baseline": Decimal(48), "target": Decimal(8),
              "began_on": day(-3), "due_on": day(60)}  # fmt: skip
    goal = add_part(by=cast.owner, plan=plan, part=Objective, fields=fields)
    edit_part(by=cast.team_mate, part=goal, fields={"target": Decimal("6.5")})
    archive_part(by=cast.owner, part=goal)
    answer = logged_in(cast.owner).get(url("plan-history", cast.account.pk))
    told = [(entry.verb, entry.title, entry.by) for entry in answer.context["history"].entries]
    assert sorted(told) == [
        ("Milestone added", "First value", "Olga Owner"),
        ("Milestone added", "Full adoption", "Olga Owner"),
        ("Milestone added", "Technical set-up", "Olga Owner"),
        ("Objective added", "Faster", "Olga Owner"),
        ("Objective changed", "Faster", "Tim Teammate"),
        ("Objective taken out", "Faster", "Olga Owner"),
        ("Plan added", "", "Olga Owner"),
        ("Plan changed", "", "Mona Manager"),
        ("Stakeholder added", "Kim Roth", "Olga Owner"),
    ]
    of_the_goal = [verb for verb, title, _ in told if title == "Faster"]
    assert of_the_goal == ["Objective taken out", "Objective changed", "Objective added"]
    words = answer.content.decode()
    assert "<del>8</del>" in words
    assert "<ins>6.5</ins>" in words
    assert "<del>Olga Owner</del>" in words
    assert "<ins>Tim Teammate</ins>" in words


def test_the_history_is_paged_and_takes_the_same_queries(cast, django_assert_max_num_queries):
    plan = SuccessPlanFactory(account=cast.account)
    fill(plan, 12)
    client = logged_in(cast.owner)
    with django_assert_max_num_queries(10):
        first = client.get(url("plan-history", cast.account.pk))
    assert "Older" in first.content.decode()
    for number in ("2", "3", "99999", "0", "-1", "x", "９"):
        assert client.get(url("plan-history", cast.account.pk), {"page": number}).status_code == 200


def test_the_pdf_opens_and_holds_what_the_customer_may_read_as_it_was_written(cast):
    plan = SuccessPlanFactory(account=cast.account, owner=cast.owner)
    title = 'Fewer *late* $sums$ #panic("no") [a] <b> @c \\ // d'
    ObjectiveFactory(plan=plan, title=title, measure='#read("/etc/passwd")', unit="%")
    ObjectiveFactory(plan=plan, title="w" * 160)
    PlanRiskFactory(plan=plan, text="Their champion is weak")
    PlanRiskFactory(plan=plan, text="Summer break", is_shared=True)
    response = logged_in(cast.read_only).get(url("plan-pdf", cast.account.pk))
    assert response["Content-Type"] == "application/pdf"
    assert 'filename="success-plan-' in response["Content-Disposition"]
    text = " ".join(one.extract_text() for one in PdfReader(io.BytesIO(response.content)).pages)
    flat = " ".join(text.split())
    assert title in flat
    assert '#read("/etc/passwd")' in flat
    assert "Halden Logistics" in flat
    assert "Summer break" in flat
    assert "champion is weak" not in flat


def test_without_a_plan_there_is_neither_history_nor_pdf(cast):
    for name in ("plan-history", "plan-pdf"):
        assert logged_in(cast.owner).get(url(name, cast.account.pk)).status_code == 404


def test_outsiders_find_nothing_read_only_users_change_nothing_and_gets_do_not_act(cast):
    plan = SuccessPlanFactory(account=cast.account, next_review_on=day(9))
    review = PlanReviewFactory(plan=plan)
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert {post(name, plan.pk, user, version=1).status_code for name in OF_A_PLAN} == {status}
        assert post("plan-review-archive", review.pk, user).status_code == status
        assert post("plan-start", cast.account.pk, user).status_code == status
    assert page(cast, cast.outsider).status_code == 404
    for name, pk in (
        ("plan-archive", plan.pk),
        ("plan-restore", plan.pk),
        ("plan-review-archive", review.pk),
        ("plan-start", cast.account.pk),
    ):
        assert logged_in(cast.owner).get(url(name, pk)).status_code == 405
    assert logged_in(cast.owner).post(url("account-plan", cast.account.pk)).status_code == 405
    plan.refresh_from_db()
    assert (plan.archived_at, plan.next_review_on, plan.version) == (None, day(9), 1)
    assert next_review(clock.today()) > clock.today()
