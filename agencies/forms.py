"""The proposal of a missing agency."""

from typing import Any

from django import forms
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.choices import Field, Kind
from agencies.filters import readable
from agencies.websites import check_website, has_strange_link


class WebsiteField(forms.URLField):
    default_validators = [URLValidator(schemes=["http", "https"])]


class ProposalForm(forms.Form):
    """What a visitor knows about an agency that is missing here."""

    marks_optional = True

    name = forms.CharField(
        label=gettext_lazy("Name der Agentur"),
        max_length=120,
        error_messages={"required": gettext_lazy("Wie heißt die Agentur?")},
    )
    website = WebsiteField(
        label=gettext_lazy("Website"),
        max_length=300,
        required=False,
        assume_scheme="https",
        help_text=gettext_lazy("An ihr erkennen wir, ob es die Agentur hier schon gibt."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("Das ist keine Adresse einer Website, etwa „beispiel.de“.")},
    )
    place = forms.CharField(
        label=gettext_lazy("Ort"),
        max_length=80,
        error_messages={"required": gettext_lazy("Wo sitzt sie? Ein Ort oder eine Postleitzahl genügt.")},
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Was macht die Agentur?"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.MultipleChoiceField(
        label=gettext_lazy("Für welche Fachgebiete?"),
        choices=Field.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_name(self) -> str:
        name = readable(self.cleaned_data["name"])
        if sum(character.isalpha() for character in name) < 2:
            raise forms.ValidationError(_("Ein Name hat mindestens zwei Buchstaben."))
        return name

    def clean_website(self) -> str:
        website: str = self.cleaned_data["website"]
        if website:
            check_website(website)
        return website

    def clean(self) -> None:
        name, website = self.cleaned_data.get("name", ""), self.cleaned_data.get("website", "")
        if has_strange_link(name, website):
            self.add_error(
                "name", _("Der Name enthält eine Internetadresse. Die gehört in das Feld „Website“.")
            )

    def clean_place(self) -> str:
        place = readable(self.cleaned_data["place"])
        if not any(character.isalnum() for character in place):
            raise forms.ValidationError(_("Gib einen Ort oder eine Postleitzahl an."))
        return place

    def proposal(self) -> dict[str, Any]:
        """What `agencies.actions.propose_agency` wants to know."""
        told = dict(self.cleaned_data)
        fields = told.pop("areas")
        return {**told, "fields": fields}
