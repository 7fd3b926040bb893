"""E-mails of playbooks and renewals: a task and a draft, of which one follows the other."""

import datetime as dt
from unittest.mock import patch
from uuid import uuid4

import pytest
import time_machine

from accounts.domain.approving_mail import Verb
from accounts.domain.playbooks import Step, StepKind
from accounts.models import Contact, Mail, PlaybookRun, Suppression, Task, User
from accounts.services import sending_mail
from accounts.services.approving_mail import decide, take_back
from accounts.services.handing_over import Outcome
from accounts.services.playbook_handling import cancel_run
from accounts.services.playbook_starting import start_run
from accounts.services.sending_mail import send_mails
from accounts.services.suppressing import suppress
from accounts.services.tasks import complete_task, reopen_task
from accounts.services.versions import last_writer
from tests import factories as make

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 3, 10, 11, tzinfo=dt.UTC)
WRITE = Step(
    StepKind.EMAIL, title="News for {account.name}", body="Dear {champion.name}, all is *well*.", to="champion"
)


@pytest.fixture(autouse=True)
def still():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def run(cast) -> PlaybookRun:
    """A playbook whose only step is an e-mail to the champion."""
    make.ContactFactory(account=cast.account, name="Ana_Costa*", roles=["champion"])
    playbook = make.PlaybookFactory(plan__steps=(WRITE,))
    return start_run(by=cast.owner, playbook=playbook, account=cast.account, key=str(uuid4()))


def approve(mail: Mail, by) -> Mail:
    return decide(by=by, verb=Verb.APPROVE, versions={mail.pk: mail.version}).mails[0]


def cancel(mail: Mail, by) -> Mail:
    return decide(by=by, verb=Verb.CANCEL, versions={mail.pk: mail.version}).mails[0]


def test_an_e_mail_of_a_playbook_is_a_draft_beside_its_task(cast, run):
    task, mail = Task.objects.get(), Mail.objects.get()
    assert (task.title, task.status) == ("Send: News for Halden Logistics", "open")
    assert (mail.subject, mail.text) == ("News for Halden Logistics", r"Dear Ana_Costa\*, all is *well*.")
    assert (mail.state, mail.cause, mail.origin, mail.sender) == ("draft", "playbook", f"task:{task.pk}", cast.owner)


def test_approving_does_the_task_and_lets_the_playbook_go_on_and_taking_that_back_opens_it_again(cast, run):
    approved = approve(Mail.objects.get(), cast.owner)
    task = Task.objects.get()
    assert (task.status, task.done_by) == ("done", cast.owner)
    run.refresh_from_db()
    assert run.state == "finished"
    take_back(by=cast.owner, versions={approved.pk: approved.version})
    assert (Task.objects.get().status, Mail.objects.get().state) == ("open", "draft")


def test_a_task_that_is_done_otherwise_takes_its_draft_along(cast, run):
    complete_task(by=cast.owner, task=Task.objects.get())
    mail = Mail.objects.get()
    assert (mail.state, mail.because) == ("cancelled", "Its task was closed without it.")


def test_a_task_that_is_opened_again_brings_its_draft_back(cast, run):
    done = complete_task(by=cast.owner, task=Task.objects.get())
    before = Mail.objects.get().version
    reopen_task(by=cast.owner, task=done)
    mail = Mail.objects.get()
    assert (mail.state, mail.because, mail.version) == ("draft", "", before + 1)


def test_a_draft_that_a_person_cancelled_leaves_its_task_open_and_stays_cancelled(cast, run):
    cancelled = cancel(Mail.objects.get(), cast.owner)
    task = Task.objects.get()
    assert (cancelled.state, task.status) == ("cancelled", "open")
    reopen_task(by=cast.owner, task=complete_task(by=cast.owner, task=task))
    assert Mail.objects.get().because == "Cancelled by Olga Owner."


