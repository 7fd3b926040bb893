import pytest

from accounts.models import Contact
from accounts.services.contacts import add_contact, edit_contact, mark_back, mark_left
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from health.models import DirtyMark
from tests.factories import day

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
