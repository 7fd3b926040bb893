"""Runs several programs as one: starts them, shows their output, starts again what died, ends them together."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import psutil

STOP_SECONDS = 20  # a task under way may finish
END_SECONDS = 5  # what is killed ends at once, unless the machine is very busy
SHORT_LIFE_SECONDS = 5
SHORT_LIVES_ALLOWED = 3
TICK_SECONDS = 0.1
_terminal = threading.Lock()  # whole lines, whoever writes


@dataclass
class Program:
    """One command to keep running; its output goes to the terminal and to `log`."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen[str] | None = None
    started_at: float = 0.0
    short_lives: int = 0
    pump: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Keeps programs running until it is told to stop by SIGINT, SIGTERM or SIGHUP.

    Each program leads a session of its own, so Ctrl-C reaches only us and the end is in order. Their process ids
    stand in the file `record`: after a supervisor that was killed, `end_left_over` finds what it left running.
    """

    def __init__(self, programs: list[Program], *, environment: dict[str, str], folder: Path, record: Path) -> None:
        self.programs = programs
        self.environment = environment
        self.folder = folder
        self.record = record
        self.stopping = False
        self.hurry = False

    def run(self, *, is_ready: Callable[[], bool], on_ready: Callable[[], None]) -> int:
        """Returns the exit code: 0 after a request to stop, 1 when a program does not stay up."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        ready = False
        try:
            for program in self.programs:
                self._start(program)
            while not self.stopping:
                if not ready and is_ready():
                    ready = True
                    on_ready()
                for program in self.programs:
                    if not self._keep_up(program):
                        return 1
                time.sleep(TICK_SECONDS)
            return 0
        finally:
            self._stop_all()

    def _ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self.hurry = self.stopping
        self.stopping = True

    def _start(self, program: Program) -> None:
        program.process = subprocess.Popen(
            program.command, cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
        )  # fmt: skip
        program.started_at = time.monotonic()
        program.pump = threading.Thread(target=_pump, args=(program, program.process), daemon=True)
        program.pump.start()
        self._write_record()

    def _keep_up(self, program: Program) -> bool:
        """Starts a dead program again; False when it dies as soon as it starts."""
        assert program.process is not None
        code = program.process.poll()
        if code is None or self.stopping:
            return True
        _end_group(program.process.pid)
        short = time.monotonic() - program.started_at < SHORT_LIFE_SECONDS
        program.short_lives = program.short_lives + 1 if short else 0
        if program.short_lives >= SHORT_LIVES_ALLOWED:
            say(f"{program.name} does not stay up ({_how(code)}). Its output is in {program.log}.")
            return False
        say(f"{program.name} ended ({_how(code)}); starting it again.")
        self._start(program)
        return True

    def _stop_all(self) -> None:
        running = [program.process for program in self.programs if program.process]
        for process in running:
            # Only the leader: it knows how to end its own children in order.
            process.terminate()
        end = time.monotonic() + STOP_SECONDS
        while any(process.poll() is None for process in running) and time.monotonic() < end and not self.hurry:
            time.sleep(TICK_SECONDS)
        for process in running:
            _end_group(process.pid)
            process.wait()
        for program in self.programs:
            if program.pump:
                program.pump.join(timeout=2)
        self.record.unlink(missing_ok=True)

    def _write_record(self) -> None:
        pids = [program.process.pid for program in self.programs if program.process]
        draft = self.record.with_suffix(".draft")
        draft.write_text(json.dumps({"folder": str(self.folder), "groups": pids}))
        draft.replace(self.record)


def end_left_over(record: Path) -> int:
    """Ends what a killed supervisor left running; returns how many processes that were.

    A number in the record may belong to a stranger by now, so only processes that work in our folder count.
    """
    try:
        known = json.loads(record.read_text())
    except (OSError, ValueError):
        return 0
    left_over = []
    for process in psutil.process_iter():
        try:
            if _group_of(process.pid) in known["groups"] and process.cwd() == known["folder"]:
                left_over.append(process)
        except psutil.Error:
            continue
    for process in left_over:
        process.terminate()
    _, stubborn = psutil.wait_procs(left_over, timeout=5)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    record.unlink(missing_ok=True)
    return len(left_over)


def say(text: str) -> None:
    """Prints at once, also into a pipe; a closed terminal does not matter."""
    with _terminal:
        try:
            sys.stdout.write(text + "\n")
            sys.stdout.flush()
        except OSError:
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115  for the rest of this process


def _pump(program: Program, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    with program.log.open("a") as log, process.stdout:
        for line in process.stdout:
            log.write(line)
            log.flush()
            if line.strip():
                say(f"{program.name:<6} | {line.rstrip()}")


def _end_group(leader: int) -> None:
    """Kills a session and returns when nothing of it runs: what starts next may want its ports and locks."""
    members = [process for process in psutil.process_iter() if _group_of(process.pid) == leader]
    # macOS says "not permitted" for a group of zombies.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
    end = time.monotonic() + END_SECONDS
    while any(_runs(process) for process in members) and time.monotonic() < end:
        time.sleep(TICK_SECONDS / 10)


def _group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except OSError:  # it has just ended
        return None


def _runs(process: psutil.Process) -> bool:
    """Whether it runs; a zombie does not, and whoever should collect it may never do so."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _how(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
