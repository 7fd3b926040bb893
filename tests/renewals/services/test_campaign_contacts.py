import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Enrolment, Mail, Suppression
from accounts.services.contacts import mark_left
from accounts.services.sequence_advancing import advance_enrolments
from accounts.services.sequence_stopping import stop_over
from accounts.services.suppressing import suppress, unsubscribe_contact
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError, StaleError
from renewals.domain.win_back import Move
from renewals.models import Campaign
from renewals.services.campaign_contacts import hand_on, take_hand_on_back
from renewals.services.campaign_moves import move_campaign, take_out
from tests.factories import ContactFactory, day
from tests.renewals.win_backs import campaign_of, lost_account, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def account(cast):
    """Lost eight days ago, so that the e-mail of day 7 is written at once; Dana is there beside the champion."""
    account = lost_account(cast.owner, ago=8)
    ContactFactory(account=account, name="Dana Next", email="dana@example.com")
    return account


@pytest.fixture
def dana(account):
    return account.contacts.get(name="Dana Next")


def sent(mail, **moments):
    Mail.objects.filter(pk=mail.pk).update(state="sent", sent_at=timezone.now(), **moments)


def bounced(target):
    """The first e-mail of a customer went out and came back."""
    sent(Mail.objects.get(enrolment=target.enrolment), bounced_at=timezone.now())
    suppress(address=target.contact.email, reason=Suppression.Reason.BOUNCED)


def written(account):
    """Of an account who got an e-mail for which day, and how that stands."""
    rows = Mail.objects.filter(account=account).order_by("pk")
    return list(rows.values_list("receiver", "step__offset_days", "state"))


def test_what_bounced_goes_to_somebody_else_and_so_does_all_that_follows(cast, account, dana):
    target = started(cast.owner, account, by_itself=True).targets.get()
    first = target.enrolment
    bounced(target)
    handed = hand_on(by=cast.owner, target=target, contact=dana)
    assert (handed.contact, list(handed.former.all())) == (dana, [first])
    assert (handed.enrolment.cause_key, handed.enrolment.anchor_on) == (first.cause_key, day(-8))
    assert written(account) == [("Carla Champion", 7, "sent"), ("Dana Next", 7, "queued")]
    sent(Mail.objects.get(contact=dana))
    with clock.set_to(clock.start_of(day(22))):
        advance_enrolments()
    assert written(account)[2:] == [("Dana Next", 30, "queued")]


def test_what_reached_the_one_who_left_is_not_written_again(cast, account, dana):
    target = started(cast.owner, account).targets.get()
    sent(Mail.objects.get())
    mark_left(by=cast.owner, contact=target.contact, on=day(0))
    handed = hand_on(by=cast.owner, target=target, contact=dana)
    assert Enrolment.objects.get(contact=target.contact).stopped_because == "left"
    assert written(account) == [("Carla Champion", 7, "sent")]
    assert handed.enrolment.next_on == day(22)


def test_a_draft_that_nobody_had_sent_is_written_to_the_new_contact(cast, account, dana):
    target = started(cast.owner, account).targets.get()
    unsubscribe_contact(by=cast.owner, contact=target.contact, note="Told us")
    hand_on(by=cast.owner, target=target, contact=dana)
    assert written(account) == [("Carla Champion", 7, "withheld"), ("Dana Next", 7, "draft")]
    assert "Hello Dana" in Mail.objects.get(contact=dana).text


def test_it_can_go_on_to_a_third_one_and_nobody_gets_it_twice(cast, account, dana):
    target = started(cast.owner, account).targets.get()
    sent(Mail.objects.get())
    mark_left(by=cast.owner, contact=target.contact, on=day(0))
    target = hand_on(by=cast.owner, target=target, contact=dana)
    mark_left(by=cast.owner, contact=dana, on=day(0))
    third = ContactFactory(account=account, name="Third", email="third@example.com")
    handed = hand_on(by=cast.owner, target=target, contact=third)
    assert handed.former.count() == 2
    assert written(account) == [("Carla Champion", 7, "sent")]
    assert handed.enrolment.next_on == day(22)


def test_in_a_paused_campaign_it_waits(cast, account, dana):
    campaign = started(cast.owner, account, by_itself=True)
    target = campaign.targets.get()
    bounced(target)
    move_campaign(by=cast.owner, campaign=campaign, move=Move.PAUSE)
    hand_on(by=cast.owner, target=target, contact=dana)
    assert Mail.objects.get(contact=dana).state == "draft"
    move_campaign(by=cast.owner, campaign=campaign, move=Move.RESUME)
    assert Mail.objects.get(contact=dana).state == "queued"


def test_where_nobody_new_could_be_written_to_somebody_else_gets_the_latest(cast, account, dana):
    first = started(cast.owner, account)
    move_campaign(by=cast.owner, campaign=first, move=Move.CLOSE)
    target = started(cast.owner, account, name="Summer").targets.get()
    assert target.enrolment is None
    handed = hand_on(by=cast.owner, target=target, contact=dana)
    assert handed.enrolment.contact == dana
    assert written(account)[-1] == ("Dana Next", 7, "draft")


