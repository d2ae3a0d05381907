"""The catalogues as Django reads them. German is the language of the source, so English is the only catalogue.

`.mo` files are not in the repository: whoever starts the site compiles them, without the gettext programs.
"""

import os
import sys
from pathlib import Path

import polib

BASE_DIR = Path(__file__).resolve().parent.parent
LOCALE = BASE_DIR / "locale"


def compile_catalogues(locale: Path = LOCALE) -> list[Path]:
    """Write the `.mo` beside every `.po` that is newer; gives those that were written."""
    stale = [source for source in locale.glob("*/LC_MESSAGES/*.po") if _is_newer(source)]
    for source in stale:
        _compile(source)
    return [source.with_suffix(".mo") for source in stale]


def _is_newer(source: Path) -> bool:
    target = source.with_suffix(".mo")
    return not target.exists() or target.stat().st_mtime < source.stat().st_mtime


def _compile(source: Path) -> None:
    """Another process may be reading or compiling the same catalogue, so it appears at once and complete."""
    draft = source.with_suffix(f".{os.getpid()}")
    polib.pofile(str(source)).save_as_mofile(str(draft))
    draft.replace(source.with_suffix(".mo"))


if __name__ == "__main__":
    for written in compile_catalogues():
        sys.stdout.write(f"{written.relative_to(BASE_DIR)}\n")
