"""`manage.py up` as a user meets it: one start, faults under way, and an end without left-overs."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from cs_workspace import embedded

START_SECONDS = 120  # it makes its tables while other processes of the suite make theirs


@pytest.fixture
def var() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="cs-up-"))
    yield folder
    embedded.stop(folder)
    for process in processes_of(folder):
        process.kill()
    shutil.rmtree(folder)


class Up:
    """One `manage.py up`, its output in a file as in a terminal."""

    def __init__(self, var: Path, port: int) -> None:
        ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "SITE_URL"}
        environment = {name: value for name, value in os.environ.items() if name not in ours}
        self.output = var / f"terminal-{time.monotonic_ns()}.txt"
        with self.output.open("w") as terminal:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--no-demo"],
                cwd=settings.BASE_DIR,
                env=environment | {"CS_VAR_DIR": str(var), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def text(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str, times: int = 1) -> None:
        end = time.monotonic() + START_SECONDS
        while self.text.count(words) < times:
            assert time.monotonic() < end, f"{words!r} did not come:\n{self.text}"
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.text}"
            time.sleep(0.05)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def processes_of(var: Path) -> list[psutil.Process]:
    """Everything alive that works for this folder, by its command line or its environment."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            named = any(str(var) in word for word in [*process.cmdline(), process.environ().get("CS_VAR_DIR", "")])
            if named and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(var: Path, word: str) -> psutil.Process:
    """The leader of one of the programs: its parent is the command itself."""
    return next(p for p in processes_of(var) if word in p.cmdline() and "manage.py" in p.parent().cmdline())


def get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


@pytest.mark.timeout(480)
def test_up_survives_what_goes_wrong_and_ends_without_leaving_anything(var: Path) -> None:
    port = free_port()

    # A second one in the same folder is refused, and says where the first one is.
    first = Up(var, port)
    first.wait_for(f"is ready at http://127.0.0.1:{port}")
    assert get(port, "/readyz") == '{"database": "ok", "broker": "ok"}'
    second = Up(var, free_port())
    assert second.process.wait(START_SECONDS) == 1
    assert f"already runs as process {first.process.pid} at http://127.0.0.1:{port}" in second.text

    # A program that dies is started again.
    worker = program(var, "worker")
    children = worker.children(recursive=True)
    assert children
    worker.kill()
    first.wait_for("worker ended (killed by SIGKILL); starting it again.")
    _, alive = psutil.wait_procs(children, timeout=0.5)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []
    assert get(port, "/healthz") == "ok"

    # The command itself is killed: nothing could be put in order, and the next start does it.
    first.kill()
    orphans = {process.pid for process in processes_of(var)}
    assert orphans
    third = Up(var, port)
    third.wait_for(f"is ready at http://127.0.0.1:{port}")
    assert "that the last run left behind" in third.text
    assert get(port, "/readyz") == '{"database": "ok", "broker": "ok"}'
    servers = {int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0])}
    assert {p.pid for p in processes_of(var) if "gunicorn" in p.cmdline() or "celery" in p.cmdline()} & orphans == set()
    assert servers <= orphans

    # The orderly end.
    third.process.send_signal(signal.SIGTERM)
    assert third.process.wait(30) == 0
    assert third.text.splitlines()[-1] == "Stopped. The data is kept; start again with `make run`."
    assert processes_of(var) == []


def test_up_refuses_a_port_that_another_program_holds(var: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        up = Up(var, port)
        assert up.process.wait(START_SECONDS) == 1
    assert f"Port {port} is taken by another program. Set PORT to a free one, or unset it." in up.text
    assert processes_of(var) == []
