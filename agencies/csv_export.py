"""The one writer of CSV: no cell of ours ever becomes a formula in somebody's spreadsheet (OWASP, CSV injection)."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# OWASP's list, with the full-width forms that East Asian spreadsheets read as the same signs.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def escape(cell: object) -> str:
    """The cell as text; one that a spreadsheet would run gets an apostrophe before it. Numbers stay numbers."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float) or not text.startswith(DANGEROUS):
        return text
    return f"'{text}"


def response(filename: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download as German spreadsheets read it: UTF-8 with a byte order mark, cells parted by semicolons."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    # All cells are quoted: else a program that parts by commas would begin a cell inside "Meier,=1+1".
    writer = csv.writer(answer, delimiter=";", quoting=csv.QUOTE_ALL)
    writer.writerows([escape(cell) for cell in row] for row in (header, *rows))
    return answer
