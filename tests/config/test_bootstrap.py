"""Getting started: which Python is taken, which wheel of uv fits, when there is nothing to do."""

import json
import os
import platform
import sys
from pathlib import Path

import pytest

from scripts import bootstrap

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
BASE = sys._base_executable  # type: ignore[attr-defined]


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Neither a PATH nor a home with a Python in it; the version looked for is the one that runs here."""
    for name in ("UV_PYTHON", "PYENV_ROOT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "home").mkdir()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(bootstrap, "VERSIONS", (VERSION,))
    monkeypatch.setattr(sys, "executable", "/usr/bin/false")
    return tmp_path


def test_a_python_of_pyenv_is_found_although_its_shim_refuses(bare_machine: Path) -> None:
    shims = bare_machine / ".pyenv" / "shims"
    kept = bare_machine / ".pyenv" / "versions" / f"{VERSION}.1" / "bin"
    shims.mkdir(parents=True)
    kept.mkdir(parents=True)
    (shims / f"python{VERSION}").write_text("#!/bin/sh\nexit 127\n")
    (shims / f"python{VERSION}").chmod(0o755)
    (kept / f"python{VERSION}").symlink_to(BASE)
    os.environ["PATH"] = str(shims)
    found = bootstrap.find_python()
    assert found
    assert bootstrap._base_of(Path(found), VERSION) == found


def test_the_base_of_an_active_venv_is_taken_not_the_venv(bare_machine: Path) -> None:
    (bare_machine / "bin" / f"python{VERSION}").symlink_to(Path(sys.prefix) / "bin" / "python")
    found = bootstrap.find_python()
    assert found
    assert not Path(found).is_relative_to(sys.prefix)


def test_another_version_under_that_name_is_not_taken(
    bare_machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "VERSIONS", ("3.99",))
    (bare_machine / "bin" / "python3.99").symlink_to(BASE)
    assert bootstrap.find_python() is None


@pytest.mark.parametrize(
    ("wheel", "fits"),
    [
        ("uv-0.9.7-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", True),
        ("uv-0.9.7-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.whl", False),
        ("uv-0.9.7rc1-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", False),
        ("uv-0.9.7-py3-none-win_amd64.whl", False),
        ("uv-0.9.7.tar.gz", False),
    ],
)
def test_the_wheel_of_uv_is_the_one_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, wheel: str, fits: bool
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    assert bootstrap._fits(wheel) is fits


@pytest.fixture
def checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A checkout whose environment is complete and in which nothing can be installed."""
    for name in bootstrap.SOURCES:
        (tmp_path / name).write_text("as locked")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(BASE)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(bootstrap, "STAMP", tmp_path / ".venv" / "bootstrap")
    monkeypatch.setattr(bootstrap, "UV", Path("/usr/bin/false"))
    monkeypatch.setattr(bootstrap, "find_python", _not_again)
    stamp = {"purpose": "dev", "of": bootstrap._fingerprint(), "at": str(tmp_path)}
    bootstrap.STAMP.write_text(json.dumps(stamp))
    return tmp_path


def _not_again() -> str:
    raise LookupError("looks for a Python, so it installs")


def test_when_nothing_changed_nothing_is_done(checkout: Path) -> None:
    bootstrap.bootstrap(bootstrap.DEV)
    bootstrap.bootstrap(bootstrap.RUN)  # what the tests need is enough for `make run`


def test_what_a_check_needs_more_is_installed_for_it_and_stays(checkout: Path) -> None:
    with pytest.raises(LookupError):
        bootstrap.bootstrap(bootstrap.VERIFY)
    stamp = {"purpose": "verify", "of": bootstrap._fingerprint(), "at": str(checkout)}
    bootstrap.STAMP.write_text(json.dumps(stamp))
    for purpose in (bootstrap.VERIFY, bootstrap.DEV, bootstrap.RUN):
        bootstrap.bootstrap(purpose)


def test_a_changed_lock_file_is_noticed(checkout: Path) -> None:
    (checkout / "uv.lock").write_text("other versions")
    with pytest.raises(LookupError):
        bootstrap.bootstrap(bootstrap.RUN)


def test_a_venv_whose_python_is_gone_is_noticed(checkout: Path) -> None:
    bootstrap.PYTHON.unlink()
    with pytest.raises(LookupError):
        bootstrap.bootstrap(bootstrap.RUN)


def test_a_venv_that_was_copied_from_elsewhere_is_thrown_away(checkout: Path) -> None:
    stamp = json.loads(bootstrap.STAMP.read_text())
    bootstrap.STAMP.write_text(json.dumps({**stamp, "at": "/elsewhere"}))
    with pytest.raises(LookupError):
        bootstrap.bootstrap(bootstrap.RUN)
    assert not (checkout / ".venv").exists()
