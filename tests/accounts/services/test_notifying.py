import pytest

from accounts.models import Notification, User
from accounts.services.notifying import Message, email_state_of, mark_all_read, mark_read, notify
from tests.factories import NotificationFactory, UserFactory

pytestmark = pytest.mark.django_db
Delivery, Email = User.Delivery, Notification.Email


@pytest.mark.parametrize(
    ("delivery", "critical", "normal"),
    [
        (Delivery.IMMEDIATE, Email.PENDING, Email.PENDING),
        (Delivery.CRITICAL_ONLY, Email.PENDING, Email.DIGEST),
        (Delivery.DIGEST, Email.DIGEST, Email.DIGEST),
        (Delivery.NONE, Email.NONE, Email.NONE),
    ],
)
def test_each_user_gets_e_mail_as_they_chose(delivery, critical, normal):
    user = User(email_delivery=delivery)
    assert (email_state_of(user, severity=1), email_state_of(user, severity=3)) == (critical, normal)
    assert email_state_of(user, severity=2) == normal


def test_every_choice_of_delivery_is_decided():
    assert {email_state_of(User(email_delivery=one), severity=1) for one in Delivery} == {
        Email.PENDING,
        Email.DIGEST,
        Email.NONE,
    }


def test_a_cause_is_told_once(django_assert_num_queries):
    user = UserFactory()
    message = Message(user=user, key="alert:1:0:1", title="Entered Critical", severity=1)
    notify([message])
    with django_assert_num_queries(1):
        notify([message, Message(user=user, key="alert:2:0:1", title="Another")])
    assert sorted(Notification.objects.values_list("title", flat=True)) == ["Another", "Entered Critical"]


def test_who_left_is_told_nothing():
    notify([Message(user=UserFactory(is_active=False), key="k", title="t")])
    assert not Notification.objects.exists()


def test_only_the_receiver_reads_a_message():
    message = NotificationFactory()
    mark_read(message, by=UserFactory())
    assert Notification.objects.get().read_at is None
    mark_read(message, by=message.user)
    assert Notification.objects.get().read_at is not None


def test_reading_all_reads_ones_own_only():
    message, other = NotificationFactory(), NotificationFactory()
    assert mark_all_read(by=message.user) == 1
    assert mark_all_read(by=message.user) == 0
    other.refresh_from_db()
    assert other.read_at is None
