"""The map of stakeholders and the panel of the cadence."""

import pytest
from django.urls import reverse

from accounts.queries import stakeholders
from accounts.services.contacts import edit_contact
from tests.cast import logged_in
from tests.factories import ContactFactory, SegmentFactory, TouchFactory, days_ago

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def look(cast, user=None, name="stakeholders"):
    return logged_in(user or cast.owner).get(reverse(f"accounts:{name}", args=[cast.account.pk]))


def text_of(response):
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def send(contact, action, user, **fields):
    url = reverse(f"accounts:contact-{action}", args=[contact.pk])
    return logged_in(user).post(url, fields, headers=HTMX | {"HX-Target": f"person-{contact.pk}"})


def placed(contact):
    contact.refresh_from_db()
    return contact.function, contact.seniority


# What it shows


def test_people_stand_by_function_and_rank_with_what_is_known_of_them(cast):
    kim = ContactFactory(
        account=cast.account, name="Kim Lund", title="CFO", function="Finance", seniority="executive",
        roles=["sponsor"], influence=9, sentiment="negative",
    )  # fmt: skip
    TouchFactory(account=cast.account, at=days_ago(3), attendees=[kim])
    page = text_of(look(cast))
    for words in ("Kim Lund", "CFO", "Executive sponsor", "Influence 9 of 10", "Negative", "3 d ago"):
        assert words in page
    assert '<td data-cell data-function="Finance" data-seniority="executive"><ul><li class="map-card"' in page


def test_gaps_are_named_those_who_do_not_answer_among_them(cast):
    kim = ContactFactory(account=cast.account, name="Kim", roles=["champion"])
    TouchFactory(account=cast.account, at=days_ago(80), attendees=[kim])
    TouchFactory(account=cast.account, at=days_ago(2), attendees=[kim], attended=False)
    page = text_of(look(cast))
    for gap in ("No executive sponsor", "No decision maker", "Single-threaded"):
        assert gap in page
    assert "Unresponsive: Kim, champion, not heard of for 80 days" in page


def test_an_account_without_people_says_what_to_do(cast):
    assert reverse("accounts:contact-new", args=[cast.account.pk]) in text_of(look(cast))
    assert "Nobody is known here yet" in text_of(look(cast, cast.read_only))


def test_who_left_stands_below_with_where_to_and_who_follows(cast):
    kim = ContactFactory(account=cast.account, name="Kim Lund")
    ContactFactory(account=cast.account, name="Jana", gone=True, left_to="Northwind", successor=kim)
    assert "to Northwind · followed by Kim Lund" in text_of(look(cast))


def test_who_does_not_fit_is_told(cast, monkeypatch):
    monkeypatch.setattr(stakeholders, "MOST", 2)
    for name in ("Ann", "Bo", "Cleo"):
        ContactFactory(account=cast.account, name=name, roles=["user"] if name == "Cleo" else [])
    page = look(cast)
    assert page.context["people"].more == 1
    assert "All contacts" in text_of(page)


@pytest.mark.parametrize("many", [1, 9])
def test_the_map_and_the_cadence_cost_the_same_however_many_people(cast, many, django_assert_num_queries):
    cast.account.segment = SegmentFactory(key="enterprise")
    cast.account.save()
    for number in range(many):
        contact = ContactFactory(account=cast.account, roles=["champion"], function=f"F{number}")
        ContactFactory(account=cast.account, gone=True, successor=contact)
        TouchFactory(account=cast.account, attendees=[contact])
    # Session, user and account; the map reads its people beside.
    for name, target, queries in (("stakeholders", "map", 4), ("account-cadence", "account-cadence", 3)):
        client = logged_in(cast.owner)
        url = reverse(f"accounts:{name}", args=[cast.account.pk])
        with django_assert_num_queries(queries):
            client.get(url, headers=HTMX | {"HX-Target": target})


# Moving


def test_a_contact_moves_to_another_cell_and_undo_brings_them_back(cast):
    kim = ContactFactory(account=cast.account, name="Kim", function="Finance", seniority="staff")
    response = send(kim, "move", cast.owner, function="IT", seniority="director", version=kim.version)
    assert placed(kim) == ("IT", "director")
    assert "contactsChanged" in response["HX-Trigger"]
    page = response.content.decode()
    assert "Kim moved to Director · IT" in page
    undo = reverse("accounts:put-back", args=["contact", kim.pk]) + "?version=2"
    assert undo in page
    logged_in(cast.owner).post(undo, headers=HTMX)
    assert placed(kim) == ("Finance", "staff")


def test_a_contact_can_move_to_where_nothing_is_known(cast):
    kim = ContactFactory(account=cast.account, function="Finance", seniority="staff")
    send(kim, "move", cast.owner, function="", seniority="")
    assert placed(kim) == ("", "")


@pytest.mark.parametrize("fields", [{"seniority": "king"}, {"function": "x" * 61}, {"version": "x"}])
def test_a_place_that_there_is_not_is_refused(cast, fields):
    kim = ContactFactory(account=cast.account, function="Finance", seniority="staff")
    response = send(kim, "move", cast.owner, **{"function": "IT", "seniority": "staff"} | fields)
    assert (response.status_code, placed(kim)) == (422, ("Finance", "staff"))
    assert "no such place" in response.content.decode()


