import io
import zipfile
from decimal import Decimal
from html import unescape

import pytest

from health.models import Disagreement
from tests.cast import logged_in
from tests.factories import AccountFactory, DisagreementFactory, PulseFactory, UserFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "rows"}
KIND = Disagreement.Kind


def text(response) -> str:
    return unescape(response.content.decode())


def apart(owner, kind=KIND.HEALTHY_USAGE, name="Halden Foods", arr=24_000, **fields):
    tier = {"critical" if kind in (KIND.CRITICAL_ARR, KIND.PULSE_ABOVE) else "healthy": True}
    account = AccountFactory(owner=owner, name=name, arr=Decimal(arr), **tier)
    DisagreementFactory(account=account, kind=kind, **fields)
    return account


def test_a_row_says_what_score_money_and_csm_say(cast):
    account = apart(cast.owner, arr=72_000, usage_change=-0.25, arr_change=0.125)
    PulseFactory(account=account, value=1, comment="They look around")
    page = text(logged_in(cast.manager).get("/disagreements/"))
    for words in (
        "Halden Foods", "86 Healthy", "−25 %", "+12 %", "Shaky", "They look around", "€72.0k", "Olga Owner",
        "Healthy, usage falling, since",
    ):  # fmt: skip
        assert words in page, words
    for address in (
        f"/accounts/{account.pk}/judgement/", f"/accounts/{account.pk}/override/",
        f"/accounts/{account.pk}/disagreements/seen/",
    ):  # fmt: skip
        assert address in page, address


def test_an_account_stands_there_once_with_all_that_disagrees(cast):
    account = apart(cast.owner)
    DisagreementFactory(account=account, kind=KIND.PULSE_BELOW)
    page = text(logged_in(cast.owner).get("/disagreements/"))
    assert page.count(f'id="account-{account.pk}"') == 1
    assert "Pulse below the score, since" in page
    assert "1–1 of 1 account" in page


def test_everybody_sees_their_own(cast):
    apart(cast.owner, name="Mine")
    apart(cast.outsider, name="Theirs")
    page = text(logged_in(cast.owner).get("/disagreements/"))
    assert ("Mine" in page, "Theirs" in page) == (True, False)


def test_readers_find_no_button_that_changes(cast):
    apart(cast.owner)
    page = text(logged_in(UserFactory(as_executive=True, read_only=True)).get("/disagreements/"))
    assert "Halden Foods" in page
    assert "/disagreements/seen/" not in page
    assert "/override/" not in page


def test_chips_count_by_kind_and_narrow(cast):
    apart(cast.owner, name="Falling")
    apart(cast.owner, KIND.CRITICAL_ARR, name="Growing", arr_change=0.2)
    client = logged_in(cast.owner)
    page = text(client.get("/disagreements/"))
    assert "All <b>2</b>" in page
    assert "Healthy, usage falling <b>1</b>" in page
    assert "Pulse below the score <b>0</b>" in page
    only = text(client.get("/disagreements/?only=critical_arr"))
    assert ("Growing" in only, ">Falling<" in only) == (True, False)
    assert "/disagreements/export/?only=critical_arr" in only


@pytest.mark.parametrize(
    ("sort", "order"), [("", "CBA"), ("arr", "ABC"), ("-arr", "CBA"), ("since", "ABC"), ("-since", "CBA")]
)
def test_it_is_sorted_by_arr_or_by_day(cast, sort, order):
    for place, name in enumerate("ABC"):
        account = apart(cast.owner, name=f"Account {name}", arr=1000 * (place + 1))
        Disagreement.objects.filter(account=account).update(since=f"2026-01-0{place + 1}")
    page = text(logged_in(cast.owner).get(f"/disagreements/?sort={sort}"))
    places = [page.index(f'title="Account {name}"') for name in order]
    assert places == sorted(places)


