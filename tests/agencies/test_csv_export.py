"""No cell of a file we hand out is run by the spreadsheet that opens it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.csv_export import escape, response


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe(sign: str) -> None:
    assert escape(f"{sign}1+1") == f"'{sign}1+1"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Meier & Co", "Meier & Co"),
        ("a=b", "a=b"),
        (-3, "-3"),
        (-0.5, "-0.5"),
        (None, ""),
        ("", ""),
        ("-3", "'-3"),
    ],
)
def test_other_cells_and_numbers_stay_as_they_are(cell: object, text: str) -> None:
    assert escape(cell) == text


def test_a_download_opens_in_a_german_spreadsheet() -> None:
    answer = response("agenturen.csv", ["Name", "Wert"], [["Söhne; & Co", 4]])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="agenturen.csv"'
    assert answer.content.decode() == '\ufeff"Name";"Wert"\r\n"Söhne; & Co";"4"\r\n'


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1))
def test_what_is_written_is_what_is_read(cells: list[str]) -> None:
    text = response("x.csv", [], [cells]).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=";")) == [
        [],
        [escape(cell) for cell in cells],
    ]


def test_a_cell_cannot_begin_another_one_where_cells_are_parted_by_commas() -> None:
    text = response("x.csv", ["Name"], [["Meier,=1+1"]]).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["Name"], ["Meier,=1+1"]]
