"""The pages of advocates: list, candidates, page, panel; what people do there, and what is refused."""

from html import unescape

import pytest
from django.urls import reverse

from accounts.queries.timeline import timeline_of
from cs_workspace.common import clock
from health.models import AdvocacyAsk, Advocate
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    AdvocacyAskFactory,
    AdvocateFactory,
    ContactFactory,
    SurveyAnswerFactory,
    SurveyAskFactory,
    day,
)

pytestmark = pytest.mark.django_db
IN_DIALOG = {"HX-Request": "true", "HX-Target": "dialog"}
IN_PANEL = {"HX-Request": "true", "HX-Target": "advocates"}
IN_ROWS = {"HX-Request": "true", "HX-Target": "rows"}
KEY = "9f1f7c3e-2a55-4c4b-9f44-0f1d3b7a1a13"


def text(response) -> str:
    return unescape(response.content.decode())


def url(name: str, pk: int) -> str:
    return reverse(f"health:{name}", args=[pk])


def mira(cast, **fields) -> Advocate:
    contact = ContactFactory(account=cast.account, name="Mira Kern", title="CFO")
    return AdvocateFactory(account=cast.account, contact=contact, **fields)


# List, export and candidates


def test_the_list_says_who_may_be_asked_and_from_when(cast):
    AdvocacyAskFactory(advocate=mira(cast), done=True, ago=12)
    AdvocateFactory(account=cast.account, kind="case_study", note="Forty shops")
    shown = text(logged_in(cast.owner).get(reverse("health:advocates")))
    for words in ("Mira Kern", "CFO", "Halden Logistics", "Rests", "possible from", "Forty shops", "Can be asked"):
        assert words in shown, words


def test_the_list_swaps_its_rows_and_names_what_it_cannot_mean(cast):
    mira(cast)
    shown = text(logged_in(cast.owner).get(f"{reverse('health:advocates')}?kind=luck&state=x", headers=IN_ROWS))
    assert "<html" not in shown
    assert "Mira Kern" in shown
    assert "The filter “kind” was left out" in shown


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("", "Nobody speaks for us yet"),
        ("?state=ready", "Nobody can be asked today"),
        ("?state=asked", "No ask is open"),
        ("?state=resting", "Nobody rests"),
        ("?state=former", "None here"),
        ("?q=zebra", "No advocate matches"),
        ("?kind=referral", "No advocate matches"),
    ],
)
def test_what_is_empty_says_why(cast, query, words):
    assert words in text(logged_in(cast.owner).get(reverse("health:advocates") + query))


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_costs_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for _ in range(count):
        AdvocacyAskFactory(account=cast.account)
    client = logged_in(cast.owner)
    client.get(reverse("health:advocates"))
    with django_assert_num_queries(5):
        client.get(reverse("health:advocates"), headers=IN_ROWS)


@pytest.mark.parametrize("count", [1, 7])
def test_the_candidates_cost_the_same_however_many_there_are(cast, django_assert_num_queries, count):
    for _ in range(count):
        account = AccountFactory(owner=cast.owner, health_score=90, health_rank=1, customer_since=day(-400))
        contact = ContactFactory(account=account, roles=["champion"])
        SurveyAnswerFactory(account=account, contact=contact, kind="nps", score=10)
    client = logged_in(cast.owner)
    with django_assert_num_queries(7):
        client.get(reverse("health:advocate-candidates"), headers=IN_ROWS)


def test_the_export_holds_what_the_list_shows(cast):
    AdvocacyAskFactory(advocate=mira(cast), agreed=True, ago=3)
    response = logged_in(cast.owner).get(reverse("health:advocates-export"))
    header, row = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert header.startswith("Account,Segment,Owner,Person")
    for words in ("Halden Logistics", "Mira Kern", "Reference", "A call with Northwind", "Agreed"):
        assert words in row, words
    workbook = logged_in(cast.owner).get(f"{reverse('health:advocates-export')}?format=xlsx")
    assert b"".join(workbook.streaming_content).startswith(b"PK")


