"""Keep locale/en/LC_MESSAGES/django.po in step with the texts in code and templates.

    python -m scripts.messages update     add new texts, keep every translation, set texts that are gone aside
    python -m scripts.messages check      exit 1 when a text is missing, untranslated or fuzzy

Babel reads Python; Django turns a template into something that looks like Python first.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

BASE_DIR = Path(__file__).resolve().parent.parent
CATALOGUE = BASE_DIR / "locale" / "en" / "LC_MESSAGES" / "django.po"
NOT_OURS = {".venv", ".uvenv", "var", "tests", "migrations", "node_modules", "scripts"}
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "_now": None,  # gettext where _ is gettext_lazy
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = {
    "Project-Id-Version": "my-recruiter",
    "Language": "en",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")


class Text(NamedTuple):
    """A text in the source; two with the same German and another context are two texts."""

    german: str
    plural: str
    context: str | None


type Texts = dict[Text, list[str]]  # with the files it stands in


def find_texts(base: Path = BASE_DIR) -> Texts:
    """Every text marked for translation in the Python files and templates below `base`."""
    found: Texts = {}
    for path in sorted(
        [*base.rglob("*.py"), *base.rglob("*.html"), *base.rglob("*.txt"), *base.rglob("*.md")]
    ):
        name = path.relative_to(base)
        if NOT_OURS.isdisjoint(name.parts) and (path.suffix == ".py" or "templates" in name.parts):
            for text in _texts_of(path):
                files = found.setdefault(text, [])
                files.extend([str(name)] if str(name) not in files else [])
    return _merged(found)


def _merged(found: Texts) -> Texts:
    """A catalogue has one entry for a text that stands alone here and is counted there: the counted one."""
    counted = {(text.german, text.context): text for text in found if text.plural}
    merged: Texts = {}
    for text, files in found.items():
        merged.setdefault(counted.get((text.german, text.context), text), []).extend(files)
    return merged


def _texts_of(path: Path) -> Iterator[Text]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_python(templatize(source, origin=str(path)))
    for _line, message, _comments, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        german, plural = message if isinstance(message, tuple) else (message, "")
        if german:
            yield Text(german, plural, context)


def _as_python(templatized: str) -> str:
    """Inside brackets Python's tokenizer does not mind the indentation that a template's text leaves behind."""
    return f"({templatized}\n)"


def check(catalogue: polib.POFile, texts: Texts) -> list[str]:
    """What is wrong, one line each; empty when the catalogue is complete."""
    entries = {_text_of(entry): entry for entry in catalogue if not entry.obsolete}
    missing = [
        f"missing: {text.german!r} ({', '.join(texts[text])})" for text in texts if text not in entries
    ]
    return missing + [line for text in texts if text in entries for line in _problems(entries[text])]


def _problems(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy:
        yield f"fuzzy: {entry.msgid!r}"
    if not entry.translated() and not entry.fuzzy:
        yield f"not translated: {entry.msgid!r}"
        return
    sources = {0: entry.msgid, 1: entry.msgid_plural} if entry.msgid_plural else {0: entry.msgid}
    for number, english in (entry.msgstr_plural or {0: entry.msgstr}).items():
        # "1 day" may leave the number out, a plural form may not.
        wanted, found = _placeholders(sources[number]), _placeholders(english)
        if found - wanted or (wanted - found and not (entry.msgid_plural and number == 0)):
            yield f"placeholders differ: {entry.msgid!r}"


def _placeholders(text: str) -> set[str]:
    return {match[0] for match in PLACEHOLDER.finditer(text.replace("%%", ""))}


def _text_of(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural, entry.msgctxt)


def update(catalogue: polib.POFile, texts: Texts) -> None:
    """Bring the catalogue in step with the texts; translations of texts that are gone are kept as obsolete."""
    entries = {_text_of(entry): entry for entry in catalogue}
    for text, entry in entries.items():
        entry.obsolete = text not in texts
    for text in texts:
        if text not in entries:
            entries[text] = _new_entry(text)
            catalogue.append(entries[text])
        entries[text].occurrences = [(name, "") for name in texts[text]]
    catalogue.metadata = HEADER
    catalogue.sort(key=lambda entry: (entry.obsolete, entry.occurrences[:1], entry.msgid))


def _new_entry(text: Text) -> polib.POEntry:
    plural = {"msgid_plural": text.plural, "msgstr_plural": {0: "", 1: ""}} if text.plural else {}
    flags = ["python-format"] if "%(" in text.german else []
    return polib.POEntry(msgid=text.german, msgctxt=text.context, flags=flags, **plural)


def main(task: str) -> int:
    texts = find_texts()
    catalogue = (
        polib.pofile(str(CATALOGUE), wrapwidth=110) if CATALOGUE.exists() else polib.POFile(wrapwidth=110)
    )
    if task == "update":
        update(catalogue, texts)
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(CATALOGUE))
    problems = check(catalogue, texts)
    print("\n".join(problems[:40]))
    print(f"{len(texts)} texts, {len(problems)} problems")
    return 1 if problems and task == "check" else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
