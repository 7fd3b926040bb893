"""The pages of sequences: the list, one with who is in it, and what people do with contacts in one."""

import pytest
from django.urls import reverse

from accounts.forms.fields import label_of
from accounts.models import Account, Enrolment, Mail, Sequence
from tests import factories as make
from tests.cast import logged_in

pytestmark = pytest.mark.django_db
LIST = "/sequences/"
LISTING, SHOWING = 6, 10


def url(name: str, pk: int) -> str:
    return reverse(f"accounts:{name}", args=[pk])


@pytest.fixture
def sequence() -> Sequence:
    """One with an e-mail at once."""
    return make.SequenceStepFactory(sequence__name="Nudge", template__subject="Hello").sequence


def put_in(account, sequence, **fields) -> Enrolment:
    return make.EnrolmentFactory(
        account=account, sequence=sequence, contact__name="Ana Costa", started_at=make.days_ago(1), **fields
    )


def test_the_list_counts_who_is_in_a_sequence_and_what_was_answered_on_accounts_one_sees(cast, sequence):
    running = put_in(cast.account, sequence)
    put_in(cast.account, sequence, state="finished", next_on=None, ended_at=make.days_ago(0))
    put_in(cast.strangers, sequence)
    make.MailFactory(account=cast.account, enrolment=running, as_sent=True, opened_at=make.days_ago(0))
    rows = {row.sequence.name: row for row in logged_in(cast.owner).get(LIST).context["rows"]}
    row = rows["Nudge"]
    assert (row.source, row.steps, row.in_it, row.over) == ("By hand", 1, 1, 1)
    assert (row.sent.sent, row.sent.opened, row.sent.answered) == (1, 1, 0)
    assert rows["Adoption nudge"].source == "Less than half of the features are used"


@pytest.mark.parametrize("number", [1, 9])
def test_the_list_takes_as_many_queries_for_many(cast, number, django_assert_num_queries):
    for sequence in make.SequenceFactory.create_batch(number):
        put_in(cast.account, sequence)
    client = logged_in(cast.owner)
    client.get(LIST)
    with django_assert_num_queries(LISTING):
        client.get(LIST)


@pytest.mark.parametrize("number", [1, 30])
def test_a_sequence_takes_as_many_queries_for_many_contacts(cast, sequence, number, django_assert_num_queries):
    for _ in range(number):
        make.MailFactory(account=cast.account, enrolment=put_in(cast.account, sequence))
    client = logged_in(cast.owner)
    client.get(url("sequence", sequence.pk))
    with django_assert_num_queries(SHOWING):
        assert len(client.get(url("sequence", sequence.pk)).context["page"].object_list) == number


def test_a_sequence_shows_who_is_in_it_by_state_with_their_e_mails(cast, sequence):
    one = put_in(cast.account, sequence)
    make.MailFactory(account=cast.account, enrolment=one, subject="First of all", step=sequence.steps.get())
    put_in(cast.strangers, sequence)
    client = logged_in(cast.owner)
    page = client.get(url("sequence", sequence.pk))
    assert [line.enrolment for line in page.context["page"].object_list] == [one]
    assert "First of all" in page.content.decode()
    assert "None here" in client.get(f"{url('sequence', sequence.pk)}?group=stopped").content.decode()
    assert client.get(f"{url('sequence', sequence.pk)}?group=nonsense").context["group"] == "running"


def test_a_contact_is_put_in_by_hand_once(cast, sequence):
    contact, client = make.ContactFactory(account=cast.account), logged_in(cast.owner)
    begin = url("sequence-start", cast.account.pk)
    led = client.get(url("sequence-choose", sequence.pk), {"account": label_of(cast.account)})
    assert led.url == f"{begin}?sequence={sequence.pk}"
    form = client.get(led.url).context["form"]
    typed = {"sequence": sequence.pk, "contact": contact.pk, "key": str(form["key"].value())}
    assert client.post(begin, typed).status_code == 302
    assert client.post(begin, typed).status_code == 302
    enrolment = Enrolment.objects.get()
    assert (enrolment.contact, enrolment.started_by, Mail.objects.count()) == (contact, cast.owner, 1)
    again = client.post(begin, {"sequence": sequence.pk, "contact": contact.pk})
    assert again.status_code == 422
    assert "is in “Nudge” already" in again.content.decode()


