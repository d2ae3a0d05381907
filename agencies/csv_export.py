"""The one writer of CSV: no cell of ours ever becomes a formula in somebody's spreadsheet (OWASP, CSV injection)."""

import csv
from collections.abc import Iterable, Sequence
from typing import Protocol

from django.http import HttpResponse

# OWASP's list, with the full-width forms that East Asian spreadsheets read as the same signs.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class SupportsWrite(Protocol):
    def write(self, text: str, /) -> object: ...


def escape(cell: object) -> str:
    """The cell as text; one that a spreadsheet would run gets an apostrophe before it. Numbers stay numbers."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float) or not text.startswith(DANGEROUS):
        return text
    return f"'{text}"


class Table:
    """Writes rows as German spreadsheets read them: a byte order mark, cells parted by semicolons."""

    def __init__(self, file: SupportsWrite) -> None:
        file.write("\ufeff")
        # All cells are quoted: else a program that parts by commas would begin a cell inside "Meier,=1+1".
        self._writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL)

    def add(self, cells: Iterable[object]) -> None:
        self._writer.writerow([escape(cell) for cell in cells])


def response(filename: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download in UTF-8."""
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    table = Table(answer)
    for row in (header, *rows):
        table.add(row)
    return answer
