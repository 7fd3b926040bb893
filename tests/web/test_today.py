from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.domain.onboarding import holding_place
from accounts.models import Onboarding, OnboardingStep
from accounts.services.onboarding_course import settle
from accounts.services.tasks import complete_task
from accounts.services.touches import log_touch
from cs_workspace.common import clock
from cs_workspace.web.queries import today as query
from cs_workspace.web.queries import today_done, today_sources
from health.models import AlertRule
from health.services.alert_handling import acknowledge
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    AlertFactory,
    AlertRuleFactory,
    CheckpointFactory,
    InterventionFactory,
    MailFactory,
    OnboardingFactory,
    OnboardingStepFactory,
    ScorecardVersionFactory,
    SegmentFactory,
    SnapshotFactory,
    SuccessPlanFactory,
    TaskFactory,
    TouchFactory,
    day,
    days_ago,
)

pytestmark = pytest.mark.django_db

TODAY = reverse("today")


@pytest.fixture(autouse=True)
def _quiet(cast):
    """The accounts of the cast need nothing, so that each test says itself what does."""
    for account in (cast.account, cast.strangers):
        account.last_touch = days_ago(0)
        account.save()


def page(user, address=""):
    response = logged_in(user).get(f"{TODAY}{address}")
    assert response.status_code == 200
    return response


def reasons(user, address=""):
    """What the page shows, as (account, kind, text) from top to bottom."""
    return [
        (row.account.name if row.account else "", str(reason.kind), reason.text)
        for row in page(user, address).context["rows"]
        for reason in row.line.reasons
    ]


def kinds(user, address=""):
    return [kind for _, kind, _ in reasons(user, address)]


def account(owner, name, **fields):
    return AccountFactory(**{"owner": owner, "name": name, "last_touch": days_ago(0), **fields})


# What is on the list


def test_alerts_that_want_attention_are_on_the_list_with_what_to_do(cast):
    AlertFactory(account=cast.account, title="Score fell by 18 points", next_action="Call the champion")
    AlertFactory(account=cast.account, title="Seen", acknowledged=True)
    AlertFactory(account=cast.account, title="Asleep", snoozed=True)
    assert reasons(cast.owner) == [("Halden Logistics", "Alert", "Score fell by 18 points")]
    assert "Call the champion" in page(cast.owner).content.decode()


def test_tasks_that_are_late_or_due_today_are_on_the_list_and_others_are_not(cast):
    mine = {"account": cast.account, "assignees": [cast.owner]}
    TaskFactory(title="Late", due_at=days_ago(2), **mine)
    TaskFactory(title="Next week", due_at=days_ago(-7), **mine)
    TaskFactory(title="Asleep", due_at=days_ago(2), snoozed_until=days_ago(-1), **mine)
    TaskFactory(title="Of Tim", due_at=days_ago(2), account=cast.account, assignees=[cast.team_mate])
    TaskFactory(title="Errand", due_at=days_ago(1), account=None, assignees=[cast.owner])
    assert sorted(reasons(cast.owner)) == [("", "Task", "Errand"), ("Halden Logistics", "Task", "Late")]


def test_a_task_leads_to_the_e_mail_that_it_is_about(cast):
    task = TaskFactory(account=cast.account, assignees=[cast.owner], due_at=days_ago(1))
    TaskFactory(account=cast.account, assignees=[cast.owner], due_at=days_ago(1))
    mail = MailFactory(account=cast.account, key=f"task:{task.pk}")
    shown = page(cast.owner).content.decode()
    assert shown.count(f'href="{reverse("accounts:mail", args=[mail.pk])}"') == 1
    assert shown.count("The e-mail that this task is about") == 1


@pytest.mark.parametrize(
    ("days", "text"), [(0, "Renews today"), (1, "Renews in 1 day"), (90, "Renews in 90 days"), (91, None), (-1, None)]
)
def test_renewals_within_ninety_days_are_on_the_list(cast, days, text):
    account(cast.owner, "Renewing", renewal_date=day(days))
    assert reasons(cast.owner) == ([("Renewing", "Renewal", text)] if text else [])


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "Review of the success plan is due"), (-9, "Review of the success plan is 9 d late"), (1, None)],
)
def test_reviews_of_plans_that_are_due_are_on_the_list(cast, days, text):
    quiet = account(cast.owner, "Planned")
    SuccessPlanFactory(account=quiet, next_review_on=day(days))
    SuccessPlanFactory(account=quiet, next_review_on=day(-50), archived_at=days_ago(1))
    assert reasons(cast.owner) == ([("Planned", "Plan", text)] if text else [])
    if text:
        assert reverse("accounts:account-plan", args=[quiet.pk]) in page(cast.owner).content.decode()


