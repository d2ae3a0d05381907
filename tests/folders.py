"""Folders for servers of one run, named after its process, so that the next run finds what killed ones left behind."""

import os
import shutil
import tempfile
from pathlib import Path

from config import embedded


def make(kind: str) -> Path:
    """A new folder; folders of this kind whose process is gone are removed, as their servers ended with it."""
    temporary = embedded.socket_folder(Path.cwd()).parent
    prefix = f"my-recruiter-{kind}-{os.geteuid()}-"
    for left in temporary.glob(f"{prefix}*"):
        if _is_gone(int(left.name.removeprefix(prefix).split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-", dir=temporary))
    folder.chmod(0o711)  # root's servers run as `nobody`
    return folder


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's now
        return False
    return False
