"""The page on which a loss is recorded from the account, and the form that says why the ledger tells one."""

import pytest
from django.urls import reverse

from accounts.models import Account, Contract
from cs_workspace.common import clock
from renewals.models import ChurnRecord
from renewals.services.ledger import write_ledger
from tests.cast import Cast, logged_in
from tests.factories import ContractFactory, ExchangeRateFactory, day

pytestmark = pytest.mark.django_db


@pytest.fixture
def contract(cast: Cast) -> Contract:
    made = ContractFactory(account=cast.account, number="C-1", start=day(-200), end=day(165), with_line=12000)
    write_ledger(today=day(0))
    return made


def url_of(account, name="lose"):
    return reverse(f"renewals:{name}", args=[account.pk])


def lose(client, account, *contracts, **fields):
    data = {"contracts": [one.pk for one in contracts], "last_day": day(-1).isoformat(), "sub_reason": "price"}
    return client.post(url_of(account), data | fields)


def test_it_begins_with_all_contracts_and_says_what_they_come_to(cast, contract):
    ContractFactory(account=cast.account, number="C-2", start=day(-100), end=None, with_line=3000)
    page = logged_in(cast.owner).get(url_of(cast.account))
    text = page.content.decode()
    assert (page.context["outlook"].lost, page.context["outlook"].before) == (15000, 15000)
    assert "C-1" in text
    assert "without an end" in text


def test_the_loss_leads_to_its_record_with_the_way_back(cast, contract):
    client = logged_in(cast.owner)
    response = lose(client, cast.account, contract, notes="Too dear", preventable="yes", competitor="Aerlo")
    record = ChurnRecord.objects.get()
    assert response.url == reverse("renewals:churn-record", args=[record.pk])
    assert (record.notes, record.preventable, record.competitor) == ("Too dear", "yes", "Aerlo")
    assert Account.objects.get(pk=cast.account.pk).status == "churned"
    page = client.get(response.url).content.decode()
    back = f"{url_of(cast.account, 'lose-back')}?renewals={record.renewal_id}"
    assert back in page.replace("&amp;", "&")
    assert client.post(back).status_code == 302
    assert Account.objects.get(pk=cast.account.pk).status == "active"
    assert not ChurnRecord.objects.standing().exists()


def test_what_can_not_be_taken_back_any_more_is_refused_with_the_reason(cast, contract):
    client = logged_in(cast.owner)
    lose(client, cast.account, contract)
    record = ChurnRecord.objects.get()
    Contract.objects.update(end=day(-5))
    back = f"{url_of(cast.account, 'lose-back')}?renewals={record.renewal_id}"
    response = client.post(back, headers={"hx-request": "true"})
    assert response.status_code == 409
    assert "was changed since" in response.content.decode()


@pytest.mark.parametrize("keys", ["", "x", "9" * 30, "999999"])
def test_taking_back_what_is_no_loss_changes_nothing(cast, contract, keys):
    lose(logged_in(cast.owner), cast.account, contract)
    logged_in(cast.owner).post(f"{url_of(cast.account, 'lose-back')}?renewals={keys}")
    assert ChurnRecord.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"contracts": []}, "contracts"),
        ({"contracts": ["999999"]}, "contracts"),
        ({"contracts": ["x"]}, "contracts"),
        ({"sub_reason": ""}, "sub_reason"),
        ({"sub_reason": "weather"}, "sub_reason"),
        ({"preventable": "maybe"}, "preventable"),
        ({"last_day": "soon"}, "last_day"),
        ({"last_day": "1999-01-01"}, "last_day"),
        ({"notes": "a\0b"}, "notes"),
    ],
)
def test_what_is_wrong_is_said_by_the_field_and_what_was_typed_is_kept(cast, contract, fields, wrong):
    response = lose(logged_in(cast.owner), cast.account, contract, **({"competitor": "Kept Ltd"} | fields))
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {wrong}
    assert "Kept Ltd" in response.content.decode()
    assert not ChurnRecord.objects.exists()


def test_a_contract_without_an_end_asks_for_its_last_day(cast):
    endless = ContractFactory(account=cast.account, start=day(-100), end=None, with_line=3000)
    response = lose(logged_in(cast.owner), cast.account, endless, last_day="")
    assert set(response.context["form"].errors) == {"last_day"}


