"""The pulse and the override on the pages of one account."""

import datetime as dt
from html import unescape

import pytest

from accounts.models import Account
from cs_workspace.common import clock
from cs_workspace.common.points import whole_points
from health.models import Pulse, TierOverride
from health.services.recompute import recompute_accounts
from tests.cast import logged_in
from tests.factories import PulseFactory, TierOverrideFactory, day, days_ago
from tests.health import making
from tests.health.making import observed_account

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def text(response) -> str:
    return unescape(response.content.decode())


@pytest.fixture
def account(cast, monkeypatch) -> Account:
    """A critical account of the owner, scored today."""
    monkeypatch.setattr(making, "TODAY", clock.today())
    one = observed_account(0.1, name="Corvid Media", owner=cast.owner)
    recompute_accounts([one.pk], day=clock.today())
    one.refresh_from_db()
    return one


def wanted(**changed: object) -> dict[str, object]:
    return {"rank": 2, "last_day": day(10).isoformat(), "reason": "They signed"} | changed


def test_the_account_shows_the_pulse_beside_the_score_and_loads_its_panel(cast):
    PulseFactory(account=cast.account, comment="New sponsor")
    page = text(logged_in(cast.owner).get(f"/accounts/{cast.account.pk}/"))
    assert "Good" in page
    assert "New sponsor" in page
    assert f"/accounts/{cast.account.pk}/judgement/" in page


@pytest.mark.parametrize(
    ("age", "words"), [(None, "Not judged"), (3, "Judged"), (46, "stale,")], ids=["never", "fresh", "stale"]
)
def test_a_pulse_that_does_not_count_says_so(cast, age, words):
    if age is not None:
        PulseFactory(account=cast.account, at=days_ago(age))
    page = text(logged_in(cast.owner).get(f"/accounts/{cast.account.pk}/pulse/mark/"))
    assert words in page
    assert ("stale" in page) is (age == 46)


def test_judging_says_so_with_the_way_back_and_tells_the_page(cast):
    client = logged_in(cast.owner)
    response = client.post(f"/accounts/{cast.account.pk}/pulse/", {"value": 1, "comment": "Silent"}, headers=HTMX)
    pulse = Pulse.objects.get()
    assert (pulse.value, pulse.comment, pulse.by) == (1, "Silent", cast.owner)
    assert "pulseChanged" in response["HX-Trigger"]
    assert f"/pulses/{pulse.pk}/withdraw/" in text(response)
    panel = text(client.get(f"/accounts/{cast.account.pk}/judgement/"))
    assert "Judge anew" in panel
    assert "“Silent”" in panel
    client.post(f"/pulses/{pulse.pk}/withdraw/", headers=HTMX)
    assert "Save the pulse" in text(client.get(f"/accounts/{cast.account.pk}/judgement/"))


def test_without_script_the_form_leads_back_to_the_account(cast):
    response = logged_in(cast.owner).post(f"/accounts/{cast.account.pk}/pulse/", {"value": 4})
    assert (response.status_code, response["Location"]) == (302, f"/accounts/{cast.account.pk}/")


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "Choose one of the five."), ({"value": "5"}, "There is no such pulse."), ({"value": "x"}, "no such pulse")],
)
def test_a_pulse_that_cannot_be_is_shown_again_with_what_was_typed(cast, data, words):
    client = logged_in(cast.owner)
    for headers in ({}, HTMX | {"HX-Target": "judgement"}):
        response = client.post(
            f"/accounts/{cast.account.pk}/pulse/", data | {"comment": "Half a thought"}, headers=headers
        )
        assert response.status_code == 422
        assert words in text(response)
        assert "Half a thought" in text(response)
    assert not Pulse.objects.exists()


def test_overriding_shows_both_numbers_wherever_the_tier_stands(cast, account):
    client = logged_in(cast.owner)
    response = client.post(f"/accounts/{account.pk}/override/", wanted(), headers=HTMX)
    override = TierOverride.objects.get()
    assert "scoreChanged" in response["HX-Trigger"]
    assert f"/overrides/{override.pk}/end/" in text(response)
    words = f"by Olga Owner until {override.until.day} {override.until:%b}, computed: Critical"
    for address in (f"/accounts/{account.pk}/", "/accounts/", "/overrides/", "/palette/?q=corvid"):
        page = text(client.get(address))
        assert "Critical" in page, address
        if address != "/overrides/":
            assert f"Watch {words}" in page, address
    assert "End it now" in text(client.get(f"/accounts/{account.pk}/judgement/"))
    client.post(f"/overrides/{override.pk}/end/")
    assert words not in text(client.get("/accounts/"))