def test_a_card_that_somebody_else_changed_meanwhile_is_not_moved(cast):
    kim = ContactFactory(account=cast.account, function="Finance", seniority="staff")
    edit_contact(by=cast.team_mate, contact=kim, fields={"function": "Legal"})
    response = send(kim, "move", cast.owner, function="IT", seniority="staff", version=1)
    assert (response.status_code, placed(kim)) == (409, ("Legal", "staff"))
    assert "Tim Teammate changed" in response.content.decode()


# Changing in place


def place(kim, user, **fields):
    given = {"function": "IT", "seniority": "manager", "roles": ["champion"], "influence": "7", "version": kim.version}
    return send(kim, "place", user, **given | fields)


def test_what_the_map_says_is_changed_in_its_place(cast):
    kim = ContactFactory(account=cast.account, name="Kim", title="Buyer")
    url = reverse("accounts:contact-place", args=[kim.pk])
    form = logged_in(cast.owner).get(url, headers=HTMX | {"HX-Target": f"person-{kim.pk}"})
    assert b"<html" not in form.content
    assert b"<html" in logged_in(cast.owner).get(url).content
    response = place(kim, cast.owner, sentiment="positive")
    kim.refresh_from_db()
    assert (kim.function, kim.seniority, kim.roles, kim.influence, kim.sentiment, kim.title) == (
        "IT", "manager", ["champion"], 7, "positive", "Buyer",
    )  # fmt: skip
    assert "contactsChanged" in response["HX-Trigger"]


def test_without_javascript_the_form_leads_back_to_the_map(cast):
    kim = ContactFactory(account=cast.account)
    url = reverse("accounts:contact-place", args=[kim.pk])
    response = logged_in(cast.owner).post(url, {"function": "IT", "seniority": "staff", "version": kim.version})
    assert response["Location"] == reverse("accounts:stakeholders", args=[cast.account.pk])
    assert placed(kim) == ("IT", "staff")


@pytest.mark.parametrize(
    "fields", [{"influence": "11"}, {"roles": ["king"]}, {"sentiment": "x"}, {"seniority": "king"}]
)
def test_what_is_wrong_is_told_by_the_field_and_what_was_typed_stays(cast, fields):
    kim = ContactFactory(account=cast.account)
    response = place(kim, cast.owner, **{"function": "Treasury"} | fields)
    assert (response.status_code, placed(kim)) == (422, ("", ""))
    assert "Treasury" in response.content.decode()


def test_the_second_writer_is_told_what_the_first_changed(cast):
    kim = ContactFactory(account=cast.account, function="Finance")
    edit_contact(by=cast.team_mate, contact=kim, fields={"function": "Legal"})
    response = place(kim, cast.owner, version=1)
    assert (response.status_code, placed(kim)) == (409, ("Legal", ""))
    assert "<ins>Legal</ins>" in response.content.decode()


# Who may


def test_outsiders_find_nothing_and_read_only_users_find_no_button(cast):
    kim = ContactFactory(account=cast.account, function="Finance")
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert send(kim, "move", user, function="IT", seniority="").status_code == status
        assert place(kim, user).status_code == status
    assert placed(kim) == ("Finance", "")
    assert look(cast, cast.outsider).status_code == 404
    assert look(cast, cast.outsider, "account-cadence").status_code == 404
    page = text_of(look(cast, cast.read_only))
    for address in ("contact-move", "contact-place", "contact-left"):
        assert reverse(f"accounts:{address}", args=[kim.pk]) not in page
    assert "draggable" not in page
    assert reverse("accounts:touch-new", args=[cast.account.pk]) not in text_of(
        look(cast, cast.read_only, "account-cadence")
    )


def test_the_wrong_method_does_nothing(cast):
    kim = ContactFactory(account=cast.account)
    client = logged_in(cast.owner)
    assert client.get(reverse("accounts:contact-move", args=[kim.pk])).status_code == 405
    assert client.put(reverse("accounts:contact-place", args=[kim.pk])).status_code == 405
    for name in ("stakeholders", "account-cadence"):
        assert client.post(reverse(f"accounts:{name}", args=[cast.account.pk])).status_code == 405


# Cadence


def test_the_cadence_says_how_often_when_last_and_what_is_due(cast):
    cast.account.segment = SegmentFactory(key="enterprise")
    cast.account.last_sync, cast.account.health_rank, cast.account.health_tier = days_ago(17), 3, "At-Risk"
    cast.account.save()
    page = text_of(look(cast, name="account-cadence"))
    for words in ("Any touch<small>weekly", "Call or meeting<small>every 2 weeks", "3 days overdue", "At-Risk"):
        assert words in page
    assert f"{reverse('accounts:touch-new', args=[cast.account.pk])}?cadence=sync" in page


def test_who_is_no_customer_any_more_has_no_cadence(cast):
    cast.account.status, cast.account.churned_on = "churned", days_ago(3).date()
    cast.account.save()
    assert "no customer any more" in text_of(look(cast, name="account-cadence"))


@pytest.mark.parametrize(("due", "kind"), [("review", "qbr"), ("async", "email"), ("nonsense", "call")])
def test_the_form_begins_with_the_touch_that_is_due(cast, due, kind):
    url = reverse("accounts:touch-new", args=[cast.account.pk])
    page = logged_in(cast.owner).get(f"{url}?cadence={due}").content.decode()
    assert f'<option value="{kind}" selected>' in page