def test_without_a_last_day_each_contract_ends_with_itself(cast, contract):
    lose(logged_in(cast.owner), cast.account, contract, last_day="")
    assert ChurnRecord.objects.get().day == day(165)
    assert Account.objects.get(pk=cast.account.pk).status == "active"


@pytest.mark.parametrize(("chosen", "words"), [(["C-1"], "stays a customer"), (["C-1", "C-2"], "is <b>churned from")])
def test_it_says_as_one_types_whether_the_account_stays(cast, contract, chosen, words):
    other = ContractFactory(account=cast.account, number="C-2", start=day(-100), end=day(300), with_line=3000)
    keys = [one.pk for one in (contract, other) if one.number in chosen]
    response = logged_in(cast.owner).post(
        url_of(cast.account), {"do": "sum", "contracts": keys}, headers={"hx-request": "true", "hx-target": "loss-sum"}
    )
    assert words in response.content.decode()
    assert "<form" not in response.content.decode()
    assert not ChurnRecord.objects.exists()


def test_an_account_without_a_contract_has_nothing_to_give_up(cast):
    assert "Nothing is under contract" in logged_in(cast.owner).get(url_of(cast.account)).content.decode()


@pytest.mark.parametrize("more", [0, 4])
def test_as_many_queries_for_many_contracts_as_for_one(cast, contract, more, django_assert_num_queries):
    for number in range(more):
        ContractFactory(account=cast.account, start=day(-100 - number), end=day(100), with_line=1000, currency="USD")
    ExchangeRateFactory(currency="USD")
    client = logged_in(cast.owner)
    with django_assert_num_queries(8):
        client.get(url_of(cast.account))


# Why the ledger tells a loss


@pytest.fixture
def left(cast: Cast) -> Account:
    """Lost forty days ago, as the ledger tells, without a reason."""
    account = cast.account
    ContractFactory(account=account, start=day(-400), end=day(-40), with_line=9000)
    write_ledger(today=day(0))
    Account.objects.filter(pk=account.pk).update(status="churned", stage="churned", churned_on=day(-40))
    return account


def note(client, account, **fields):
    return client.post(url_of(account, "note-loss"), {"day": day(-40).isoformat(), "sub_reason": "bugs"} | fields)


def test_the_page_of_a_lost_account_asks_why_and_then_says_it(cast, left):
    client, account_page = logged_in(cast.owner), reverse("accounts:account", args=[left.pk])
    assert "Nobody has written down why" in client.get(account_page).content.decode()
    form = client.get(url_of(left, "note-loss") + f"?day={day(-40)}").content.decode()
    assert "lost, €9,000" in form
    assert note(client, left, notes="It stopped.").status_code == 302
    text = client.get(account_page).content.decode()
    assert "Product: bugs" in text
    assert "Nobody has written down why" not in text
    assert reverse("renewals:churn-withdraw", args=[ChurnRecord.objects.get().pk]) in text


@pytest.mark.parametrize("fields", [{"day": ""}, {"day": "x"}, {"day": "2020-01-01"}, {"sub_reason": "weather"}])
def test_another_day_or_reason_is_refused(cast, left, fields):
    assert note(logged_in(cast.owner), left, **fields).status_code == 422
    assert not ChurnRecord.objects.exists()


def test_where_every_loss_is_told_there_is_nothing_to_say(cast, left):
    client = logged_in(cast.owner)
    note(client, left)
    assert client.get(url_of(left, "note-loss"), follow=True).redirect_chain


# Who may


@pytest.mark.parametrize("name", ["lose", "note-loss", "lose-back"])
def test_outsiders_find_nothing_and_readers_change_nothing(cast, contract, left, name):
    url = url_of(cast.account, name)
    assert logged_in(cast.outsider).post(url).status_code == 404
    assert logged_in(cast.read_only).post(url).status_code == 403
    assert logged_in(cast.owner).put(url).status_code == 405
    assert not ChurnRecord.objects.exists()


def test_readers_see_no_way_to_lose_a_customer(cast, contract):
    money = reverse("accounts:account-money", args=[cast.account.pk])
    assert url_of(cast.account) in logged_in(cast.owner).get(money).content.decode()
    assert url_of(cast.account) not in logged_in(cast.read_only).get(money).content.decode()


def test_today_is_the_day_of_the_workspace(cast, contract):
    """Lost until yesterday, it is lost today."""
    lose(logged_in(cast.owner), cast.account, contract)
    assert ChurnRecord.objects.get().day == clock.today()
