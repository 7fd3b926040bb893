"""The lists of renewals: board, table and calendar over the same filtered set, and the file."""

import datetime as dt
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from cs_workspace.common import clock
from renewals.models import Renewal
from tests.cast import logged_in
from tests.factories import AccountFactory, ContractFactory, RenewalFactory, SegmentFactory, UserFactory, day

pytestmark = pytest.mark.django_db
IN_ROWS = {"HX-Request": "true", "HX-Target": "rows"}
BOARD, TABLE, CALENDAR = "/renewals/", "/renewals/table/", "/renewals/calendar/"
EXPORT = "/renewals/table/export/"


def text(response) -> str:
    return unescape(b"".join(response).decode() if response.streaming else response.content.decode())


def due(account, in_days: int, *, notice: int = 0, **fields) -> Renewal:
    contract = ContractFactory(account=account, end=day(in_days), notice_days=notice)
    return RenewalFactory(account=account, contract=contract, **fields)


def closed(account, **fields) -> Renewal:
    known = {"stage": "closed", "outcome": "flat", "closed_arr": Decimal(24000), "closed_at": clock.now()}
    return due(account, -10, **known | fields)


def test_a_card_says_arr_days_zone_forecast_and_next_step(cast):
    due(
        cast.account,
        100,
        notice=30,
        computed_probability=Decimal("0.55"),
        next_step="Call the CFO",
        next_step_on=day(2),
    )
    shown = text(logged_in(cast.owner).get(BOARD))
    for words in (
        "Halden Logistics",
        "€24.0k",
        "70 d",
        "to decide",
        "55 % Red",
        "no forecast",
        "Call the CFO",
        "→ Kick-off",
    ):
        assert words in shown, words


def test_the_board_shows_open_ones_only_with_the_arr_of_each_column(cast):
    due(cast.account, 10, current_arr=Decimal(1000))
    due(AccountFactory(owner=cast.owner), 20, current_arr=Decimal(2500), stage="kick_off")
    due(AccountFactory(owner=cast.owner), 30, current_arr=Decimal(500), stage="kick_off")
    closed(AccountFactory(name="Gone Foods", owner=cast.owner))
    shown = text(logged_in(cast.owner).get(BOARD))
    assert "Gone Foods" not in shown
    for words in ('1 · <span title="€1,000">€1.0k', '2 · <span title="€3,000">€3.0k'):
        assert words in shown, words


def test_what_is_decided_first_stands_on_top(cast):
    due(AccountFactory(name="Late notice", owner=cast.owner), 40)
    due(AccountFactory(name="Early notice", owner=cast.owner), 60, notice=50)
    shown = text(logged_in(cast.owner).get(BOARD))
    assert shown.index("Early notice") < shown.index("Late notice")


@pytest.mark.parametrize("url", [BOARD, TABLE, CALENDAR])
def test_a_manager_sees_the_team_and_strangers_none_of_it(cast, url):
    due(cast.account, 1)
    for user in (cast.owner, cast.manager, cast.ae, cast.read_only):
        assert "Halden Logistics" in text(logged_in(user).get(url)), user
    assert "Halden Logistics" not in text(logged_in(cast.outsider).get(url))


@pytest.mark.parametrize(("url", "queries"), [(BOARD, 7), (TABLE, 6), (CALENDAR, 7)])
@pytest.mark.parametrize("count", [1, 9])
def test_a_list_costs_the_same_however_many_there_are(cast, django_assert_num_queries, url, queries, count):
    for number in range(count):
        due(AccountFactory(name=f"Account {number}", owner=cast.owner), number, segment=SegmentFactory())
    client = logged_in(cast.owner)
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)


FILTERS = [
    ("", {"Near", "Far", "Past"}),
    ("due=30", {"Near"}),
    ("due=60", {"Near", "Far"}),
    ("due=overdue", {"Past"}),
    ("scope=mine", {"Near", "Past"}),
    ("stage=kick_off", {"Far"}),
    ("zone=red", {"Near"}),
    ("zone=green", {"Far"}),
    ("category=commit", {"Far"}),
    ("category=none", {"Near", "Past"}),
    ("segment=top", {"Far"}),
    ("q=pas", {"Past"}),
    ("zone=nonsense&due=nonsense", {"Near", "Far", "Past"}),
    (f"on={day(40):%Y-%m-%d}", {"Far"}),
    (f"on={day(20):%Y-%m-%d}", {"Far"}),
]


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_filters_choose_what_is_shown_in_every_view_and_the_file(cast, query, expected):
    due(AccountFactory(name="Near", owner=cast.owner), 5, computed_probability=Decimal("0.3"))
    due(
        AccountFactory(name="Far", owner=cast.owner), 40, notice=20, stage="kick_off", category="commit",
        owner=cast.team_mate, segment=SegmentFactory(key="top"),
    )  # fmt: skip
    due(AccountFactory(name="Past", owner=cast.owner), -5, computed_probability=None)
    client = logged_in(cast.owner)
    for url in (BOARD, TABLE):
        shown = text(client.get(f"{url}?{query}", headers=IN_ROWS))
        assert {name for name in ("Near", "Far", "Past") if f"{name}</" in shown} == expected, url
    file = text(client.get(f"{EXPORT}?{query}"))
    assert {line.split(",")[0] for line in file.splitlines()[1:]} == expected
    months = {f"{day(n):%Y-%m}" for n in (-5, 5, 40)}
    pages = "".join(text(client.get(f"{CALENDAR}?{query}&month={month}", headers=IN_ROWS)) for month in months)
    assert {name for name in ("Near", "Far", "Past") if f"<span>{name}</span>" in pages} == expected


