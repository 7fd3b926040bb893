from html import unescape

import pytest

from cs_workspace.common import clock
from health.queries.engagement import engagement_of
from tests.cast import logged_in
from tests.factories import SnapshotFactory, day

pytestmark = pytest.mark.django_db


def in_tier(cast, rank, *, before=2, days=3):
    """The account as it is, `days` days after it came from another tier."""
    cast.account.health_rank, cast.account.health_tier = rank, "Critical"
    cast.account.save()
    SnapshotFactory(account=cast.account, day=day(-days - 1), rank=before)
    for back in range(days, -1, -1):
        SnapshotFactory(account=cast.account, day=day(-back), rank=rank)


def page_of(cast, user=None):
    return unescape(logged_in(user or cast.owner).get(f"/accounts/{cast.account.pk}/engagement/").content.decode())


def test_the_panel_says_what_is_to_be_done_and_in_which_phase(cast):
    in_tier(cast, 4)
    page = page_of(cast, cast.read_only)
    for words in ("Hold a save call", "was due", "day 4", 'aria-current="step"><b>Recovery', "next check-in today"):
        assert words in page, words


def test_days_without_a_score_end_no_stay(cast):
    in_tier(cast, 3, days=5)
    SnapshotFactory(account=cast.account, day=day(-7), rank=None, score=None)
    asked = engagement_of(cast.account, today=clock.today())
    assert (asked.since, asked.day_number) == (day(-5), 6)


def test_an_account_that_never_was_elsewhere_entered_with_its_first_score(cast):
    in_tier(cast, 3, before=3, days=9)
    assert engagement_of(cast.account, today=clock.today()).since == day(-10)


def test_without_a_tier_nothing_is_asked(cast):
    assert "No tier, no demands" in page_of(cast)
    cast.account.health_rank, cast.account.is_trial = 3, True
    cast.account.save()
    assert "No tier, no demands" in page_of(cast)


def test_the_account_page_brings_the_panel_where_there_is_a_tier(cast):
    address = f"/accounts/{cast.account.pk}/engagement/"
    client = logged_in(cast.owner)
    assert address not in client.get(f"/accounts/{cast.account.pk}/").content.decode()
    in_tier(cast, 4)
    assert address in client.get(f"/accounts/{cast.account.pk}/").content.decode()


def test_strangers_find_nothing_and_nothing_is_changed_there(cast):
    address = f"/accounts/{cast.account.pk}/engagement/"
    assert logged_in(cast.outsider).get(address).status_code == 404
    assert logged_in(cast.owner).post(address).status_code == 405
