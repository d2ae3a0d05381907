"""How tests fill in the review form, send it, and read the mail that follows."""

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail
from agencies.models import Agency
from reviews.forms.fields import months_back
from reviews.models import Review

NEWCOMER = "neuling@beispiel-post.example"


def months_ago(months: int) -> date:
    return months_back(timezone.localdate(), months)


def answers(**changes: Any) -> dict[str, Any]:
    """The least a review needs, as a browser sends it. `_` in a block's name stands for `-`: talk_0_day."""
    least = {
        "month": f"{months_ago(2):%Y-%m}",
        "stage": "client",
        "outcome": "rejected",
        "feedback": "2",
        "respect": "4",
        "reachability": "3",
        "own_experience": "on",
        "not_employed": "on",
        "is_16": "on",
        "email": NEWCOMER,
        "talks": "1",
        "talk-0-unit": "days",
        "cv-unit": "days",
    }
    changed = {re.sub(r"^(talk)_(\d)_|^(cv)_", _prefix, name): value for name, value in changes.items()}
    return {name: value for name, value in (least | changed).items() if value is not None}


def _prefix(found: re.Match[str]) -> str:
    return "cv-" if found[3] else f"talk-{found[2]}-"


def write(client: Client, agency: Agency, *, do: str = "preview", **changes: Any) -> Any:
    """Fill in the form and press a button."""
    address = reverse("reviews:review-write", args=[agency.slug])
    return client.post(address, answers(**changes) | {"do": do})


def send(client: Client, agency: Agency, **changes: Any) -> Any:
    """Fill in the form, look at the preview, send it."""
    write(client, agency, **changes)
    return client.post(reverse("reviews:review-preview", args=[agency.slug]), {"do": "submit"})


def newest_mail() -> OutgoingMail:
    return OutgoingMail.objects.latest("pk")


def link_in(mail: OutgoingMail) -> str:
    """The path of the confirming link."""
    found = re.search(r"https?://\S+/bestaetigen/\S+", mail.text)
    assert found is not None
    return urlsplit(found[0]).path


def errors(response: Any) -> dict[str, list[str]]:
    """Every error of a form that was shown again, blocks included: name of the input to sentences."""
    form = response.context["form"]
    return {
        bound.html_name: list(bound.errors) for one in (form, *form.waits) for bound in one if bound.errors
    }


def the_review() -> Review:
    return Review.objects.get()
