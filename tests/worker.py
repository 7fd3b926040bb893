"""A real Celery worker beside the tests, to be killed and started again."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from cs_workspace.celery import app

# A worker is up and has worked within seconds; a machine that does much else may need this long.
WAIT_SECONDS = 90.0
# How the database names the sessions of programs that tests start.
APPLICATION = "cs-tests-program"


class WorkerProcess:
    """`celery worker` as its own process, on the test database and the test broker.

    Tasks sent with `.delay()` in a test reach it. It runs the real settings in server mode, so its e-mails are files
    under `settings.VAR_DIR / "mail"`.
    """

    def __init__(self, folder: Path) -> None:
        self.log = folder / "worker.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, concurrency: int = 1, seconds: float = WAIT_SECONDS) -> None:
        """Returns when the worker takes tasks."""
        known = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "-A", "cs_workspace", "worker"),
                    *(f"--concurrency={concurrency}", "--loglevel=INFO", "--without-mingle", "--without-gossip"),
                ],
                cwd=settings.BASE_DIR,
                env=os.environ | self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.wait_until(lambda: " ready." in self.log.read_text(errors="replace")[known:], seconds=seconds)

    def kill(self) -> None:
        """SIGKILL for the worker and its children at once, as the kernel does when memory runs out."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """The end at once, for an orderly one takes seconds; nothing happens when none was started.

        Its sessions in the database end with it: nothing that it has begun reaches the next test.
        """
        if self.process is None:
            return
        if self.process.poll() is None:
            self.kill()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 15000) FROM pg_stat_activity"
                " WHERE application_name = %s AND datname = current_database()",
                [APPLICATION],
            )

    def wait_until(self, condition: Callable[[], bool], *, seconds: float = WAIT_SECONDS) -> None:
        """Waits for what the worker should bring about; fails with its log where it does not."""
        end = time.monotonic() + seconds
        while not condition():
            died = self.process is not None and self.process.poll() is not None
            if died or time.monotonic() > end:
                reason = "The worker died" if died else f"Nothing came of it in {seconds} s"
                raise AssertionError(f"{reason}. Its log ends:\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.05)

    @staticmethod
    def environment() -> dict[str, str]:
        """Server mode on the database of this test process."""
        return {
            "DJANGO_SETTINGS_MODULE": "cs_workspace.settings",
            "DATABASE_URL": current_database_url(),
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "CS_VAR_DIR": str(settings.VAR_DIR),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "PGAPPNAME": APPLICATION,
        }


def current_database_url() -> str:
    """The address of the database that the tests use at this moment, for programs started by a test."""
    database = settings.DATABASES["default"]
    host = ("/" if database["HOST"].startswith("/") else "") + quote(database["HOST"])
    port = f":{database['PORT']}" if database["PORT"] else ""
    password = f":{quote(database['PASSWORD'], safe='')}" if database["PASSWORD"] else ""
    return f"postgres://{quote(database['USER'], safe='')}{password}@{host}{port}/{database['NAME']}"


def empty_broker() -> None:
    """Drops the tasks that earlier tests sent and nobody took."""
    with app.connection_for_write() as connection:
        connection.default_channel.client.flushdb()
