import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Mail, MailEvent
from cs_workspace.common import clock
from tests.cast import logged_in
from tests.factories import ContactFactory, MailFactory, MailTemplateFactory, days_ago

pytestmark = pytest.mark.django_db
State = Mail.State
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


@pytest.fixture
def contact(cast):
    return ContactFactory(account=cast.account, name="Anna Berg", email="anna@halden.example")


@pytest.fixture
def draft(cast, contact):
    return MailFactory(
        account=cast.account, contact=contact, sender=cast.owner, subject="Your rollout", text="Hello **Anna**"
    )


def page_of(name, pk, user, **query):
    return logged_in(user).get(reverse(f"accounts:{name}", args=[pk]), query)


def write(cast, person, user=None, htmx=True, **fields):
    url = reverse("accounts:mail-new", args=[cast.account.pk])
    given = {"contact": person.pk, "subject": "Hello", "body": "How are you?", "key": str(uuid4())} | fields
    return logged_in(user or cast.owner).post(url, given, headers=HTMX if htmx else {})


def change(mail, user, **fields):
    url = reverse("accounts:mail-edit", args=[mail.pk])
    given = {"subject": mail.subject, "body": mail.text, "due_at": "", "version": mail.version} | fields
    return logged_in(user).post(url, given, headers=HTMX)


# Reading


def test_an_e_mail_is_shown_as_it_will_be_read(cast, draft):
    page = page_of("mail", draft.pk, cast.owner).content.decode()
    assert "Olga Owner" in page
    assert "Anna Berg &lt;anna@halden.example&gt;" in page
    assert reverse("accounts:mail-letter", args=[draft.pk]) in page
    plain = page_of("mail", draft.pk, cast.owner, **{"as": "text"}).content.decode()
    assert "Hello Anna" in plain
    assert "<iframe" not in plain


def test_the_letter_stands_in_a_frame_of_our_own_pages_and_may_do_nothing(cast, draft):
    response = page_of("mail-letter", draft.pk, cast.owner)
    assert "<strong>Anna</strong>" in response.content.decode()
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'none'" in policy
    assert "form-action 'none'" in policy


def test_whoever_looks_at_it_does_not_find_the_link_that_unsubscribes_the_receiver(cast, draft):
    for response in (
        page_of("mail", draft.pk, cast.owner, **{"as": "text"}),
        page_of("mail-letter", draft.pk, cast.owner),
    ):
        text = response.content.decode()
        assert draft.token.hex not in text
        assert "The link to unsubscribe stands here in what is sent." in text


def test_the_html_of_a_text_does_no_harm(cast, draft):
    Mail.objects.filter(pk=draft.pk).update(text="<script>alert(1)</script>", subject="<b>x</b>")
    assert "<script>" not in page_of("mail-letter", draft.pk, cast.owner).content.decode()
    assert "<b>x</b>" not in page_of("mail", draft.pk, cast.owner).content.decode()


def test_what_became_of_it_is_told_in_its_order(cast, draft):
    now = clock.now()
    Mail.objects.filter(pk=draft.pk).update(
        state=State.SENT, created_at=days_ago(3), approved_at=days_ago(2), approved_by=cast.manager,
        claimed_at=days_ago(1), sent_at=days_ago(1), replied_at=now,
    )  # fmt: skip
    for number, (kind, days) in enumerate([("opened", 0.5), ("delivered", 0.9), ("replied", 0.1)]):
        MailEvent.objects.create(provider="x", event_id=str(number), kind=kind, mail=draft, at=days_ago(days))
    page = page_of("mail", draft.pk, cast.owner).content.decode()
    course = page[page.index("mail-course") :]
    places = [course.index(f'entry-title">{label}<') for label in
              ("Written", "Approved", "Sent", "Delivered", "Opened", "Replied")]  # fmt: skip
    assert places == sorted(places)
    assert course.count(">Replied<") == 1
    assert "Mona Manager" in course


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"state": State.SENDING, "claimed_at": days_ago(1)}, "It is not sent again by itself"),
        ({"state": State.SENDING, "claimed_at": days_ago(0), "error": "connection lost"}, "(connection lost)"),
        ({"state": State.FAILED, "error": "550 no such user"}, "550 no such user"),
        ({"state": State.CANCELLED, "because": "Cancelled by Olga Owner."}, "Cancelled by Olga Owner."),
        ({"state": State.QUEUED, "because": "At most 2 a week."}, "At most 2 a week. It goes out on"),
    ],
)
def test_it_says_how_it_stands_and_why(cast, draft, fields, words):
    Mail.objects.filter(pk=draft.pk).update(**fields)
    assert words in page_of("mail", draft.pk, cast.owner).content.decode()


