import datetime as dt

import pytest
import time_machine

from accounts.domain.approving_mail import GRACE, Verb
from accounts.models import Mail, Suppression
from accounts.models.mail import is_undecided
from accounts.services.approving_mail import decide, take_back
from accounts.services.sending_mail import send_mails
from cs_workspace.common import clock
from cs_workspace.common.refusals import RefusedError
from tests.factories import MailFactory, UserFactory, days_ago

pytestmark = pytest.mark.django_db
State = Mail.State
NOON = dt.datetime(2026, 3, 11, 12, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def reader():
    return UserFactory(name="Rea Reader")


def do(verb, *mails, by):
    return decide(by=by, verb=verb, versions={one.pk: one.version for one in mails})


def undo(*mails, by):
    return take_back(by=by, versions={one.pk: one.version for one in mails})


def unclear(**fields):
    return MailFactory(state=State.SENDING, claimed_at=days_ago(1), attempts=1, **fields)


def failed(**fields):
    return MailFactory(state=State.FAILED, claimed_at=days_ago(1), attempts=5, error="451 busy", **fields)


def test_what_is_approved_waits_a_moment_and_goes_out_once(reader):
    draft = MailFactory(due_at=days_ago(3))
    [approved] = do(Verb.APPROVE, draft, by=reader).mails
    assert (approved.state, approved.approved_by, approved.approved_at) == (State.QUEUED, reader, NOON)
    assert send_mails() == {}
    with time_machine.travel(NOON + GRACE, tick=False):
        assert send_mails().total() == 1
        assert send_mails().total() == 0


def test_what_is_due_later_is_approved_for_that_day(reader):
    later = NOON + dt.timedelta(days=9)
    [approved] = do(Verb.APPROVE, MailFactory(due_at=later), by=reader).mails
    assert approved.due_at == later


def test_an_approval_is_taken_back_while_it_has_not_gone_out(reader):
    [approved] = do(Verb.APPROVE, MailFactory(due_at=days_ago(3)), by=reader).mails
    [back] = undo(approved, by=reader)
    back.refresh_from_db()
    assert (back.state, back.approved_by, back.due_at) == (State.DRAFT, None, days_ago(3))
    with time_machine.travel(NOON + dt.timedelta(hours=1), tick=False):
        assert send_mails().total() == 0


def test_what_has_gone_out_is_not_taken_back(reader):
    [approved] = do(Verb.APPROVE, MailFactory(), by=reader).mails
    with time_machine.travel(NOON + GRACE, tick=False):
        send_mails()
    with pytest.raises(RefusedError, match="cannot be taken back"):
        undo(approved, by=reader)
    approved.refresh_from_db()
    assert approved.state == State.SENT


def test_the_same_is_taken_back_once(reader):
    [approved] = do(Verb.APPROVE, MailFactory(), by=reader).mails
    undo(approved, by=reader)
    with pytest.raises(RefusedError):
        undo(approved, by=reader)


def test_many_are_approved_and_taken_back_in_a_few_statements(reader, django_assert_num_queries):
    drafts = MailFactory.create_batch(2)
    do(Verb.APPROVE, MailFactory(), by=reader)  # what is read once
    with django_assert_num_queries(7):
        approved = do(Verb.APPROVE, *drafts, by=reader).mails
    with django_assert_num_queries(6):
        undo(*approved, by=reader)
    drafts = MailFactory.create_batch(9)
    with django_assert_num_queries(7):
        approved = do(Verb.APPROVE, *drafts, by=reader).mails
    with django_assert_num_queries(6):
        undo(*approved, by=reader)
    assert Mail.objects.drafts().count() == 11


def test_what_somebody_changed_meanwhile_is_left_out_and_so_is_what_cannot_be(reader):
    changed, over, fine = MailFactory(), MailFactory(as_sent=True), MailFactory()
    Mail.objects.filter(pk=changed.pk).update(version=2)
    decided = do(Verb.APPROVE, changed, over, fine, by=reader)
    assert decided.mails == [fine]
    assert decided.left_out == ["Somebody changed it meanwhile. Read it again first.", "It has gone out."]


def test_where_nothing_can_be_done_the_reason_is_said(reader):
    with pytest.raises(RefusedError, match="It has gone out"):
        do(Verb.APPROVE, MailFactory(as_sent=True), by=reader)
    with pytest.raises(RefusedError, match="There is no such"):
        decide(by=reader, verb=Verb.APPROVE, versions={})


@pytest.mark.parametrize("verb", [Verb.APPROVE, Verb.SEND_AGAIN])
def test_nothing_is_approved_for_somebody_to_whom_nothing_is_sent(reader, verb):
    one = MailFactory() if verb is Verb.APPROVE else failed()
    Suppression.objects.create(address=one.contact.email.lower(), reason="bounced", at=clock.now())
    with pytest.raises(RefusedError, match="Nothing is sent to this address"):
        do(verb, one, by=reader)
    one.contact.delete()
    with pytest.raises(RefusedError, match="not known any more"):
        do(verb, one, by=reader)


def test_what_is_cancelled_does_not_go_out_and_comes_back_as_it_was(reader):
    one = MailFactory(state=State.QUEUED, by_itself=True, due_at=days_ago(1))
    [cancelled] = do(Verb.CANCEL, one, by=reader).mails
    assert (cancelled.state, cancelled.because) == (State.CANCELLED, "Cancelled by Rea Reader.")
    assert send_mails().total() == 0
    undo(cancelled, by=reader)
    assert send_mails().total() == 1


@pytest.mark.parametrize("make", [unclear, failed])
def test_a_person_sends_again_what_is_unclear_or_failed(reader, make):
    one = make()
    [again] = do(Verb.SEND_AGAIN, one, by=reader).mails
    assert (again.state, again.attempts, again.error, again.approved_by) == (State.QUEUED, 0, "", reader)
    with time_machine.travel(NOON + GRACE, tick=False):
        assert send_mails().total() == 1


@pytest.mark.parametrize("make", [unclear, failed])
def test_what_is_left_unsent_needs_no_decision_any_more_and_needs_one_again_when_that_is_taken_back(reader, make):
    [left] = do(Verb.CANCEL, make(), by=reader).mails
    assert not Mail.objects.filter(is_undecided(NOON)).exists()
    undo(left, by=reader)
    assert Mail.objects.filter(is_undecided(NOON)).get() == left
    assert send_mails().total() == 0


def test_what_is_unclear_counts_as_sent_when_it_was_handed_over(reader):
    [sent] = do(Verb.COUNT_AS_SENT, unclear(error="connection lost"), by=reader).mails
    assert (sent.state, sent.sent_at, sent.error) == (State.SENT, days_ago(1), "")


def test_what_is_being_sent_at_this_moment_is_left_alone(reader):
    one = MailFactory(state=State.SENDING, claimed_at=NOON)
    for verb in Verb:
        with pytest.raises(RefusedError, match="being sent at this moment"):
            do(verb, one, by=reader)


def test_the_history_says_who_decided(reader):
    [approved] = do(Verb.APPROVE, MailFactory(), by=reader).mails
    event = approved.history.order_by("-pgh_id").first()
    assert (event.state, event.pgh_context.metadata["user"]) == (State.QUEUED, reader.pk)