def test_a_sequence_that_begins_before_its_day_counts_from_the_renewal_or_the_day_that_is_named(cast):
    ahead = make.SequenceStepFactory(offset_days=-30).sequence
    contact, begin = make.ContactFactory(account=cast.account), url("sequence-start", cast.account.pk)
    client, typed = logged_in(cast.owner), {"sequence": ahead.pk, "contact": contact.pk}
    Account.objects.filter(pk=cast.account.pk).update(renewal_date=None)
    assert "say from which day it counts" in client.post(begin, typed).content.decode()
    Account.objects.filter(pk=cast.account.pk).update(renewal_date=make.day(40))
    assert client.post(begin, typed).status_code == 302
    assert Enrolment.objects.get().anchor_on == make.day(40)
    other = make.ContactFactory(account=cast.account)
    client.post(begin, typed | {"contact": other.pk, "anchor_on": str(make.day(20))})
    assert Enrolment.objects.get(contact=other).anchor_on == make.day(20)
    assert client.post(begin, typed | {"anchor_on": "nonsense"}).status_code == 422


def test_a_lost_customer_is_put_into_nothing_that_is_for_customers(cast, sequence):
    contact = make.ContactFactory(account=cast.account)
    Account.objects.filter(pk=cast.account.pk).update(status="churned", churned_on=make.day(-1))
    answer = logged_in(cast.owner).post(
        url("sequence-start", cast.account.pk), {"sequence": sequence.pk, "contact": contact.pk}
    )
    assert "no customer any more" in answer.content.decode()


def test_nobody_is_put_in_who_gets_no_e_mail_or_belongs_to_another_account(cast, sequence):
    unsubscribed = make.ContactFactory(account=cast.account, unsubscribed_at=make.days_ago(1))
    stranger = make.ContactFactory(account=cast.strangers)
    client, begin = logged_in(cast.owner), url("sequence-start", cast.account.pk)
    answer = client.post(begin, {"sequence": sequence.pk, "contact": unsubscribed.pk})
    assert (answer.status_code, Enrolment.objects.count()) == (422, 0)
    assert "This person has unsubscribed." in answer.content.decode()
    assert client.post(begin, {"sequence": sequence.pk, "contact": stranger.pk}).status_code == 422


def test_choosing_an_account_that_one_does_not_see_leads_nowhere(cast, sequence):
    answer = logged_in(cast.outsider).get(url("sequence-choose", sequence.pk), {"account": label_of(cast.account)})
    assert answer.url == url("sequence", sequence.pk)


def test_an_enrolment_rests_goes_on_and_is_stopped(cast, sequence):
    one, client = put_in(cast.account, sequence), logged_in(cast.owner)
    for verb, expected in (
        ("pause", ("running", True)), ("resume", ("running", False)), ("stop", ("stopped", False)),
        ("stop", ("stopped", False)), ("pause", ("stopped", False)), ("resume", ("stopped", False)),
    ):  # fmt: skip
        assert client.post(url(f"enrolment-{verb}", one.pk)).status_code == 302
        one.refresh_from_db()
        assert (one.state, one.paused_at is not None) == expected
    assert (one.stopped_because, one.ended_by) == ("by_hand", cast.owner)


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_who_does_not_see_an_account_or_may_only_look_changes_no_enrolment(cast, sequence, verb):
    one = put_in(cast.account, sequence)
    address = url(f"enrolment-{verb}", one.pk)
    assert logged_in(cast.outsider).post(address).status_code == 404
    assert logged_in(cast.read_only).post(address).status_code == 403
    assert logged_in(cast.owner).get(address).status_code == 405
    page = logged_in(cast.read_only).get(url("account-sequences", cast.account.pk)).content.decode()
    assert "Ana Costa" in page
    assert "<button" not in page.split('id="account-sequences"')[1].split("</section>")[0]


def test_only_admins_switch_sequences_and_one_without_steps_stays_off(cast, sequence):
    address = url("sequence-switch", sequence.pk)
    assert logged_in(cast.owner).post(f"{address}?on=0").status_code == 403
    client = logged_in(cast.admin)
    client.post(f"{address}?on=0")
    sequence.refresh_from_db()
    assert not sequence.is_active
    assert "It is switched off." in client.get(url("sequence", sequence.pk)).content.decode()
    empty = make.SequenceFactory(active_since=None)
    answer = client.post(f"{url('sequence-switch', empty.pk)}?on=1", follow=True)
    assert "has no steps yet" in answer.content.decode()
    assert client.get(address).status_code == 405


def test_the_panel_of_an_account_says_who_is_in_a_sequence_and_offers_another(cast, sequence):
    client = logged_in(cast.owner)
    assert "Nobody at Halden Logistics" in client.get(url("account-sequences", cast.account.pk)).content.decode()
    put_in(cast.account, sequence, state="stopped", stopped_because="reply", next_on=None, ended_at=make.days_ago(0))
    words = client.get(url("account-sequences", cast.account.pk)).content.decode()
    assert "Replied" in words
    assert "Start sequence" in words


def test_an_admin_edits_the_steps_of_a_sequence_in_the_admin(cast, sequence):
    page = logged_in(cast.admin).get(reverse("admin:accounts_sequence_change", args=[sequence.pk]))
    assert page.status_code == 200
    assert "Less than half of the features are used" in page.content.decode()
