"""The forecast out of the database: what counts, where, and as what."""

import datetime as dt
from decimal import Decimal

import pytest

from accounts.models import User
from cs_workspace.common import clock
from renewals.domain.forecast import Part, Row, forecast_of
from renewals.domain.periods import add_months
from renewals.models import ForecastLine, ForecastSnapshot
from renewals.queries.forecast import ForecastFilter, Split, forecast_report, past_report
from renewals.queries.forecast_rows import NOBODY, Scope
from renewals.services.forecasting import keep_forecast
from tests.factories import (
    AccountFactory,
    ContractFactory,
    ExchangeRateFactory,
    ForecastLineFactory,
    ForecastSnapshotFactory,
    LedgerEntryFactory,
    RenewalFactory,
    SegmentFactory,
    day,
)

pytestmark = pytest.mark.django_db

D = Decimal
TODAY = dt.date(2026, 11, 26)
NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _that_day():
    with clock.set_to(NOON):
        yield


def contract(account, end, arr=1000, **fields):
    return ContractFactory(account=account, start=end - dt.timedelta(days=365), end=end, with_line=arr, **fields)


def renewal(account, due_on, arr=1000, **fields):
    return RenewalFactory(account=account, contract=contract(account, due_on, arr), current_arr=D(arr), **fields)


def closed(account, due_on, closed_arr, arr=1000, outcome="flat"):
    return renewal(
        account, due_on, arr, stage="closed", outcome=outcome, closed_arr=D(closed_arr), closed_at=clock.now(),
        category="commit",
    )  # fmt: skip


def report(user, split=Split.SEGMENT, **scope):
    return forecast_report(user, ForecastFilter(Scope(**scope), split), today=TODAY)


def before(user, split=Split.SEGMENT):
    return past_report(user, ForecastFilter(split=split), today=TODAY)


def december(found):
    return found.months[1].forecast


def test_renewals_stand_in_their_months_as_what_their_owners_say(cast):
    first = dt.date(2026, 12, 1)
    for place, category in enumerate(("commit", "best_case", "at_risk", "omitted", "")):
        renewal(cast.account, first + dt.timedelta(days=place), 10**place, category=category)
    closed(cast.account, dt.date(2026, 12, 31), 700)
    closed(cast.account, dt.date(2026, 12, 31), 0, outcome="lost")
    renewal(cast.account, dt.date(2027, 1, 1), 5)
    found = report(cast.owner)
    assert [month.period.since for month in found.months][:2] == [dt.date(2026, 11, 1), first]
    assert len(found.months) == 12
    due = {part: december(found)[part].due for part in Part if december(found)[part].count}
    assert due == {
        Part.COMMIT: 1, Part.BEST_CASE: 10, Part.AT_RISK: 100, Part.OMITTED: 1000, Part.UNFORECAST: 10_000,
        Part.WON: 1000, Part.LOST: 1000,
    }  # fmt: skip
    assert december(found)[Part.WON].kept == 700
    assert found.months[2].forecast.all.due == 5
    assert found.year.forecast.all.due == 13_116


def test_the_owners_probability_counts_before_the_computed_one_and_an_unknown_one_is_counted_apart(cast):
    renewal(cast.account, day(20), 100, chosen_probability=D("0.5"), chosen_reason="Told so")
    renewal(cast.account, day(20), 100, computed_probability=D("0.7"))
    renewal(cast.account, day(20), 100, computed_probability=None)
    found = report(cast.owner).year.forecast
    assert (found.expected, found.all.unknown, found.all.unknown_kept) == (120, 1, 100)


def test_a_contract_whose_renewal_is_not_opened_counts_by_the_accounts_expected_churn(cast):
    cast.account.expected_churn = D("0.300")
    cast.account.save()
    contract(cast.account, dt.date(2026, 12, 5))
    found = december(report(cast.owner))
    assert (found[Part.NOT_OPENED].due, found.expected) == (1000, 700)


def test_an_account_without_a_score_has_an_unknown_probability(cast):
    contract(cast.account, dt.date(2026, 12, 5))
    found = december(report(cast.owner))
    assert (found.expected, found.all.unknown, found.all.unknown_kept) == (0, 1, 1000)


