"""A sheet of 1200 x 630 pixels, as networks and messengers show it beside a link."""

import io
import math
from collections.abc import Sequence
from functools import lru_cache

from PIL import Image, ImageDraw

from pictures.letters import SANS, SERIF, Face, fitted, legible, width

WIDTH, HEIGHT = 1200, 630
MARGIN = 88
NAME_SPACE = 400  # pixels for the name in a row of several
SPACE = WIDTH - 2 * MARGIN
EDITION = 1  # grows when the drawing changes, so that pictures kept elsewhere are fetched anew

# The light theme of static/css/tokens.css; a test holds the two together.
PAPER, INK, INK_2 = "#fcfbf8", "#15191d", "#50565c"
STATES = {
    "answered": "#0b6a5d",
    "waiting": "#bc7600",
    "silent": "#8b473a",
    "withdrawn": "#767b7e",
    "open": "#7f8485",
}

HEADLINES = [Face(SERIF, size, 500) for size in (88, 76, 64, 54)]
SENTENCES = [Face(SERIF, size, 400) for size in (46, 42, 39, 36)]
NAMES = [Face(SERIF, size, 500) for size in (44, 38, 34)]
SMALL = Face(SANS, 28)
BRAND = Face(SERIF, 42, 600)
RULE = 498  # pixels from the top to the line above the foot


class Canvas:
    """Drawn from the top down; every part begins where the one before ended."""

    def __init__(self) -> None:
        self.image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self.y = 64

    def kicker(self, words: str) -> None:
        """A line above the headline or the rows."""
        self._words(words, [SMALL], SMALL.line, INK_2)
        self.y += 18

    def headline(self, words: str, height: int) -> None:
        """In the largest size in which it needs no more than `height` pixels."""
        self._words(words, HEADLINES, height, INK)

    def dots(self, states: Sequence[str]) -> None:
        """Ten marks with a gap after five, as agencies.figures.dots."""
        self.y += 40
        for place, state in enumerate(states):
            self._mark(state, MARGIN + place * 90 + (22 if place >= 5 else 0), self.y, 68)
        self.y += 68 + 30

    def rows(self, rows: Sequence[tuple[str, Sequence[str], Sequence[str]]]) -> None:
        """Two to four names with their ten marks and lines of words, which stand alone where there are no marks."""
        height = (RULE - 24 - self.y) // len(rows)
        for name, states, words in rows:
            self._row(name, states, words, height)
            self.y += height

    def _row(self, name: str, states: Sequence[str], words: Sequence[str], height: int) -> None:
        face, lines = fitted(legible(name), NAMES, NAME_SPACE, height - 12)
        middle = self.y + height // 2
        for place, line in enumerate(lines):
            self._text(MARGIN, middle + round((place - len(lines) / 2) * face.line), line, face, INK)
        start, size, room = MARGIN + NAME_SPACE + 30, 34, 44
        for place, state in enumerate(states):
            self._mark(state, start + place * room + (10 if place >= 5 else 0), middle - size // 2, size)
        start += 10 * room + 30 if states else 0
        for place, line in enumerate(words):
            _face, shown = fitted(legible(line), [SMALL], WIDTH - MARGIN - start, SMALL.line)
            top = middle + round((place - len(words) / 2) * SMALL.line)
            self._text(start, top, shown[0], SMALL, INK_2)

    def sentence(self, words: str) -> None:
        self._words(words, SENTENCES, SENTENCES[0].line, INK)
        self.y += 10

    def note(self, words: str) -> None:
        self._words(words, [SMALL], SMALL.line, INK_2)

    def foot(self, brand: str, words: str) -> None:
        """The rule, the name of the site with its three marks, and what it is."""
        self.draw.rectangle((MARGIN, RULE, WIDTH - MARGIN, RULE + 2), fill=INK)
        self._text(MARGIN, RULE + 32, brand, BRAND, INK)
        start = MARGIN + round(width(brand, BRAND)) + 24
        for place, state in enumerate(("answered", "waiting", "silent")):
            self._mark(state, start + place * 34, RULE + 42, 26)
        said = legible(words)
        self._text(WIDTH - MARGIN - round(width(said, SMALL)), RULE + 42, said, SMALL, INK_2)

    def png(self) -> bytes:
        file = io.BytesIO()
        self.image.quantize(64).save(file, "PNG", optimize=True)
        return file.getvalue()

    def _words(self, words: str, faces: Sequence[Face], height: int, colour: str) -> None:
        face, lines = fitted(legible(words), faces, SPACE, height)
        for line in lines:
            self._text(MARGIN, self.y, line, face, colour)
            self.y += face.line

    def _text(self, x: int, y: int, words: str, face: Face, colour: str) -> None:
        self.draw.text((x, y), words, fill=colour, font=face.font)

    def _mark(self, state: str, x: int, y: int, size: int) -> None:
        self.image.paste(STATES[state], (x, y), _shape(state, size))


@lru_cache(maxsize=32)
def _shape(state: str, size: int) -> Image.Image:
    """The shape of a state as a mask, drawn four times as large and made smaller, so that its edge is smooth."""
    mask = Image.new("L", (size * 4, size * 4))
    draw, unit = ImageDraw.Draw(mask), size * 4 / 16  # shapes as in agencies.figures.MARKS, in a box of 16

    def disc(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
        return (x - radius) * unit, (y - radius) * unit, (x + radius) * unit - 1, (y + radius) * unit - 1

    if state == "withdrawn":
        draw.rectangle((unit, 6.75 * unit, 15 * unit - 1, 9.25 * unit - 1), fill=255)
    elif state == "open":
        for turn in (math.tau * step / 8 for step in range(8)):
            draw.ellipse(disc(8 + 6.6 * math.cos(turn), 8 + 6.6 * math.sin(turn), 1.3), fill=255)
    else:
        draw.ellipse(disc(8, 8, 8), fill=255)
    if state == "waiting":
        draw.pieslice(disc(8, 8, 6), -90, 90, fill=0)
    if state == "silent":
        draw.ellipse(disc(8, 8, 6), fill=0)
    return mask.reduce(4)
