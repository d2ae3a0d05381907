"""What holds for the project as a whole: migrations, production settings."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parents[2]
PRODUCTION = {
    "DEBUG": "0",
    "DEMO": "0",
    "INSECURE_HTTP": "0",
    "BEHIND_TLS_PROXY": "1",
    "SITE_URL": "https://my-recruiter.example",
    "STATIC_MANIFEST": "1",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
}


@pytest.mark.django_db
def test_every_model_has_its_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True)


def test_production_settings_pass_every_deployment_check() -> None:
    environment = {**os.environ, **PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(64)}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE")
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
