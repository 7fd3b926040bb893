from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import Contact, Suppression
from accounts.services.contacts import edit_contact
from accounts.services.suppressing import suppress, unsubscribe_contact, unsubscribe_receiver
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import ContactFactory, MailFactory, day

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true", "HX-Target": "dialog"}
ACTIONS = ("contact-back", "contact-archive")


def add(cast, user=None, htmx=True, **fields):
    url = reverse("accounts:contact-new", args=[cast.account.pk])
    given = {"name": "Jana Roth", "roles": ["champion"], "influence": "8", "key": str(uuid4())} | fields
    return logged_in(user or cast.owner).post(url, given, headers=HTMX if htmx else {})


def send(contact, action, user, **fields):
    return logged_in(user).post(reverse(f"accounts:{action}", args=[contact.pk]), fields, headers=HTMX)


def test_a_contact_is_added_and_the_people_are_read_anew(cast):
    response = add(cast, consent="on")
    contact = Contact.objects.get()
    assert (contact.account, contact.name, contact.roles, contact.influence, contact.consent) == (
        cast.account, "Jana Roth", ["champion"], 8, True,
    )  # fmt: skip
    assert "contactsChanged" in response["HX-Trigger"]
    assert reverse("accounts:contact-archive", args=[contact.pk]) in response.content.decode()


def test_a_plain_form_goes_back_to_the_account(cast):
    assert add(cast, htmx=False)["Location"] == reverse("accounts:account", args=[cast.account.pk])


def test_a_form_that_comes_twice_adds_once(cast):
    key = str(uuid4())
    add(cast, key=key)
    add(cast, key=key)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"name": ""}, {"influence": "11"}, {"influence": "-1"}, {"roles": ["king"]}, {"email": "no"}, {"name": "x" * 121}],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(cast, fields):
    response = add(cast, **{"title": "Head of IT"} | fields)
    assert response.status_code == 422
    assert "Head of IT" in response.content.decode()
    assert not Contact.objects.exists()


def test_the_second_writer_is_told_what_the_first_changed(cast):
    contact = ContactFactory(account=cast.account, name="Kim", title="Buyer")
    page = logged_in(cast.owner).get(reverse("accounts:contact-edit", args=[contact.pk]), headers=HTMX)
    edit_contact(by=cast.team_mate, contact=contact, fields={"title": "Head of buying"}, version=1)
    seen = page.context["form"]["seen"].value()
    response = send(contact, "contact-edit", cast.owner, name="Kim B", version=1, seen=seen)
    assert response.status_code == 409
    assert "<del>Buyer</del>" in response.content.decode()
    assert "<ins>Head of buying</ins>" in response.content.decode()
    assert send(contact, "contact-edit", cast.owner, name="Kim B", version=2).status_code == 200
    contact.refresh_from_db()
    assert (contact.name, contact.title) == ("Kim B", "")


def test_who_left_leaves_on_a_day_and_can_come_back(cast):
    contact = ContactFactory(account=cast.account, roles=["champion"])
    response = send(contact, "contact-left", cast.owner, on=str(day(-3)))
    contact.refresh_from_db()
    assert (contact.status, contact.left_on) == (Contact.Status.LEFT, day(-3))
    assert reverse("accounts:contact-back", args=[contact.pk]) in response.content.decode()
    send(contact, "contact-back", cast.owner)
    contact.refresh_from_db()
    assert (contact.status, contact.left_on) == (Contact.Status.ACTIVE, None)


def test_of_somebody_in_a_part_it_is_asked_at_once_who_follows(cast):
    jana = ContactFactory(account=cast.account, name="Jana", roles=["champion"])
    kim = ContactFactory(account=cast.account, name="Kim")
    stranger = ContactFactory(account=cast.strangers, name="Stranger")
    url = reverse("accounts:contact-left", args=[jana.pk])
    page = logged_in(cast.owner).get(url).content.decode()
    assert "Takes over as champion." in page
    assert f'<option value="{kim.pk}">Kim</option>' in page
    assert "Stranger" not in page
    assert send(jana, "contact-left", cast.owner, on=str(day(-1)), successor=stranger.pk).status_code == 422
    assert send(jana, "contact-left", cast.owner, on=str(day(-1)), successor=kim.pk, new_name="X").status_code == 422
    response = send(jana, "contact-left", cast.owner, on=str(day(-1)), to="Northwind", successor=kim.pk)
    assert "Jana marked as left; Kim follows" in response.content.decode()
    kim.refresh_from_db()
    jana.refresh_from_db()
    assert (kim.roles, jana.left_to, jana.successor) == (["champion"], "Northwind", kim)


def test_of_somebody_without_a_part_nobody_asks_who_follows(cast):
    contact = ContactFactory(account=cast.account, roles=["user"])
    page = logged_in(cast.owner).get(reverse("accounts:contact-left", args=[contact.pk])).content.decode()
    assert "Who follows" not in page
    assert "Where to" in page


def test_the_day_is_asked_for_with_today_filled_in(cast):
    contact = ContactFactory(account=cast.account)
    url = reverse("accounts:contact-left", args=[contact.pk])
    assert f'value="{clock.today():%Y-%m-%d}"' in logged_in(cast.owner).get(url).content.decode()