def test_foreign_money_counts_at_the_rate_of_the_day(cast):
    ExchangeRateFactory(currency="USD", rate=D("0.5"), valid_from=dt.date(2026, 1, 1))
    contract(cast.account, dt.date(2026, 12, 5), currency="USD")
    assert december(report(cast.owner)).all.due == 500


def _followed(account):
    one = contract(account, dt.date(2026, 12, 5))
    ContractFactory(account=account, start=one.end, end=one.end + dt.timedelta(days=800), with_line=1000)


def _opened(account):
    renewal(account, dt.date(2026, 12, 5), category="commit")


def _with_a_moved_end(account):
    one = renewal(account, dt.date(2027, 2, 1))
    one.contract.end = dt.date(2026, 12, 5)
    one.contract.save()


@pytest.mark.parametrize(("make", "not_opened"), [
    (lambda account: contract(account, dt.date(2026, 12, 5)), 1),
    (lambda account: contract(account, dt.date(2026, 12, 5), status="cancelled"), 0),
    (lambda account: contract(account, dt.date(2026, 12, 5), status="draft"), 0),
    (lambda account: contract(account, dt.date(2026, 11, 20)), 0),
    (lambda account: contract(account, dt.date(2027, 11, 1)), 0),
    (lambda account: contract(account, dt.date(2027, 10, 31)), 1),
    (_followed, 0),
    (_opened, 0),
    (_with_a_moved_end, 0),
])  # fmt: skip
def test_which_contracts_have_a_renewal_to_come(cast, make, not_opened):
    make(cast.account)
    assert report(cast.owner).year.forecast[Part.NOT_OPENED].count == not_opened


def test_who_has_left_and_trials_have_none_to_come(cast):
    contract(AccountFactory(owner=cast.owner, is_trial=True), dt.date(2026, 12, 5))
    contract(AccountFactory(owner=cast.owner, status="churned", churned_on=dt.date(2026, 11, 1)), dt.date(2026, 12, 5))
    assert report(cast.owner).year.forecast.all.count == 0


def test_windows_begin_today_and_hold_each_other(cast):
    for days in (-1, 0, 29, 30, 60, 89, 90):
        renewal(cast.account, day(days), 1)
    assert [window.forecast.all.count for window in report(cast.owner).windows] == [2, 3, 5]


def test_open_ones_of_earlier_months_are_overdue_and_not_in_the_year(cast):
    renewal(cast.account, dt.date(2026, 10, 31), 10)
    renewal(cast.account, dt.date(2024, 10, 31), 1)
    closed(cast.account, dt.date(2026, 10, 31), 1000)
    found = report(cast.owner)
    assert (found.overdue.forecast.all.count, found.overdue.forecast.all.due) == (2, 11)
    assert found.year.forecast.all.count == 0


def test_each_sees_what_they_may_see(cast):
    renewal(cast.account, day(20), 1)
    renewal(cast.strangers, day(20), 10)
    contract(cast.strangers, day(40), 100)
    seen = {user.name: report(user).year.forecast.all.due for user in (cast.owner, cast.outsider, cast.executive)}
    assert seen == {cast.owner.name: 1, cast.outsider.name: 110, cast.executive.name: 111}


def test_filters_and_members_add_up(cast):
    smb = SegmentFactory(key="smb", name="SMB")
    renewal(cast.account, day(20), 1, segment=smb)
    renewal(cast.strangers, day(20), 10)
    renewal(AccountFactory(owner=None), day(20), 100)
    everything = report(cast.executive).year.forecast
    for split, names in (
        (Split.SEGMENT, ["", "SMB"]),
        (Split.CSM, ["", "Udo Outsider", "Olga Owner"]),
        (Split.TEAM, ["", "Otto Othermanager", "Mona Manager"]),
    ):
        members = report(cast.executive, split).members
        assert [member.name for member in members] == names
        assert sum(member.forecast.all.due for member in members) == everything.all.due == 111
        for member in members:
            alone = report(cast.executive, split, **{split.value: member.key})
            assert alone.year.forecast == member.forecast
    assert report(cast.executive, csm=NOBODY).year.forecast.all.due == 100