@pytest.mark.parametrize(
    ("fields", "checkpoint", "text"),
    [
        ({"late": True}, 7, "Save plan: agree it with the customer"),
        ({"agreed": True}, 0, "Save plan: hold the checkpoint"),
        ({"agreed": True}, -2, "Save plan: hold the checkpoint"),
        ({"agreed": True}, 2, ""),
        ({"recovered": True}, 0, ""),
    ],
)
def test_save_plans_with_something_due_are_on_the_list(cast, fields, checkpoint, text):
    saved = account(cast.owner, "Saved")
    plan = InterventionFactory(account=saved, **fields)
    CheckpointFactory(intervention=plan, due_on=day(checkpoint))
    assert reasons(cast.owner) == ([("Saved", "Save", text)] if text else [])
    if text:
        assert reverse("health:intervention", args=[plan.pk]) in page(cast.owner).content.decode()


def test_those_who_lead_see_first_the_save_plans_that_they_work_on(cast):
    InterventionFactory(account=account(cast.owner, "Olga's"), late=True)
    InterventionFactory(account=account(cast.owner, "Sponsored"), late=True, sponsor=cast.manager)
    assert [name for name, *_ in reasons(cast.manager)] == ["Sponsored"]
    assert {name for name, *_ in reasons(cast.manager, "?scope=team")} == {"Olga's", "Sponsored"}


def test_a_renewal_and_a_review_of_the_plan_are_both_told(cast):
    both = account(cast.owner, "Both", renewal_date=day(20))
    SuccessPlanFactory(account=both, next_review_on=day(-40))
    assert reasons(cast.owner) == [
        ("Both", "Renewal", "Renews in 20 days"), ("Both", "Plan", "Review of the success plan is 40 d late"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"segment": "enterprise", "sync": 15}, "Fortnightly call or meeting, 1 day overdue"),
        ({"segment": "enterprise", "sync": 14}, "Fortnightly call or meeting, due today"),
        ({"segment": "enterprise", "sync": 13}, None),
        ({"segment": "enterprise", "executive": None, "customer_since": 400}, "Quarterly executive touch, none yet"),
        ({"segment": "mid_market", "async": 20}, "Fortnightly e-mail or chat, 6 days overdue"),
        ({"segment": "smb", "sync": 60}, None),
        ({"segment": "smb", "touch": 8, "at_risk": True}, "Weekly touch, 1 day overdue"),
        ({"segment": "smb", "touch": 1, "critical": True}, "Daily touch, due today"),
        ({"segment": "self_serve", "sync": 500}, None),
        ({"segment": "enterprise", "sync": None, "customer_since": 5}, None),
    ],
)
def test_touches_are_due_by_the_cadence_of_segment_and_tier(cast, fields, text):
    fields = {f"last_{kind}": 0 for kind in ("touch", "sync", "async", "review", "executive")} | {
        f"last_{name}" if name in ("touch", "sync", "async", "executive") else name: value
        for name, value in fields.items()
    }
    fields["segment"] = SegmentFactory(key=fields["segment"])
    for name in [name for name in fields if name.startswith("last_") and fields[name] is not None]:
        fields[name] = days_ago(fields[name])
    if "customer_since" in fields:
        fields["customer_since"] = day(-fields["customer_since"])
    account(cast.owner, "Quiet", **fields)
    assert reasons(cast.owner) == ([("Quiet", "Touch", text)] if text else [])


def test_the_touch_that_is_latest_for_its_interval_stands_for_all_and_is_logged_as_what_it_is(cast):
    account(
        cast.owner, "Quiet", segment=SegmentFactory(key="enterprise"), last_sync=days_ago(20), last_async=days_ago(30),
        last_review=days_ago(0), last_executive=days_ago(0),
    )  # fmt: skip
    assert reasons(cast.owner) == [("Quiet", "Touch", "Weekly e-mail or chat, 23 days overdue")]
    text = page(cast.owner).content.decode()
    assert "Also due: call or meeting." in text
    assert "?cadence=async" in text


@pytest.mark.parametrize(("silence", "text"), [(7, "Being set up, no touch for 7 days"), (6, None)])
def test_customers_who_are_set_up_without_hearing_from_us_are_on_the_list(cast, silence, text):
    account(cast.owner, "New", stage="onboarding", last_touch=days_ago(silence))
    assert reasons(cast.owner) == ([("New", "Onboarding", text)] if text else [])


