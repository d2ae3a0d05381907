"""Writing a review: the form, its draft, the preview and sending it. All of it works before any sign-up."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.models import Agency
from journeys.models import Journey
from reviews import actions, answers, claims, drafts, tracked
from reviews.forms.review import Answers, ReviewForm, number_of_talks
from reviews.models import Claim, Draft, Review

CLAIM = "claim"  # session key: the claim this browser waits for

type View = Callable[[HttpRequest, Agency], HttpResponse]


def about_agency(view: View) -> Callable[[HttpRequest, str], HttpResponse]:
    """Give the view the agency that may be rated; a merged one sends on to its successor, form and all."""

    @wraps(view)
    def find(request: HttpRequest, slug: str) -> HttpResponse:
        agency = get_object_or_404(Agency.objects.select_related("merged_into"), slug=slug)
        if agency.status == AgencyStatus.MERGED and agency.merged_into and request.resolver_match:
            drafts.follow(request, agency, agency.merged_into)
            address = request.resolver_match.view_name
            return redirect(address, agency.merged_into.slug, permanent=True, preserve_request=True)
        if not agency.is_rateable:
            raise Http404
        return view(request, agency)

    return find


def page_was_old() -> str:
    return _(
        "Diese Seite war nicht mehr aktuell, etwa weil du dich in einem anderen Fenster angemeldet hast. "
        "Alles, was du geschrieben hast, steht noch da. Schick es bitte noch einmal ab."
    )


def author_of(request: HttpRequest) -> User | None:
    """Who is logged in with a proven address; everybody else confirms by mail."""
    user = request.user
    return user if isinstance(user, User) and claims.has_proven_address(user) else None


# ---- the form ----------------------------------------------------------------------------------------------


@never_cache
@about_agency
def write(request: HttpRequest, agency: Agency) -> HttpResponse:
    if getattr(request, "csrf_failed", False):
        return _page(
            request, agency, _form(request, agency, _sent(request)), status=403, notice=page_was_old()
        )
    if request.method == "POST":
        return _receive(request, agency)
    drafts.adopt(request)
    if chosen := _own_draft(request, agency):
        drafts.choose(request, agency, chosen)
        return redirect("reviews:review-write", agency.slug)
    author = author_of(request)
    if author and (journey := tracked.find(author, agency, request.GET.get("prozess", ""))):
        return _begin_from(request, journey, author)
    draft = Draft.objects.filter(pk=drafts.id_for(request, agency)).first()
    return _page(request, agency, _form(request, agency, draft.answers if draft else {}), draft=draft)


write.keeps_input = True  # type: ignore[attr-defined]


def _begin_from(request: HttpRequest, journey: Journey, author: User) -> HttpResponse:
    """The form filled in from a journey (?prozess=), or what was begun about it; its review if it has one."""
    if review := Review.objects.filter(journey=journey).first():
        return _to_its_review(request, review)
    draft = drafts.choose_about(request, journey, author)
    typed = draft.answers if draft else tracked.answers_from(journey, timezone.localdate())
    return _page(request, journey.agency, _form(request, journey.agency, typed), draft=draft)


def _to_its_review(request: HttpRequest, review: Review) -> HttpResponse:
    messages.info(request, _("Zu diesem Prozess gibt es deine Bewertung schon. Hier kannst du sie ändern."))
    return redirect("reviews:review-edit", review.pk)


def _receive(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Keep what was typed, whether or not it holds; then do what the pressed button says."""
    if earlier := _sent_before(request):
        return _go_on(request, earlier)
    if not limits.allowed(request, "draft_save"):
        return _page(request, agency, _form(request, agency, _sent(request)), status=429, notice=_too_often())
    button, kept = request.POST.get("do", ""), answers.keep(_sent(request))
    changed = answers.changed_by_button(kept, button)
    try:
        draft = _save(request, agency, changed or kept)
    except drafts.AlreadySent as sent:
        return _go_on(request, sent.review)
    if changed or button == "save":
        return redirect(request.path + _anchor(button, draft.answers))
    form = _form(request, agency, _sent(request), check=True)
    if form.is_valid():
        return redirect("reviews:review-preview", agency.slug)
    return _page(request, agency, form, draft=draft)


def _sent(request: HttpRequest) -> Answers:
    """The form exactly as it came, for showing it again."""
    return dict(request.POST.lists())


def _anchor(button: str, kept: Answers) -> str:
    """Where the page continues: at the new block, at the blocks, or at its top."""
    if button == "add":
        return f"#talk-{number_of_talks(kept) - 1}"
    return "" if button == "save" else "#talks"


def _save(request: HttpRequest, agency: Agency, kept: Answers) -> Draft:
    """What was typed becomes a row, and this browser gets a session that leads to it."""
    draft_id = drafts.id_for(request, agency)
    draft = drafts.save(draft_id, agency=agency, user=author_of(request), answers=kept)
    drafts.choose(request, agency, draft_id)
    return draft


def _form(request: HttpRequest, agency: Agency, typed: Answers, *, check: bool = False) -> ReviewForm:
    today = timezone.localdate()
    asks_email = author_of(request) is None
    return ReviewForm(
        typed, agency=agency, told_on=today, written_on=today, check=check, asks_email=asks_email
    )


