"""Web servers with the settings of production, and load on them: only on this machine, for seconds, then it ends."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from config import embedded
from tests.bench.data import SCALE
from tests.bench.mailserver import free_port

SECONDS = {"full": 5, "small": 2, "tiny": 1}[SCALE]  # of load at a time
CONNECTIONS = 16  # fewer may all land on one of the workers
WITHIN = 60.0  # seconds a server has to answer
PRODUCTION = {"WEB": "1", "STATIC_MANIFEST": "1", "RATE_LIMITS_FACTOR": "1000000"}
SCRIPT = """
local paths, at = {}, 0
function init(args)
  for line in io.lines(args[1]) do table.insert(paths, line) end
end
function request()
  at = at % #paths + 1
  return wrk.format("GET", paths[at])
end
function done(summary, latency)
  local failed = summary.errors
  io.write(string.format('{"requests": %d, "seconds": %f, "failed": %d, "p95": %f}',
    summary.requests, summary.duration / 1e6,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout,
    latency:percentile(95) / 1e6))
end
"""


@dataclass(frozen=True)
class Load:
    """What came of some seconds of requests: how many in a second, and the time (s) that 95 of 100 took at most."""

    rate: float
    p95: float


@dataclass(frozen=True)
class Site:
    """A web server that answers."""

    port: int
    pid: int

    def read(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=WITHIN) as response:
            text: bytes = response.read()
        return text.decode()

    def warm(self, paths: Sequence[str]) -> None:
        """Ask for each often enough that both workers will have made nearly all of them."""
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for _ in pool.map(self.read, [*paths] * 6):
                pass

    def load(self, paths: Sequence[str], *, connections: int = CONNECTIONS) -> Load:
        """Ask for these in turns for SECONDS; raises if one of the answers is no page."""
        with tempfile.TemporaryDirectory() as folder:
            script, listed = Path(folder, "load.lua"), Path(folder, "paths")
            script.write_text(SCRIPT, encoding="utf-8")
            listed.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
            command = [
                wrk(),
                "-t1",
                f"-c{connections}",
                f"-d{SECONDS}s",
                "--timeout",
                "30s",
                "-s",
                str(script),
            ]
            command += [f"http://127.0.0.1:{self.port}", "--", str(listed)]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        if told["failed"]:
            raise RuntimeError(f"{told['failed']} of {told['requests']} requests failed")
        return Load(told["requests"] / told["seconds"], told["p95"])

    def resident(self) -> float:
        """Memory of the server and its workers in MB."""
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True, check=True
        )
        return sum(_resident(int(pid)) for pid in children.stdout.split())


@contextlib.contextmanager
def site(
    environment: Mapping[str, str], *, settings: str = "config.settings", workers: int = 2
) -> Iterator[Site]:
    """The server of config.run on a port of its own."""
    port = free_port()
    granian = Path(sys.executable).parent / "granian"
    command = [str(granian), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "1", "--respawn-failed-workers", "--no-ws"]
    command += ["--log-level", "warning", "config.wsgi:application"]
    env = {**os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": settings, **environment}
    process = embedded.spawn(command, stop=signal.SIGTERM, env=env)
    try:
        running = Site(port, process.pid)
        _wait(running)
        yield running
    finally:
        process.terminate()
        process.wait()


def static_files() -> None:
    """Collect them once for all sites of this run."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"],
        env=os.environ | PRODUCTION,
        check=True,
    )


def wrk() -> str:
    """The program that makes the load; installed where Debian's packages can be."""
    if not shutil.which("wrk") and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(
            ["apt-get", "install", "--yes", "--no-install-recommends", "wrk"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
    found = shutil.which("wrk")
    if not found:
        raise RuntimeError("Measuring pages needs wrk (https://github.com/wg/wrk): install it and try again.")
    return found


def _wait(site: Site) -> None:
    deadline = time.monotonic() + WITHIN
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, urllib.error.URLError):
            site.read("/healthz")
            return
        time.sleep(0.1)
    raise RuntimeError("the web server does not answer")


def _resident(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
