"""Expansion: the list of signals, the panel of an account, and what people do with signals there."""

import pytest
from django.urls import reverse

from renewals.models import ExpansionSignal, Opportunity
from tests.cast import logged_in
from tests.factories import (
    AccountFactory,
    BudgetAnswerFactory,
    ExpansionSignalFactory,
    OpportunityFactory,
    SuccessPlanFactory,
    day,
)

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name, *args):
    return reverse(f"renewals:{name}", args=args)


@pytest.fixture
def signal(cast):
    return ExpansionSignalFactory(account=cast.account, evidence="Finance wants in")


OPPORTUNITY = {
    "name": "Finance joins",
    "kind": "department",
    "value": "12000",
    "expected_close": "2027-02-01",
    "department": "Finance",
}


def test_hot_ones_come_first_and_each_says_how_ready_its_account_is(cast):
    warm = ExpansionSignalFactory(account=cast.account, kind="api", strength="warm", seen_on=day(0))
    hot = ExpansionSignalFactory(account=cast.account, strength="hot", seen_on=day(-20))
    page = logged_in(cast.owner).get(url("expansion"))
    assert [line.signal for line in page.context["lines"]] == [hot, warm]
    assert page.context["chips"] == [("", "All", 2), ("hot", "Hot", 1), ("warm", "Warm", 1)]
    text = page.content.decode()
    assert "0 of 6" in text
    assert "Health above 80?" in text
    assert "Land-and-expand meeting" in text


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"strength": "hot"}, 1),
        ({"kind": "api"}, 1),
        ({"kind": "growth"}, 0),
        ({"q": "halden"}, 2),
        ({"q": "nobody"}, 0),
        ({"scope": "mine"}, 2),
        ({"kind": "nonsense", "page": "9999999999"}, 2),
    ],
)
def test_the_list_is_filtered(cast, asked, found):
    ExpansionSignalFactory(account=cast.account, kind="api", strength="warm")
    ExpansionSignalFactory(account=cast.account)
    ExpansionSignalFactory(account=AccountFactory(owner=cast.owner), kind="champion", dismissed=True)
    page = logged_in(cast.owner).get(url("expansion"), asked)
    assert len(page.context["lines"]) == found


@pytest.mark.parametrize("many", [1, 6])
def test_the_list_costs_the_same_for_one_and_for_many(cast, many, django_assert_num_queries):
    for number in range(many):
        account = AccountFactory(owner=cast.owner)
        ExpansionSignalFactory(account=account)
        SuccessPlanFactory(account=account)
        BudgetAnswerFactory(account=account, is_confirmed=bool(number % 2))
        OpportunityFactory(account=account)
    client = logged_in(cast.owner)
    client.get(url("expansion"))
    with django_assert_num_queries(10):
        client.get(url("expansion"))


@pytest.mark.parametrize("many", [1, 4])
def test_the_panel_costs_the_same_for_one_and_for_many(cast, many, django_assert_num_queries):
    for kind in list(ExpansionSignal.Kind.values)[:many]:
        ExpansionSignalFactory(account=cast.account, kind=kind)
        OpportunityFactory(account=cast.account, owner=cast.owner)
    client = logged_in(cast.owner)
    where = url("account-expansion", cast.account.pk)
    headers = HTMX | {"HX-Target": "expansion"}
    client.get(where, headers=headers)
    with django_assert_num_queries(9):
        client.get(where, headers=headers)


def test_the_panel_shows_signals_checks_and_opportunities(cast, signal):
    ExpansionSignalFactory(account=cast.account, kind="growth", dismissed=True)
    OpportunityFactory(account=cast.account, name="Twenty seats", owner=cast.owner)
    text = logged_in(cast.owner).get(url("account-expansion", cast.account.pk)).content.decode()
    for words in ("Finance wants in", "Twenty seats", "Budget confirmed", "Nobody asked yet", "Not now", "Open again"):
        assert words in text
    panels = logged_in(cast.owner).get(reverse("accounts:account", args=[cast.account.pk])).content.decode()
    assert url("account-expansion", cast.account.pk) in panels


def test_those_who_only_read_see_no_button(cast, signal):
    OpportunityFactory(account=cast.account)
    client = logged_in(cast.read_only)
    for where in (url("expansion"), url("account-expansion", cast.account.pk)):
        text = client.get(where).content.decode()
        assert "Finance wants in" in text
        for words in ("Take up", "Dismiss", "Log expansion signal", "New opportunity", "Note what they say"):
            assert words not in text


