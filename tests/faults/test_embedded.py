"""Embedded mode against real faults: servers killed, files left behind, folders in odd places."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from django.conf import settings

from cs_workspace import embedded
from cs_workspace.embedded_servers import SYSTEM_USER


@pytest.fixture
def empty_var() -> Iterator[Path]:
    """A short path, as in a usual checkout; whatever a test leaves running there ends with it."""
    folder = Path(tempfile.mkdtemp(prefix="cs-embedded-"))
    yield folder
    embedded.stop(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A folder in which the servers ran before. Making it anew for each test would be most of the test's time."""
    folder = Path(tempfile.mkdtemp(prefix="cs-embedded-"))
    with embedded.servers(folder, durable=False):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def var(cluster: Path) -> Iterator[Path]:
    """The state after an earlier run, stopped in order; `remember` forgets what that run knew."""
    yield cluster
    embedded.stop(cluster)


def connect(var: Path) -> psycopg.Connection:
    return psycopg.connect(
        host=str(embedded.socket_dir(var)), user="postgres", dbname=embedded.DATABASE_NAME, autocommit=True
    )


def remember(var: Path, word: str) -> None:
    with connect(var) as database:
        database.execute("CREATE TABLE IF NOT EXISTS words (word text)")
        database.execute("TRUNCATE words")
        database.execute("INSERT INTO words VALUES (%s)", [word])


def remembered(var: Path) -> list[str]:
    with connect(var) as database:
        return [word for (word,) in database.execute("SELECT word FROM words ORDER BY word")]


def postmaster(var: Path) -> psutil.Process:
    return psutil.Process(int((var / "postgres" / "postmaster.pid").read_text().splitlines()[0]))


def valkey(var: Path) -> redis.Redis:
    return redis.Redis.from_url(embedded.redis_url(var))


def kill(process: psutil.Process) -> None:
    process.kill()
    with suppress(psutil.TimeoutExpired):
        process.wait(5)


def lease_in_another_process(var: Path) -> subprocess.Popen[str]:
    """A process that holds the servers until its input closes; it has said "up" when this returns."""
    code = (
        "import sys; from pathlib import Path; from cs_workspace import embedded\n"
        "with embedded.servers(Path(sys.argv[1]), durable=False):\n"
        "    print('up', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(var)], cwd=settings.BASE_DIR, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "up\n"
    return holder


def test_a_second_start_finds_the_data_of_the_first(var: Path) -> None:
    with embedded.servers(var, durable=False):
        remember(var, "kept")
        assert valkey(var).ping()
    with pytest.raises(psycopg.OperationalError):
        connect(var)
    with pytest.raises(redis.ConnectionError):
        valkey(var).ping()
    with embedded.servers(var, durable=False):
        assert remembered(var) == ["kept"]


def test_a_database_killed_under_way_recovers_what_was_committed(var: Path) -> None:
    with embedded.servers(var, durable=False):
        remember(var, "committed")
        kill(postmaster(var))
        with embedded.servers(var, durable=False):
            assert remembered(var) == ["committed"]


def test_a_pid_file_whose_number_now_belongs_to_another_program_does_not_stop_the_start(var: Path) -> None:
    with embedded.servers(var, durable=False):
        remember(var, "kept")
        pid_file = var / "postgres" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        kill(postmaster(var))
    # Only a process of the same user deceives PostgreSQL: of another's it knows that it cannot be its own.
    user = SYSTEM_USER if os.geteuid() == 0 else None
    stranger = subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=user, cwd="/")
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    with embedded.servers(var, durable=False):
        assert remembered(var) == ["kept"]
    assert stranger.poll() is None
    stranger.communicate()


def test_a_killed_broker_comes_back_over_its_stale_socket(var: Path) -> None:
    with embedded.servers(var, durable=False):
        pid = valkey(var).info("server")["process_id"]
        kill(psutil.Process(pid))
        assert (embedded.socket_dir(var) / "valkey.sock").exists()
        with embedded.servers(var, durable=False):
            assert valkey(var).info("server")["process_id"] != pid


def test_an_interrupted_first_start_is_done_again(empty_var: Path) -> None:
    draft = empty_var / "postgres.draft"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("18\n")
    with embedded.servers(empty_var, durable=False):
        remember(empty_var, "fresh")
        assert remembered(empty_var) == ["fresh"]


def test_the_servers_stay_until_the_last_process_leaves(var: Path) -> None:
    with embedded.servers(var, durable=False):
        holder = lease_in_another_process(var)
    remember(var, "still up")
    assert embedded.in_use(var)
    holder.communicate()
    assert not embedded.in_use(var)
    with pytest.raises(psycopg.OperationalError):
        connect(var)


def test_a_killed_holder_leaves_no_lock_and_its_servers_are_taken_over(var: Path) -> None:
    holder = lease_in_another_process(var)
    first = postmaster(var).pid
    holder.kill()
    holder.communicate()
    assert not embedded.in_use(var)
    with embedded.servers(var, durable=False):
        assert postmaster(var).pid == first
    assert not psutil.pid_exists(first) or psutil.Process(first).status() == psutil.STATUS_ZOMBIE