def test_candidates_lead_to_naming_them(cast):
    contact = ContactFactory(account=cast.account, name="Pia Promoter")
    answer = SurveyAnswerFactory(
        account=cast.account, contact=contact, kind="nps", score=10, comment="We could not do without it"
    )
    survey = SurveyAskFactory(
        account=cast.account, contact=contact, answer=answer, answered_at=clock.now(), agreed_at=clock.now()
    )
    fits = AccountFactory(owner=cast.owner, name="Fitting", health_score=90, health_rank=1, customer_since=day(-400))
    client = logged_in(cast.owner)
    shown = text(client.get(reverse("health:advocate-candidates")))
    new = f"{url('advocate-new', cast.account.pk)}?contact={contact.pk}"
    for words in ("Pia Promoter", "We could not do without it", new, "Fitting", url("advocate-new", fits.pk)):
        assert words in shown, words
    assert new in text(client.get(url("survey-ask", survey.pk)))
    form = text(client.get(new, headers=IN_DIALOG))
    assert f'<option value="{contact.pk}" selected>' in form


# One advocate


def test_the_page_shows_everything_that_was_asked(cast):
    advocate = mira(cast)
    AdvocacyAskFactory(advocate=advocate, done=True, ago=90, link="https://example.com/story")
    AdvocacyAskFactory(advocate=advocate, withdrawn=True, ago=60, about="A mistake")
    AdvocacyAskFactory(advocate=advocate, about="A call with Alder")
    shown = text(logged_in(cast.owner).get(url("advocate", advocate.pk)))
    for words in ("Mira Kern", "They signed.", "https://example.com/story", "A mistake", "A call with Alder", "Agreed",
                  "Halved the time"):  # fmt: skip
        assert words in shown, words


@pytest.mark.parametrize("count", [1, 6])
def test_the_page_costs_the_same_however_much_was_asked(cast, django_assert_num_queries, count):
    advocate = mira(cast)
    for _ in range(count):
        AdvocacyAskFactory(advocate=advocate, done=True, ago=50)
    client = logged_in(cast.owner)
    with django_assert_num_queries(4):
        client.get(url("advocate", advocate.pk), headers={"HX-Request": "true", "HX-Target": "advocate"})


@pytest.mark.parametrize("count", [0, 1, 6])
def test_the_panel_shows_who_speaks_for_us_in_as_many_queries(cast, django_assert_num_queries, count):
    for _ in range(count):
        AdvocacyAskFactory(account=cast.account, done=True, ago=50)
    client = logged_in(cast.owner)
    with django_assert_num_queries(5 if count else 4):
        shown = text(client.get(url("account-advocates", cast.account.pk), headers=IN_PANEL))
    assert ("Nobody here speaks for us yet." in shown) is (count == 0)
    assert "<html" not in shown


def test_the_account_page_asks_for_the_panel(cast):
    page = text(logged_in(cast.owner).get(reverse("accounts:account", args=[cast.account.pk])))
    assert f'hx-get="{url("account-advocates", cast.account.pk)}"' in page


def test_the_timeline_tells_who_was_named_asked_and_used(cast):
    advocate = mira(cast)
    AdvocacyAskFactory(advocate=advocate, declined=True, ago=40, outcome="Too busy")
    AdvocacyAskFactory(advocate=advocate, done=True, ago=3)
    AdvocacyAskFactory(advocate=advocate, withdrawn=True)
    told = [(entry.kind, entry.title, entry.detail) for entry in timeline_of(cast.account, group="Advocacy").entries]
    assert sorted(told) == [
        ("advocacy_ask", "Asked Mira Kern: reference", "A call with Northwind about the roll-out · Declined: Too busy"),
        ("advocacy_ask", "Asked Mira Kern: reference", "A call with Northwind about the roll-out · Done"),
        (
            "advocacy_use",
            "Spoke for us: Mira Kern, reference",
            "A call with Northwind about the roll-out · They signed.",
        ),
        ("advocate", "Advocate named: Mira Kern, reference", "Halved the time of their month end"),
    ]