def test_it_says_before_it_is_approved_that_it_would_be_kept_back(cast, draft, contact):
    contact.status, contact.left_on = "left", clock.today()
    contact.save()
    assert (
        "This person is not there any more. This e-mail would not be sent."
        in page_of("mail", draft.pk, cast.owner).content.decode()
    )


def test_it_says_until_when_quiet_time_holds_it(cast, draft):
    saturday = dt.datetime(2027, 3, 13, 12, tzinfo=dt.UTC)
    Mail.objects.filter(pk=draft.pk).update(due_at=saturday)
    page = page_of("mail", draft.pk, cast.owner).content.decode()
    assert "so it waits until Mon 15 Mar, 08:00" in page


def test_it_says_what_time_it_is_where_the_receiver_is(cast, draft, contact):
    contact.time_zone = "Asia/Tokyo"
    contact.save()
    Mail.objects.filter(pk=draft.pk).update(due_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    with time_machine.travel(dt.datetime(2026, 3, 11, 20, 30, tzinfo=dt.UTC), tick=False):
        page = page_of("mail", draft.pk, cast.owner).content.decode()
    assert "Thu 05:30 now" in page
    assert "so it waits until Wed 11 Mar, 23:00" in page  # eight in the morning there, in the day of the reader


def test_the_pages_cost_the_same_for_one_event_and_for_many(cast, draft, django_assert_num_queries):
    client = logged_in(cast.owner)
    for number in range(2):
        for event in range(1 + 8 * number):
            MailEvent.objects.create(
                provider=f"p{number}", event_id=str(event), kind="opened", mail=draft, at=days_ago(1)
            )
        with django_assert_num_queries(8):
            client.get(reverse("accounts:mail", args=[draft.pk]))


def test_readers_read_and_find_no_button(cast, draft):
    page = page_of("mail", draft.pk, cast.read_only).content.decode()
    assert "Your rollout" in page
    assert "Approve" not in page
    assert reverse("accounts:mail-edit", args=[draft.pk]) not in page


@pytest.mark.parametrize("name", ["mail", "mail-letter", "mail-edit"])
def test_outsiders_find_nothing(cast, draft, name):
    assert page_of(name, draft.pk, cast.outsider).status_code == 404


# Writing


def test_an_e_mail_is_written_and_goes_out_in_a_minute(cast, contact):
    response = write(cast, contact)
    mail = Mail.objects.get()
    assert (mail.state, mail.contact, mail.sender, mail.subject, mail.text) == (
        State.QUEUED, contact, cast.owner, "Hello", "How are you?",
    )  # fmt: skip
    assert "closeDialog" in response["HX-Trigger"]
    assert "E-mail to Anna Berg goes out in a minute" in response.content.decode()
    assert reverse("accounts:mails-undo") in response.content.decode()


def test_it_can_be_kept_as_a_draft(cast, contact):
    write(cast, contact, save="draft")
    assert Mail.objects.get().state == State.DRAFT


def test_it_can_wait_for_a_moment_of_the_writers_day(cast, contact):
    write(cast, contact, due_at="2031-05-05T09:30")
    assert timezone.localtime(Mail.objects.get().due_at, cast.owner.zone).isoformat()[:16] == "2031-05-05T09:30"


def test_a_plain_form_goes_back_to_the_account(cast, contact):
    assert write(cast, contact, htmx=False)["Location"] == reverse("accounts:account", args=[cast.account.pk])


def test_a_form_that_comes_twice_writes_once(cast, contact):
    key = str(uuid4())
    write(cast, contact, key=key)
    assert "It was saved once." in write(cast, contact, key=key).content.decode()
    assert Mail.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"subject": ""}, {"body": " "}, {"contact": ""}, {"contact": "x"}, {"subject": "a\0b"}, {"due_at": "soon"},
     {"subject": "x" * 201}],
)  # fmt: skip
def test_what_cannot_be_an_e_mail_is_told_and_what_was_typed_is_kept(cast, contact, fields):
    response = write(cast, contact, **{"body": "Long thought about"} | fields)
    assert response.status_code == 422
    assert "Long thought about" in response.content.decode() or not fields.get("body", "x").strip()
    assert not Mail.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [{"email": ""}, {"gone": True}, {"unsubscribed_at": days_ago(1)}, {"archived_at": days_ago(1)}],
)
def test_only_people_who_can_be_written_to_are_offered(cast, fields):
    nobody = ContactFactory(account=cast.account, **fields)
    response = write(cast, nobody)
    assert response.status_code == 422
    assert "can be written to: add somebody" in response.content.decode()


