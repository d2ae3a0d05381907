"""Drawing: the right size, the colours of the site, words that fit, and letters that the fonts can show."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from pictures.canvas import HEIGHT, INK, INK_2, MARGIN, PAPER, RULE, SPACE, STATES, WIDTH, Canvas
from pictures.letters import SERIF, Face, fitted, legible, width

ROOT = Path(__file__).parents[2]
TOKENS = {
    "--paper": PAPER,
    "--ink": INK,
    "--ink-2": INK_2,
    "--answered": STATES["answered"],
    "--waiting-mark": STATES["waiting"],
    "--silent": STATES["silent"],
    "--market": STATES["withdrawn"],
    "--edge": STATES["open"],
}


def drawn(canvas: Canvas) -> Image.Image:
    return Image.open(io.BytesIO(canvas.png()))


def colours(canvas: Canvas) -> set[object]:
    found = drawn(canvas).convert("RGB").getcolors(100_000)
    assert found
    return {colour for _count, colour in found}


def test_a_sheet_is_a_png_of_1200_by_630() -> None:
    image = drawn(Canvas())
    assert (image.format, image.size) == ("PNG", (1200, 630))


@pytest.mark.parametrize(("token", "colour"), TOKENS.items())
def test_the_colours_are_those_of_the_light_theme(token: str, colour: str) -> None:
    css = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    assert re.findall(rf"{token}: light-dark\((#\w+),", css) == [colour]


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_drawn_in_its_colour(state: str) -> None:
    canvas = Canvas()
    canvas.dots([state])
    assert ImageColor.getrgb(STATES[state]) in colours(canvas)


def test_the_states_differ_in_shape_and_not_in_colour_alone() -> None:
    shapes = set()
    for state in STATES:
        canvas = Canvas()
        canvas.dots([state])
        shapes.add(drawn(canvas).convert("L").point(lambda grey: 255 * (grey < 200)).tobytes())
    assert len(shapes) == len(STATES)


def test_long_words_become_smaller_and_then_end_in_an_ellipsis() -> None:
    faces = [Face(SERIF, 80), Face(SERIF, 40)]
    large, lines = fitted("Kurz", faces, SPACE, 100)
    assert (large.size, lines) == (80, ["Kurz"])
    small, lines = fitted("Gesellschaft für Personalvermittlung", faces, SPACE, 100)
    assert (small.size, len(lines)) == (40, 1)
    face, lines = fitted("Personalvermittlung " * 20, faces, SPACE, 100)
    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(width(line, face) <= SPACE for line in lines)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Äpfel & Söhne – „gut“", "Äpfel & Söhne – „gut“"),
        ("Łódź Žižkov", "Lódz Zizkov"),
        ("Personal\N{SOFT HYPHEN}beratung\u00a0GmbH\n", "Personalberatung GmbH"),
        ("Команда Nord", "Nord"),
        ("zwei\u2029Absätze\x1c", "zwei Absätze"),
    ],
)
def test_what_the_fonts_cannot_show_is_replaced_or_left_out(text: str, shown: str) -> None:
    assert legible(text) == shown


def test_no_text_however_strange_breaks_the_drawing() -> None:
    canvas = Canvas()
    for text in ("", "\0\x85\u2028", "👩‍💻 Agentur", "W" * 300, "\u202eabc"):
        canvas.headline(text, height=100)
    assert drawn(canvas).size == (1200, 630)


def test_rows_of_several_fit_above_the_foot_whatever_they_are_called() -> None:
    canvas = Canvas()
    canvas.kicker("Ein Vergleich")
    long = "Gesellschaft für ganz außerordentlich lange Personalvermittlungsnamen mbH"
    canvas.rows([(long, list(STATES) * 2, ("10 von 10", "n 123456789012345")), (long, [], (long * 2,))] * 2)
    assert canvas.y <= RULE
    image = drawn(canvas).convert("L")
    margin = image.crop((WIDTH - MARGIN, 0, WIDTH, HEIGHT))
    assert margin.getcolors() == [(MARGIN * HEIGHT, image.getpixel((0, 0)))]  # nothing but paper
    assert {ImageColor.getrgb(colour) for colour in STATES.values()} <= colours(canvas)