@pytest.mark.parametrize("on", ["", "soon", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused(cast, on):
    contact = ContactFactory(account=cast.account)
    assert send(contact, "contact-left", cast.owner, on=on).status_code == 422
    assert send(contact, "contact-left", cast.owner, on=str(day(1))).status_code == 422
    contact.refresh_from_db()
    assert contact.status == Contact.Status.ACTIVE


def test_a_contact_who_never_was_one_is_archived_and_undo_brings_them_back(cast):
    contact = ContactFactory(account=cast.account)
    undo = reverse("accounts:put-back", args=["contact", contact.pk]) + "?version=2"
    assert undo in send(contact, "contact-archive", cast.owner).content.decode()
    assert not Contact.objects.visible_to(cast.owner).exists()
    assert send(contact, "contact-left", cast.owner, on=str(day(-1))).status_code == 404
    assert logged_in(cast.owner).post(undo, headers=HTMX).status_code == 200
    assert Contact.objects.visible_to(cast.owner).exists()


def test_outsiders_find_nothing_read_only_users_change_nothing_and_gets_do_not_act(cast):
    contact = ContactFactory(account=cast.account, name="Kim")
    for user, status in ((cast.outsider, 404), (cast.read_only, 403)):
        assert add(cast, user).status_code == status
        assert send(contact, "contact-edit", user, name="X", version=1).status_code == status
        assert send(contact, "contact-left", user, on=str(day(-1))).status_code == status
        assert {send(contact, name, user).status_code for name in ACTIONS} == {status}
    for name in ACTIONS:
        assert logged_in(cast.owner).get(reverse(f"accounts:{name}", args=[contact.pk])).status_code == 405
    assert logged_in(cast.owner).put(reverse("accounts:contact-left", args=[contact.pk])).status_code == 405
    assert [(one.name, one.status, one.archived_at) for one in Contact.objects.all()] == [("Kim", "active", None)]


def test_the_form_is_refused_to_read_only_users_and_not_found_by_outsiders(cast):
    url = reverse("accounts:contact-new", args=[cast.account.pk])
    assert [logged_in(user).get(url).status_code for user in (cast.read_only, cast.outsider)] == [403, 404]


MAIL = ("contact-unsubscribe", "contact-resubscribe")


@pytest.fixture
def ana(cast):
    return ContactFactory(account=cast.account, name="Ana Costa", email="ana@customer.example.com")


def is_off(contact: Contact) -> bool:
    return Contact.objects.get(pk=contact.pk).unsubscribed_at is not None


def test_who_wants_no_more_e_mail_is_marked_and_a_click_takes_it_back(cast, ana):
    response = send(ana, "contact-unsubscribe", cast.owner, note="On the phone")
    assert "contactsChanged" in response["HX-Trigger"]
    assert reverse("accounts:contact-resubscribe", args=[ana.pk]) in response.content.decode()
    kept = Suppression.objects.get()
    assert (is_off(ana), kept.note, kept.by) == (True, "On the phone", cast.owner)
    send(ana, "contact-resubscribe", cast.owner)
    assert not is_off(ana)
    assert not Suppression.objects.exists()


def test_who_unsubscribed_themselves_comes_back_with_how_they_asked_for_it(cast, ana):
    unsubscribe_receiver(mail=MailFactory(contact=ana, account=cast.account))
    response = send(ana, "contact-resubscribe", cast.owner)
    assert response.status_code == 422
    assert "Say how they asked for e-mail again" in response.content.decode()
    assert send(ana, "contact-resubscribe", cast.owner, note="x" * 301).status_code == 422
    assert is_off(ana)
    send(ana, "contact-resubscribe", cast.owner, note="In the meeting")
    assert not is_off(ana)


@pytest.mark.parametrize(("reason", "words"), [("bounced", "E-mail bounces"), ("complained", "Marked us as spam")])
def test_what_a_mail_server_told_stands_by_the_contact_and_has_no_way_back_there(cast, ana, reason, words):
    suppress(address=ana.email, reason=Suppression.Reason(reason), note="550 no such user")
    people = logged_in(cast.owner).get(reverse("accounts:account-people", args=[cast.account.pk]))
    assert words in people.content.decode()
    dialog = logged_in(cast.owner).get(reverse("accounts:contact-edit", args=[ana.pk]), headers=HTMX).content.decode()
    assert "550 no such user" in dialog
    assert reverse("accounts:contact-resubscribe", args=[ana.pk]) not in dialog
    assert send(ana, "contact-resubscribe", cast.owner, note="They say so").status_code == 422


def test_the_dialog_of_a_contact_says_whether_they_are_written_to(cast, ana):
    def dialog() -> str:
        url = reverse("accounts:contact-edit", args=[ana.pk])
        return logged_in(cast.owner).get(url, headers=HTMX).content.decode()

    assert "They want no more e-mail" in dialog()
    unsubscribe_contact(contact=ana, note="", by=cast.owner)
    assert "They want e-mail again" in dialog()
    assert "marked by Olga Owner" in dialog()


@pytest.mark.parametrize("action", MAIL)
def test_outsiders_find_no_contact_to_unsubscribe_and_read_only_users_may_not(cast, ana, action):
    assert send(ana, action, cast.outsider).status_code == 404
    assert send(ana, action, cast.read_only).status_code == 403
    assert logged_in(cast.owner).get(reverse(f"accounts:{action}", args=[ana.pk])).status_code == 200
    assert logged_in(cast.owner).put(reverse(f"accounts:{action}", args=[ana.pk])).status_code == 405
    assert not is_off(ana)