CHANGING = {
    "signal-new": "account",
    "budget": "account",
    "signal-take-up": "signal",
    "signal-dismiss": "signal",
    "signal-reopen": "signal",
    "signal-retract": "signal",
    "budget-back": "answer",
}


@pytest.mark.parametrize("name", CHANGING)
def test_changing_is_for_those_who_see_the_account_and_may_change_it(cast, signal, name):
    named = {"account": cast.account, "signal": signal, "answer": BudgetAnswerFactory(account=cast.account)}
    where = url(name, named[CHANGING[name]].pk)
    assert logged_in(cast.outsider).post(where).status_code == 404
    assert logged_in(cast.read_only).post(where).status_code == 403
    assert logged_in(cast.owner).put(where).status_code == 405


def test_a_signal_is_logged_and_taken_back(cast):
    client = logged_in(cast.owner)
    form = {"kind": "growth", "evidence": "Series B over 40 M", "seen_on": f"{day(0)}"}
    assert client.post(url("signal-new", cast.account.pk), form).status_code == 302
    logged = ExpansionSignal.objects.get()
    assert (logged.kind, logged.strength, logged.by) == ("growth", "warm", cast.owner)
    again = client.post(url("signal-new", cast.account.pk), form)
    assert again.status_code == 422
    assert "There is a signal" in again.content.decode()
    client.post(url("signal-retract", logged.pk))
    logged.refresh_from_db()
    assert (logged.state, logged.reason) == ("dismissed", "Taken back")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "nonsense"}, "kind"),
        ({"evidence": ""}, "evidence"),
        ({"seen_on": f"{day(2)}"}, "seen_on"),
        ({"seen_on": "soon"}, "seen_on"),
        ({"strength": "boiling"}, "strength"),
    ],
)
def test_what_is_wrong_with_a_logged_signal_is_said_by_the_field(cast, change, field):
    form = {"kind": "growth", "evidence": "Series B", "seen_on": f"{day(0)}"} | change
    answer = logged_in(cast.owner).post(url("signal-new", cast.account.pk), form)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_signal_is_taken_up_once_however_often_the_form_is_sent(cast, signal):
    client = logged_in(cast.owner)
    opened = client.get(url("signal-take-up", signal.pk))
    form = OPPORTUNITY | {"key": str(opened.context["form"]["key"].value())}
    for _ in range(2):
        assert client.post(url("signal-take-up", signal.pk), form).status_code == 302
    begun = Opportunity.objects.get()
    assert (begun.signal, begun.department, begun.value) == (signal, "Finance", 12000)
    late = logged_in(cast.team_mate).post(url("signal-take-up", signal.pk), OPPORTUNITY)
    assert late.status_code == 422
    assert "Olga Owner was faster" in late.content.decode()


def test_a_signal_is_dismissed_with_a_reason_and_opened_again(cast, signal):
    client = logged_in(cast.owner)
    assert client.post(url("signal-dismiss", signal.pk), {"reason": " "}).status_code == 422
    client.post(url("signal-dismiss", signal.pk), {"reason": "They will shrink"})
    signal.refresh_from_db()
    assert (signal.state, signal.reason) == ("dismissed", "They will shrink")
    client.post(url("signal-reopen", signal.pk))
    signal.refresh_from_db()
    assert signal.is_open
    again = client.post(url("signal-reopen", signal.pk), headers=HTMX)
    assert "not dismissed" in again.content.decode()


def test_the_budget_is_noted_and_taken_back(cast):
    client = logged_in(cast.owner)
    assert client.post(url("budget", cast.account.pk), {}).status_code == 422
    client.post(url("budget", cast.account.pk), {"answer": "yes", "note": "CFO, 20k"})
    said = cast.account.budget_answers.get()
    assert (said.is_confirmed, said.note, said.by) == (True, "CFO, 20k", cast.owner)
    assert "Confirmed on" in client.get(url("account-expansion", cast.account.pk)).content.decode()
    assert "by who noted it" in logged_in(cast.manager).post(url("budget-back", said.pk), headers=HTMX).content.decode()
    client.post(url("budget-back", said.pk))
    assert not cast.account.budget_answers.exists()
