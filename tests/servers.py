"""The throw-away PostgreSQL and Valkey of one run of the suite, shared by its parallel processes.

The first process of a run names a folder in the environment; the others inherit it. Nothing starts before a test
needs a database, and the last process to leave stops what was started.
"""

import atexit
import os
import re
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import psutil

from cs_workspace import embedded

PREFIX = "cs-tests-"
FOLDER_VARIABLE = "CS_TEST_VAR_DIR"
_leases = ExitStack()
_leased = False


def var_dir() -> Path:
    """The folder of this run; the process that made it removes it at its end."""
    if FOLDER_VARIABLE not in os.environ:
        remove_left_over()
        os.environ[FOLDER_VARIABLE] = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-")
        atexit.register(_remove, Path(os.environ[FOLDER_VARIABLE]), os.getpid())
    return Path(os.environ[FOLDER_VARIABLE])


def environment(folder: Path) -> dict[str, str]:
    """What the settings need: the servers in `folder`, or in server mode those of the given environment.

    Parallel processes each get a Valkey database of their own, as each gets a test database.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ours = {
        "DATABASE_URL": embedded.database_url(folder),
        "REDIS_URL": embedded.redis_url(folder, database=worker % 16),
    }
    given = {"DATABASE_URL": os.environ.get("DATABASE_URL", ""), "REDIS_URL": os.environ.get("REDIS_URL", "")}
    if given["DATABASE_URL"] and given["DATABASE_URL"] != ours["DATABASE_URL"]:
        given["REDIS_URL"] = re.sub(r"(://[^/]+)(/0)?/?$", rf"\1/{worker % 16}", given["REDIS_URL"])
    else:
        given = ours
    return given | {
        "SECRET_KEY": os.environ.get("SECRET_KEY", "a-key-for-tests-only"),
        "CS_VAR_DIR": str(folder),
    }


def ensure() -> None:
    """Brings the servers of this run up, once; they are released when the process ends."""
    global _leased
    if not _leased:
        _leased = True
        _leases.enter_context(embedded.servers(var_dir(), durable=False))
        atexit.register(_leases.close)


def are_ours() -> bool:
    """False where DATABASE_URL named servers from outside."""
    return os.environ["DATABASE_URL"] == embedded.database_url(var_dir())


def remove_left_over() -> None:
    """What a killed run left behind: its servers and its folder, which bears the number of the process."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        maker = folder.name.removeprefix(PREFIX).split("-")[0]
        lives = maker.isdecimal() and psutil.pid_exists(int(maker))
        if not lives and os.access(folder, os.W_OK) and not embedded.in_use(folder):
            embedded.stop(folder)
            shutil.rmtree(folder, ignore_errors=True)


def _remove(folder: Path, made_by: int) -> None:
    # A forked child inherits the exit handler but not the ownership.
    if os.getpid() == made_by:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
