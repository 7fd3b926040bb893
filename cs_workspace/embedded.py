"""Embedded mode: PostgreSQL and Valkey from their wheels, everything they keep under one folder (`var/`).

The addresses follow from the folder alone, so every process of the workspace finds the servers without asking.
Whoever needs them holds a lease (`with servers(var_dir)`): the first lease starts them, the last one stops them,
and the kernel drops the lease of a process that was killed, so a crash can leave a server running but never a lock.
"""

import fcntl
import os
import secrets
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from cs_workspace.embedded_servers import (
    DATABASE_NAME,
    EmbeddedError,
    make_folder,
    not_ours,
    socket_dir,
    start_postgres,
    start_valkey,
    stop_postgres,
    stop_valkey,
)

# Commands of manage.py that read and write no database; `up` brings the servers up itself.
WITHOUT_SERVERS = frozenset(
    {
        *("help", "version", "--version", "check", "collectstatic", "diffsettings", "findstatic"),
        *("compilemessages", "makemessages", "makemigrations", "startapp", "score", "up"),
    }
)


# Addresses


def secret_key(var_dir: Path) -> str:
    """The key of this installation, made at the first call and kept in `var/secret_key`, readable by its owner only."""
    path = var_dir / "secret_key"
    if not path.exists():
        make_folder(var_dir)
        # A link is made whole or not at all: processes that start together agree on one key.
        with tempfile.NamedTemporaryFile("w", dir=var_dir) as draft, suppress(FileExistsError):
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            path.hardlink_to(draft.name)
    try:
        return path.read_text()
    except PermissionError as error:
        raise EmbeddedError(not_ours(path)) from error


def database_url(var_dir: Path) -> str:
    """Where the embedded PostgreSQL of this folder listens, running or not."""
    return f"postgres://postgres@/{quote(str(socket_dir(var_dir)))}/{DATABASE_NAME}"


def redis_url(var_dir: Path, database: int = 0) -> str:
    """Where the embedded Valkey of this folder listens, running or not."""
    return f"unix://{quote(str(socket_dir(var_dir)))}/valkey.sock?db={database}"


def celery_broker_url(redis_url: str) -> str:
    """The same server in the words of Celery, which knows Unix sockets under another scheme."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return redis_url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)


# Leases


@contextmanager
def servers(var_dir: Path, *, durable: bool = True) -> Iterator[None]:
    """Both servers are up inside; the last one to leave stops them.

    `durable=False` trades safety against power cuts for speed: for tests.
    Raises EmbeddedError where the wheels are missing or a server does not come up; its log is quoted.
    """
    make_folder(var_dir)
    with _locked_file(var_dir / "servers.lease") as lease:
        try:
            with _one_at_a_time(var_dir):
                fcntl.flock(lease, fcntl.LOCK_SH)
                start_postgres(var_dir, durable=durable)
                start_valkey(var_dir)
            yield
        finally:
            with _one_at_a_time(var_dir), suppress(BlockingIOError):
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
                stop(var_dir)


@contextmanager
def servers_for_command(arguments: list[str]) -> Iterator[None]:
    """Around one `manage.py` command: brings the servers up where we run embedded and the command needs them."""
    if not _needs_servers(arguments):
        # makemigrations compares with the database where there is one, and warns where not.
        warnings.filterwarnings("ignore", "Got an error checking a consistent migration history")
        yield
        return
    from django.conf import settings

    if not settings.EMBEDDED:
        yield
        return
    # Asked to end, leave by the same door as after the last line: it stops what was started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with servers(settings.VAR_DIR):
        yield


def _needs_servers(arguments: list[str]) -> bool:
    """Whether a command reads or writes the database; retention of a ledger file does not."""
    command = arguments[1] if len(arguments) > 1 else "help"
    if command in WITHOUT_SERVERS or {"-h", "--help", "--version"} & set(arguments):
        return False
    return command != "retention" or not any(one.partition("=")[0] == "--ledger" for one in arguments)


def stop(var_dir: Path) -> None:
    """Ends both servers, whoever uses them; nothing happens where none runs."""
    stop_valkey(var_dir)
    stop_postgres(var_dir)


def in_use(var_dir: Path) -> bool:
    """Does a living process hold a lease on the servers of this folder?"""
    path = var_dir / "servers.lease"
    if not path.exists():
        return False
    with _locked_file(path) as lease:
        try:
            fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def _one_at_a_time(var_dir: Path) -> Iterator[None]:
    """Starting and stopping wait for one another."""
    with _locked_file(var_dir / "servers.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _locked_file(path: Path) -> Iterator[int]:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise EmbeddedError(not_ours(path)) from error
    try:
        yield descriptor
    finally:
        os.close(descriptor)