def test_somebody_of_another_customer_is_not_offered(cast):
    assert write(cast, ContactFactory()).status_code == 422


def test_who_is_named_in_the_address_is_chosen(cast, contact):
    page = page_of("mail-new", cast.account.pk, cast.owner, contact=contact.pk).content.decode()
    assert f'<option value="{contact.pk}" selected>Anna Berg &lt;anna@halden.example&gt;' in page


def test_it_can_begin_with_a_template_whose_holes_are_marked_and_nothing_is_saved(cast, contact):
    template = MailTemplateFactory(
        subject="{account.name} and us", body="Hello {contact.first_name}, does {sponsor.name} know?"
    )
    response = write(cast, contact, save="begin", template=template.pk, subject="", body="First of all")
    assert response.status_code == 200
    text = response.content.decode()
    assert 'value="Halden Logistics and us"' in text
    assert "First of all\n\nHello Anna, does ‹executive sponsor at the customer› know?" in text
    assert f'<option value="{contact.pk}" selected>' in text
    assert not Mail.objects.exists()


def test_beginning_with_nothing_keeps_what_was_typed(cast, contact):
    text = write(cast, contact, save="begin", template="", body="Long thought about").content.decode()
    assert "Long thought about" in text
    assert 'role="alert"' not in text


@pytest.mark.parametrize("user", ["outsider", "read_only"])
def test_who_may_not_write(cast, contact, user):
    expected = {"outsider": 404, "read_only": 403}[user]
    assert write(cast, contact, getattr(cast, user)).status_code == expected
    assert not Mail.objects.exists()


# Changing


def test_a_draft_is_changed(cast, draft):
    response = change(draft, cast.owner, subject="Your roll-out")
    assert response.status_code == 200
    draft.refresh_from_db()
    assert (draft.subject, draft.text, draft.version) == ("Your roll-out", "Hello **Anna**", 2)


def test_a_second_writer_gets_a_conflict_with_what_both_wrote(cast, draft):
    change(draft, cast.owner, subject="Theirs")
    response = change(draft, cast.manager, subject="Mine")
    assert response.status_code == 409
    text = response.content.decode()
    assert "Olga Owner changed this" in text
    assert 'value="Mine"' in text


def test_what_has_gone_out_cannot_be_changed(cast, draft):
    Mail.objects.filter(pk=draft.pk).update(state=State.SENT, sent_at=days_ago(1))
    response = change(draft, cast.owner, subject="Too late")
    assert response.status_code == 422
    assert "not waiting any more" in response.content.decode()


def test_readers_change_nothing(cast, draft):
    assert change(draft, cast.read_only, subject="x").status_code == 403


# On the account


def test_the_panel_shows_the_latest_and_leads_to_all(cast, contact, django_assert_num_queries):
    client = logged_in(cast.owner)
    url = reverse("accounts:account-mails", args=[cast.account.pk])
    headers = {"HX-Request": "true", "HX-Target": "account-mails"}
    assert "No e-mail was written" in client.get(url, headers=headers).content.decode()
    for count in (1, 7):
        for number in range(count):
            MailFactory(
                account=cast.account, contact=contact, sender=cast.owner, subject=f"Letter {count} {number}",
                due_at=days_ago(number),
            )  # fmt: skip
        with django_assert_num_queries(4):
            panel = client.get(url, headers=headers).content.decode()
    assert panel.count("work-person") == 5
    assert "All 8 e-mails" in panel
    page = client.get(url).content.decode()
    assert page.count("work-person") == 8


def test_the_panel_of_readers_has_no_button(cast):
    page = page_of("account-mails", cast.account.pk, cast.read_only).content.decode()
    assert reverse("accounts:mail-new", args=[cast.account.pk]) not in page
    assert page_of("account-mails", cast.account.pk, cast.outsider).status_code == 404


def test_the_timeline_tells_what_went_out_and_what_came_back(cast, contact):
    MailFactory(account=cast.account, contact=contact, receiver="Anna Berg", sender=cast.owner, state=State.SENT,
                sent_at=days_ago(2), replied_at=days_ago(1), subject="Your rollout")  # fmt: skip
    MailFactory(account=cast.account, contact=contact, receiver="Ben Bos", address="ben@halden.example",
                state=State.SENT, sent_at=days_ago(3), bounced_at=days_ago(3), subject="Hello Ben")  # fmt: skip
    MailFactory(account=cast.account, contact=contact, receiver="Cleo Draft")
    page = page_of("timeline", cast.account.pk, cast.owner, group="E-mail").content.decode()
    assert "E-mail to Anna Berg" in page
    assert "Answered" in page
    assert "E-mail to Ben Bos came back" in page
    assert "Cleo Draft" not in page
