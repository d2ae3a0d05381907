"""`make run` as somebody meets it: a copy of the checkout, started, watched and ended in every way."""

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config import embedded, run
from config.run import Process, RunError, Supervisor

ROOT = Path(__file__).parents[2]
NOT_COPIED = shutil.ignore_patterns(".*", "var", "tests", "docs", "node_modules", "__pycache__")
only_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


def eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A copy at a path with spaces, so that a `make run` in this checkout is not disturbed."""
    folder = Path(tempfile.mkdtemp(prefix="my-recruiter-run-", dir="/tmp"))
    folder.chmod(0o711)
    base = folder / "a copy with spaces"
    shutil.copytree(ROOT, base, ignore=NOT_COPIED)
    yield base
    shutil.rmtree(folder)
    shutil.rmtree(embedded.socket_folder(base), ignore_errors=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(port: int) -> dict[str, str]:
    """Of a person at a terminal: nothing of what the tests set."""
    return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PORT": str(port), "DEMO": "0"}


def processes_of(base: Path) -> list[str]:
    """Every process that works in the copy or names it on its command line."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text().replace("\0", " ")
            if command and (str(base) in command or os.readlink(process / "cwd").startswith(str(base))):
                found.append(f"{process.name} {command}")
        except OSError:
            continue
    return found


def answers(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except OSError:
        return 0


def start(base: Path, port: int, *before: str) -> "subprocess.Popen[str]":
    command = [*before, sys.executable, "-m", "config.run"]
    return subprocess.Popen(
        command, cwd=base, env=environment(port), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def await_ready(running: "subprocess.Popen[str]", port: int) -> None:
    assert eventually(lambda: answers(port, "/readyz") == 200 or running.poll() is not None, 90)
    assert running.poll() is None, running.communicate()[0]


@only_linux
def test_it_serves_and_ctrl_c_stops_everything(checkout: Path, port: int) -> None:
    with start(checkout, port) as running:
        await_ready(running, port)
        assert answers(port, "/healthz") == 200
        assert stat.S_IMODE((checkout / "var" / "env").stat().st_mode) == 0o600
        assert any(f"http://localhost:{port}" in line for line in running.stdout or ())
        running.send_signal(signal.SIGINT)
        output, _ = running.communicate(timeout=40)
        assert running.returncode == 0, output
        assert eventually(lambda: processes_of(checkout) == [], 5), processes_of(checkout)


@only_linux
@pytest.mark.parametrize("who", ["itself", "the process that started it"])
def test_nothing_survives_kill_9(checkout: Path, port: int, who: str) -> None:
    parent = ["/bin/sh", "-c", '"$@" & wait', "sh"] if who != "itself" else []
    with start(checkout, port, *parent) as running:
        await_ready(running, port)
        running.kill()
        assert eventually(lambda: processes_of(checkout) == []), processes_of(checkout)


def test_a_taken_port_is_said_in_one_line(checkout: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with start(checkout, port) as running:
            output, _ = running.communicate(timeout=20)
    assert running.returncode == 1
    assert output == f"Port {port} is taken: choose another one, make run PORT=8001.\n"


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8000 "])
def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(RunError, match="must be a number"):
        run.chosen_port()


def test_addresses_in_the_environment_replace_our_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/site")
    monkeypatch.setenv("REDIS_URL", "redis://queue.example")
    assert run.missing_servers() == []
    monkeypatch.delenv("REDIS_URL")
    assert [server.name for server in run.missing_servers()] == ["Valkey"]


def test_the_secret_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "var" / "env"
    run.write_environment(path)
    first = path.read_text()
    run.write_environment(path)
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# ---- the supervisor --------------------------------------------------------------------------------------


@pytest.fixture
def sleeper() -> Iterator[Process]:
    process = Process("sleeper", ["sleep", "60"], dict(os.environ))
    process.start()
    yield process
    process.stop()


def kill(process: Process) -> None:
    assert process.process
    process.process.kill()
    process.process.wait()


def test_a_part_that_ended_is_started_again(
    sleeper: Process, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "TRIAL", 0)
    supervisor = Supervisor([sleeper])
    kill(sleeper)
    supervisor.look()
    assert sleeper.running
    assert "sleeper ended by itself and is started again" in capsys.readouterr().out


def test_before_the_site_is_ready_one_failure_ends_everything_with_its_name(sleeper: Process) -> None:
    supervisor = Supervisor([sleeper])
    kill(sleeper)
    with pytest.raises(RunError, match="sleeper ended right after its start"):
        supervisor.look()


def test_later_only_failures_in_a_row_end_everything(sleeper: Process) -> None:
    supervisor = Supervisor([sleeper])
    supervisor.await_ready(lambda: True)
    for _ in range(run.FAILURES - 1):
        kill(sleeper)
        supervisor.look()
        assert sleeper.running
    kill(sleeper)
    with pytest.raises(RunError, match="sleeper ended right after its start"):
        supervisor.look()


def group_lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_is_stopped_with_whatever_it_started() -> None:
    script = "sleep 60 & echo $!; wait"
    process = Process("shell", ["/bin/sh", "-c", f"trap '' TERM; {script}"], dict(os.environ))
    process.start()
    assert process.process
    group = process.process.pid
    process.process.kill()
    process.stop()
    assert eventually(lambda: not group_lives(group), 5)


def test_its_lines_carry_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    process = Process("echo", ["/bin/echo", "hello"], dict(os.environ))
    process.start()
    assert eventually(lambda: "echo   | hello" in capsys.readouterr().out, 5)
    process.stop()
