"""The whole workspace in one command, without any service on the machine."""

import fcntl
import hashlib
import json
import os
import signal
import socket
import sys
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, transaction

from accounts.models import Account
from cs_workspace import embedded
from cs_workspace.supervisor import Program, Supervisor, end_left_over, say
from cs_workspace.web.demo import LOGINS

FIRST_PORT = 8000
PORTS_TRIED = 100


class Command(BaseCommand):
    help = (
        "Embedded mode: starts database and broker, migrates, loads the demo company on first start, "
        "runs web, worker and beat until Ctrl-C."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-demo", action="store_true", help="leave a new workspace empty")

    def handle(self, *, no_demo: bool, **options: object) -> None:
        if not settings.EMBEDDED:
            raise CommandError(
                "DATABASE_URL is set, so the workspace runs in server mode: start the processes of the Procfile. "
                "`up` is for embedded mode; unset DATABASE_URL to use it."
            )
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(0))
        try:
            embedded.make_folder(settings.VAR_DIR)
            with only_one(settings.VAR_DIR / "up.lock") as lock:
                if ended := end_left_over(self.record):
                    say(f"Ended {ended} processes that the last run left behind.")
                host = os.environ.get("HOST", "127.0.0.1")
                port = choose_port(host)
                with embedded.servers(settings.VAR_DIR):
                    prepare(demo=not no_demo)
                    sys.exit(self.run_programs(lock, host, port))
        except embedded.EmbeddedError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            sys.exit(0)

    record = settings.VAR_DIR / "programs.json"

    def run_programs(self, lock: int, host: str, port: int) -> int:
        shown_host = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  compared, not bound
        url = f"http://{shown_host}:{port}"
        os.truncate(lock, 0)
        os.pwrite(lock, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)
        log_level = os.environ.get("LOG_LEVEL", "WARNING")
        environment = os.environ | {
            "HOST": host,
            "PORT": str(port),
            "LOG_LEVEL": log_level,
            "SITE_URL": os.environ.get("SITE_URL", url),
            "PYTHONUNBUFFERED": "1",
        }
        supervisor = Supervisor(
            programs(settings.VAR_DIR / "log", log_level),
            environment=environment,
            folder=settings.BASE_DIR,
            record=self.record,
        )
        code = supervisor.run(is_ready=lambda: answers(f"{url}/healthz"), on_ready=lambda: greet(url))
        say("Stopped. The data is kept; start again with `make run`." if code == 0 else "Stopped.")
        return code


def programs(logs: Path, log_level: str) -> list[Program]:
    """Web, worker and beat, as in the Procfile."""
    celery = [sys.executable, "-m", "celery", "-A", "cs_workspace", "--quiet"]
    commands = {
        "web": [sys.executable, "-m", "gunicorn", "-c", "python:cs_workspace.gunicorn_conf", "cs_workspace.wsgi"],
        "worker": [*celery, "worker", "--concurrency=2", f"--loglevel={log_level}", "--without-mingle"],
        "beat": [*celery, "beat", f"--loglevel={log_level}", "--pidfile="],
    }
    return [Program(name, command, logs / f"{name}.log") for name, command in commands.items()]


def prepare(*, demo: bool) -> None:
    """Brings the database and the static files to this version; an empty workspace gets the demo company."""
    say("Bringing the database up to date …")
    call_command("migrate", interactive=False, verbosity=0)
    collect_static()
    if demo and not get_user_model().objects.exists() and not Account.objects.exists():
        say("First start: making the demo company (two or three minutes) …")
        # In one piece: an interrupted first start leaves an empty workspace, which the next start fills.
        with transaction.atomic():
            call_command("demo")
    connection.close()


def collect_static() -> None:
    """Collects static files, but only where something changed since: it compresses each one."""
    stamp = settings.STATIC_ROOT / "collected.stamp"
    state = hashlib.sha256()
    for package in ("django", "django-unfold", "django-htmx"):
        state.update(f"{package} {metadata.version(package)}\n".encode())
    for path in sorted(p for folder in settings.STATICFILES_DIRS for p in Path(folder).rglob("*") if p.is_file()):
        state.update(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}\n".encode())
    if not stamp.exists() or stamp.read_text() != state.hexdigest():
        say("Collecting static files …")
        call_command("collectstatic", interactive=False, verbosity=0, clear=settings.STATIC_ROOT.exists())
        stamp.write_text(state.hexdigest())


@contextmanager
def only_one(path: Path) -> Iterator[int]:
    """One workspace per folder. The kernel drops the lock of a process that died, so a stale one cannot be."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        running = path.read_text()
        where = "is starting" if not running else "runs as process {pid} at {url}".format(**json.loads(running))
        raise CommandError(f"This workspace already {where}. Use it there, or end it with Ctrl-C first.") from None
    os.truncate(descriptor, 0)
    try:
        yield descriptor
    finally:
        os.truncate(descriptor, 0)
        os.close(descriptor)


def choose_port(host: str) -> int:
    """PORT where it is given, else the first free one from 8000 on."""
    given = os.environ.get("PORT", "")
    if given:
        if not given.isdecimal() or not 0 < int(given) < 65536:
            raise CommandError(f"PORT is {given!r}; it must be a number from 1 to 65535.")
        if not is_free(host, int(given)):
            raise CommandError(f"Port {given} is taken by another program. Set PORT to a free one, or unset it.")
        return int(given)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        if is_free(host, port):
            if port != FIRST_PORT:
                say(f"Port {FIRST_PORT} is taken by another program; using {port}.")
            return port
    raise CommandError(f"No free port from {FIRST_PORT} to {FIRST_PORT + PORTS_TRIED - 1}. Set PORT to a free one.")


def is_free(host: str, port: int) -> bool:
    """Can a server be bound there? An unknown host is an error with its reason."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError as error:
        raise CommandError(f"HOST is {host!r}, which this machine does not know: {error.strerror}.") from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError:
            return False
    return True


def answers(url: str) -> bool:
    """Does the web server answer, whatever it says?"""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  our own address
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def greet(url: str) -> None:
    """Where to go and as whom."""
    say(f"\n  {settings.WORKSPACE_NAME} is ready at {url}\n")
    emails = {login.email for login in LOGINS}
    if get_user_model().objects.filter(email__in=emails).count() == len(emails):
        say("  Log in as")
        for login in LOGINS:
            say(f"    {login.role:<10} {login.email:<32} {login.password}")
    elif not get_user_model().objects.exists():
        say("  Nobody can log in yet; in another terminal: ./manage.py createsuperuser")
    connection.close()
    say(f"\n  Ctrl-C ends everything; the data stays in {settings.VAR_DIR}.\n")