def _page(
    request: HttpRequest,
    agency: Agency,
    form: ReviewForm,
    *,
    draft: Draft | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "agency": agency,
        "form": form,
        "draft_id": drafts.id_for(request, agency),
        "saved": drafts.saved_when(draft) if draft else "",
        "notice": notice,
        "orphans": drafts.without_agency(request.user) if isinstance(request.user, User) else (),
    }
    return render(request, "reviews/review_write.html", context, status=status)


def _own_draft(request: HttpRequest, agency: Agency) -> uuid.UUID | None:
    """The draft named in the address (?entwurf=), if it is this account's and fits the agency or none."""
    wanted = _uuid(request.GET.get("entwurf", ""))
    if wanted is None or not isinstance(request.user, User):
        return None
    draft = drafts.of(request.user).filter(pk=wanted).first()
    return draft.pk if draft and draft.agency in {agency, None} else None


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _too_often() -> str:
    return _(
        "Von deinem Anschluss kam in kurzer Zeit sehr viel. Alles, was du geschrieben hast, steht noch da. "
        "Warte eine Minute und versuch es dann noch einmal."
    )


# ---- the draft ---------------------------------------------------------------------------------------------


@never_cache
@require_POST
@about_agency
def save_draft(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Autosave while typing; answers with the sentence that is now true."""
    if not limits.allowed(request, "draft_save"):
        return JsonResponse({"problem": _("Gerade nicht gespeichert.")}, status=429)
    if _sent_before(request):
        return JsonResponse({"problem": _("Diese Bewertung ist schon abgeschickt.")}, status=409)
    try:
        draft = _save(request, agency, answers.keep(_sent(request)))
    except drafts.AlreadySent:
        return JsonResponse({"problem": _("Diese Bewertung ist schon abgeschickt.")}, status=409)
    return JsonResponse({"saved": drafts.saved_when(draft)})


@never_cache
@about_agency
def discard(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Asks on GET, throws the draft away on POST."""
    if request.method != "POST":
        return render(request, "reviews/draft_discard.html", {"agency": agency})
    drafts.discard(drafts.id_for(request, agency))
    drafts.forget(request, agency)
    messages.info(request, _("Der Entwurf ist verworfen."))
    return redirect("reviews:review-write", agency.slug)


# ---- preview and sending -----------------------------------------------------------------------------------


@never_cache
@about_agency
def preview(request: HttpRequest, agency: Agency) -> HttpResponse:
    """Exactly what will be public; the button below it sends the draft."""
    if getattr(request, "csrf_failed", False):
        return _preview_page(request, agency, status=403, notice=page_was_old())
    if request.method == "POST":
        return _send(request, agency)
    return _preview_page(request, agency)


preview.keeps_input = True  # type: ignore[attr-defined]


def _preview_page(
    request: HttpRequest, agency: Agency, *, notice: str = "", status: int = 200
) -> HttpResponse:
    draft = Draft.objects.filter(pk=drafts.id_for(request, agency)).first()
    if draft is None:
        return redirect("reviews:review-write", agency.slug)
    form = _form(request, agency, draft.answers, check=True)
    if not form.is_valid():
        return _page(request, agency, form, draft=draft)
    context = {
        "agency": agency,
        "draft_id": draft.pk,
        "reading": answers.reading_of(form, agency, language=get_language() or "de"),
        "email": form.cleaned_data.get("email", ""),
        "saved": drafts.saved_when(draft),
        "notice": notice,
    }
    return render(request, "reviews/review_preview.html", context, status=status)


def _send(request: HttpRequest, agency: Agency) -> HttpResponse:
    if earlier := _sent_before(request):
        return _go_on(request, earlier)
    if not limits.allowed(request, "review_submit"):
        return _preview_page(request, agency, status=429, notice=_too_many_reviews())
    try:
        review = actions.submit(
            draft_id=drafts.id_for(request, agency), by=author_of(request), language=get_language() or "de"
        )
    except actions.Incomplete as incomplete:
        return _page(request, agency, incomplete.form)
    except actions.AlreadyReviewed as already:
        return _to_its_review(request, already.review)
    except Review.DoesNotExist:
        return redirect("reviews:review-write", agency.slug)
    drafts.forget(request, agency)
    return _go_on(request, review)


def _too_many_reviews() -> str:
    return _(
        "Von deinem Anschluss kamen heute schon sehr viele Bewertungen. Dein Entwurf bleibt gespeichert. "
        "Schick ihn morgen ab."
    )


def _sent_before(request: HttpRequest) -> Review | None:
    """The review that the draft of this page became, if this very person sent it (a second tab or click)."""
    draft_id = _uuid(request.POST.get("draft", ""))
    review = Review.objects.filter(draft_key=draft_id).first() if draft_id else None
    if review is None:
        return None
    is_author = review.author_id is not None and review.author_id == request.user.pk
    claim = waiting_claim(request)
    return review if is_author or (claim is not None and claim.review_id == review.pk) else None


def waiting_claim(request: HttpRequest) -> Claim | None:
    """The claim whose mail this browser waits for."""
    pk: int | None = request.session.get(CLAIM)
    return Claim.objects.select_related("review__agency").filter(pk=pk).first() if pk else None


def _go_on(request: HttpRequest, review: Review) -> HttpResponse:
    """Where somebody goes who has sent a review: to what happens next."""
    if review.author_id is not None and review.author_id == request.user.pk:
        return redirect("reviews:review-thanks", review.pk)
    request.session[CLAIM] = review.claim.pk
    return redirect("reviews:claim-wait")
