"""Recruiters in the admin: who may ask, what stays as it was answered."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Event, OutgoingMail, User
from agencies.choices import RecruiterState
from agencies.models import Recruiter
from tests.factories import AgencyFactory, RecruiterFactory

pytestmark = pytest.mark.django_db
RECRUITERS = "/admin/agencies/recruiter/"


def act(recruiter: Recruiter, name: str = "fragen") -> str:
    return f"{RECRUITERS}{recruiter.pk}/entscheiden/{name}/"


def change(recruiter: Recruiter) -> str:
    return f"{RECRUITERS}{recruiter.pk}/change/"


def public() -> Recruiter:
    return RecruiterFactory(name="Testa Alt", asked_at=timezone.now(), confirmed_at=timezone.now())


def said(response: Any) -> str:
    return str(response.content.decode())


def test_asking_takes_a_look_and_a_click(moderator_client: Client, moderator: User) -> None:
    recruiter = RecruiterFactory()
    assert act(recruiter) in said(moderator_client.get(change(recruiter)))
    assert "ohne ihr Ja" in said(moderator_client.get(act(recruiter)))
    assert not OutgoingMail.objects.exists()
    assert f"{recruiter.name} bekommt eine Mail" in said(moderator_client.post(act(recruiter), follow=True))
    assert OutgoingMail.objects.get().to == recruiter.email
    assert Event.objects.get(verb="ask recruiter").actor_id == moderator.pk


def test_asking_too_often_is_refused_with_the_reason(moderator_client: Client) -> None:
    recruiter = RecruiterFactory()
    moderator_client.post(act(recruiter))
    assert "schon gefragt" in said(moderator_client.post(act(recruiter), follow=True))
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("who", ["client", "candidate_client", "owner_client"])
def test_only_staff_may_ask(who: str, request: pytest.FixtureRequest) -> None:
    recruiter = RecruiterFactory()
    for method in ("get", "post"):
        response = getattr(request.getfixturevalue(who), method)(act(recruiter))
        assert response.status_code in {302, 403}
    assert not OutgoingMail.objects.filter(kind="recruiter_ask").exists()


def test_staff_without_the_permission_may_not_ask(moderator_client: Client, moderator: User) -> None:
    moderator.groups.clear()
    recruiter = RecruiterFactory()
    assert moderator_client.post(act(recruiter)).status_code == 403
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    ("times", "possible"),
    [
        ((), {"fragen"}),
        (("asked_at",), {"fragen"}),
        (("asked_at", "refused_at"), set()),
        (("asked_at", "confirmed_at"), {"verbergen"}),
        (("asked_at", "confirmed_at", "hidden_at"), set()),
    ],
    ids=["new", "asked", "refused", "public", "hidden"],
)
def test_only_what_is_possible_is_offered(
    times: tuple[str, ...], possible: set[str], moderator_client: Client
) -> None:
    recruiter = RecruiterFactory(**dict.fromkeys(times, timezone.now()))
    shown = said(moderator_client.get(change(recruiter)))
    for name in ("fragen", "verbergen", "zeigen"):
        assert (act(recruiter, name) in shown) is (name in possible)
        assert moderator_client.get(act(recruiter, name)).status_code == (200 if name in possible else 404)


def test_staff_can_hide_for_somebody_who_asks_but_not_show_again(
    moderator_client: Client, moderator: User
) -> None:
    recruiter = public()
    moderator_client.post(act(recruiter, "verbergen"))
    recruiter.refresh_from_db()
    assert recruiter.state == RecruiterState.HIDDEN
    assert "weil die Moderation dein Profil verborgen hat" in OutgoingMail.objects.get().text
    assert Event.objects.about(recruiter).get().actor_id == moderator.pk


def test_what_the_person_answered_to_cannot_be_changed_under_the_answer(moderator_client: Client) -> None:
    recruiter = public()
    sent = {
        "name": "Testa Neu",
        "email": "neu@probeagentur.example",
        "agency": str(AgencyFactory().pk),
        "language": "en",
    }
    assert moderator_client.post(change(recruiter), sent).status_code == 302
    now = Recruiter.objects.get()
    assert (now.name, now.email, now.agency_id) == (recruiter.name, recruiter.email, recruiter.agency_id)
    assert now.language == "en"


@pytest.mark.parametrize("forged", ["confirmed_at", "refused_at", "hidden_at", "asked_at"])
def test_nobody_can_answer_for_the_person(forged: str, admin_client: Client) -> None:
    recruiter = RecruiterFactory()
    sent = {
        "name": recruiter.name,
        "email": recruiter.email,
        "agency": str(recruiter.agency_id),
        "language": "de",
    }
    times = {forged: "2026-01-01", f"{forged}_0": "2026-01-01", f"{forged}_1": "12:00:00"}
    assert admin_client.post(change(recruiter), sent | times).status_code == 302
    assert Recruiter.objects.get().state == RecruiterState.NEW


def test_entering_and_changing_somebody_is_recorded_without_name_or_address(moderator_client: Client) -> None:
    sent = {"name": "Testa Lang", "email": "testa@probe.example", "language": "de"}
    sent |= {"agency": str(AgencyFactory().pk)}
    assert moderator_client.post(f"{RECRUITERS}add/", sent).status_code == 302
    assert (
        moderator_client.post(change(Recruiter.objects.get()), sent | {"name": "Testa Kurz"}).status_code
        == 302
    )
    added, changed = Event.objects.about(Recruiter.objects.get()).order_by("pk")
    assert (added.verb, changed.verb) == ("add recruiter", "change recruiter")
    assert changed.data == {"fields": ["name"]}
