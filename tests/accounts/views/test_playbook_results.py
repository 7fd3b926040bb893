"""What the score did after a playbook, on its page, in the list and run by run."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from accounts.queries.playbook_results import comparisons_of
from cs_workspace.common import clock
from tests import factories as make
from tests.cast import logged_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def playbook():
    return make.PlaybookFactory(name="Save the day")


def result(playbook, account, change="4.0", **fields):
    change = None if change is None else Decimal(change)
    return make.PlaybookResultFactory(run__playbook=playbook, run__account=account, change=change, **fields)


def several(playbook, owner, changes=("3", "4", "5", "4", "4")):
    for change in changes:
        result(playbook, make.AccountFactory(owner=owner), change)


def read(user, playbook, name="playbook"):
    response = logged_in(user).get(reverse(f"accounts:{name}", args=[playbook.pk]))
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_the_page_tells_both_sides_the_difference_and_its_interval(cast, playbook):
    several(playbook, cast.owner)
    page = read(cast.owner, playbook)
    for words in (
        "+4.0 points",
        "· 5 runs",
        "+1.0 points",
        "· 10 accounts",
        "<b>+3.0 points</b>",
        "95 % interval +2.0",
    ):
        assert words in page
    assert "How this is reckoned" in page


def test_with_too_few_the_difference_is_unknown(cast, playbook):
    several(playbook, cast.owner, ("3", "5"))
    assert 'unknown <span class="soft">· 5 on each side are needed' in read(cast.owner, playbook)


def test_runs_of_which_nothing_is_known_are_counted_apart(cast, playbook):
    several(playbook, cast.owner)
    result(playbook, cast.account, None, peers=0, peers_change=None, peers_squares=0)
    page = read(cast.owner, playbook)
    assert "· 5 runs" in page
    assert "1 more run had no score at one of the ends" in page


def test_while_no_run_is_old_enough_the_page_says_from_when_it_is_known(cast, playbook):
    make.PlaybookRunFactory(playbook=playbook, account=cast.account, started_at=make.days_ago(20))
    make.PlaybookRunFactory(account=cast.account, started_at=make.days_ago(40))
    day = clock.today() + dt.timedelta(days=41)
    page = read(cast.owner, playbook)
    assert "Not known yet: no run is 60 days old." in page
    assert f"from {day.day} {day:%b}" in page


def test_a_playbook_that_has_not_run_says_so(cast, playbook):
    assert "Not known yet: it has not run on any account that you see." in read(cast.owner, playbook)


def test_an_interval_that_holds_0_is_called_chance(cast, playbook):
    several(playbook, cast.owner, ("-20", "25", "-30", "30", "0"))
    assert "it may be chance" in read(cast.owner, playbook)


def test_only_runs_on_accounts_that_the_reader_sees_count(cast, playbook):
    several(playbook, cast.owner)
    several(playbook, cast.outsider, ("9",))
    assert comparisons_of(cast.owner)[playbook.pk].runs == 5
    assert comparisons_of(cast.outsider)[playbook.pk].runs == 1
    assert comparisons_of(cast.executive)[playbook.pk].runs == 6


def test_runs_of_one_group_count_their_comparable_accounts_once(cast, playbook):
    several(playbook, cast.owner)
    result(playbook, cast.account, rank=2, peers=7)
    assert comparisons_of(cast.owner)[playbook.pk].peers == 17


def test_the_list_shows_the_difference_and_leads_to_the_runs(cast, playbook):
    several(playbook, cast.owner)
    make.PlaybookRunFactory(account=cast.account)
    page = " ".join(logged_in(cast.owner).get("/playbooks/").content.decode().split())
    assert reverse("accounts:playbook-results", args=[playbook.pk]) in page
    assert ">+3.0</a>" in page


def test_the_runs_are_listed_with_what_each_brought(cast, playbook):
    one = result(playbook, cast.account, "-2.5")
    other = result(playbook, cast.strangers)
    page = read(cast.owner, playbook, "playbook-results")
    assert f"{reverse('accounts:account', args=[cast.account.pk])}#playbooks" in page
    assert "−2.5" in page
    assert "−3.5" in page
    assert escape(other.run.account.name) not in page
    assert one.run.account.name in page


def test_without_runs_the_page_of_runs_says_so(cast, playbook):
    assert "Nothing to read yet" in read(cast.owner, playbook, "playbook-results")


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_of_runs_takes_as_many_queries_for_many(cast, playbook, number, django_assert_num_queries):
    for _ in range(number):
        result(playbook, make.AccountFactory(owner=cast.owner))
    client = logged_in(cast.owner)
    with django_assert_num_queries(8):
        client.get(reverse("accounts:playbook-results", args=[playbook.pk]))


def test_results_are_only_read_and_of_playbooks_that_there_are(cast, playbook):
    client = logged_in(cast.owner)
    assert client.post(reverse("accounts:playbook-results", args=[playbook.pk])).status_code == 405
    assert client.get(reverse("accounts:playbook-results", args=[10**9])).status_code == 404
    assert client.get(f"{reverse('accounts:playbook-results', args=[playbook.pk])}?page=zzz").status_code == 200
