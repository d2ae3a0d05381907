"""Get everything the project needs, from a bare checkout and any Python from 3.11 on.

uv goes into a venv of its own (`.uvenv`) and is called by path. It makes `.venv` from `uv.lock` with a Python
3.13 or 3.12 that is already on this machine, or downloads one where there is none. Nothing is done when the
stamp in `.venv` says that nothing has changed.

    python3 scripts/bootstrap.py          what `make run` needs
    python3 scripts/bootstrap.py --dev    also what `make test` needs
    python3 scripts/bootstrap.py --verify and what `make verify` needs
"""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".uvenv" / "bin" / "uv"
PYTHON = ROOT / ".venv" / "bin" / "python"
STAMP = ROOT / ".venv" / "bootstrap"
SOURCES = ("uv.lock", "pyproject.toml")
VERSIONS = ("3.13", "3.12")
PROBE = "import ctypes, ssl, sys, zlib; print('%d.%d' % sys.version_info[:2], sys._base_executable)"
LEAST_SPACE = 200  # MB; with less left after a failure, that is the reason
RUN, DEV, VERIFY = "run", "dev", "verify"
GROUPS = {RUN: ("--no-dev", "--inexact"), DEV: ("--group", DEV), VERIFY: ("--group", DEV, "--group", VERIFY)}


class BootstrapError(Exception):
    """What is missing, in one sentence."""


def main() -> int:
    if sys.version_info < (3, 11):  # noqa: UP036 - this file runs before there is a venv
        print(f"Python 3.11 or newer is needed to begin; {sys.executable} is {platform.python_version()}.")
        return 1
    try:
        with _only_one():
            bootstrap(next((purpose for purpose in (VERIFY, DEV) if f"--{purpose}" in sys.argv[1:]), RUN))
    except (BootstrapError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def bootstrap(purpose: str) -> None:
    """Bring `.venv` up to date; what was installed for more stays when it is started for less."""
    stamp = _stamp()
    purpose = max(purpose, stamp.get("purpose", RUN), key=list(GROUPS).index)
    wanted = {"purpose": purpose, "of": _fingerprint(), "at": str(ROOT)}
    if stamp == wanted and _works(PYTHON):
        return
    STAMP.unlink(missing_ok=True)
    if stamp.get("at", str(ROOT)) != str(ROOT):  # a copied venv: its programs start those of the old place
        shutil.rmtree(ROOT / ".venv")
    python = find_python()
    if not _works(UV):
        install_uv(python)
    _sync(python, purpose)
    STAMP.write_text(json.dumps(wanted))


@contextlib.contextmanager
def _only_one() -> Iterator[None]:
    """`make run` and `make test` may start at the same moment."""
    (ROOT / "var").mkdir(mode=0o755, exist_ok=True)
    with (ROOT / "var" / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp() -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        return dict(json.loads(STAMP.read_text()))
    return {}


def _fingerprint() -> str:
    """Of what the environment is made from."""
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in SOURCES)).hexdigest()


def _works(program: Path) -> bool:
    """Does it start? A venv whose Python was removed does not."""
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


# ---- Python ----------------------------------------------------------------------------------------------


def find_python() -> str | None:
    """The path of a Python 3.13, else 3.12, on this machine."""
    for version in VERSIONS:
        for path in _candidates(version):
            if found := _base_of(path, version):
                return found
    return None