def test_owner_and_text_narrow_and_an_owner_can_be_chosen_by_those_who_lead(cast):
    apart(cast.owner, name="Hers")
    apart(cast.team_mate, name="His")
    client = logged_in(cast.manager)
    page = text(client.get(f"/disagreements/?owner={cast.owner.pk}"))
    assert ("Hers" in page, ">His<" in page) == (True, False)
    assert f'<option value="{cast.owner.pk}" selected>Olga Owner</option>' in page
    assert "No account matches" in text(client.get("/disagreements/?q=nothing"))
    assert 'name="owner"' not in text(logged_in(cast.owner).get("/disagreements/"))


@pytest.mark.parametrize("query", ["only=all-of-it", "owner=olga", f"owner={'9' * 20}", f"q={'x' * 101}", "sort=name"])
def test_a_filter_that_means_nothing_is_named_and_left_out(cast, query):
    apart(cast.owner)
    page = text(logged_in(cast.owner).get(f"/disagreements/?{query}"))
    assert f"The filter “{query.partition('=')[0]}” was left out" in page
    assert "Halden Foods" in page


def test_what_is_agreed_to_leaves_the_queue_and_can_be_brought_back(cast):
    account = apart(cast.owner)
    client = logged_in(cast.owner)
    response = client.post(f"/accounts/{account.pk}/disagreements/seen/", headers={"HX-Request": "true"})
    assert "disagreementsChanged" in response["HX-Trigger"]
    assert f"/accounts/{account.pk}/disagreements/seen/?seen=0" in text(response)
    assert "Score, money and judgement agree" in text(client.get("/disagreements/"))
    assert "Halden Foods" in text(client.get("/disagreements/?only=seen"))
    client.post(f"/accounts/{account.pk}/disagreements/seen/?seen=0")
    assert "Halden Foods" in text(client.get("/disagreements/"))


def test_an_empty_queue_says_what_comes_there(cast):
    client = logged_in(cast.owner)
    assert "Score, money and judgement agree" in text(client.get("/disagreements/"))
    assert "Nobody agreed" in text(client.get("/disagreements/?only=seen"))


def test_it_says_how_many_accounts_are_to_be_judged(cast):
    assert "1 of your accounts has no pulse" in text(logged_in(cast.owner).get("/disagreements/"))
    PulseFactory(account=cast.account)
    assert "no pulse" not in text(logged_in(cast.owner).get("/disagreements/"))


def test_long_queues_have_pages(cast):
    for number in range(51):
        apart(cast.owner, name=f"Account {number:04}", arr=1000 - number)
    page = text(logged_in(cast.owner).get("/disagreements/?page=2"))
    assert "Account 0050" in page
    assert "51–51 of 51 accounts" in page


def test_the_file_holds_what_the_page_shows(cast, settings):
    settings.WORKSPACE_CURRENCY = "EUR"
    account = apart(cast.owner, name="=Corvid", usage_change=-0.25)
    PulseFactory(account=account, value=1)
    apart(cast.outsider, name="Theirs")
    client = logged_in(cast.owner)
    response = client.get("/disagreements/export/")
    header, row = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert header.startswith("Account,Disagreement,Since,Tier,Computed tier,Score,Usage change,ARR change,Pulse")
    assert row.startswith('\'=Corvid,"Healthy, usage falling"')
    assert ",Healthy,Healthy,86.0,'-0.25,,Shaky," in row or ",Healthy,Healthy,86.0,-0.25,,Shaky," in row
    workbook = client.get("/disagreements/export/?format=xlsx")
    with zipfile.ZipFile(io.BytesIO(b"".join(workbook.streaming_content))) as file:
        assert b"=Corvid" in file.read("xl/worksheets/sheet1.xml")


def test_other_methods_are_refused(cast):
    for address in ("/disagreements/", "/disagreements/export/", "/overrides/", "/overrides/export/"):
        assert logged_in(cast.owner).post(address).status_code == 405


@pytest.mark.parametrize("count", [1, 15])
def test_the_page_costs_the_same_however_many_accounts_it_shows(cast, django_assert_num_queries, count):
    for number in range(count):
        PulseFactory(account=apart(cast.owner, name=f"Account {number}"))
    client = logged_in(cast.manager)
    with django_assert_num_queries(11):
        client.get("/disagreements/")
