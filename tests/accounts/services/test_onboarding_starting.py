"""Onboardings start with a contract, by themselves and once, and by hand; they keep what they began with."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account, Onboarding, OnboardingStep, OnboardingTemplate, TemplateStep
from accounts.services.onboarding_starting import cancel_lost, start_due_onboardings, start_onboarding
from accounts.services.onboarding_steps import cancel_onboarding, resume_onboarding
from accounts.services.onboarding_templates import install_onboarding_templates
from accounts.services.segments import install_segments
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, RepeatedError
from tests.factories import AccountFactory, ContractFactory, ExchangeRateFactory, ProductFactory, day

pytestmark = pytest.mark.django_db

NOT_CUSTOMERS = [
    {"is_trial": True},
    {"status": "churned", "churned_on": dt.date(2026, 1, 1)},
    {"archived_at": clock.now()},
]


@pytest.fixture(autouse=True)
def templates():
    install_segments()
    install_onboarding_templates()


def signed(account: Account | None = None, *, start: int = 0, arr: int = 120_000, **fields) -> Account:
    contract = ContractFactory(
        account=account or AccountFactory(), start=day(start), end=day(start + 365), with_line=arr, **fields
    )
    return contract.account


def begun() -> list[tuple[str, str, dt.date]]:
    rows = Onboarding.objects.order_by("pk").values_list("account__name", "template__key", "started_on")
    return list(rows)


@pytest.mark.parametrize(
    ("arr", "template"),
    [(100_000, "enterprise"), (99_999, "mid-market"), (24_999, "smb"), (4_999, "self-serve")],
)
def test_a_first_contract_starts_the_template_of_its_segment(arr, template):
    account = signed(arr=arr)
    assert start_due_onboardings(today=clock.today()) == 1
    assert begun() == [(account.name, template, day(0))]


def test_it_begins_with_all_steps_of_the_template_at_their_days():
    signed(start=-1)
    start_due_onboardings(today=clock.today())
    one = Onboarding.objects.get()
    steps = {step.key: step for step in one.steps.all()}
    assert len(steps) == 27
    assert (steps["contract_review"].due_on, steps["kickoff"].due_on, steps["kickoff"].longest_on) == (
        day(-11),
        day(1),
        day(13),
    )
    assert steps["first_users"].proof == "active_users"
    assert steps["first_users"].proof_number == 5
    assert (one.stage, one.steps_counted, one.first_value_within) == ("before", 27, dt.timedelta(days=30))


def test_twice_starts_it_once():
    signed()
    assert start_due_onboardings(today=clock.today()) == 1
    assert start_due_onboardings(today=clock.today()) == 0


def test_the_database_holds_that_it_starts_once_by_itself():
    account = signed()
    start_due_onboardings(today=clock.today())
    fields = {"account": account, "started_on": day(0), "is_guided": True, "first_value": "x"}
    fields |= {"first_value_within": dt.timedelta(1), "from_stage": "core", "stage": "core", "about": "again"}
    with pytest.raises(IntegrityError, match="onboarding_once_by_itself"), transaction.atomic():
        Onboarding.objects.create(**fields, origin_key="first")


@pytest.mark.parametrize(
    ("start", "arr", "starts"),
    [
        (14, 120_000, True), (15, 120_000, False), (-14, 120_000, True), (-15, 120_000, False),
        (0, 6_000, True), (1, 6_000, False), (-14, 6_000, True), (-15, 6_000, False),
    ],
)  # fmt: skip
def test_it_starts_within_two_weeks_of_the_first_day_and_before_it_where_there_is_work_to_do(start, arr, starts):
    signed(start=start, arr=arr)
    assert start_due_onboardings(today=clock.today()) == starts


def test_a_renewal_starts_nothing():
    account = signed(start=-400)
    signed(account)
    assert start_due_onboardings(today=clock.today()) == 0


def test_a_contract_that_is_a_draft_or_worth_nothing_yet_starts_nothing():
    signed(status="draft")
    ContractFactory(start=day(0), end=day(365))
    assert start_due_onboardings(today=clock.today()) == 0


@pytest.mark.parametrize("fields", NOT_CUSTOMERS)
def test_who_is_no_customer_is_not_onboarded(fields):
    signed(AccountFactory(**fields))
    assert start_due_onboardings(today=clock.today()) == 0


def test_a_foreign_currency_is_converted_to_find_the_segment():
    ExchangeRateFactory(currency="SEK", valid_from=day(-100), rate=Decimal("0.1"))
    signed(arr=250_000, currency="SEK")
    start_due_onboardings(today=clock.today())
    assert begun()[0][1] == "mid-market"


def test_what_decides_the_segment_is_converted_to_the_cent_as_the_ledger_books_it():
    ExchangeRateFactory(currency="SEK", valid_from=day(-100), rate=Decimal("0.1"))
    signed(arr=Decimal("249999.96"), currency="SEK")
    start_due_onboardings(today=clock.today())
    assert begun()[0][1] == "mid-market"


def test_an_account_that_was_won_back_is_onboarded_again_with_the_contract_that_brought_it_back():
    account = signed(AccountFactory(stage="won_back", churned_on=day(-60)), start=-500)
    assert start_due_onboardings(today=clock.today()) == 0
    signed(account, start=-5)
    assert start_due_onboardings(today=clock.today()) == 1
    one = Onboarding.objects.get()
    assert (one.kind, one.started_on, one.origin_key) == ("won_back", day(-5), f"won_back:{day(-60)}")
    assert start_due_onboardings(today=clock.today()) == 0


def test_a_template_that_is_changed_leaves_those_that_run_as_they_began():
    signed()
    start_due_onboardings(today=clock.today())
    TemplateStep.objects.filter(key="kickoff").update(title="Another title", due_day=50, longest_day=60)
    TemplateStep.objects.filter(key="channels").delete()
    one = Onboarding.objects.get()
    assert one.steps.get(key="kickoff").due_on == day(2)
    assert one.steps.filter(key="channels").exists()


def test_a_template_that_is_switched_off_starts_nothing():
    OnboardingTemplate.objects.update(is_active=False)
    signed()
    assert start_due_onboardings(today=clock.today()) == 0


def test_what_admins_changed_on_a_template_stays_when_it_is_installed_again():
    OnboardingTemplate.objects.filter(key="smb").update(name="Ours")
    assert install_onboarding_templates() == 0
    assert OnboardingTemplate.objects.filter(name="Ours").exists()


def test_starting_takes_as_many_queries_for_many_accounts_as_for_one(django_assert_num_queries):
    signed()
    with django_assert_num_queries(11):
        start_due_onboardings(today=clock.today())
    for _ in range(4):
        signed()
    with django_assert_num_queries(11):
        assert start_due_onboardings(today=clock.today()) == 4


def by_hand(cast, **fields):
    wanted = {"kind": "product", "template": OnboardingTemplate.objects.get(key="smb"), "started_on": day(0)}
    return start_onboarding(by=cast.owner, account=cast.account, **wanted | fields)


def test_by_hand_one_starts_for_a_new_product_once_at_a_time(cast):
    product = ProductFactory(name="Insight")
    one = by_hand(cast, product=product)
    assert (one.about, one.started_by, one.steps.count()) == ("Insight", cast.owner, 9)
    with pytest.raises(RefusedError, match="Insight is being onboarded already"):
        by_hand(cast, product=product)
    assert by_hand(cast, kind="department", about="Finance").about == "Finance"


def test_a_form_that_is_sent_twice_starts_one(cast):
    key = uuid4()
    by_hand(cast, key=key)
    with pytest.raises(RepeatedError):
        by_hand(cast, key=key)


def test_by_hand_nothing_starts_for_lost_accounts_or_without_steps(cast):
    with pytest.raises(RefusedError, match="no steps"):
        by_hand(
            cast,
            template=OnboardingTemplate.objects.create(
                name="Bare", first_value="x", first_value_within=dt.timedelta(1)
            ),
        )
    cast.account.status, cast.account.churned_on = "churned", day(-1)
    cast.account.save()
    with pytest.raises(RefusedError, match="no customer"):
        by_hand(cast)


def test_an_account_that_is_lost_ends_its_onboarding(cast):
    by_hand(cast)
    Account.objects.filter(pk=cast.account.pk).update(status="churned", churned_on=day(0))
    assert cancel_lost(at=clock.now()) == 1
    one = Onboarding.objects.get()
    assert (one.state, one.end_reason) == ("cancelled", "The account is no customer any more.")
    assert cancel_lost(at=clock.now()) == 0


def test_what_was_cancelled_can_be_resumed_unless_the_same_has_begun_since(cast):
    one = by_hand(cast, about="Insight")
    cancel_onboarding(by=cast.owner, onboarding=one, reason="Sold by mistake")
    assert resume_onboarding(by=cast.owner, onboarding=one).is_running
    cancel_onboarding(by=cast.owner, onboarding=one, reason="Sold by mistake")
    by_hand(cast, about="Insight")
    with pytest.raises(RefusedError, match="has begun since"):
        resume_onboarding(by=cast.owner, onboarding=one)
    assert OnboardingStep.objects.filter(onboarding=one).count() == 9