def test_the_sums_of_the_database_are_those_of_the_domain(cast):
    made = []
    for place, part in enumerate(("commit", "best_case", "at_risk", "omitted", "")):
        for expected, probability in ((None, None), (D(3), D("0.35")), (D(4000), D("0.1234"))):
            arr = 10 + place
            renewal(cast.account, day(20), arr, category=part, expected_arr=expected, computed_probability=probability)
            made.append(Row(Part(part or "unforecast"), D(arr), D(arr) if expected is None else expected, probability))
    closed(cast.account, day(21), 2000)
    made.append(Row(Part.WON, D(1000), D(2000), None))
    found, wanted = report(cast.owner).year.forecast, forecast_of(made)
    assert {part: found[part] for part in Part} == {part: wanted[part] for part in Part}


def test_last_months_forecast_stands_beside_what_happened(cast):
    october = dt.date(2026, 10, 1)
    kept = ForecastSnapshotFactory(month=october)
    for arr, part, probability in ((100, "commit", "0.9"), (40, "best_case", "0.5"), (7, "omitted", "0.9")):
        one = closed(cast.account, october + dt.timedelta(days=arr // 10), arr if arr == 100 else 0, arr)
        ForecastLineFactory(
            forecast=kept, account=cast.account, contract=one.contract, due_on=one.due_on, part=part,
            current_arr=D(arr), expected_arr=D(arr), probability=D(probability),
        )  # fmt: skip
    ForecastLineFactory(forecast=kept, account=cast.account, due_on=dt.date(2026, 11, 2))
    found = before(cast.owner, Split.CSM)
    last = found.months[1]
    assert (last.period.since, last.kept.low, last.kept.likely, last.kept.high) == (october, 100, 120, 140)
    assert last.happened[Part.WON].kept == 100
    assert last.error.words == "20.0 % too high"
    (owner,) = found.last
    assert (owner.name, owner.error) == ("Olga Owner", last.error)
    assert found.months[2].kept is None
    assert found.months[2].error is None
    assert found.months[0].kept is None


def test_a_month_of_which_nothing_was_forecast_is_told_from_one_that_was_not_kept(cast):
    ForecastSnapshotFactory(month=dt.date(2026, 10, 1))
    closed(cast.account, dt.date(2026, 10, 5), 1000)
    assert before(cast.owner).months[1].error.words == "100.0 % too low"


def test_churn_stands_beside_the_arr_at_the_start(cast):
    LedgerEntryFactory(account=cast.account, day=dt.date(2026, 1, 1), amount=D(1000))
    gone = AccountFactory(owner=cast.owner)
    LedgerEntryFactory(account=gone, day=dt.date(2026, 1, 1), amount=D(250))
    LedgerEntryFactory(account=gone, day=dt.date(2026, 10, 5), kind="churn", amount=D(-250))
    past = before(cast.owner).months
    assert [one.churn_rate for one in past[:3]] == [0, D("0.2"), 0]
    assert past[-1].churn_rate == 0
    assert before(cast.outsider).months[1].churn_rate is None


def test_a_forecast_is_kept_once_a_month_with_all_that_is_ahead(cast):
    renewal(cast.account, dt.date(2026, 11, 2), 10, category="commit", expected_arr=D(15))
    cast.strangers.expected_churn = D("0.25")
    cast.strangers.save()
    contract(cast.strangers, dt.date(2027, 10, 31), 20)
    contract(cast.strangers, dt.date(2027, 11, 1), 30)
    assert [keep_forecast(today=TODAY) for _ in range(2)] == [2, 0]
    (kept,) = ForecastSnapshot.objects.all()
    assert (kept.month, kept.taken_at) == (dt.date(2026, 11, 1), NOON)
    lines = ForecastLine.objects.order_by("current_arr")
    assert [
        (line.part, line.current_arr, line.expected_arr, line.probability, line.owner_id, line.renewal_id is None)
        for line in lines
    ] == [
        ("commit", 10, 15, D("0.9"), cast.owner.pk, False),
        ("not_opened", 20, 20, D("0.75"), cast.outsider.pk, True),
    ]
    executive = User.objects.get(pk=cast.executive.pk)
    assert before(executive).months[0].kept == report(executive).months[0].forecast


def test_keeping_the_next_month_leaves_the_first_as_it_was(cast):
    one = renewal(cast.account, dt.date(2027, 1, 2), 10, category="commit")
    keep_forecast(today=TODAY)
    one.category = "at_risk"
    one.save()
    assert keep_forecast(today=add_months(TODAY, 1)) == 1
    parts = ForecastLine.objects.order_by("forecast__month").values_list("part", flat=True)
    assert list(parts) == ["commit", "at_risk"]
