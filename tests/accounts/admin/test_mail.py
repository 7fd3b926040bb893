"""Admins tune the rules of e-mail, and put addresses on the list and lift them, with a reason that stays."""

import pytest
from django.urls import reverse

from accounts.models import Contact, Mail, MailEvent, MailRules, Suppression
from accounts.services.suppressing import suppress
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import ContactFactory, MailFactory, UserFactory

pytestmark = pytest.mark.django_db
LIST = "admin:accounts_suppression_changelist"
CHANGES = "admin:accounts_suppressionevent_changelist"


@pytest.fixture
def ana(cast) -> Contact:
    return ContactFactory(account=cast.account, email="ana@customer.example.com")


def add(cast, **fields: str):
    given = {"address": "Ana@Customer.example.com", "reason": "by_hand", "note": "Asked by post"} | fields
    return logged_in(cast.admin).post(reverse("admin:accounts_suppression_add"), given)


def lift(user, kept: Suppression, **fields: str):
    return logged_in(user).post(reverse("admin:accounts_suppression_lift", args=[kept.pk]), fields)


def test_an_address_that_an_admin_puts_on_the_list_is_not_written_to(cast, ana):
    waits = MailFactory(contact=ana, account=cast.account)
    assert add(cast).status_code == 302
    kept = Suppression.objects.get()
    assert (kept.address, kept.reason, kept.by) == ("ana@customer.example.com", "by_hand", cast.admin)
    assert Mail.objects.get(pk=waits.pk).state == Mail.State.WITHHELD


def test_one_that_is_there_is_refused_by_its_field(cast):
    suppress(address="ana@customer.example.com", reason=Suppression.Reason.BOUNCED)
    assert "Nothing is sent to this address already." in add(cast).content.decode()
    assert "Enter a valid email address." in add(cast, address="no").content.decode()


def test_it_is_lifted_with_a_reason_that_stays_in_the_history_of_the_list(cast, ana):
    kept = suppress(address=ana.email, reason=Suppression.Reason.BOUNCED, note="550 no such user")
    refused = lift(cast.admin, kept)
    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert lift(cast.admin, kept, note="The mailbox is there again").status_code == 302
    assert not Suppression.objects.exists()
    page = logged_in(cast.admin).get(reverse(CHANGES)).content.decode()
    for words in ("550 no such user", "The mailbox is there again", "Lifted", "Put on the list", "Aki Admin"):
        assert words in page, words


def test_nobody_else_lifts_it(cast):
    kept = suppress(address="ana@customer.example.com", reason=Suppression.Reason.BOUNCED)
    reads_only = UserFactory(as_admin=True, read_only=True)
    assert lift(cast.owner, kept, note="x").status_code == 302  # to the login
    assert lift(reads_only, kept, note="x").status_code == 403
    assert Suppression.objects.exists()


def test_what_was_told_is_neither_changed_nor_deleted(cast):
    kept = suppress(address="ana@customer.example.com", reason=Suppression.Reason.BOUNCED)
    client = logged_in(cast.admin)
    change = reverse("admin:accounts_suppression_change", args=[kept.pk])
    assert client.post(change, {"address": "x@y.example.com", "reason": "by_hand"}).status_code == 403
    assert client.post(reverse("admin:accounts_suppression_delete", args=[kept.pk]), {"post": "yes"}).status_code == 403
    assert client.get(change).status_code == 200
    assert client.get(reverse("admin:accounts_suppression_history", args=[kept.pk])).status_code == 200


@pytest.mark.parametrize("rows", [1, 12])
def test_the_lists_take_the_same_queries_for_one_row_and_for_many(cast, rows, django_assert_num_queries):
    for number in range(rows):
        mail = MailFactory(account=cast.account)
        suppress(address=f"{number}@x.example.com", reason=Suppression.Reason.BY_HAND, by=cast.admin)
        MailEvent.objects.create(provider="Postmark", event_id=str(number), kind="opened", mail=mail, at=clock.now())
    client = logged_in(cast.admin)
    for name, count in ((LIST, 5), (CHANGES, 5), ("admin:accounts_mailevent_changelist", 5)):
        client.get(reverse(name))
        with django_assert_num_queries(count):
            assert client.get(reverse(name)).status_code == 200


def test_the_rules_are_one_row_that_counts_at_once(cast):
    client = logged_in(cast.admin)
    page = client.get(reverse("admin:accounts_mailrules_changelist"), follow=True)
    assert page.status_code == 200
    given = {"automatic_most": 3, "automatic_days": 14, "quiet_from": "20:00", "quiet_to": "07:00"}
    client.post(reverse("admin:accounts_mailrules_change", args=[1]), given | {"postal_address": "1 Quay, Bergen"})
    rules = MailRules.objects.get()
    assert (rules.automatic_most, rules.automatic_days, rules.postal_address) == (3, 14, "1 Quay, Bergen")
    wrong = client.post(reverse("admin:accounts_mailrules_change", args=[1]), given | {"quiet_to": ""})
    assert wrong.status_code == 200
    assert "quiet" in wrong.content.decode()
    assert MailRules.objects.get().quiet_to is not None