# Acts


def test_somebody_is_named_once_and_it_can_be_taken_back(cast):
    contact = ContactFactory(account=cast.account, name="Mira Kern")
    client, sent = logged_in(cast.owner), {"contact": contact.pk, "kind": "case_study", "note": "Shops", "key": KEY}
    response = client.post(url("advocate-new", cast.account.pk), sent, headers=IN_DIALOG)
    advocate = Advocate.objects.get()
    assert (advocate.contact, advocate.kind, advocate.note) == (contact, "case_study", "Shops")
    assert "advocatesChanged" in response["HX-Trigger"]
    assert url("advocate-end", advocate.pk) in text(response)
    assert client.post(url("advocate-new", cast.account.pk), sent).status_code == 302
    client.post(url("advocate-end", advocate.pk))
    advocate.refresh_from_db()
    assert advocate.ended_by == cast.owner
    client.post(url("advocate-resume", advocate.pk))
    advocate.refresh_from_db()
    assert advocate.ended_at is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"contact": ""}, "This field is required."),
        ({"contact": "x"}, "Select a valid choice"),
        ({"contact": "99999999999999999999999"}, "Select a valid choice"),
        ({"kind": "luck"}, "Select a valid choice"),
        ({"note": "x" * 301}, "at most 300 characters"),
        ({"note": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_is_said_by_the_field(cast, fields, words):
    contact = ContactFactory(account=cast.account)
    sent = {"contact": contact.pk, "kind": "reference", "note": "Kept"} | fields
    response = logged_in(cast.owner).post(url("advocate-new", cast.account.pk), sent, headers=IN_DIALOG)
    assert (response.status_code, words in text(response)) == (422, True)
    assert not Advocate.objects.exists()


def test_somebody_of_another_account_cannot_be_named(cast):
    stranger = ContactFactory(account=cast.strangers)
    sent = {"contact": stranger.pk, "kind": "reference"}
    response = logged_in(cast.owner).post(url("advocate-new", cast.account.pk), sent, headers=IN_DIALOG)
    assert response.status_code == 422


def test_a_note_is_changed_taken_back_and_a_conflict_is_shown(cast):
    advocate, client = mira(cast, note="Retail"), logged_in(cast.owner)
    response = client.post(url("advocate-edit", advocate.pk), {"note": "Shops", "version": 1}, headers=IN_DIALOG)
    back = f"{url('advocate-back', advocate.pk)}?version=2"
    assert back in text(response)
    conflict = client.post(url("advocate-edit", advocate.pk), {"note": "Banks", "version": 1}, headers=IN_DIALOG)
    assert (conflict.status_code, "Banks" in text(conflict)) == (409, True)
    assert client.post(back, headers={"HX-Request": "true"}).status_code == 200
    advocate.refresh_from_db()
    assert advocate.note == "Retail"
    unknown = client.post(f"{url('advocate-back', advocate.pk)}?version=77", headers={"HX-Request": "true"})
    assert unknown.status_code == 409


def test_an_ask_goes_its_way_from_the_list_and_each_step_has_its_way_back(cast):
    advocate, client = mira(cast), logged_in(cast.owner)
    client.post(url("advocate-ask", advocate.pk), {"about": "A call with Alder", "key": KEY}, headers=IN_DIALOG)
    ask = AdvocacyAsk.objects.get()

    def state() -> str:
        ask.refresh_from_db()
        return ask.state

    response = client.post(url("advocacy-ask-agree", ask.pk), headers={"HX-Request": "true"})
    assert (state(), url("advocacy-ask-back", ask.pk) in text(response)) == ("agreed", True)
    sent = {"used_on": f"{day(0):%Y-%m-%d}", "outcome": "They signed", "link": "example.com/story"}
    client.post(url("advocacy-ask-finish", ask.pk), sent, headers=IN_DIALOG)
    assert (state(), ask.outcome, ask.link) == ("done", "They signed", "https://example.com/story")
    for after in ("agreed", "asked"):
        client.post(url("advocacy-ask-back", ask.pk))
        assert state() == after
    client.post(url("advocacy-ask-decline", ask.pk), {"outcome": "Too busy"}, headers=IN_DIALOG)
    assert (state(), ask.outcome) == ("declined", "Too busy")
    client.post(url("advocacy-ask-back", ask.pk))
    client.post(url("advocacy-ask-withdraw", ask.pk))
    assert state() == "withdrawn"


def test_who_rests_is_refused_in_the_form_with_the_day(cast):
    advocate = mira(cast)
    AdvocacyAskFactory(advocate=advocate, done=True, ago=10)
    client = logged_in(cast.owner)
    response = client.post(url("advocate-ask", advocate.pk), {"about": "A call"}, headers=IN_DIALOG)
    assert response.status_code == 422
    assert f"possible from {day(20):%d %b %Y}" in text(response)
    assert 'value="A call"' in text(response)
    assert url("advocate-ask", advocate.pk) not in text(client.get(reverse("health:advocates")))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"used_on": ""}, "This field is required."),
        ({"used_on": "0001-01-01"}, "Give a day between"),
        ({"used_on": "2199-01-01"}, "Give a day from"),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"outcome": "x" * 501}, "at most 500 characters"),
    ],
)
def test_a_use_that_cannot_be_is_said_by_the_field(cast, fields, words):
    ask = AdvocacyAskFactory(advocate=mira(cast), agreed=True, ago=5)
    sent = {"used_on": f"{day(0):%Y-%m-%d}", "outcome": "", "link": ""} | fields
    response = logged_in(cast.owner).post(url("advocacy-ask-finish", ask.pk), sent, headers=IN_DIALOG)
    assert (response.status_code, words in text(response)) == (422, True)