def test_an_owner_is_chosen_by_those_who_lead(cast):
    due(cast.account, 10)
    due(AccountFactory(name="Other", owner=cast.team_mate), 10)
    shown = text(logged_in(cast.manager).get(TABLE, {"owner": cast.team_mate.pk}))
    assert "Other" in shown
    assert "Halden" not in shown


def test_figures_are_those_of_all_that_is_shown(cast):
    due(cast.account, 10, current_arr=Decimal(10000), expected_arr=Decimal(9000), category="commit")
    due(AccountFactory(owner=cast.owner), 20, current_arr=Decimal(4000), computed_probability=Decimal("0.5"))
    due(AccountFactory(owner=cast.owner), 70, current_arr=Decimal(1000), computed_probability=None)
    shown = text(logged_in(cast.owner).get(TABLE))
    for words in (
        "€15.0k<small>3 renewals",
        "€14.0k<small>€10.1k by probability of 2",
        "€4.0k<small>1 renewal",
        "€5.0k<small>2 renewals",
    ):
        assert words in shown, words
    for chip in ("Due in 30 d <b>2</b>", "Due in 90 d <b>3</b>", "Overdue <b>0</b>"):
        assert chip in shown, chip


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("due", "ABC"), ("-due", "CBA"), ("account", "ABC"), ("-arr", "BAC"), ("arr", "ACB"), ("probability", "CAB"),
        ("stage", "BAC"), ("-expected", "ABC"),
    ],
)  # fmt: skip
def test_the_table_is_sorted_and_what_is_alike_stands_by_day_and_key(cast, sort, order):
    due(
        AccountFactory(name="A", owner=cast.owner),
        1,
        current_arr=Decimal(5),
        stage="kick_off",
        expected_arr=Decimal(90),
    )
    due(AccountFactory(name="B", owner=cast.owner), 2, current_arr=Decimal(7), computed_probability=Decimal("0.95"))
    due(
        AccountFactory(name="C", owner=cast.owner), 3, current_arr=Decimal(5), chosen_probability=Decimal("0.2"),
        chosen_reason="so", stage="negotiation",
    )  # fmt: skip
    lines = text(logged_in(cast.owner).get(EXPORT, {"sort": sort})).splitlines()[1:]
    assert "".join(line[0] for line in lines) == order


def test_the_table_is_paged_and_the_file_is_whole(cast):
    for number in range(53):
        due(AccountFactory(name=f"Account {number:02}", owner=cast.owner), number)
    client = logged_in(cast.owner)
    shown = text(client.get(TABLE, {"page": 2, "due": "all"}))
    assert shown.count("<tr data-href") == 3
    assert "51–53 of 53 renewals" in shown
    assert len(text(client.get(EXPORT, {"page": 2})).splitlines()) == 54


def test_columns_are_paged_each_by_itself(cast):
    for number in range(23):
        due(AccountFactory(name=f"Account {number:02}", owner=cast.owner), number)
    client = logged_in(cast.owner)
    first, second = text(client.get(BOARD)), text(client.get(BOARD, {"upcoming": "2"}))
    assert first.count('class="card ') == 20
    assert "1 of 2" in first
    assert second.count('class="card ') == 3
    assert text(client.get(BOARD, {"upcoming": "99"})).count('class="card ') == 3
    assert text(client.get(BOARD, {"upcoming": "x"})).count('class="card ') == 20


def test_closed_ones_are_a_stage_of_the_table_alone(cast):
    closed(cast.account, outcome="expanded", closed_arr=Decimal(30000))
    client = logged_in(cast.owner)
    shown = text(client.get(TABLE, {"stage": "closed"}))
    assert "Renewed and expanded" in shown
    assert "€30.0k" in shown
    assert 'href="/renewals/">Board' in shown
    assert "No renewal is open" in text(client.get(BOARD))
    assert "The filter “stage” was left out" in text(client.get(BOARD, {"stage": "closed"}))


