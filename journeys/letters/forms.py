"""The small forms beside a letter. What is typed into them is shown and forgotten."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.filters import readable
from journeys.letters.texts import IN_LANGUAGE, Tone, Version

LONGEST = 80  # characters of one blank


class Pick(forms.ChoiceField):
    """A choice within a sentence."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.template_name = "forms/pick.html"


class VersionForm(forms.Form):
    """In which version letters are shown."""

    sprache = Pick(label=_("Sprache der Briefe"), choices=list(IN_LANGUAGE.items()))
    anrede = Pick(label=_("Anrede"), choices=Tone.choices)

    @classmethod
    def of(cls, version: Version) -> Self:
        return cls(initial={"sprache": version.language, "anrede": version.tone})


class BlankField(forms.CharField):
    """A few words on one line."""

    def __init__(self, *, autocomplete: str = "off", **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": autocomplete})
        super().__init__(required=False, max_length=LONGEST, widget=widget, **kwargs)

    def to_python(self, value: str | None) -> str:
        return readable(super().to_python(value) or "")


class BlanksForm(forms.Form):
    """Everything that letters leave open. All of it may stay open."""

    contact = BlankField(
        label=_("An wen schreibst du?"),
        help_text=_("So, wie du die Person anredest: „Frau Muster“ oder „Kim“."),
    )
    agency = BlankField(label=_("Agentur"), autocomplete="organization")
    role = BlankField(label=_("Stelle"))
    day = forms.DateField(
        label=_("Tag des Gesprächs"),
        required=False,
        input_formats=["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"}),
        error_messages={"invalid": _("Schreib den Tag als Datum, zum Beispiel 8.10.2026.")},
    )
    client = BlankField(label=_("Kunde der Agentur"))
    name = BlankField(label=_("Dein Name"), autocomplete="name")

    @property
    def values(self) -> Mapping[str, str | date | None]:
        """What stands in the fields; a field that was refused is left out."""
        if not self.is_bound:
            return self.initial
        self.full_clean()
        return self.cleaned_data
