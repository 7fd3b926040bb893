"""The page on which a renewal is closed: what it asks, what it says of what was typed, and who may."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Contract, ContractLine, Task
from cs_workspace.common import clock
from renewals.models import ChurnRecord, Renewal
from renewals.services.closing import close_renewal
from tests.cast import Cast, logged_in
from tests.factories import ContractLineFactory, day
from tests.factories.proposals import ProposalFactory, ProposalOptionFactory
from tests.renewals.services.closings import lost, signed, to_close

pytestmark = pytest.mark.django_db


@pytest.fixture
def renewal(cast: Cast) -> Renewal:
    return to_close(cast.account)


def url_of(renewal, name="close"):
    return reverse(f"renewals:{name}", args=[renewal.pk])


def filled(client, renewal, **changes):
    """What the form brings as it is opened, with changes; `line` changes the fields of the first line."""
    page = client.get(url_of(renewal))
    draft = page.context["draft"]
    data = {}
    for form in (draft.head, *draft.lines):
        for bound in form:
            value = bound.value()
            data[bound.html_name] = "" if value is None or value is False else str(value)
    data |= {"line": [form.uid for form in draft.lines]}
    for name, value in changes.pop("line_fields", {}).items():
        data[f"line-{draft.lines[0].uid}-{name}"] = value
    return data | changes


def errors_of(response):
    draft = response.context["draft"]
    return {name for form in (draft.head, *draft.lines) if form.is_bound for name in form.errors}


def test_the_form_begins_with_the_contract_as_it_is(cast, renewal):
    page = logged_in(cast.owner).get(url_of(renewal))
    assert page.status_code == 200
    head, (line,) = page.context["form"], page.context["draft"].lines
    assert (head["start"].value(), head["term_months"].value(), head["end"].value()) == (day(30), 12, None)
    assert (line["seats"].value(), line["arr"].value()) == (20, 24000)
    assert "Renewed flat" in page.content.decode()


def test_the_form_begins_with_the_option_that_was_accepted(cast, renewal):
    proposal = ProposalFactory(
        renewal=renewal, state="accepted", sent_at=clock.now(), answered_at=clock.now(), answered_name="Ida"
    )
    ProposalOptionFactory(
        proposal=proposal, title="Two years", term_months=24, is_chosen=True, discount=Decimal("0.1"),
        line__product=renewal.contract.lines.get().product, line__seats=30, line__price=Decimal(1000),
    )  # fmt: skip
    page = logged_in(cast.owner).get(url_of(renewal))
    head, (line,) = page.context["form"], page.context["draft"].lines
    assert "Two years" in page.content.decode()
    assert head["term_months"].value() == 24
    assert (line["seats"].value(), line["unit_price"].value(), line["discount"].value(), line["arr"].value()) == (
        30, Decimal(1000), "10", None,
    )  # fmt: skip


def test_closing_leads_to_the_renewal_with_the_way_back(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal, line_fields={"arr": "30000"}, reason="More teams")
    response = client.post(url_of(renewal), data, follow=True)
    assert response.redirect_chain == [(reverse("renewals:renewal", args=[renewal.pk]), 302)]
    assert url_of(renewal, "undo-closing") in response.content.decode()
    renewal.refresh_from_db()
    assert (renewal.outcome, renewal.closed_arr, renewal.close_reason) == ("expanded", 30000, "More teams")


def test_a_lost_one_needs_nothing_of_what_was_signed(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal, how="lost", sub_reason="price", notes="Too dear", start="never", term_months="-1")
    assert client.post(url_of(renewal), data).status_code == 302
    assert ChurnRecord.objects.get().notes == "Too dear"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"signed_on": ""}, "signed_on"),
        ({"signed_on": lambda: day(1).isoformat()}, "signed_on"),
        ({"start": lambda: day(29).isoformat()}, "start"),
        ({"start": ""}, "start"),
        ({"start": "31.12.2026"}, "start"),
        ({"term_months": "", "end": lambda: day(20).isoformat()}, "end"),
        ({"term_months": "", "end": ""}, "term_months"),
        ({"end": lambda: day(200).isoformat()}, "end"),
        ({"term_months": "0"}, "term_months"),
        ({"currency": "XYZ"}, "currency"),
        ({"notice_days": "-1"}, "notice_days"),
        ({"how": "lost"}, "sub_reason"),
        ({"how": "lost", "sub_reason": "price", "last_day": ""}, "last_day"),
        ({"how": "lost", "sub_reason": "price", "last_day": lambda: day(31).isoformat()}, "last_day"),
        ({"how": "lost", "sub_reason": "weather"}, "sub_reason"),
        ({"how": "maybe"}, "how"),
        ({"line_fields": {"seats": "-1"}}, "seats"),
        ({"line_fields": {"seats": "9" * 30}}, "seats"),
        ({"line_fields": {"discount": "200"}}, "discount"),
        ({"line_fields": {"arr": "-5"}}, "arr"),
        ({"line_fields": {"arr": "1E+400"}}, "arr"),
        ({"line_fields": {"arr": ""}}, "arr"),
        ({"line_fields": {"product": ""}}, "product"),
        ({"line_fields": {"product": "999999"}}, "product"),
        ({"line_fields": {"arr": "0"}}, "__all__"),
        ({"line_fields": {"unit_price": "7"}}, "arr"),
        ({"line": []}, "__all__"),
    ],
)
def test_what_is_wrong_is_said_by_the_field_and_what_was_typed_is_kept(cast, renewal, changes, field):
    client = logged_in(cast.owner)
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    data = filled(client, renewal, reason="Kept words", **changes)
    response = client.post(url_of(renewal), data)
    assert response.status_code == 422
    assert errors_of(response) == {field}
    assert "Kept words" in response.content.decode()
    assert (Contract.objects.count(), Renewal.objects.get().stage) == (1, "upcoming")


def test_a_currency_without_a_rate_is_refused(cast):
    renewal = to_close(cast.account, currency="CHF")
    client = logged_in(cast.owner)
    response = client.post(url_of(renewal), filled(client, renewal))
    assert (response.status_code, errors_of(response)) == (422, {"currency"})


def test_a_product_that_another_contract_holds_meanwhile_is_refused(cast, renewal):
    ContractLineFactory(
        contract__account=cast.account, contract__end=None, product=renewal.contract.lines.get().product
    )
    client = logged_in(cast.owner)
    response = client.post(url_of(renewal), filled(client, renewal))
    assert (response.status_code, errors_of(response)) == (422, {"product"})


def test_what_it_comes_to_is_said_while_it_is_typed(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal, do="sum", line_fields={"arr": "", "seats": "30", "unit_price": "1000"})
    target = {"HX-Request": "true", "HX-Target": "closing-sum"}
    said = client.post(url_of(renewal), data, headers=target).content.decode()
    assert "+€6,000" in said
    assert "Renewed and expanded" in said
    assert "10 more seats" in said
    assert "<form" not in said
    lost = client.post(url_of(renewal), data | {"how": "lost"}, headers=target).content.decode()
    assert "−€24,000" in lost
    assert "is churned from" in lost
    broken = data | {"start": "x", "currency": "?", f"line-{data['line'][0]}-seats": "many"}
    assert client.post(url_of(renewal), broken, headers=target).status_code == 200
    assert Renewal.objects.get().is_open


def test_lines_are_added_and_taken_out_without_losing_what_was_typed(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal, do="add", reason="Kept words", line_fields={"seats": "many"})
    page = client.post(url_of(renewal), data)
    kept, new = page.context["draft"].lines
    assert (page.status_code, kept["seats"].value(), new["seats"].value()) == (200, "many", None)
    assert "Kept words" in page.content.decode()
    assert not page.context["form"].errors
    without = client.post(url_of(renewal), data | {"do": f"remove:{kept.uid}"})
    assert without.context["draft"].lines == []


def test_somebody_who_was_faster_is_named(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal)
    close_renewal(by=cast.manager, renewal=renewal, terms=signed(renewal))
    response = client.post(url_of(renewal), data, follow=True)
    assert "This renewal is closed." in response.content.decode()
    assert Contract.objects.count() == 2


def test_a_change_meanwhile_is_told_and_can_be_closed_over(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal)
    Renewal.objects.update(version=7)
    response = client.post(url_of(renewal), data)
    assert response.status_code == 409
    assert response.context["form"]["version"].value() == "7"
    assert client.post(url_of(renewal), data | {"version": "7"}).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_two_who_send_it_at_once_write_one_contract(cast):
    renewal = to_close(cast.account)
    clients = [logged_in(user) for user in (cast.owner, cast.manager)]
    forms = [filled(client, renewal) for client in clients]

    def send(place):
        try:
            return clients[place].post(url_of(renewal), forms[place]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(send, range(2))) == [302, 302]
    assert Contract.objects.count() == 2
    words = [client.get(reverse("renewals:renewal", args=[renewal.pk])).content.decode() for client in clients]
    assert sorted("Yours was not saved" in said or "This renewal is closed" in said for said in words) == [False, True]


def test_a_double_click_closes_once(cast, renewal):
    client = logged_in(cast.owner)
    data = filled(client, renewal)
    assert [client.post(url_of(renewal), data).status_code for _ in range(2)] == [302, 302]
    assert Contract.objects.count() == 2


@pytest.mark.parametrize("lines", [1, 8])
def test_the_page_asks_as_much_for_one_line_as_for_many(cast, renewal, lines, django_assert_num_queries):
    ContractLineFactory.create_batch(lines - 1, contract=renewal.contract)
    client = logged_in(cast.owner)
    client.get(url_of(renewal))
    with django_assert_num_queries(10):
        client.get(url_of(renewal))


def test_it_is_taken_back_by_the_toast(cast, renewal):
    close_renewal(by=cast.owner, renewal=renewal, terms=signed(renewal))
    response = logged_in(cast.team_mate).post(url_of(renewal, "undo-closing"), headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert Renewal.objects.get().is_open


def test_the_page_of_a_lost_renewal_says_why(cast, renewal):
    close_renewal(by=cast.owner, renewal=renewal, terms=lost(renewal, notes="They were cheaper"))
    page = logged_in(cast.owner).get(reverse("renewals:renewal", args=[renewal.pk])).content.decode()
    assert "Financial: price" in page
    assert "They were cheaper" in page


def test_the_page_of_a_closed_renewal_leads_back_for_a_day(cast, renewal):
    closed = close_renewal(by=cast.owner, renewal=renewal, terms=signed(renewal))
    page = reverse("renewals:renewal", args=[renewal.pk])
    assert url_of(renewal, "undo-closing") in logged_in(cast.owner).get(page).content.decode()
    assert url_of(renewal, "undo-closing") not in logged_in(cast.read_only).get(page).content.decode()
    Renewal.objects.filter(pk=closed.pk).update(closed_at=closed.closed_at - dt.timedelta(days=2))
    assert url_of(renewal, "undo-closing") not in logged_in(cast.owner).get(page).content.decode()


def test_what_cannot_be_taken_back_says_why(cast, renewal):
    closed = close_renewal(by=cast.owner, renewal=renewal, terms=signed(renewal))
    ContractLine.objects.filter(contract=closed.new_contract_id).update(seats=1)
    response = logged_in(cast.owner).post(url_of(renewal, "undo-closing"), headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert "changed since" in response.content.decode()
    assert not Renewal.objects.get().is_open


@pytest.mark.parametrize("name", ["close", "undo-closing"])
def test_who_may_and_who_may_not(cast, renewal, name):
    assert logged_in(cast.outsider).post(url_of(renewal, name)).status_code == 404
    assert logged_in(cast.read_only).post(url_of(renewal, name)).status_code == 403
    wrong = "get" if name == "undo-closing" else "put"
    assert getattr(logged_in(cast.owner), wrong)(url_of(renewal, name)).status_code == 405


def test_the_page_of_a_lost_account_says_why(cast):
    renewal = to_close(cast.account, ends_in=-2)
    client = logged_in(cast.owner)
    client.post(url_of(renewal), filled(client, renewal, how="lost", sub_reason="competitor", competitor="Rival"))
    page = client.get(reverse("accounts:account", args=[cast.account.pk])).content.decode()
    assert "Lost on" in page
    assert "Competition: competitor" in page


def test_the_tasks_of_a_closing_lead_to_the_renewal(cast, renewal):
    close_renewal(by=cast.owner, renewal=renewal, terms=signed(renewal))
    task = Task.objects.get(origin_key__contains="satisfaction")
    page = logged_in(cast.owner).get(reverse("accounts:task-edit", args=[task.pk])).content.decode()
    assert reverse("renewals:renewal", args=[renewal.pk]) in page