def _candidates(version: str) -> Iterator[Path]:
    """Where such a Python may be: asked for, on the PATH, or kept by a version manager that is not active."""
    if "UV_PYTHON" in os.environ:
        yield Path(os.environ["UV_PYTHON"])
    path = [Path(entry) for entry in os.get_exec_path()]
    home = Path.home()
    pyenv = [
        Path(os.environ.get("PYENV_ROOT", home / ".pyenv")),
        *(p.parent for p in path if p.name == "shims"),
    ]
    kept = [*(root / "versions" for root in pyenv), home / ".local/share/mise/installs/python"]
    kept += [home / ".asdf/installs/python", home / ".local/share/uv/python"]
    for folder in kept:
        with contextlib.suppress(OSError):
            yield from sorted(folder.glob(f"*{version}*/bin/python{version}"), reverse=True)
    brew = [Path(root) for root in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")]
    frameworks = Path(f"/Library/Frameworks/Python.framework/Versions/{version}/bin")
    for folder in [*path, *brew, frameworks]:
        yield folder / f"python{version}"
    yield Path(sys.executable)


def _base_of(path: Path, version: str) -> str | None:
    """The interpreter itself, for a path that may be a venv's or a shim that answers 127."""
    try:
        answer = subprocess.run(
            [path, "-I", "-c", PROBE], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found, _, executable = answer.stdout.strip().partition(" ")
    return executable if found == version else None


# ---- uv --------------------------------------------------------------------------------------------------


def install_uv(python: str | None) -> None:
    """uv by pip in a venv of its own, or, where Python came without venv or pip (Debian), from its wheel."""
    print("Installing uv ...", flush=True)
    venv = ROOT / ".uvenv"
    shutil.rmtree(venv, ignore_errors=True)
    made = subprocess.run([python or sys.executable, "-m", "venv", venv], capture_output=True, check=False)
    if made.returncode == 0:
        pip: list[str | Path] = [
            venv / "bin" / "python",
            "-m",
            "pip",
            "install",
            "-q",
            "--disable-pip-version-check",
            "uv<1",
        ]
        subprocess.run(pip, check=False)
    if not _works(UV):
        _uv_from_wheel()
    if not _works(UV):
        raise BootstrapError("uv could not be installed: is there a way to the package registry (PyPI)?")


def _uv_from_wheel() -> None:
    index = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple"
    page = _get(f"{index.rstrip('/')}/uv/", "application/vnd.pypi.simple.v1+json")
    wheels = [f for f in json.loads(page)["files"] if not f.get("yanked") and _fits(f["filename"])]
    newest = max(wheels, key=lambda f: [int(number) for number in f["filename"].split("-")[1].split(".")])
    wheel = _get(urllib.parse.urljoin(f"{index.rstrip('/')}/uv/", newest["url"]), "*/*")
    if hashlib.sha256(wheel).hexdigest() != newest["hashes"]["sha256"]:
        raise BootstrapError("The download of uv was damaged: try again.")
    UV.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".data/scripts/uv"))
        UV.write_bytes(archive.read(name))
    UV.chmod(0o755)


def _get(url: str, accept: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return bytes(answer.read())


def _fits(wheel: str) -> bool:
    """A release of uv for this system and processor."""
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    if sys.platform == "darwin":
        tag = rf"macosx_\d+_\d+_{platform.machine()}"
    else:
        tag = rf"{'manylinux' if platform.libc_ver()[0] else 'musllinux'}[\w.]*_{machine}"
    return re.fullmatch(rf"uv-\d+\.\d+\.\d+-py3-none-{tag}\.whl", wheel) is not None


def _sync(python: str | None, purpose: str) -> None:
    """Install what the lock file says, compiled: otherwise every start pays three seconds for it."""
    print("Installing the dependencies ...", flush=True)
    command: list[str | Path] = [
        UV,
        "sync",
        "--frozen",
        "--quiet",
        "--compile-bytecode",
        "--directory",
        ROOT,
        *GROUPS[purpose],
    ]
    if subprocess.run(command, env=_environment(python), check=False).returncode == 0:
        return
    if shutil.disk_usage(ROOT).free < LEAST_SPACE * 1_000_000:
        raise BootstrapError("The disk is full: the dependencies need about 700 MB.")
    if not python:
        raise BootstrapError("There is no Python 3.13 or 3.12 and none could be downloaded: install one.")
    raise BootstrapError("The dependencies could not be installed; uv says why above.")


def _environment(python: str | None) -> dict[str, str]:
    leave = {"PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV", "UV_PYTHON", "PYTHONPATH", "PYTHONHOME"}
    env = {key: value for key, value in os.environ.items() if key not in leave}
    env["UV_PROJECT_ENVIRONMENT"] = str(ROOT / ".venv")
    if any(Path("/etc/ssl/certs").glob("*.crt")):  # a company's own authority is known to the system only
        env.setdefault("UV_SYSTEM_CERTS", "1")
    if not os.access(Path.home(), os.W_OK):
        env["UV_CACHE_DIR"] = str(ROOT / "var" / "uv-cache")
    if python:
        env |= {"UV_PYTHON": python, "UV_PYTHON_DOWNLOADS": "never"}
    return env


if __name__ == "__main__":
    sys.exit(main())