def test_a_step_that_is_not_there_is_refused_in_words(cast):
    ask = AdvocacyAskFactory(advocate=mira(cast), declined=True)
    response = logged_in(cast.owner).post(url("advocacy-ask-agree", ask.pk), headers={"HX-Request": "true"})
    assert "They declined already." in text(response)


CHANGES = {
    "advocate-edit": "advocate", "advocate-back": "advocate", "advocate-end": "advocate", "advocate-resume": "advocate",
    "advocate-ask": "advocate", "advocacy-ask-agree": "ask", "advocacy-ask-decline": "ask",
    "advocacy-ask-finish": "ask", "advocacy-ask-withdraw": "ask", "advocacy-ask-back": "ask", "advocate-new": "account",
}  # fmt: skip
ONLY_POST = {"advocate-back", "advocate-end", "advocate-resume", "advocacy-ask-agree", "advocacy-ask-withdraw",
             "advocacy-ask-back"}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_only_those_who_may_change_the_account_do(cast, name):
    ask = AdvocacyAskFactory(advocate=mira(cast))
    address = url(name, {"advocate": ask.advocate_id, "ask": ask.pk, "account": cast.account.pk}[CHANGES[name]])
    assert logged_in(cast.outsider).post(address).status_code == 404
    assert logged_in(cast.read_only).post(address).status_code == 403
    assert logged_in(cast.owner).get(address).status_code == (405 if name in ONLY_POST else 200)
    assert logged_in(cast.owner).put(address).status_code == 405


def test_who_may_only_read_finds_no_buttons(cast):
    ask = AdvocacyAskFactory(advocate=mira(cast))
    client = logged_in(cast.read_only)
    for address in (
        reverse("health:advocates"), url("advocate", ask.advocate_id), url("account-advocates", cast.account.pk),
        reverse("health:advocate-candidates"),
    ):  # fmt: skip
        shown = text(client.get(address, headers={"HX-Request": "true", "HX-Target": "rows"}))
        assert "/ask/" not in shown
        assert url("advocacy-ask-agree", ask.pk) not in shown
        assert url("advocate-new", cast.account.pk) not in shown