@pytest.mark.parametrize("what", ["running", "replied", "met", "finished", "by_hand", "chosen", "out"])
def test_whoever_is_reached_or_answered_stays_the_one_who_is_written_to(cast, account, dana, what):
    if what == "chosen":
        target = campaign_of(cast.owner, account)[0].targets.get()
    else:
        target = started(cast.owner, account).targets.get()
    course = Enrolment.objects.filter(account=account)
    if what in ("replied", "met", "by_hand"):
        reason = {"replied": "reply", "met": "meeting"}.get(what, what)
        course.update(state="stopped", stopped_because=reason, ended_at=clock.now(), next_on=None)
    elif what == "finished":
        course.update(state="finished", ended_at=clock.now(), next_on=None)
    elif what == "out":
        take_out(by=cast.owner, target=target, reason="Bought")
    words = {
        "running": "still go to whom", "replied": "and not because nobody", "met": "and not because nobody",
        "finished": "All its e-mails are written", "by_hand": "and not because nobody", "chosen": "It is chosen",
        "out": "It is taken out",
    }  # fmt: skip
    with pytest.raises(RefusedError, match=words[what]):
        hand_on(by=cast.owner, target=target, contact=dana)


@pytest.mark.parametrize("what", ["suppressed", "unsubscribed", "no address", "left", "stranger", "had it"])
def test_nobody_to_whom_nothing_is_sent_takes_the_place(cast, account, dana, what):
    target = started(cast.owner, account).targets.get()
    bounced(target)
    words = {
        "suppressed": "Nothing is sent to this address", "unsubscribed": "This person has unsubscribed",
        "no address": "There is no e-mail address", "left": "is not there any more",
        "stranger": "is not there any more", "had it": "about this loss already",
    }  # fmt: skip
    if what == "suppressed":
        suppress(address=dana.email, reason=Suppression.Reason.BY_HAND)
    elif what == "unsubscribed":
        unsubscribe_contact(by=cast.owner, contact=dana, note="Told us")
    elif what == "no address":
        dana.email = ""
        dana.save()
    elif what == "left":
        mark_left(by=cast.owner, contact=dana, on=day(0))
    elif what == "stranger":
        dana = ContactFactory(account=cast.account)
    else:
        course = Enrolment.objects.get(account=account)
        Enrolment.objects.create(
            sequence=course.sequence, account=account, contact=dana, cause_key=course.cause_key, by_itself=False,
            anchor_on=course.anchor_on, started_at=clock.now(), state="stopped", stopped_because="left",
            ended_at=clock.now() + dt.timedelta(seconds=1),
        )  # fmt: skip
    with pytest.raises(RefusedError, match=words[what]):
        hand_on(by=cast.owner, target=target, contact=dana)
    assert Mail.objects.filter(contact=dana).count() == 0


def test_it_is_taken_back_and_can_be_done_again(cast, account, dana):
    target = started(cast.owner, account).targets.get()
    carla, first = target.contact, target.enrolment
    bounced(target)
    handed = hand_on(by=cast.owner, target=target, contact=dana)
    for _ in range(2):
        back = take_hand_on_back(by=cast.owner, target=target, version=handed.version)
    assert (back.contact, back.enrolment, back.former.count()) == (carla, first, 0)
    assert written(account) == [("Carla Champion", 7, "sent"), ("Dana Next", 7, "cancelled")]
    assert not Enrolment.objects.filter(contact=dana).exists()
    again = hand_on(by=cast.owner, target=back, contact=dana)
    assert again.contact == dana
    assert written(account)[-1] == ("Dana Next", 7, "draft")


@pytest.mark.parametrize("state", ["sending", "sent"])
def test_once_an_e_mail_has_gone_to_the_new_one_there_is_no_way_back(cast, account, dana, state):
    target = started(cast.owner, account).targets.get()
    bounced(target)
    handed = hand_on(by=cast.owner, target=target, contact=dana)
    Mail.objects.filter(contact=dana).update(state=state, claimed_at=timezone.now(), sent_at=timezone.now())
    with pytest.raises(RefusedError, match="An e-mail has gone to Dana Next already"):
        take_hand_on_back(by=cast.owner, target=target, version=handed.version)
    handed.refresh_from_db()
    assert (handed.contact, handed.enrolment.state) == (dana, "running")


def test_once_somebody_changed_it_there_is_no_way_back_and_who_was_slower_is_told(cast, account, dana):
    target = started(cast.owner, account).targets.get()
    bounced(target)
    handed = hand_on(by=cast.owner, target=target, contact=dana, version=target.version)
    with pytest.raises(StaleError):
        hand_on(by=cast.manager, target=target, contact=dana, version=target.version)
    take_out(by=cast.manager, target=handed, reason="Bought")
    with pytest.raises(StaleError):
        take_hand_on_back(by=cast.owner, target=target, version=handed.version)


def test_a_late_reply_of_the_one_before_stops_what_goes_to_the_other(cast, account, dana):
    campaign = started(cast.owner, account)
    target = campaign.targets.get()
    mail = Mail.objects.get()
    sent(mail, replied_at=clock.now() - dt.timedelta(days=1))
    mark_left(by=cast.owner, contact=target.contact, on=day(0))
    handed = hand_on(by=cast.owner, target=target, contact=dana)
    assert stop_over() == 0
    Mail.objects.filter(pk=mail.pk).update(replied_at=clock.now() + dt.timedelta(seconds=1))
    assert stop_over() == 1
    handed.enrolment.refresh_from_db()
    assert handed.enrolment.stopped_because == "reply"
    assert Campaign.objects.get().targets.running().count() == 1
