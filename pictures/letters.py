"""The site's fonts, and words set in them.

The fonts are those that pages use (static/fonts); FreeType reads woff2. They hold some 210 Latin characters each.
"""

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont

FONTS = Path(__file__).resolve().parent.parent / "static" / "fonts"
SERIF = "newsreader-display.woff2"
SANS = "public-sans.woff2"
NOT_A_LETTER = "\uffff"  # drawn as the box that stands for missing letters
STROKED = str.maketrans("łŁđĐħĦŧŦŋŊ", "lLdDhHtTnN")  # letters that Unicode does not take apart


class Face(NamedTuple):
    """A font at a size in pixels and a weight, 400 to 600 (serif) or 700 (sans)."""

    file: str
    size: int
    weight: int = 400

    @property
    def font(self) -> ImageFont.FreeTypeFont:
        return _font(*self)

    @property
    def line(self) -> int:
        """From one line to the next, in pixels."""
        return round(self.size * 1.14)


@lru_cache(maxsize=64)
def _font(file: str, size: int, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(FONTS / file, size)
    font.set_variation_by_axes([weight])
    return font


def width(words: str, face: Face) -> float:
    return face.font.getlength(words)


def legible(text: str) -> str:
    """The text with what the fonts can show: "Łódź" becomes "Lódz"; letters of other scripts are left out."""
    joined = " ".join(unicodedata.normalize("NFC", text).replace("\N{SOFT HYPHEN}", "").split())
    return " ".join("".join(_known(letter) for letter in joined).split())


@lru_cache(maxsize=1024)
def _known(letter: str) -> str:
    if _is_drawn(letter):
        return letter
    taken_apart = unicodedata.normalize("NFKD", letter).translate(STROKED)
    return "".join(one for one in taken_apart if _is_drawn(one))


def _is_drawn(letter: str) -> bool:
    if letter.isspace():
        return letter == " "
    return _shape(letter) != _shape(NOT_A_LETTER)


def _shape(letter: str) -> bytes:
    return bytes(Face(SERIF, 40).font.getmask(letter))


def wrapped(words: str, face: Face, space: int) -> list[str]:
    """Lines of at most `space` pixels; a single word that is longer keeps a line of its own."""
    lines = [""]
    for word in words.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, face) > space:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def fitted(words: str, faces: Sequence[Face], space: int, height: int) -> tuple[Face, list[str]]:
    """The first of the faces in which the words fit into the space; else the last one, its last line cut with "…"."""
    for face in faces:
        most = max(1, height // face.line)
        lines = wrapped(words, face, space)
        if len(lines) <= most and all(width(line, face) <= space for line in lines):
            return face, lines
    return face, [_cut(line, face, space) for line in [*lines[: most - 1], " ".join(lines[most - 1 :])]]


def _cut(line: str, face: Face, space: int) -> str:
    if width(line, face) <= space:
        return line
    while line and width(f"{line}…", face) > space:
        line = line[:-1].rstrip()
    return f"{line}…"
