"""A sender dies while the mail server has its e-mail in hand: it is not sent again."""

import datetime as dt
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from accounts.models import Notification
from accounts.tasks import send_digests, send_messages
from cs_workspace.common import clock
from tests.factories import NotificationFactory, UserFactory
from tests.worker import WorkerProcess, empty_broker

Email = Notification.Email


class MailServer:
    """Speaks enough SMTP to take an e-mail, and keeps its answer to itself: the sender never learns of it."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.taken: list[str] = []
        self.answers = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        # A sender that is killed hangs up without a word.
        with suppress(ConnectionError), client, client.makefile("rwb") as line:
            self._say(line, "220 here")
            while command := line.readline().decode().strip():
                if command.upper() != "DATA":
                    self._say(line, "221 bye" if command.upper() == "QUIT" else "250 yes")
                    continue
                self._say(line, "354 go on")
                text = b""
                while not text.endswith(b"\r\n.\r\n"):
                    text += line.readline()
                self.taken.append(text.decode())
                self.answers.wait(60)
                self._say(line, "250 taken")

    @staticmethod
    def _say(line, words: str) -> None:
        line.write(f"{words}\r\n".encode())
        line.flush()


class MailingWorker(WorkerProcess):
    """A worker that sends by that mail server."""

    port = 0

    def environment(self) -> dict[str, str]:
        return super().environment() | {"EMAIL_URL": f"smtp://127.0.0.1:{self.port}"}


@pytest.fixture
def server() -> Iterator[MailServer]:
    server = MailServer()
    yield server
    server.answers.set()
    server.socket.close()


def test_an_e_mail_in_flight_when_the_worker_is_killed_is_unclear_and_the_others_go_out(
    transactional_db, tmp_path, server
):
    empty_broker()
    worker = MailingWorker(tmp_path)
    worker.port = server.port
    first = NotificationFactory(title="first", severity=1, email_state=Email.PENDING, email_due_at=clock.now())
    second = NotificationFactory(title="second", severity=3, email_state=Email.PENDING, email_due_at=clock.now())
    try:
        worker.start()
        send_messages.delay()
        worker.wait_until(lambda: len(server.taken) == 1)
        worker.kill()
        empty_broker()
        first.refresh_from_db()
        assert first.email_state == Email.SENDING

        server.answers.set()
        worker.start()
        send_messages.delay()
        worker.wait_until(lambda: Notification.objects.get(pk=second.pk).email_state == Email.SENT)
    finally:
        worker.stop()
        empty_broker()
    assert [text.count("Subject: first") for text in server.taken] == [1, 0]
    later = clock.now() + dt.timedelta(minutes=16)
    assert list(Notification.objects.unclear(now=later)) == [first]


def test_a_digest_in_flight_when_the_worker_is_killed_is_not_sent_again_however_often_beat_asks(
    transactional_db, tmp_path, server
):
    empty_broker()
    worker = MailingWorker(tmp_path)
    worker.port = server.port
    NotificationFactory(user=UserFactory(digest_hour=0), title="waits", severity=2, email_state=Email.DIGEST)
    try:
        worker.start()
        send_digests.delay()
        worker.wait_until(lambda: len(server.taken) == 1)
        worker.kill()
        empty_broker()
        server.answers.set()
        worker.start()
        send_digests.delay()
        send_digests.delay()
        last = NotificationFactory(title="after them", email_state=Email.PENDING, email_due_at=clock.now())
        send_messages.delay()
        worker.wait_until(lambda: Notification.objects.get(pk=last.pk).email_state == Email.SENT)
    finally:
        worker.stop()
        empty_broker()
    assert [text.count("since your last digest") > 0 for text in server.taken] == [True, False]
