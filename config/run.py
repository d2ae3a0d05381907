"""`make run`: the whole platform on one machine, as in production, and nothing left behind afterwards.

Starts PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), prepares the database, then runs the
web server, one Celery worker and beat, and shows their output line by line. Everything ends with this process: on
Ctrl-C, on SIGTERM, when the process that started it dies, and on kill -9.

A part that ends by itself is started again, because its work is kept in PostgreSQL and Valkey. One that ends soon
after its start, several times in a row, would only go on doing so: then everything ends, with one line that says
which it was. Before the site was ready for the first time, once is enough.
"""

import contextlib
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from config import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"
PROGRAMS = Path(sys.executable).parent  # of the venv
TRIAL = 10.0  # seconds after a start within which an end counts as a failure
FAILURES = 3  # in a row; a part may fail because the one it needs is just being started again
GRACE = 10.0  # seconds a process has to end after it was asked to
READY_WITHIN = 120.0  # seconds
LEAST_SPACE = 50  # MB; with less left after a failure, that is the reason
QUEUES = "default,mail,screening,scores"


class RunError(Exception):
    """Why the platform does not run, in one sentence."""


class Part(Protocol):
    """What the supervisor keeps alive: a server of config.embedded or a `Process`."""

    name: str

    @property
    def running(self) -> bool: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class Process:
    """One of our own processes, whose output is shown with its name in front."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.process = embedded.spawn(
            self.command,
            stop=signal.SIGTERM,
            cwd=BASE_DIR,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        threading.Thread(target=self._show, args=[self.process], daemon=True).start()

    def ask(self) -> None:
        """Ask it to end, without waiting."""
        if self.process:
            self.process.terminate()

    def stop(self) -> None:
        """End it and whatever it started itself."""
        self.ask()
        if self.process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def _show(self, process: subprocess.Popen[bytes]) -> None:
        """Goes on reading when nobody can see it any more: a full pipe would stop the process."""
        for line in filter(bytes.strip, process.stdout or ()):
            say(f"{self.name:<7}| {line.decode(errors='replace').rstrip()}")


def say(line: str) -> None:
    with contextlib.suppress(OSError):  # the terminal may be gone
        print(line, flush=True)


# ---- before the start ------------------------------------------------------------------------------------


def chosen_port() -> int:
    """`PORT`, or 8000; raises RunError when it cannot be used."""
    wanted = os.environ.get("PORT", "8000")
    if not (wanted.isascii() and wanted.isdigit() and 0 < int(wanted) < 65536):
        raise RunError(f"PORT must be a number from 1 to 65535, not {wanted!r}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(wanted)))
        except PermissionError as error:
            raise RunError(
                f"Port {wanted} is only for root: choose another one, make run PORT=8001."
            ) from error
        except OSError as error:
            raise RunError(f"Port {wanted} is taken: choose another one, make run PORT=8001.") from error
    return int(wanted)


def write_environment(path: Path) -> None:
    """Settings of this laptop, made once. `manage.py` reads them too; the real environment wins."""
    if path.exists():
        return
    path.parent.mkdir(mode=0o755, exist_ok=True)
    lines = [f"SECRET_KEY={secrets.token_urlsafe(48)}", "DEMO=1", "INSECURE_HTTP=1"]
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")
    draft.replace(path)


def environment(port: int) -> dict[str, str]:
    """What our processes get."""
    defaults = {"SITE_URL": f"http://localhost:{port}", "LOG_JSON": "0", "LOG_LEVEL": "WARNING"}
    # A laptop's root is told nothing new by Celery's page on users.
    always = {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    # Without its cached bytecode every process starts three seconds later.
    given = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return defaults | given | always


def missing_servers() -> list[embedded.Server]:
    """The embedded servers that no address in the environment replaces."""
    postgres, valkey = embedded.servers(BASE_DIR)
    wanted: dict[str, embedded.Server] = {"DATABASE_URL": postgres, "REDIS_URL": valkey}
    return [server for name, server in wanted.items() if not os.environ.get(name)]


def mention_moved_data(servers: list[embedded.Server]) -> None:
    for server in servers:
        if not server.data.is_relative_to(VAR):
            say(f"{server.name} keeps its data in {server.data}: its user may not enter {VAR}.")


def prepare(env: dict[str, str]) -> str:
    """Migrations, places, demo, static files. Gives the demo logins as lines of text."""
    command = [sys.executable, str(BASE_DIR / "manage.py"), "prepare"]
    process = embedded.spawn(command, stop=signal.SIGTERM, cwd=BASE_DIR, env=env, stdout=subprocess.PIPE)
    try:
        logins = process.communicate()[0].decode()
    finally:
        process.terminate()
    if process.wait():
        full = shutil.disk_usage(VAR).free < LEAST_SPACE * 1_000_000
        raise RunError(f"Preparing failed: {'the disk is full' if full else 'the reason is above'}.")
    return logins


# ---- running ---------------------------------------------------------------------------------------------


def processes(port: int, env: dict[str, str]) -> list[Process]:
    """Web, worker and beat, with the options of production."""
    # A worker that is told to end while it starts may miss it, hence the last option.
    granian = (
        f"granian --interface wsgi --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 1"
        " --respawn-failed-workers --no-ws --log-level warning --workers-kill-timeout 10 config.wsgi:application"
    )
    celery = "celery --quiet --app config"
    options = f"--concurrency 2 --without-gossip --without-mingle --loglevel WARNING --queues {QUEUES}"
    return [
        Process("web", _program(granian), {**env, "WEB": "1"}),
        Process("worker", _program(f"{celery} worker {options}"), env),
        Process("beat", _program(f"{celery} beat --loglevel WARNING"), env),
    ]


def _program(line: str) -> list[str]:
    """A command line, its program taken from the venv."""
    program, *arguments = shlex.split(line)
    return [str(PROGRAMS / program), *arguments]


@contextlib.contextmanager
def started(parts: Sequence[Part]) -> Iterator[None]:
    """Start in this order, stop in the other one."""
    with contextlib.ExitStack() as stack:
        for part in parts:
            stack.callback(part.stop)
            part.start()
        try:
            yield
        finally:
            for part in parts:
                if isinstance(part, Process):
                    part.ask()  # all at once; the stack then waits for each


class Supervisor:
    """Starts again what has ended, while the process that started us lives."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts
        self.since = {part.name: time.monotonic() for part in parts}
        self.failures = dict.fromkeys(self.since, 0)
        self.was_ready = False
        self.parent = os.getppid()

    def await_ready(self, ready: Callable[[], bool]) -> None:
        end = time.monotonic() + READY_WITHIN
        while not ready():
            if time.monotonic() > end:
                raise RunError(f"The site is not ready after {READY_WITHIN:.0f} seconds: see above.")
            self.look()
            time.sleep(0.1)
        self.was_ready = True

    def forever(self) -> None:
        while os.getppid() == self.parent:
            self.look()
            time.sleep(0.3)

    def look(self) -> None:
        for part in self.parts:
            if not part.running:
                self.revive(part)

    def revive(self, part: Part) -> None:
        part.stop()
        quickly = time.monotonic() - self.since[part.name] < TRIAL
        self.failures[part.name] = self.failures[part.name] + 1 if quickly else 0
        if self.failures[part.name] >= (FAILURES if self.was_ready else 1):
            raise RunError(f"{part.name} ended right after its start, so everything stops: see above.")
        say(f"{part.name} ended by itself and is started again.")
        part.start()
        self.since[part.name] = time.monotonic()


def is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def greet(port: int, logins: str) -> None:
    say(f"\nmy-recruiter runs at http://localhost:{port}\n")
    for line in logins.splitlines():
        say(f"  {line}")
    say(f"\nMails are written to {os.environ.get('MAIL_DIR', VAR / 'mail')}. Ctrl-C stops everything.\n")


def run() -> None:
    port = chosen_port()
    write_environment(VAR / "env")
    env = environment(port)
    servers = missing_servers()
    ours = processes(port, env)
    with started(servers):
        mention_moved_data(servers)
        logins = prepare({**env, "LOG_LEVEL": "ERROR"})
        with started(ours):
            supervisor = Supervisor([*servers, *ours])
            supervisor.await_ready(lambda: is_ready(port))
            greet(port, logins)
            supervisor.forever()


def _interrupt(*_: object) -> None:
    """The first signal stops everything in order; the stops have time limits, so more signals change nothing."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        run()
    except KeyboardInterrupt:
        say("Stopped.")
    except (RunError, embedded.EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"It cannot start: {embedded.said(error)}.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