def board(account, *milestones, **fields) -> Onboarding:
    """An onboarding with milestones of (title, days late, days beyond the longest), settled by them."""
    one = OnboardingFactory(account=account, **fields)
    for title, late, beyond in milestones:
        OnboardingStepFactory(onboarding=one, title=title, due_on=day(-late), longest_on=day(-beyond))
    OnboardingStepFactory(onboarding=one, title="No milestone", due_on=day(-50))
    settle([one], at=clock.now(), by=None)
    return one


@pytest.mark.parametrize(
    ("late", "beyond", "text"),
    [
        (0, -5, None),
        (1, -5, "Onboarding behind at “Kick-off”"),
        (5, 0, "Onboarding behind at “Kick-off”"),
        (6, 1, "Onboarding stuck at “Kick-off”"),
    ],
)
def test_onboardings_that_are_behind_or_stuck_are_on_the_list_with_the_step_that_holds_them(cast, late, beyond, text):
    one = account(cast.owner, "New")
    board(one, ("Kick-off", late, beyond))
    assert reasons(cast.owner) == ([("New", "Milestone", text)] if text else [])
    if text:
        html = page(cast.owner).content.decode()
        assert f"{late} day{'' if late == 1 else 's'} late." in html
        assert reverse("accounts:account-onboarding", args=[one.pk]) in html


def test_a_step_that_is_not_ours_says_for_whom_it_waits_and_an_onboarding_of_a_product_what_it_is_of(cast):
    new = account(cast.owner, "New")
    board(new, ("Give us access", 3, -2), kind="product", about="Analytics")
    OnboardingStep.objects.filter(title="Give us access").update(owner="customer")
    assert reasons(cast.owner) == [("New", "Milestone", "Onboarding of Analytics behind at “Give us access”")]
    assert "3 days late. Waits for: customer." in page(cast.owner).content.decode()


def test_of_several_onboardings_of_an_account_the_gravest_stands_for_all(cast):
    new = account(cast.owner, "New")
    board(new, ("Kick-off", 40, -1))
    board(new, ("First workflow", 3, 1), ("Training", 9, -9), kind="product", about="Analytics")
    board(
        new, ("Old", 90, 80), kind="department", about="Gone", state="cancelled", ended_at=clock.now(), end_reason="x"
    )
    assert reasons(cast.owner) == [("New", "Milestone", "Onboarding of Analytics stuck at “First workflow”")]


def test_the_step_that_holds_is_the_one_that_the_board_names(cast):
    one = board(cast.account, ("A", 9, -1), ("B", 20, -3), ("C", 5, 2), ("D", 7, 1), ("E", 7, 1), ("F", 0, -2))
    steps = list(one.steps.order_by("place"))
    place = holding_place([step.as_step for step in steps], today=clock.today())
    assert OnboardingStep.objects.holding(today=clock.today()).first() == steps[place]
    assert steps[place].title == "D"


def test_onboardings_that_are_held_up_are_ranked_by_what_is_at_stake_and_the_silence_is_told_beside(cast):
    small = account(cast.owner, "Small", arr=Decimal(20_000), expected_churn=Decimal("0.5"))
    big = account(
        cast.owner,
        "Big",
        arr=Decimal(90_000),
        expected_churn=Decimal("0.5"),
        stage="onboarding",
        last_touch=days_ago(9),
    )
    board(small, ("Kick-off", 20, 10))
    board(big, ("Kick-off", 3, -10))
    assert reasons(cast.owner) == [
        ("Big", "Milestone", "Onboarding behind at “Kick-off”"),
        ("Big", "Onboarding", "Being set up, no touch for 9 days"),
        ("Small", "Milestone", "Onboarding stuck at “Kick-off”"),
    ]


@pytest.mark.parametrize(
    ("before", "touched", "is_told"), [(2, 20, True), (1, 20, True), (3, 20, False), (4, 20, False), (2, 2, False)]
)
def test_accounts_that_fell_to_a_worse_tier_and_nobody_spoke_with_are_on_the_list(cast, before, touched, is_told):
    fallen = account(cast.owner, "Fallen", at_risk=True, last_touch=days_ago(touched))
    SnapshotFactory(account=fallen, version=ScorecardVersionFactory(), day=day(-8), rank=before)
    told = ("Fallen", "Fell", "Fell to At-Risk within a week")
    assert (told in reasons(cast.owner)) is is_told