def test_a_checkout_too_deep_for_a_socket_address_works(empty_var: Path) -> None:
    deep = empty_var / ("a-folder-with-a-long-name-" * 6)
    assert len(str(embedded.socket_dir(deep))) < 40
    with embedded.servers(deep, durable=False):
        remember(deep, "deep")
        assert remembered(deep) == ["deep"]
        assert valkey(deep).ping()
    assert not any(path.is_socket() for path in embedded.socket_dir(deep).iterdir())
    embedded.socket_dir(deep).rmdir()


def test_a_server_that_does_not_start_is_quoted_with_the_way_out(var: Path) -> None:
    conf = var / "postgres" / "postgresql.auto.conf"
    before = conf.read_text()
    conf.write_text("shared_buffers = 'much'\n")
    with pytest.raises(embedded.EmbeddedError, match=r'(?s)invalid value for parameter "shared_buffers".*DATABASE_URL'):
        embedded.servers(var, durable=False).__enter__()
    assert not embedded.in_use(var)
    conf.write_text(before)


def test_data_of_another_postgresql_version_is_left_alone(empty_var: Path) -> None:
    (empty_var / "postgres").mkdir()
    (empty_var / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(embedded.EmbeddedError, match="written by PostgreSQL 16, this workspace brings 18"):
        embedded.servers(empty_var, durable=False).__enter__()
    assert [path.name for path in (empty_var / "postgres").iterdir()] == ["PG_VERSION"]


def test_processes_that_start_together_agree_on_one_secret_key_that_only_the_owner_can_read(empty_var: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(embedded.secret_key(empty_var))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) > 50
    assert stat.S_IMODE((empty_var / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in empty_var.iterdir() if path.is_file()] == ["secret_key"]


def test_no_other_user_can_reach_the_database(var: Path) -> None:
    with embedded.servers(var, durable=False):
        assert stat.S_IMODE(embedded.socket_dir(var).stat().st_mode) == 0o700
        assert stat.S_IMODE((var / "postgres").stat().st_mode) == 0o700
        with connect(var) as database:
            assert database.execute("SHOW listen_addresses").fetchone() == ("",)


@pytest.mark.parametrize(
    ("var_dir", "broker"),
    [
        ("/srv/cs/var", "redis+socket:///srv/cs/var/run/valkey.sock?virtual_host=3"),
        ("/srv/with space/var", "redis+socket:///srv/with%20space/var/run/valkey.sock?virtual_host=3"),
    ],
)
def test_celery_gets_the_socket_in_its_own_words(var_dir: str, broker: str) -> None:
    assert embedded.celery_broker_url(embedded.redis_url(Path(var_dir), database=3)) == broker


def test_celery_gets_a_server_on_the_network_as_it_is() -> None:
    assert embedded.celery_broker_url("rediss://:secret@valkey.example:6380/1") == (
        "rediss://:secret@valkey.example:6380/1"
    )


def test_a_command_that_needs_the_database_brings_it_up_and_takes_it_down(empty_var: Path) -> None:
    assert manage(empty_var, "dbshell", "--", "-c", "SELECT 1").returncode == 0
    with pytest.raises(psycopg.OperationalError):
        connect(empty_var)


@pytest.mark.parametrize("command", [["makemigrations", "--check", "--dry-run"], ["migrate", "--help"]])
def test_a_command_that_needs_no_database_starts_none(empty_var: Path, command: list[str]) -> None:
    result = manage(empty_var, *command)
    assert (result.returncode, result.stderr) == (0, "")
    assert not (empty_var / "postgres").exists()


def test_a_command_that_is_asked_to_end_takes_its_servers_along(var: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", "print('up', flush=True); input()"],
        cwd=settings.BASE_DIR, env=embedded_environment(var), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    server = postmaster(var).pid
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=15)
    assert process.returncode == 128 + signal.SIGTERM
    assert not psutil.pid_exists(server) or psutil.Process(server).status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("missing", ["SECRET_KEY", "REDIS_URL"])
def test_server_mode_says_which_variable_is_missing_and_what_to_set(missing: str) -> None:
    given = {"DATABASE_URL": "postgres://h/d", "REDIS_URL": "redis://h/0", "SECRET_KEY": "k"}
    del given[missing]
    result = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=settings.BASE_DIR, env=bare_environment() | given,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 1
    assert result.stderr.startswith(f"{missing} is not set.")
    assert "docs/operations.md" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def bare_environment() -> dict[str, str]:
    ours = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "CS_VAR_DIR"}
    return {name: value for name, value in os.environ.items() if name not in ours}


def embedded_environment(var: Path) -> dict[str, str]:
    return bare_environment() | {"CS_VAR_DIR": str(var)}


def manage(var: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=settings.BASE_DIR, env=embedded_environment(var),
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
