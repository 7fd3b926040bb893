import pytest

from accounts.models import Contact
from accounts.services.contacts import add_contact, edit_contact, mark_back, mark_left
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from health.models import DirtyMark
from tests.factories import ContactFactory, TouchFactory, day, days_ago

pytestmark = pytest.mark.django_db


def test_a_new_contact_asks_for_a_new_score(cast):
    contact = add_contact(
        by=cast.owner, account=cast.account, fields={"name": "Jana Roth", "roles": ["champion"], "influence": 8}
    )
    assert (contact.account, contact.roles, contact.influence) == (cast.account, ["champion"], 8)
    assert DirtyMark.objects.filter(account=cast.account).exists()


def test_a_contact_leaves_on_a_day_and_can_come_back(cast):
    contact = add_contact(by=cast.owner, account=cast.account, fields={"name": "Jana Roth", "roles": ["champion"]})
    left = mark_left(by=cast.owner, contact=contact, on=day(-14))
    assert (left.status, left.left_on) == (Contact.Status.LEFT, day(-14))
    assert list(Contact.objects.present()) == []
    mark_back(by=cast.owner, contact=contact)
    assert list(Contact.objects.present()) == [contact]


def test_nobody_leaves_in_the_future(cast):
    contact = add_contact(by=cast.owner, account=cast.account, fields={"name": "Jana Roth"})
    with pytest.raises(RefusedError, match="future"):
        mark_left(by=cast.owner, contact=contact, on=day(1))


def test_the_second_writer_of_a_contact_overwrites_nothing(cast):
    contact = add_contact(by=cast.owner, account=cast.account, fields={"name": "Jana Roth"})
    edit_contact(by=cast.team_mate, contact=contact, fields={"title": "CFO"}, version=1)
    with pytest.raises(StaleError):
        edit_contact(by=cast.owner, contact=contact, fields={"title": "COO"}, version=1)
    with pytest.raises(StaleError):
        mark_left(by=cast.owner, contact=contact, on=clock.today(), version=1)
    contact.refresh_from_db()
    assert (contact.title, contact.status) == ("CFO", "active")


# Who follows


def champion(cast, **fields):
    return ContactFactory(
        account=cast.account, name="Jana Roth", roles=["champion", "user"], function="Operations", seniority="director",
        **fields,
    )  # fmt: skip


def roles(contact):
    contact.refresh_from_db()
    return contact.roles


def test_who_follows_takes_over_the_parts_that_were_played_and_no_others(cast):
    jana, kim = champion(cast), ContactFactory(account=cast.account, name="Kim", roles=["sponsor"])
    left = mark_left(by=cast.owner, contact=jana, on=day(-2), to="Northwind", successor=kim)
    assert (left.left_to, left.successor, left.handed_over) == ("Northwind", kim, ["champion"])
    assert roles(kim) == ["sponsor", "champion"]


def test_somebody_new_takes_the_place_of_the_one_who_left(cast):
    left = mark_left(by=cast.owner, contact=champion(cast), on=day(-2), new_name=" Kim Lund ")
    kim = Contact.objects.get(name="Kim Lund")
    assert left.successor == kim
    assert (kim.account, kim.roles, kim.function, kim.seniority) == (
        cast.account, ["champion"], "Operations", "director",
    )  # fmt: skip


def test_the_same_form_twice_makes_one_successor(cast):
    jana = champion(cast)
    for _ in range(2):
        mark_left(by=cast.owner, contact=jana, on=day(-2), new_name="Kim Lund")
    assert Contact.objects.filter(name="Kim Lund").count() == 1
    with pytest.raises(RefusedError, match="already"):
        mark_left(by=cast.owner, contact=jana, on=day(-3))


def test_taking_it_back_takes_back_the_parts_that_were_given_and_only_these(cast):
    jana, kim = champion(cast), ContactFactory(account=cast.account, name="Kim", roles=["champion", "technical_lead"])
    jana.roles = ["champion", "sponsor"]
    jana.save()
    mark_left(by=cast.owner, contact=jana, on=day(-2), to="Northwind", successor=kim)
    assert roles(kim) == ["champion", "technical_lead", "sponsor"]
    back = mark_back(by=cast.owner, contact=jana)
    assert roles(kim) == ["champion", "technical_lead"]
    assert (back.status, back.left_on, back.left_to, back.successor, back.handed_over) == (
        "active", None, "", None, None,
    )  # fmt: skip


@pytest.mark.parametrize("who", ["themselves", "a stranger", "somebody who left"])
def test_only_somebody_who_is_there_can_follow(cast, who):
    jana = champion(cast)
    follower = {
        "themselves": lambda: jana,
        "a stranger": lambda: ContactFactory(account=cast.strangers),
        "somebody who left": lambda: ContactFactory(account=cast.account, gone=True),
    }[who]()
    with pytest.raises(RefusedError, match="who is there"):
        mark_left(by=cast.owner, contact=jana, on=day(-2), successor=follower)
    assert roles(jana) == ["champion", "user"]
    assert Contact.objects.present().filter(pk=jana.pk).exists()


def test_whoever_becomes_an_executive_makes_touches_of_the_past_executive_ones(cast):
    kim = ContactFactory(account=cast.account, name="Kim")
    touch = TouchFactory(account=cast.account, at=days_ago(9), attendees=[kim], attended=True)
    edit_contact(by=cast.owner, contact=kim, fields={"seniority": "executive"})
    cast.account.refresh_from_db()
    assert cast.account.last_executive == touch.at
    edit_contact(by=cast.owner, contact=kim, fields={"seniority": "staff"})
    cast.account.refresh_from_db()
    assert cast.account.last_executive is None