def test_churned_and_archived_accounts_need_nothing(cast):
    account(cast.owner, "Gone", churned=True, renewal_date=day(10))
    account(cast.owner, "Put away", archived_at=days_ago(1), renewal_date=day(10))
    assert reasons(cast.owner) == []


def test_what_coincides_on_an_account_is_one_line_and_the_dearest_stands_first(cast):
    small = account(cast.owner, "Small", arr=Decimal(10_000), expected_churn=Decimal("0.5"))
    big = account(cast.owner, "Big", arr=Decimal(200_000), expected_churn=Decimal("0.5"), renewal_date=day(20))
    AlertFactory(account=small, title="Fell", rule=AlertRuleFactory(severity=AlertRule.Severity.CRITICAL))
    TaskFactory(account=big, title="Call", assignees=[cast.owner], due_at=days_ago(1))
    assert reasons(cast.owner) == [
        ("Big", "Task", "Call"),
        ("Big", "Renewal", "Renews in 20 days"),
        ("Small", "Alert", "Fell"),
    ]


# Whose day it is


def test_nobody_sees_what_belongs_to_others(cast):
    AlertFactory(account=cast.strangers)
    board(cast.strangers, ("Kick-off", 20, 10))
    TaskFactory(account=cast.strangers, assignees=[cast.outsider], due_at=days_ago(1))
    for user in (cast.owner, cast.manager, cast.ae):
        assert reasons(user, "?scope=team") == []


@pytest.mark.parametrize("who", ["manager", "executive"])
def test_those_who_lead_see_first_what_only_they_decide_and_on_demand_all_of_their_people(cast, who):
    user = getattr(cast, who)
    critical = account(cast.owner, "Critical", critical=True)
    AlertFactory(account=critical, title="Escalated")
    AlertFactory(account=cast.account, title="Only the CSM's")
    TaskFactory(title="Mine", account=cast.account, assignees=[user], due_at=days_ago(1))
    TaskFactory(title="Olga's", account=cast.account, assignees=[cast.owner], due_at=days_ago(1))
    account(cast.owner, "Renewing", renewal_date=day(10))
    assert {text for *_, text in reasons(user)} == {"Escalated", "Mine"}
    everything = {"Escalated", "Only the CSM's", "Mine", "Olga's", "Renews in 10 days"}
    assert {text for *_, text in reasons(user, "?scope=team")} == everything


def test_a_csm_has_no_switch_and_the_address_does_not_give_them_more(cast):
    TaskFactory(title="Of Tim", account=cast.account, assignees=[cast.team_mate], due_at=days_ago(1))
    assert reasons(cast.owner, "?scope=team") == []
    assert "Whose day" not in page(cast.owner).content.decode()
    assert "Whose day" in page(cast.manager).content.decode()


# How it is shown


def test_each_row_has_its_one_click_next_action(cast):
    alert = AlertFactory(account=cast.account)
    task = TaskFactory(account=cast.account, assignees=[cast.owner], due_at=days_ago(1))
    quiet = account(cast.owner, "New", stage="onboarding", last_touch=days_ago(30))
    renewing = account(cast.owner, "Renewing", renewal_date=day(10))
    html = page(cast.owner).content.decode()
    for address in (
        f'hx-post="{reverse("health:acknowledge-alert", args=[alert.pk])}"',
        f'hx-post="{reverse("accounts:task-done", args=[task.pk])}"',
        f'hx-get="{reverse("accounts:touch-new", args=[quiet.pk])}?cadence=any"',
        f'hx-get="{reverse("accounts:task-new")}?account={renewing.pk}"',
    ):
        assert address in html


def test_read_only_users_find_no_button(cast):
    AlertFactory(account=cast.account)
    TaskFactory(account=cast.account, assignees=[cast.read_only], due_at=days_ago(1))
    board(cast.account, ("Kick-off", 20, 10))
    html = page(cast.read_only).content.decode()
    assert len(kinds(cast.read_only)) == 3
    words = ("Acknowledge", ">Done</button>", 'data-key="t"', "Log touch", "Add task", "Open steps")
    assert not [word for word in words if word in html]


def test_the_list_is_read_anew_in_place_when_something_changed(cast):
    response = logged_in(cast.owner).get(TODAY, headers={"HX-Request": "true", "HX-Target": "day"})
    html = response.content.decode()
    assert "<html" not in html
    assert "tasksChanged from:body, alertsChanged from:body, touchesChanged from:body" in html


