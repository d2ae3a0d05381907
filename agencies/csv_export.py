"""The one writer of CSV: no cell of ours ever becomes a formula in somebody's spreadsheet (OWASP, CSV injection)."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def escape(cell: object) -> str:
    """The cell as text; one that a spreadsheet would run gets an apostrophe before it. Numbers stay numbers."""
    text = "" if cell is None else str(cell)
    if isinstance(cell, int | float) or not text.startswith(DANGEROUS):
        return text
    return f"'{text}"


def response(filename: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A download in UTF-8 with a byte order mark, so that spreadsheets read the umlauts, and semicolons as in German."""
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    writer = csv.writer(answer, delimiter=";")
    writer.writerows([escape(cell) for cell in row] for row in (header, *rows))
    return answer