def test_a_chip_whose_override_has_just_run_out_shows_what_is_computed(cast, account):
    logged_in(cast.owner).post(f"/accounts/{account.pk}/override/", wanted())
    with clock.set_to(TierOverride.objects.get().ends_at + dt.timedelta(seconds=1)):
        page = text(logged_in(cast.owner).get("/accounts/"))
    assert "by Olga Owner" not in page
    assert f"{whole_points(account.health_score)} Critical" in page


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"rank": ""}, "This field is required."),
        ({"rank": "4"}, "Select a valid choice."),
        ({"rank": "nine"}, "Select a valid choice."),
        ({"last_day": day(91)}, "90 days at most"),
        ({"last_day": day(-1)}, "still to come"),
        ({"last_day": "soon"}, "Give a day."),
        ({"last_day": "9999-01-01"}, "Give a day between"),
        ({"reason": "x" * 301}, "at most 300 characters"),
    ],
    ids=str,
)
def test_an_override_that_cannot_be_is_refused_by_the_field(cast, account, changed, words):
    response = logged_in(cast.owner).post(f"/accounts/{account.pk}/override/", wanted(**changed))
    assert response.status_code == 422
    assert words in text(response)
    assert not TierOverride.objects.exists()


def test_the_second_of_two_people_is_told_and_keeps_what_was_typed(cast, account):
    logged_in(cast.owner).post(f"/accounts/{account.pk}/override/", wanted())
    response = logged_in(cast.manager).post(
        f"/accounts/{account.pk}/override/",
        wanted(rank=3, reason="I think not"),
        headers=HTMX | {"HX-Target": "dialog"},
    )
    assert response.status_code == 409
    assert "Olga Owner has overridden it to Watch until" in text(response)
    assert "I think not" in text(response)
    assert TierOverride.objects.get().label == "Watch"


def test_an_account_that_gets_no_score_says_so(cast):
    Account.objects.filter(pk=cast.account.pk).update(is_trial=True)
    client = logged_in(cast.owner)
    assert "gets no score" in text(client.get(f"/accounts/{cast.account.pk}/override/"))
    assert "Override the tier" not in text(client.get(f"/accounts/{cast.account.pk}/judgement/"))


CHANGING = (
    "/accounts/{account}/pulse/",
    "/accounts/{account}/override/",
    "/accounts/{account}/disagreements/seen/",
    "/pulses/{pulse}/withdraw/",
    "/overrides/{override}/end/",
    "/overrides/{override}/restore/",
)


@pytest.mark.parametrize("address", CHANGING)
def test_those_who_may_not_are_turned_away(cast, address):
    names = {
        "account": cast.account.pk,
        "pulse": PulseFactory(account=cast.account).pk,
        "override": TierOverrideFactory(account=cast.account).pk,
    }
    url = address.format(**names)
    assert logged_in(cast.outsider).post(url).status_code == 404
    assert logged_in(cast.read_only).post(url).status_code == 403
    assert logged_in(cast.owner).put(url).status_code == 405
    if "withdraw" not in url and "seen" not in url:
        assert logged_in(cast.ae).post(url, {"value": 1}).status_code == 403


def test_those_who_may_not_find_no_button(cast, account):
    TierOverrideFactory(account=cast.account)
    for person in (cast.read_only, cast.ae):
        panel = text(logged_in(person).get(f"/accounts/{cast.account.pk}/judgement/"))
        for address in ("/pulse/", "/override/", "/end/"):
            assert f'action="/accounts/{cast.account.pk}{address}' not in panel
        assert "<button" not in panel.partition("<main")[2].partition("</main>")[0]


def test_the_timeline_tells_of_both(cast, account):
    client = logged_in(cast.owner)
    client.post(f"/accounts/{account.pk}/pulse/", {"value": 1, "comment": "Silent"})
    client.post(f"/accounts/{account.pk}/override/", wanted())
    client.post(f"/overrides/{TierOverride.objects.get().pk}/end/")
    timeline = text(client.get(f"/accounts/{account.pk}/timeline/?group=Health"))
    until = day(10)
    for words in (
        "Pulse: Shaky", "Silent", f"Tier overridden to Watch until {until.day} {until:%b} {until.year}", "They signed",
        "Override to Watch ended early",
    ):  # fmt: skip
        assert words in timeline, words


@pytest.mark.parametrize("count", [1, 15])
def test_the_panel_costs_the_same_however_often_it_was_judged(cast, django_assert_num_queries, count):
    PulseFactory(account=cast.account)
    Pulse.objects.bulk_create(
        Pulse(account=cast.account, value=2, by=cast.owner, owner=cast.owner, at=days_ago(9), is_latest=False)
        for _ in range(count - 1)
    )
    client = logged_in(cast.owner)
    with django_assert_num_queries(6):
        client.get(f"/accounts/{cast.account.pk}/judgement/", headers=HTMX | {"HX-Target": "judgement"})


def test_the_book_can_be_asked_for_accounts_to_judge(cast):
    PulseFactory(account=cast.account, value=1)
    client = logged_in(cast.manager)
    due = text(client.get("/accounts/?pulse=due&col=pulse"))
    assert "Halden Logistics" not in due
    shaky = text(client.get("/accounts/?pulse=1&col=pulse"))
    assert "Halden Logistics" in shaky
    assert "Shaky" in shaky
    assert "CSM pulse: Shaky" in shaky
    assert "There is no csm pulse “9”." in text(client.get("/accounts/?pulse=9"))
