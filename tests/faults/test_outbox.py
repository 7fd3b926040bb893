"""Senders of the outbox die at the worst moments, and two send at once: a real mail server gets each e-mail once."""

import asyncio
import datetime as dt
import logging
import socket
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from accounts.models import Contact, Mail, MailRules
from accounts.tasks import send_mails
from cs_workspace.common import clock
from tests.factories import AccountFactory, ContactFactory, MailFactory, days_ago
from tests.faults.test_recompute import locked_by_another
from tests.worker import APPLICATION, WAIT_SECONDS, WorkerProcess, empty_broker

State = Mail.State
MANY = 2_000
MAIL, DATA = "MAIL", "DATA"


class Letters:
    """What a mail server does with what it is given: keeps it, and at the steps that are `held` says nothing."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.reached: Counter[str] = Counter()
        self.held: set[str] = set()

    async def handle_MAIL(  # noqa: N802  its name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._pass(MAIL)
        envelope.mail_from = address
        return "250 yes"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(bytes(envelope.content or b""))
        await self._pass(DATA)
        return "250 taken"

    async def _pass(self, step: str) -> None:
        self.reached[step] += 1
        while step in self.held:
            await asyncio.sleep(0.02)

    def subjects(self) -> Counter[str]:
        """How often each was taken, by its subject."""
        return Counter(str(message_from_bytes(content)["Subject"]) for content in self.taken)


class MailingWorker(WorkerProcess):
    """A worker that sends by that mail server."""

    port = 0

    def environment(self) -> dict[str, str]:
        return super().environment() | {"EMAIL_URL": f"smtp://127.0.0.1:{self.port}", "LOG_LEVEL": "WARNING"}


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture
def port(letters: Letters) -> Iterator[int]:
    """Where a real mail server listens that gives all it is given to `letters`."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        number: int = free.getsockname()[1]
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # that of aiosmtpd, which tells every command
    server = Controller(letters, hostname="127.0.0.1", port=number)
    server.start()
    yield number
    letters.held.clear()
    server.stop()


@pytest.fixture
def worker(transactional_db: Any, tmp_path: Any, port: int) -> Iterator[MailingWorker]:
    """A worker that is not running yet; nobody is in quiet hours."""
    MailRules.objects.create(pk=1, quiet_from=None, quiet_to=None, quiet_weekends=False)
    empty_broker()
    worker = MailingWorker(tmp_path)
    worker.port = port
    yield worker
    worker.stop()
    empty_broker()


def queued(subject: str, days: float) -> Mail:
    return MailFactory(subject=subject, state=State.QUEUED, due_at=days_ago(days))


def state_of(mail: Mail) -> str:
    return Mail.objects.values_list("state", flat=True).get(pk=mail.pk)


def is_unclear_later(mail: Mail) -> bool:
    return list(Mail.objects.unclear(now=clock.now() + dt.timedelta(minutes=16))) == [mail]


def restart(worker: MailingWorker, letters: Letters, following: Mail) -> None:
    """Starts the killed worker again; returns when the e-mail after the one in flight has gone out."""
    empty_broker()
    letters.held.clear()
    worker.start()
    for _ in range(3):  # beat asks again and again
        send_mails.delay()
    worker.wait_until(lambda: state_of(following) == State.SENT)


def test_a_worker_that_is_killed_between_claim_and_sending_leaves_one_unclear_and_sends_it_never(worker, letters):
    first, second = queued("first", 2), queued("second", 1)
    letters.held.add(MAIL)
    worker.start()
    send_mails.delay()
    worker.wait_until(lambda: letters.reached[MAIL] == 1)
    assert state_of(first) == State.SENDING
    worker.kill()
    restart(worker, letters, second)
    assert letters.subjects() == {"second": 1}
    assert is_unclear_later(first)


def test_a_worker_that_is_killed_before_the_mail_server_answers_leaves_one_unclear_that_went_out_once(worker, letters):
    first, second = queued("first", 2), queued("second", 1)
    letters.held.add(DATA)
    worker.start()
    send_mails.delay()
    worker.wait_until(lambda: letters.reached[DATA] == 1)
    worker.kill()
    restart(worker, letters, second)
    assert letters.subjects() == {"first": 1, "second": 1}
    assert is_unclear_later(first)


def test_a_worker_that_is_killed_before_it_writes_down_the_answer_leaves_one_unclear_that_went_out_once(
    worker, letters
):
    first, second = queued("first", 2), queued("second", 1)
    letters.held.add(DATA)
    worker.start()
    send_mails.delay()
    worker.wait_until(lambda: letters.reached[DATA] == 1)
    with locked_by_another("SELECT 1 FROM accounts_mail WHERE id = %s FOR UPDATE", [first.pk]):
        letters.held.clear()  # the mail server answers, and the worker waits for the row
        worker.wait_until(waits_for_a_lock)
        worker.stop()  # and what it has asked of the database, which would be done without it
    restart(worker, letters, second)
    assert letters.subjects() == {"first": 1, "second": 1}
    assert is_unclear_later(first)


@pytest.mark.timeout(600)
def test_thousands_go_out_once_each_over_two_workers(worker, letters, port, tmp_path):
    write_many()
    (tmp_path / "other").mkdir()
    other = MailingWorker(tmp_path / "other")
    other.port = port
    worker.start()
    other.start()
    try:
        for _ in range(40):  # of half a minute at most each; those that find nothing end at once
            send_mails.delay()
        worker.wait_until(lambda: not Mail.objects.exclude(state=State.SENT).exists(), seconds=6 * WAIT_SECONDS)
    finally:
        other.stop()
    assert len(letters.taken) == MANY
    assert set(letters.subjects().values()) == {1}
    assert set(Mail.objects.values_list("attempts", flat=True)) == {1}


def write_many() -> None:
    """Automated e-mails to as many people, all due."""
    account = AccountFactory()
    people = Contact.objects.bulk_create(
        ContactFactory.build(account=account, email=f"person{number}@customer.example") for number in range(MANY)
    )
    Mail.objects.bulk_create(
        MailFactory.build(
            account=account,
            contact=person,
            address=person.email,
            receiver=person.name,
            subject=f"Letter {number}",
            by_itself=True,
            state=State.QUEUED,
            due_at=days_ago(1),
        )
        for number, person in enumerate(people)
    )


def waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = %s AND wait_event_type = 'Lock'",
            [APPLICATION],
        )
        return bool(cursor.fetchone()[0])