def test_an_approved_e_mail_that_is_cancelled_before_it_goes_out_opens_its_task_again(cast, run):
    cancelled = cancel(approve(Mail.objects.get(), cast.owner), cast.owner)
    task = Task.objects.get()
    assert (cancelled.state, task.status, task.done_by) == ("cancelled", "open", None)
    take_back(by=cast.owner, versions={cancelled.pk: cancelled.version})
    assert (Task.objects.get().status, Mail.objects.get().state) == ("done", "queued")


def test_a_playbook_that_is_cancelled_sends_nothing_more(cast, run):
    cancel_run(by=cast.owner, run=run, reason="")
    assert Mail.objects.get().state == "cancelled"


def test_an_e_mail_that_names_no_role_goes_to_whoever_decides_and_is_signed_once(cast):
    decides = make.ContactFactory(account=cast.account, roles=["decision_maker"])
    step = Step(StepKind.EMAIL, title="News", body="Dear all,\n\nnews.\n\n{owner.name|Your team}")
    start_run(by=cast.owner, playbook=make.PlaybookFactory(plan__steps=(step,)), account=cast.account, key="x")
    mail = Mail.objects.get()
    assert (mail.contact, mail.text) == (decides, "Dear all,\n\nnews.")
    assert Task.objects.get().body.endswith("Olga Owner")


def test_without_anybody_to_write_to_there_is_the_task_alone(cast):
    step = Step(StepKind.EMAIL, title="News", body="Dear all.")
    start_run(by=cast.owner, playbook=make.PlaybookFactory(plan__steps=(step,)), account=cast.account, key="x")
    assert (Mail.objects.count(), Task.objects.count()) == (0, 1)


def test_whom_nothing_is_sent_to_gets_no_draft_that_could_be_approved(cast):
    make.ContactFactory(account=cast.account, roles=["champion"], unsubscribed_at=NOON)
    playbook = make.PlaybookFactory(plan__steps=(WRITE,))
    start_run(by=cast.owner, playbook=playbook, account=cast.account, key=str(uuid4()))
    assert (Mail.objects.get().state, Task.objects.get().status) == ("withheld", "open")


def suppress_the_address(mail: Mail) -> None:
    suppress(address=mail.address, reason=Suppression.Reason.COMPLAINED)


def let_the_contact_unsubscribe(mail: Mail) -> None:
    Contact.objects.filter(pk=mail.contact_id).update(unsubscribed_at=NOON)
    send_mails()


def let_the_sender_leave(mail: Mail) -> None:
    User.objects.filter(pk=mail.sender_id).update(is_active=False)
    send_mails()


def let_the_mail_server_refuse_it(mail: Mail) -> None:
    with patch.object(sending_mail, "hand_over", return_value=(Outcome.REFUSED, "550 5.7.1 not from you")):
        send_mails()


@pytest.mark.parametrize(
    ("stop", "state"),
    [
        (suppress_the_address, "withheld"),
        (let_the_contact_unsubscribe, "withheld"),
        (let_the_sender_leave, "draft"),
        (let_the_mail_server_refuse_it, "failed"),
    ],
)
def test_what_was_approved_and_does_not_go_out_after_all_opens_its_task_again(cast, run, stop, state):
    approved = approve(Mail.objects.get(), cast.owner)
    assert Task.objects.get().status == "done"
    with time_machine.travel(approved.due_at, tick=False):
        stop(approved)
    task = Task.objects.get()
    assert (Mail.objects.get().state, task.status, task.done_by) == (state, "open", None)
    assert last_writer(task) == ""


def test_what_went_out_leaves_its_task_done(cast, run):
    approved = approve(Mail.objects.get(), cast.owner)
    with time_machine.travel(approved.due_at, tick=False):
        send_mails()
    assert (Mail.objects.get().state, Task.objects.get().status) == ("sent", "done")
    suppress_the_address(approved)
    assert (Mail.objects.get().state, Task.objects.get().status) == ("sent", "done")