def test_a_long_list_says_how_long_it_is_and_shows_all_on_demand(cast):
    for number in range(30):
        account(cast.owner, f"Account {number:02}", renewal_date=day(10))
    short, long = page(cast.owner), page(cast.owner, "?all=1")
    assert len(short.context["rows"]) == 25
    assert "The first 25 of 30" in short.content.decode()
    assert "Show all 30" in short.content.decode()
    assert len(long.context["rows"]) == 30
    assert "All 30" in long.content.decode()


def test_what_is_beyond_what_was_ranked_is_named_with_the_way_to_it(cast, monkeypatch):
    for module in (query, today_sources):
        monkeypatch.setattr(module, "MOST", 2)
    for number in range(3):
        account(cast.owner, f"Account {number}", renewal_date=day(10), arr=Decimal(100_000 * (number + 1)))
    response = page(cast.owner)
    assert [row.account.name for row in response.context["rows"]] == ["Account 2", "Account 1"]
    html = response.content.decode()
    assert "only the" in html
    assert f"{reverse('accounts:book')}?renewal=90" in html


def test_the_figures_add_up_the_book(cast):
    account(cast.owner, "Bad", at_risk=True, arr=Decimal(100_000), expected_churn=Decimal("0.4"))
    account(cast.owner, "Renewing", renewal_date=day(30), arr=Decimal(50_000))
    TaskFactory(account=cast.account, assignees=[cast.owner], due_at=days_ago(1))
    response = page(cast.owner)
    figures, day_ = response.context["figures"], response.context["day"]
    assert (figures.accounts, figures.at_risk, figures.revenue_at_risk) == (3, 1, Decimal(40_000))
    assert (figures.renewing, figures.arr_renewing) == (1, Decimal(50_000))
    assert (day_.due, day_.late) == (1, 1)


def test_an_empty_day_says_that_all_is_well(cast):
    assert "Nobody needs you right now" in page(cast.owner).content.decode()
    cast.account.owner = None
    cast.account.save()
    assert "No accounts yet" in page(cast.owner).content.decode()


def test_what_i_did_today_stands_below(cast):
    task = TaskFactory(title="Called them", account=cast.account, assignees=[cast.owner])
    complete_task(by=cast.owner, task=task)
    log_touch(by=cast.owner, account=cast.account, fields={"kind": "call", "at": clock.now(), "attended": True})
    alert = AlertFactory(account=cast.account, title="Score fell")
    acknowledge(by=cast.owner, alerts=[alert])
    TaskFactory(title="Of yesterday", account=cast.account, status="done", done_at=days_ago(2), done_by=cast.owner)
    TouchFactory(account=cast.account, by=cast.team_mate)
    deeds = page(cast.owner).context["done"].deeds
    assert sorted((deed.kind, deed.text, deed.account) for deed in deeds) == [
        ("alert", "Score fell", "Halden Logistics"),
        ("task", "Called them", "Halden Logistics"),
        ("touch", "Call", "Halden Logistics"),
    ]
    assert page(cast.team_mate).context["done"].deeds != deeds


def test_more_deeds_than_are_named_are_said_to_be_more(cast, monkeypatch):
    monkeypatch.setattr(today_done, "MOST", 1)
    for _ in range(2):
        complete_task(by=cast.owner, task=TaskFactory(account=cast.account))
    assert "The latest 1." in page(cast.owner).content.decode()


@pytest.mark.parametrize("rows", [1, 8])
def test_the_page_asks_the_same_queries_for_one_row_as_for_many(cast, rows, django_assert_num_queries):
    for number in range(rows):
        one = account(cast.owner, f"Account {number}", renewal_date=day(10), critical=True, last_touch=days_ago(60))
        board(one, ("Kick-off", 20, 10))
        AlertFactory(account=one)
        task = TaskFactory(account=one, assignees=[cast.owner], due_at=days_ago(1))
        MailFactory(account=one, key=f"task:{task.pk}")
        complete_task(by=cast.owner, task=TaskFactory(account=one))
    client = logged_in(cast.owner)
    with django_assert_num_queries(11):
        client.get(TODAY)
    client = logged_in(cast.manager)
    with django_assert_num_queries(12):
        client.get(f"{TODAY}?scope=team")


def test_the_page_is_only_looked_at(cast):
    assert logged_in(cast.owner).post(TODAY).status_code == 405
