"""Who takes part in a review, and how they are invited."""

from html import unescape

import pytest
from django.urls import reverse
from icalendar import Calendar

from qbr.models import Attendee, Review
from tests.cast import logged_in
from tests.factories import AttendeeFactory, ContactFactory, ReviewFactory

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "dialog"}


def text(response) -> str:
    return unescape(response.content.decode())


def url_of(name: str, record: Review | Attendee) -> str:
    return reverse(f"qbr:{name}", args=[record.pk])


@pytest.fixture
def review(cast) -> Review:
    return ReviewFactory.create(account=cast.account, status="scheduled", time_zone="Asia/Tokyo")


def test_somebody_is_added_by_the_form_or_an_offer(cast, review):
    ana = ContactFactory.create(account=cast.account, name="Ana Costa", seniority="executive", roles=["sponsor"])
    client = logged_in(cast.owner)
    shown = text(client.get(url_of("review", review)))
    assert f'name="contact" value="{ana.pk}"' in shown
    assert f'name="user" value="{cast.owner.pk}"' in shown
    assert client.post(url_of("attendee-new", review), {"contact": ana.pk}, headers=HTMX).status_code == 200
    assert client.post(url_of("attendee-new", review), {"user": cast.owner.pk}).status_code == 302
    guest = {"guest": "Ines", "guest_email": "ines@example.com"}
    assert client.post(url_of("attendee-new", review), guest, headers=HTMX).status_code == 200
    assert [str(one) for one in review.attendees.all()] == ["Ana Costa", "Olga Owner", "Ines"]
    shown = text(client.get(url_of("review", review)))
    assert "Ana Costa is an executive of the customer: invite one of ours." in shown
    assert f'name="contact" value="{ana.pk}"' not in shown


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "Say who takes part."),
        ({"guest": "Ines", "user": "owner"}, "One at a time"),
        ({"guest": "Ines", "guest_email": "nonsense"}, "Enter a valid email address"),
        ({"guest_email": "ines@example.com"}, "Say whose address this is."),
        ({"contact": "999999"}, "Select a valid choice"),
        ({"user": "outsider"}, "does not see this account"),
        ({"contact": "strangers"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_named(cast, review, data, message):
    people = {
        "owner": cast.owner.pk, "outsider": cast.outsider.pk, "strangers": ContactFactory(account=cast.strangers).pk,
    }  # fmt: skip
    data = {name: people.get(value, value) for name, value in data.items()}
    response = logged_in(cast.owner).post(url_of("attendee-new", review), data, headers=HTMX)
    assert response.status_code == 422
    assert message in text(response)
    assert not review.attendees.exists()


@pytest.mark.parametrize("kind", ["contact", "user", "guest"])
def test_who_is_taken_off_the_list_can_be_put_back_by_the_toast(cast, review, kind):
    guest = {"guest": "Ines & Co", "guest_email": "i@x.example"}
    fields = {"contact": {}, "user": {"user": cast.owner}, "guest": guest}
    attendee = AttendeeFactory.create(review=review, **fields[kind])
    client = logged_in(cast.owner)
    response = client.post(url_of("attendee-remove", attendee), headers=HTMX)
    assert response.status_code == 200
    assert not review.attendees.exists()
    back = text(response).split('action="')[1].split('"')[0]
    assert back.startswith(url_of("attendee-back", review))
    assert client.post(back, headers=HTMX).status_code == 200
    again = review.attendees.get()
    assert (again.contact, again.user, again.guest, again.guest_email) == (
        attendee.contact, attendee.user, attendee.guest, attendee.guest_email,
    )  # fmt: skip
    assert "cannot be put back" in text(client.post(url_of("attendee-back", review), headers=HTMX))


def test_the_invitation_is_a_file_for_calendars(cast, review):
    for name, email in (("Ana", "ana@x.example"), ("Bo", "")):
        contact = ContactFactory.create(account=cast.account, name=name, email=email)
        AttendeeFactory.create(review=review, contact=contact)
    AttendeeFactory.create(review=review, user=cast.owner)
    response = logged_in(cast.read_only).get(url_of("invitation", review))
    assert response["Content-Type"] == "text/calendar; charset=utf-8; method=REQUEST"
    assert response["Content-Disposition"] == f'attachment; filename="review-{review.pk}.ics"'
    (event,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert event.decoded("dtstart") == review.starts_at.replace(microsecond=0)
    assert event["organizer"] == f"mailto:{cast.owner.email}"
    assert event["attendee"] == "mailto:ana@x.example"
    assert "Taking part: Ana, Bo, Olga Owner" in event["description"]


def test_a_cancelled_one_takes_it_out_and_without_a_moment_there_is_none(cast, review):
    client = logged_in(cast.owner)
    Review.objects.update(status="cancelled")
    assert "method=CANCEL" in client.get(url_of("invitation", review))["Content-Type"]
    Review.objects.update(status="due", starts_at=None)
    response = client.get(url_of("invitation", review), follow=True)
    assert "Say when it takes place first" in text(response)


def test_who_has_no_address_is_named(cast, review):
    AttendeeFactory.create(review=review, guest="Ines")
    assert "No invitation reaches" in text(logged_in(cast.owner).get(url_of("review", review)))


def test_it_is_marked_as_sent_and_taken_back(cast, review):
    client = logged_in(cast.owner)
    assert "has an e-mail address" in text(client.post(url_of("invited", review), headers=HTMX))
    AttendeeFactory.create(review=review, user=cast.owner)
    response = client.post(url_of("invited", review), headers=HTMX)
    review.refresh_from_db()
    undo = f"{url_of('invited', review)}?undo={review.version}"
    assert undo in text(response)
    assert review.agenda_sent_at is not None
    assert client.post(undo, headers=HTMX).status_code == 200
    review.refresh_from_db()
    assert review.agenda_sent_at is None
    assert review.attendees.get().invited_at is None


@pytest.mark.parametrize("name", ["attendee-new", "attendee-back", "invited", "attendee-remove"])
def test_outsiders_find_nothing_and_who_only_reads_changes_nothing(cast, review, name):
    record = AttendeeFactory.create(review=review) if name == "attendee-remove" else review
    assert logged_in(cast.outsider).post(url_of(name, record)).status_code == 404
    assert logged_in(cast.read_only).post(url_of(name, record)).status_code == 403
    assert logged_in(cast.owner).put(url_of(name, record)).status_code == 405
    assert f'action="{url_of(name, record)}"' not in text(logged_in(cast.read_only).get(url_of("review", review)))


def test_outsiders_get_no_invitation(cast, review):
    assert logged_in(cast.outsider).get(url_of("invitation", review)).status_code == 404
    assert logged_in(cast.owner).post(url_of("invitation", review)).status_code == 405


def test_nobody_is_added_once_it_was_held(cast):
    review = ReviewFactory.create(account=cast.account, status="held")
    response = logged_in(cast.owner).post(url_of("attendee-new", review), {"user": cast.owner.pk}, headers=HTMX)
    assert response.status_code == 422
    assert "Who took part in it stays" in text(response)