def test_the_file_has_a_line_for_each_and_disarms_formulas(cast):
    due(AccountFactory(name="=1+1", owner=cast.owner), 40, notice=30)
    lines = text(logged_in(cast.owner).get(EXPORT)).splitlines()
    assert lines[0].startswith("\ufeffAccount,Segment,Owner,Stage,Since,Renewal date,Decision date")
    assert lines[1].startswith(
        f"'=1+1,,Olga Owner,Upcoming,{clock.today()},{day(40)},{day(10)},no,24000.00,,0.9000,Green"
    )


def test_empty_lists_say_what_to_do(cast):
    client = logged_in(cast.owner)
    for url in (BOARD, TABLE):
        assert "No renewal is open" in text(client.get(url))
        assert "No renewal matches" in text(client.get(url, {"q": "nobody"}))
    assert "Nothing is due" in text(client.get(CALENDAR))


def test_the_calendar_shows_both_days_of_a_renewal(cast):
    one = RenewalFactory(
        account=cast.account,
        contract=ContractFactory(account=cast.account, end=dt.date(2027, 3, 18), notice_days=10),
    )
    client = logged_in(cast.owner)
    shown = text(client.get(CALENDAR, {"month": "2027-03"}))
    assert "March 2027" in shown
    assert shown.count(f'href="/renewals/{one.pk}/"') == 2
    assert "1 renewal ·" in shown
    assert "month=2027-02" in shown
    assert "month=2027-04" in shown


@pytest.mark.parametrize("month", ["", "x", "2027-13", "9999-12", "²027-01"])
def test_the_calendar_takes_an_odd_month_for_this_one(cast, month):
    assert f"{clock.today():%B %Y}" in text(logged_in(cast.owner).get(CALENDAR, {"month": month}))


def test_the_first_and_the_last_month_lead_nowhere_else(cast):
    client = logged_in(cast.owner)
    assert "Earlier" not in text(client.get(CALENDAR, {"month": "1970-01"}))
    assert "Later" not in text(client.get(CALENDAR, {"month": "2199-12"}))


def test_a_day_with_many_shows_the_largest_and_leads_to_all_of_them(cast):
    on = day(3)
    for number in range(6):
        due(AccountFactory(name=f"Account {number}", owner=cast.owner), 3, current_arr=Decimal(1000 + number))
    client = logged_in(cast.owner)
    shown = text(client.get(CALENDAR, {"month": f"{on:%Y-%m}"}))
    assert "2 more" in shown
    assert "<span>Account 5</span>" in shown
    assert "<span>Account 1</span>" not in shown
    assert f"{TABLE}?on={on:%Y-%m-%d}" in shown
    assert text(client.get(TABLE, {"on": f"{on:%Y-%m-%d}"})).count("<tr data-href") == 6


def test_views_keep_what_is_asked_for_when_one_turns_to_another(cast):
    due(cast.account, 10)
    shown = text(logged_in(cast.owner).get(BOARD, {"due": "30", "q": "hal", "upcoming": "2"}))
    assert f'href="{TABLE}?due=30&q=hal"' in shown


def test_read_only_users_see_no_way_to_move(cast):
    due(cast.account, 10)
    shown = text(logged_in(cast.read_only).get(BOARD))
    assert 'draggable="true"' not in shown
    assert "→ Kick-off" not in shown


@pytest.mark.parametrize("url", [BOARD, TABLE, CALENDAR, EXPORT])
def test_lists_are_only_read(cast, url):
    assert logged_in(cast.owner).post(url).status_code == 405


def test_the_navigation_counts_near_ones_without_a_forecast(cast):
    due(cast.account, 20)
    due(AccountFactory(owner=cast.owner), -5)
    due(AccountFactory(owner=cast.owner), 20, category="commit")
    due(AccountFactory(owner=cast.owner), 120)
    assert "Renewals</span><b>2</b>" in text(logged_in(cast.owner).get(TABLE))
    assert "Renewals</span></a>" in text(logged_in(UserFactory()).get(TABLE))


def test_today_leads_to_the_renewal(cast):
    one = due(cast.account, 20)
    type(cast.account).objects.filter(pk=cast.account.pk).update(renewal_date=one.due_on)
    assert f'<a href="/renewals/{one.pk}/">Renews in 20 days</a>' in text(logged_in(cast.owner).get("/"))
    assert reverse("renewals:renewal", args=[one.pk]) == f"/renewals/{one.pk}/"
