"""What moderators fill in. Each form runs its act itself; what cannot be done is said at the form."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.db.models import Model, Q
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from agencies.actions import ask_recruiter, hide_recruiter
from agencies.models import Agency, Recruiter, domain_of
from agencies.similar import alike
from moderation import actions
from moderation.models import Decision, QueueEntry
from moderation.rules import LIKELY, RULES

Outcome = Decision.Outcome
REASONS = [choice for choice in Decision.Reason.choices if choice[0] != Decision.Reason.AGENCY_REFUSED]


class ReasonSelect(forms.Select):
    """Each reason carries the words a moderator starts from, in the author's language, for moderation.js."""

    def __init__(self, *args: Any, language: str = "de", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.language = language

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if rule := RULES.get(value):
            with translation.override(self.language):
                for outcome in (Outcome.REQUEST_CHANGES, Outcome.REJECT):
                    option["attrs"][f"data-{outcome}"] = rule.words_for(outcome)
        return option


class DecisionForm(forms.Form):
    """One of three decisions about the open revision of a queue entry."""

    outcome = forms.ChoiceField(
        label=_("Entscheidung"),
        choices=Outcome,
        widget=forms.RadioSelect,
        error_messages={"required": _("Wähle eine der drei Entscheidungen.")},
    )
    reason = forms.ChoiceField(label=_("Grund"), choices=[("", _("Grund wählen")), *REASONS], required=False)
    passage = forms.CharField(
        label=_("Stelle"),
        required=False,
        max_length=2000,
        help_text=_("Wörtlich aus dem Text, mehrere in eigenen Zeilen."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    text = forms.CharField(
        label=_("Begründung"),
        required=False,
        max_length=5000,
        help_text=_("Steht so in der Mail: was nicht geht und was helfen würde."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, entry: QueueEntry, **kwargs: Any) -> None:
        self.entry = entry
        self.revision = entry.open_revision
        kwargs["initial"] = self._likely() | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)  # noqa: S101 - it is declared above
        reason.widget = ReasonSelect(
            choices=reason.choices, language=entry.author.language if entry.author else entry.language
        )

    def _likely(self) -> dict[str, str]:
        """What the marks suggest, should this not be published."""
        marks = list(self.revision.marks.all())
        passages = dict.fromkeys(mark.passage for mark in marks if mark.part)
        reasons = (LIKELY[mark.code] for mark in marks if mark.code in LIKELY)
        return {"passage": "\n".join(passages), "reason": next(reasons, "")}

    def clean_passage(self) -> str:
        """Every line must be in the text, so that the author finds what is meant."""
        lines = [line.strip() for line in self.cleaned_data["passage"].splitlines() if line.strip()]
        said = f"{self.revision.good}\n{self.revision.better}"
        if missing := [line for line in lines if line not in said]:
            raise forms.ValidationError(_now("„%(line)s“ steht so nicht im Text.") % {"line": missing[0]})
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        told = self.cleaned_data
        if told.get("outcome") in {Outcome.REQUEST_CHANGES, Outcome.REJECT}:
            self._require("reason", _now("Wähle den Grund. Er steht in der Mail und im Protokoll."))
            self._require("text", _now("Schreib einen Satz dazu. Ohne Begründung geht es nicht."))
        if told.get("outcome") == Outcome.REQUEST_CHANGES and (self.revision.good or self.revision.better):
            self._require("passage", _now("Nenne die Stelle, um die es geht."))
        if self.data.get("revision") != str(self.revision.pk):
            raise forms.ValidationError(
                _now("Inzwischen gibt es eine neue Fassung. Lies sie bitte, bevor du entscheidest.")
            )
        return told

    def _require(self, name: str, message: str) -> None:
        if name not in self.errors and not self.cleaned_data.get(name):
            self.add_error(name, message)

    def save(self, *, by: User) -> Decision:
        """Decide. moderation.actions.Refused if somebody was faster or this person may not."""
        told, review, revision = self.cleaned_data, self.entry.pk, self.revision.pk
        if told["outcome"] == Outcome.PUBLISH:
            return actions.publish(review_id=review, revision_id=revision, by=by)
        act = actions.reject if told["outcome"] == Outcome.REJECT else actions.request_changes
        reasons = {name: told[name] for name in ("reason", "text", "passage")}
        return act(review_id=review, revision_id=revision, by=by, **reasons)


class ActForm[M: Model](forms.Form):
    """What an act on one agency or recruiter asks for."""

    def __init__(self, *args: Any, subject: M, **kwargs: Any) -> None:
        self.subject = subject
        super().__init__(*args, **kwargs)

    def save(self, *, by: User) -> str:
        """Do it and say what was done; Refused or NotAsked with the reason if it is not possible."""
        raise NotImplementedError


class ListForm(ActForm[Agency]):
    def save(self, *, by: User) -> str:
        actions.list_agency(agency_id=self.subject.pk, by=by)
        return _now("„%(name)s“ steht jetzt im Verzeichnis.") % {"name": self.subject.name}


class CloseForm(ActForm[Agency]):
    def save(self, *, by: User) -> str:
        actions.close_agency(agency_id=self.subject.pk, by=by)
        return _now(
            "„%(name)s“ ist geschlossen und steht nicht mehr im Verzeichnis. Seite und Bewertungen bleiben."
        ) % {"name": self.subject.name}


class RefuseForm(ActForm[Agency]):
    reasons = forms.CharField(
        label=_("Begründung"),
        max_length=2000,
        help_text=_("Steht so in der Mail an alle, die sie vorgeschlagen oder bewertet haben."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def save(self, *, by: User) -> str:
        reasons = self.cleaned_data["reasons"]
        given_back = actions.refuse_agency(agency_id=self.subject.pk, reasons=reasons, by=by)
        return ngettext(
            "„%(name)s“ ist nicht aufgenommen. %(n)s Bewertung ging als Entwurf zurück.",
            "„%(name)s“ ist nicht aufgenommen. %(n)s Bewertungen gingen als Entwurf zurück.",
            given_back,
        ) % {"name": self.subject.name, "n": given_back}


class MergeForm(ActForm[Agency]):
    target = forms.CharField(
        label=_("wird Teil von"),
        help_text=_("Name, Website oder Adresse der Seite. Beim Tippen stehen ähnliche Agenturen zur Wahl."),
        widget=forms.TextInput(attrs={"list": "alike", "autocomplete": "off"}),
    )

    @property
    def alike(self) -> list[Agency]:
        """What the agency may be a double of, the likeliest first."""
        found = Agency.objects.in_bulk(alike(self.subject.name))
        return [agency for agency in found.values() if agency != self.subject]

    def clean_target(self) -> Agency:
        said = self.cleaned_data["target"].strip()
        slug = urlsplit(said).path.strip("/").rpartition("/")[2]
        is_meant = Q(slug=slug) | Q(name__iexact=said) | Q(domain=domain_of(said) or None)
        found = list(Agency.objects.readable().filter(is_meant)[:2])
        if not found:
            raise forms.ValidationError(_now("So heißt keine Agentur, die gelistet oder geschlossen ist."))
        if len(found) > 1:
            raise forms.ValidationError(
                _now("Das trifft auf mehrere Agenturen zu. Nimm die Adresse der Seite.")
            )
        return found[0]

    def save(self, *, by: User) -> str:
        target = self.cleaned_data["target"]
        moved = actions.merge_agency(source_id=self.subject.pk, target_id=target.pk, by=by)
        return ngettext(
            "„%(name)s“ ist jetzt Teil von „%(target)s“. %(n)s Bewertung ist umgezogen.",
            "„%(name)s“ ist jetzt Teil von „%(target)s“. %(n)s Bewertungen sind umgezogen.",
            moved,
        ) % {"name": self.subject.name, "target": target.name, "n": moved}


class AskForm(ActForm[Recruiter]):
    def save(self, *, by: User) -> str:
        ask_recruiter(recruiter_id=self.subject.pk, by=by)
        return _now("%(name)s bekommt eine Mail und entscheidet dann selbst.") % {"name": self.subject.name}


class HideForm(ActForm[Recruiter]):
    def save(self, *, by: User) -> str:
        hide_recruiter(recruiter_id=self.subject.pk, by=by)
        return _now("Das Profil von %(name)s ist verborgen.") % {"name": self.subject.name}
