"""The English catalogue and the tool that keeps it complete."""

from pathlib import Path

import polib
import pytest

from config.translations import compile_catalogues
from scripts import messages
from scripts.messages import Text

TEMPLATE = """
<h1>{% translate "Agenturen" %}</h1>
    {# Translators: a count #}
      <p title="{% translate 'Suche' context 'verb' %}">it's {{ x|default:_("keine Angabe") }}
  {% blocktranslate trimmed count n=n %}
     {{ n }} Bewertung
  {% plural %}
     {{ n }} Bewertungen
  {% endblocktranslate %}</p>
{% blocktranslate with name=agency.name %}Zu {{ name }}{% endblocktranslate %}
"""
CODE = """
from django.utils.translation import gettext_lazy as _, ngettext
LABEL = _("Sehr "
          "gut")
def days(n):
    return ngettext("%(n)d Tag", "%(n)d Tage", n)
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_code.py").write_text('_("not for people")')
    return tmp_path


@pytest.fixture
def complete(source: Path) -> polib.POFile:
    """A catalogue in which everything in `source` is translated."""
    catalogue = polib.POFile()
    messages.update(catalogue, messages.find_texts(source))
    for entry in catalogue:
        if entry.msgid_plural:
            entry.msgstr_plural = {0: entry.msgid, 1: entry.msgid_plural}
        else:
            entry.msgstr = entry.msgid
    return catalogue


def test_every_marked_text_is_found(source: Path) -> None:
    assert set(messages.find_texts(source)) == {
        Text("Agenturen", "", None),
        Text("Suche", "", "verb"),
        Text("keine Angabe", "", None),
        Text("%(n)s Bewertung", "%(n)s Bewertungen", None),
        Text("Zu %(name)s", "", None),
        Text("Sehr gut", "", None),
        Text("%(n)d Tag", "%(n)d Tage", None),
    }


def test_a_text_that_is_also_counted_has_one_entry(tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text('_("Tag"); ngettext("Tag", "Tage", 2)')
    assert list(messages.find_texts(tmp_path)) == [Text("Tag", "Tage", None)]


def test_a_complete_catalogue_has_no_problems(complete: polib.POFile, source: Path) -> None:
    assert messages.check(complete, messages.find_texts(source)) == []


def test_a_new_text_is_a_problem(complete: polib.POFile, source: Path) -> None:
    (source / "more.py").write_text('_("Neu")')
    assert messages.check(complete, messages.find_texts(source)) == ["missing: 'Neu' (more.py)"]


@pytest.mark.parametrize(
    ("english", "flags", "problem"),
    [
        ("", [], "not translated: 'Zu %(name)s'"),
        ("To %(name)s", ["fuzzy"], "fuzzy: 'Zu %(name)s'"),
        ("To %(nome)s", [], "placeholders differ: 'Zu %(name)s'"),
    ],
)
def test_a_translation_must_be_there_sure_and_carry_its_values(
    complete: polib.POFile, source: Path, english: str, flags: list[str], problem: str
) -> None:
    entry = complete.find("Zu %(name)s")
    assert entry
    entry.msgstr, entry.flags = english, flags
    assert messages.check(complete, messages.find_texts(source)) == [problem]


def test_an_update_keeps_translations_and_sets_old_texts_aside(complete: polib.POFile, source: Path) -> None:
    (source / "code.py").write_text('_("Neu")')
    messages.update(complete, messages.find_texts(source))
    entries = {entry.msgid: entry for entry in complete}
    assert entries["Agenturen"].msgstr == "Agenturen"
    assert entries["Neu"].msgstr == ""
    assert entries["Sehr gut"].obsolete
    (source / "code.py").write_text(CODE)
    messages.update(complete, messages.find_texts(source))
    assert not entries["Sehr gut"].obsolete
    assert entries["Sehr gut"].msgstr == "Sehr gut"


def test_catalogues_are_compiled_only_when_they_changed(complete: polib.POFile, tmp_path: Path) -> None:
    source = tmp_path / "locale" / "en" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    complete.save(str(source))
    target = source.with_suffix(".mo")
    assert compile_catalogues(tmp_path / "locale") == [target]
    assert polib.mofile(str(target)).find("Agenturen")
    assert compile_catalogues(tmp_path / "locale") == []
    assert [path.name for path in sorted(source.parent.iterdir())] == ["django.mo", "django.po"]
