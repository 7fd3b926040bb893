"""What `up` is built on: programs are kept up, and nothing of theirs is left behind."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from django.conf import settings

from cs_workspace.supervisor import end_left_over

# A shell whose child outlives it and does not notice.
STUBBORN = "trap '' TERM; sleep 300 & echo child $!; wait"
SUPERVISE = """
import os, sys
from pathlib import Path
from cs_workspace.supervisor import Program, Supervisor
folder = Path(sys.argv[1])
supervisor = Supervisor(
    [Program("shell", ["sh", "-c", sys.argv[2]], folder / "shell.log")],
    environment=dict(os.environ), folder=folder, record=folder / "programs.json",
)
sys.exit(supervisor.run(is_ready=lambda: True, on_ready=lambda: print("ready", flush=True)))
"""


def supervise(folder: Path, script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SUPERVISE, str(folder), script], cwd=settings.BASE_DIR, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"{words!r} did not come")


def ask_twice(process: subprocess.Popen[str]) -> None:
    """An impatient user: the second Ctrl-C does not wait any more."""
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    process.communicate()


def child_in(line: str) -> int:
    return int(line.rsplit(" ", 1)[1])


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_program_that_dies_is_started_again_and_its_children_do_not_outlive_it(tmp_path: Path) -> None:
    process = supervise(tmp_path, STUBBORN)
    first = child_in(read_until(process, "child"))
    psutil.Process(first).parent().kill()
    read_until(process, "shell ended (killed by SIGKILL); starting it again.")
    second = child_in(read_until(process, "child"))
    assert not lives(first)
    assert lives(second)
    ask_twice(process)


def test_asked_twice_it_does_not_wait_for_a_program_that_does_not_listen(tmp_path: Path) -> None:
    process = supervise(tmp_path, STUBBORN)
    child = child_in(read_until(process, "child"))
    began = time.monotonic()
    ask_twice(process)
    assert process.returncode == 0
    assert time.monotonic() - began < 10
    assert not lives(child)
    assert not (tmp_path / "programs.json").exists()


def test_a_program_that_never_stays_up_ends_the_whole_with_the_way_to_its_log(tmp_path: Path) -> None:
    process = supervise(tmp_path, "echo wrong; exit 3")
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert f"shell does not stay up (exit code 3). Its output is in {tmp_path / 'shell.log'}." in output
    assert (tmp_path / "shell.log").read_text() == "wrong\n" * 3


def test_what_a_killed_supervisor_left_is_ended_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    process = supervise(tmp_path, "sleep 300 & echo child $!; wait")
    child = child_in(read_until(process, "child"))
    record = tmp_path / "programs.json"
    while not record.exists():  # it is written right after the program was started, which may speak first
        time.sleep(0.01)
    process.kill()
    process.communicate()
    assert lives(child)
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, cwd="/", start_new_session=True) as stranger:
        known = json.loads(record.read_text())
        record.write_text(json.dumps(known | {"groups": [*known["groups"], stranger.pid]}))
        assert end_left_over(record) == 2  # the shell and its child
        assert not lives(child)
        assert stranger.poll() is None
    assert not record.exists()


@pytest.mark.parametrize("text", [None, "", "{"])
def test_a_record_that_is_missing_or_torn_ends_nothing(tmp_path: Path, text: str | None) -> None:
    record = tmp_path / "programs.json"
    if text is not None:
        record.write_text(text)
    assert end_left_over(record) == 0
    assert lives(os.getpid())
