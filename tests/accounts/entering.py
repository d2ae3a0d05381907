"""What people do to get in, and what they find in their mail."""

import re
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import OutgoingMail, User
from tests.conftest import PASSWORD


def sign_up(email: str, client: Client | None = None, **more: str) -> Any:
    data = {"email": email, "password1": PASSWORD, "is_16": "on"} | more
    return (client or Client()).post(reverse("account_signup"), data)


def log_in(email: str, client: Client | None = None, password: str = PASSWORD, **more: str) -> Any:
    data = {"login": email, "password": password} | more
    return (client or Client()).post(reverse("account_login"), data)


def ask_for_reset(email: str, client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("account_reset_password"), {"email": email})


def ask_for_code(email: str, client: Client | None = None) -> Any:
    return (client or Client()).post(reverse("account_request_login_code"), {"email": email})


def log_in_wrongly(email: str, client: Client | None = None) -> Any:
    return log_in(email, client, password="nicht das richtige Wort")


def newest_mail(to: str) -> OutgoingMail:
    return OutgoingMail.objects.filter(to=to).latest("pk")


def link_in(mail: OutgoingMail) -> str:
    """The path of the first link in a mail."""
    return re.findall(r"https?://[^/\s]+(/\S+)", mail.text)[0]


def code_in(mail: OutgoingMail) -> str:
    return re.findall(r"^([A-Z]{4}-[A-Z]{4})$", mail.text, re.MULTILINE)[0]


def confirm(mail: OutgoingMail, client: Client) -> Any:
    return client.post(link_in(mail))


def logged_in_properly(user: User) -> Client:
    """With a password, so that what needs a fresh proof of who one is does not ask again."""
    client = Client()
    log_in(user.email, client)
    return client
