import io
import zipfile
from html import unescape

import pytest

from tests.cast import logged_in
from tests.factories import AccountFactory, TierOverrideFactory, day, days_ago

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return unescape(response.content.decode())


def overridden(owner, name="Corvid Media", **fields):
    account = AccountFactory(
        owner=owner, name=name, watch=True,
        health_override={"tier": "Critical", "rank": 4, "by": owner.name, "until": "2030-01-01",
                         "ends_at": "2030-01-02T00:00:00+00:00"},
    )  # fmt: skip
    return TierOverrideFactory(account=account, **fields)


def test_the_list_says_who_why_until_when_and_what_is_computed(cast):
    override = overridden(cast.owner)
    page = text(logged_in(cast.manager).get("/overrides/"))
    for words in ("Corvid Media", "Watch", "Critical", "The new sponsor has signed", "Olga Owner", "10 d", "End now"):
        assert words in page, words
    assert f"/overrides/{override.pk}/end/" in page


def test_states_are_counted_and_ended_ones_are_kept(cast):
    overridden(cast.owner)
    overridden(cast.owner, name="Long Run", until=day(60))
    overridden(cast.owner, name="Over And Out", at=days_ago(30), until=day(-5), ended_at=days_ago(4))
    overridden(cast.owner, name="Early Bird", ended_at=days_ago(0), ended_by=cast.manager)
    client = logged_in(cast.owner)
    page = text(client.get("/overrides/"))
    assert ("Corvid Media" in page, "Long Run" in page, "Over And Out" in page) == (True, True, False)
    for words in ("In force <b>2</b>", "End within 14 days <b>1</b>", "Ended <b>2</b>"):
        assert words in page
    ended = text(client.get("/overrides/?state=ended"))
    assert "ran out" in ended
    assert "early, by Mona Manager" in ended
    assert ">End now<" not in ended
    assert "Long Run" not in text(client.get("/overrides/?state=soon"))


def test_everybody_sees_their_own_and_may_end_what_they_may_judge(cast):
    overridden(cast.owner, name="Mine")
    overridden(cast.outsider, name="Theirs")
    page = text(logged_in(cast.owner).get("/overrides/"))
    assert ("Mine" in page, "Theirs" in page) == (True, False)
    TierOverrideFactory(account=cast.account)
    for person in (cast.ae, cast.read_only):
        assert "End now" not in text(logged_in(person).get("/overrides/"))


def test_empty_lists_say_why(cast):
    client = logged_in(cast.owner)
    assert "No tier is overridden" in text(client.get("/overrides/"))
    assert "No override has ended yet" in text(client.get("/overrides/?state=ended"))
    assert "No override matches" in text(client.get("/overrides/?q=nothing"))


@pytest.mark.parametrize("query", ["state=asleep", "owner=olga", f"q={'x' * 101}"])
def test_a_filter_that_means_nothing_is_named_and_left_out(cast, query):
    overridden(cast.owner)
    page = text(logged_in(cast.owner).get(f"/overrides/?{query}"))
    assert f"The filter “{query.partition('=')[0]}” was left out" in page
    assert "Corvid Media" in page


def test_the_file_holds_what_the_page_shows(cast):
    overridden(cast.owner, name="=Corvid")
    overridden(cast.outsider, name="Theirs")
    client = logged_in(cast.owner)
    response = client.get("/overrides/export/")
    header, row = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert header.startswith("Account,Overridden to,Computed now,Why,By,From,Last day,State")
    assert row.startswith("'=Corvid,Watch,Critical,The new sponsor has signed,Olga Owner,")
    workbook = client.get("/overrides/export/?format=xlsx")
    with zipfile.ZipFile(io.BytesIO(b"".join(workbook.streaming_content))) as file:
        assert b"=Corvid" in file.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_costs_the_same_however_many_it_shows(cast, django_assert_num_queries, count):
    for number in range(count):
        overridden(cast.owner, name=f"Account {number}")
    client = logged_in(cast.manager)
    with django_assert_num_queries(8):
        client.get("/overrides/")
