"""Confirming an address proves the mailbox; only the browser that signed up has also proven the password."""

import pytest
from django.test import Client

from accounts.models import User
from tests.accounts.entering import confirm, log_in, newest_mail, sign_up

pytestmark = pytest.mark.django_db

EMAIL = "neu@beispiel-post.example"


def test_who_confirms_in_the_browser_of_the_sign_up_keeps_the_password() -> None:
    client = Client()
    sign_up(EMAIL, client)
    confirm(newest_mail(EMAIL), client)
    assert log_in(EMAIL).status_code == 302


def test_who_signed_up_with_the_address_of_another_stays_out_when_that_one_confirms() -> None:
    sign_up(EMAIL, Client())
    confirm(newest_mail(EMAIL), Client())
    assert not User.objects.get(email=EMAIL).has_usable_password()
    assert log_in(EMAIL).status_code == 200
