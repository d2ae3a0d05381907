"""Answers: the review form as it was sent, field name to list of values. Drafts and revisions keep them.

They refill the form, and they are read again whenever a revision is shown or accepted: one reader for all.
"""

import re
from datetime import date

from django.utils import timezone

from agencies.models import Agency
from journeys.models import Journey
from reviews import tracked
from reviews.criteria import CODES
from reviews.forms.review import FRAME, MOST_TALKS, Answers, ReviewForm, number_of_talks
from reviews.forms.talk import ApplicationForm, WaitForm
from reviews.models import Review, Revision
from reviews.reading import Reading, compose

# Characters of one answer in a draft. Texts: ten times what is allowed. It shall be no store for strangers.
LONGEST_TEXT = 20_000
LONGEST_ANSWER = 300
TEXTS = ("good", "better")
NEVER_IN_REVISION = ("email",)  # who wrote it stands in the account, not beside the text

_REMOVE = re.compile(r"remove-([0-7])")
_TALK = re.compile(r"talk-([0-7])-(\w+)")
_NAMES = {
    *ReviewForm.base_fields,
    *CODES,
    "talks",
    *(f"cv-{name}" for name in ApplicationForm.base_fields),
    *(f"talk-{i}-{name}" for i in range(MOST_TALKS) for name in WaitForm.base_fields),
}


def keep(sent: Answers) -> dict[str, list[str]]:
    """What a draft keeps of a sent form: known fields only, without NUL, which no JSON in PostgreSQL can hold.

    No field has more than one value; of a name that was sent twice the last one counts, as in the form.
    """
    return {
        name: [values[-1].replace("\0", "")[: _longest(name)]]
        for name, values in sent.items()
        if name in _NAMES and values and values[-1]
    }


def _longest(name: str) -> int:
    return LONGEST_TEXT if name in TEXTS else LONGEST_ANSWER


def for_revision(answers: Answers) -> dict[str, list[str]]:
    """What a revision keeps: all but who wrote it."""
    return {name: values for name, values in keep(answers).items() if name not in NEVER_IN_REVISION}


def changed_by_button(answers: Answers, button: str) -> dict[str, list[str]] | None:
    """The answers with a block more or less, if the pressed button asks for that ("add", "remove-2"); else None."""
    if button == "add":
        return with_another_talk(answers)
    removed = _REMOVE.fullmatch(button)
    return without_talk(answers, int(removed[1])) if removed else None


def with_another_talk(answers: Answers) -> dict[str, list[str]]:
    """The same answers with one block more."""
    wanted = min(number_of_talks(answers) + 1, MOST_TALKS)
    return {name: list(values) for name, values in answers.items()} | {"talks": [str(wanted)]}


def without_talk(answers: Answers, index: int) -> dict[str, list[str]]:
    """The same answers without block `index`; later blocks move up, and one block always stays."""
    left: dict[str, list[str]] = {"talks": [str(max(number_of_talks(answers) - 1, 1))]}
    for name, values in answers.items():
        block = _TALK.fullmatch(name)
        if block is None:
            left.setdefault(name, list(values))
        elif int(block[1]) != index:
            place = int(block[1]) - (int(block[1]) > index)
            left[f"talk-{place}-{block[2]}"] = list(values)
    return left


# ---- reading them ------------------------------------------------------------------------------------------


def form_about(
    review: Review, typed: Answers, *, told_on: date | None = None, check: bool = False
) -> ReviewForm:
    """The form of a review that was sent before; `told_on` is the day of the statement, today if not given."""
    return ReviewForm(
        typed,
        agency=review.agency,
        told_on=told_on or timezone.localdate(),
        written_on=timezone.localdate(review.created_at),
        check=check,
    )


def form_of(revision: Revision) -> ReviewForm:
    """The form as the author sent it, checked as on the day they sent it."""
    told_on = timezone.localdate(revision.created_at)
    form = form_about(revision.review, revision.answers, told_on=told_on, check=True)
    form.is_valid()
    return form


def fill(review: Review, journey: Journey, form: ReviewForm) -> None:
    """Set what a valid form tells, except waits; nothing is saved. What can no longer be chosen stays open."""
    told = form.cleaned_data
    journey.month, journey.stage, journey.outcome = told["month"], told["stage"], told["outcome"]
    for name in FRAME:
        setattr(journey, name, told.get(name) or _nothing(name))
    for code in CODES:
        setattr(review, code, told.get(code))


def _nothing(name: str) -> str | None:
    return None if name in {"office", "recruiter"} else ""


def apply_answers(review: Review, revision: Revision) -> None:
    """Write what a revision tells to the journey, its waits and the ratings. The caller has locked the review."""
    form = form_of(revision)
    fill(review, review.journey, form)
    review.journey.save()
    review.save(update_fields=CODES)
    write_waits(review.journey, form)


def write_waits(journey: Journey, form: ReviewForm) -> None:
    """Let the journey have exactly the waits that the form tells, unless its author follows it."""
    if journey.origin == Journey.Origin.TRACKED:
        tracked.tell(journey, form)
        return
    journey.interviews.all().delete()
    waits = form.interviews()
    for wait in waits:
        wait.journey = journey
    journey.interviews.bulk_create(waits)


def reading_of(form: ReviewForm, agency: Agency, *, language: str) -> Reading:
    """What a valid form will look like in public."""
    review, journey = Review(agency=agency, language=language), Journey(agency=agency)
    fill(review, journey, form)
    text = Revision(good=form.cleaned_data["good"], better=form.cleaned_data["better"])
    return compose(review, journey, form.interviews(), text)


def reading_of_revision(revision: Revision) -> Reading:
    """What a revision that nobody accepted yet will look like in public."""
    return reading_of(form_of(revision), revision.review.agency, language=revision.review.language)
