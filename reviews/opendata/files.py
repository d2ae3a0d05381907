"""The files of a night: written in one go, found again by whoever serves them.

A night is a folder. It appears under its name only when all of it is written, so a reader never meets half a file and
two workers cannot spoil each other's; a file that is being read stays readable after its folder is gone.
"""

import gzip
import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Any

from django.conf import settings
from django.db import connection, transaction

from agencies.choices import AgencyStatus
from agencies.csv_export import Table
from reviews import segments
from reviews.opendata import entries, table
from reviews.opendata.entries import Entry
from reviews.scoring import FORMULA

DATA = "agenturen.jsonl.gz"
TABLE = "scores.csv"
CONTENTS = "contents.json"
UNFINISHED = ".unfinished-"
ABANDONED = 86400  # seconds after which an unfinished folder belongs to nobody any more
AT_ONCE = 100  # agencies that are in memory together


@dataclass(frozen=True)
class File:
    path: Path
    size: int  # bytes
    sha256: str

    @property
    def name(self) -> str:
        return self.path.name


@dataclass(frozen=True)
class Night:
    """What one night wrote."""

    as_of: date
    made_at: datetime
    formula: int
    agencies: int
    data: File
    table: File

    def file(self, name: str) -> File:
        return {file.name: file for file in (self.data, self.table)}[name]


# ---- reading ---------------------------------------------------------------------------------------------


def newest() -> Night | None:
    """What the last night wrote; None as long as there was none."""
    finished = sorted(_finished(Path(settings.OPEN_DATA_DIR)))
    return _read(finished[-1]) if finished else None


def _finished(root: Path) -> list[Path]:
    return [folder for folder in root.glob("[0-9]*Z") if folder.is_dir()]


def _read(folder: Path) -> Night:
    contents = json.loads((folder / CONTENTS).read_text())
    files = {one["name"]: File(folder / one["name"], one["size"], one["sha256"]) for one in contents["files"]}
    return Night(
        as_of=date.fromisoformat(contents["as_of"]),
        made_at=datetime.fromisoformat(contents["made_at"]),
        formula=contents["formula"],
        agencies=contents["agencies"],
        data=files[DATA],
        table=files[TABLE],
    )


# ---- writing ---------------------------------------------------------------------------------------------


def publish() -> Night:
    """Write the files of this moment, and remove those of all nights but the last OPEN_DATA_NIGHTS."""
    root = Path(settings.OPEN_DATA_DIR)
    root.mkdir(parents=True, exist_ok=True)
    work = Path(mkdtemp(prefix=UNFINISHED, dir=root))
    try:
        made_at = datetime.now(UTC)
        _write(work / "night", made_at)
        folder = (work / "night").rename(root / f"{made_at:%Y%m%dT%H%M%S.%fZ}")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    _tidy(root)
    return _read(folder)


def _tidy(root: Path) -> None:
    for folder in sorted(_finished(root))[: -settings.OPEN_DATA_NIGHTS]:
        shutil.rmtree(folder, ignore_errors=True)
    for folder in root.glob(f"{UNFINISHED}*"):  # of a worker that was killed
        if folder.stat().st_mtime < time.time() - ABANDONED:
            shutil.rmtree(folder, ignore_errors=True)


def _write(folder: Path, made_at: datetime) -> None:
    folder.mkdir()
    with (folder / DATA).open("xb") as data, (folder / TABLE).open("xb") as cells:
        written = Hashed(data), Hashed(cells)
        count = _write_agencies(*written, made_at)
        contents = {
            "as_of": made_at.date().isoformat(),
            "made_at": made_at.isoformat(),
            "formula": FORMULA.version,
            "agencies": count,
            "files": [file.finish() for file in written],
        }
    (folder / CONTENTS).write_text(json.dumps(contents))


@transaction.atomic(durable=True)
def _write_agencies(data: "Hashed", cells: "Hashed", made_at: datetime) -> int:
    """Both files from one moment of the database, some agencies at a time. How many agencies are in them."""
    _see_one_moment()
    count, remainder = 0, entries.Remainder()
    with gzip.GzipFile(filename="", mode="wb", fileobj=data, mtime=0) as packed:
        lines, rows = Lines(packed), Table(cells.as_text())
        outcomes = segments.of_platform()
        lines.add(entries.head(as_of=made_at.date(), made_at=made_at, outcomes=outcomes))
        rows.add(table.COLUMNS)
        for agency in entries.agencies().iterator(chunk_size=AT_ONCE):
            if entry := entries.agency(agency, outcomes):
                remainder.note(entry)
                if agency.status == AgencyStatus.LISTED:
                    count += 1
                    lines.add(entry)
                    rows.add(table.row(entry))
        lines.add(entries.market(remainder))
        lines.end(count)
    return count


def _see_one_moment() -> None:
    """Later statements see the same rows as the first: no score beside criteria of another moment."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


class Lines:
    """JSON Lines; the last one carries the hash of all before it. Floats keep every digit (`repr`)."""

    def __init__(self, file: IO[bytes] | gzip.GzipFile) -> None:
        self._file = file
        self._hash = sha256()

    def add(self, entry: Entry) -> None:
        line = as_line(entry)
        self._hash.update(line)
        self._file.write(line)

    def end(self, count: int) -> None:
        self.add({"type": "end", "agencies": count, "sha256": self._hash.hexdigest()})


def as_line(entry: Entry) -> bytes:
    return json.dumps(entry, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode() + b"\n"


class Hashed:
    """A file to write to, which knows its size and hash in the end."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = sha256()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._hash.update(data)
        self._size += len(data)
        return self._file.write(data)

    def flush(self) -> None:
        self._file.flush()

    def as_text(self) -> "Text":
        return Text(self)

    def finish(self) -> dict[str, Any]:
        """Everything is on the disk; its name, size in bytes and hash."""
        self.flush()
        os.fsync(self._file.fileno())
        return {"name": Path(self._file.name).name, "size": self._size, "sha256": self._hash.hexdigest()}


class Text:
    """Text into a file of bytes, as UTF-8."""

    def __init__(self, file: Hashed) -> None:
        self._file = file

    def write(self, text: str, /) -> None:
        self._file.write(text.encode())
