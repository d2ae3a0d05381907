"""Who uses the platform, what happened, and which mails are owed."""

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.sessions import Session  # noqa: F401 - Django looks for models here

ADJECTIVES = ("leise", "ruhige", "helle", "kluge", "frohe", "milde", "wache", "klare", "flinke", "sanfte")
BIRDS = ("Amsel", "Meise", "Lerche", "Eule", "Möwe", "Taube", "Drossel", "Elster", "Krähe", "Schwalbe")


def new_pseudonym() -> str:
    """A name nobody but its owner and moderators see, such as "leise Amsel 4821"."""
    return f"{secrets.choice(ADJECTIVES)} {secrets.choice(BIRDS)} {secrets.randbelow(9000) + 1000}"


class Language(models.TextChoices):
    GERMAN = "de", _("Deutsch")
    ENGLISH = "en", _("Englisch")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a person; without a password they log in by a code sent to their address."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def never_confirmed(self) -> "models.QuerySet[User]":
        """Signed up, but neither proved an address nor ever got in."""
        signed_up = self.filter(last_login=None, is_staff=False, emailaddress__verified=False)
        return signed_up.exclude(emailaddress__verified=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an e-mail address and a pseudonym; nothing else is known (data minimisation, Art. 5 GDPR)."""

    email = models.EmailField(_("E-Mail"), unique=True)
    pseudonym = models.CharField(_("Pseudonym"), max_length=60, default=new_pseudonym)
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    zone = models.CharField(_("Zeitzone"), max_length=40, default="Europe/Berlin")
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_staff = models.BooleanField(
        _("arbeitet hier"), default=False, help_text=_("Darf in die Verwaltung, mit zweitem Faktor.")
    )
    owns_agency = models.BooleanField(
        _("vertritt eine Agentur"), default=False, help_text=_("Braucht einen zweiten Faktor.")
    )
    date_joined = models.DateTimeField(_("dabei seit"), default=timezone.now)
    bounced_at = models.DateTimeField(
        _("Mails kommen nicht an seit"), null=True, blank=True, help_text=_("Leer, solange Mails ankommen.")
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("Person")
        verbose_name_plural = _("Personen")
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_unique_in_any_case")]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def needs_second_factor(self) -> bool:
        """Moderators, administrators and agency owners (trust: a stolen password must not be enough)."""
        return self.is_staff or self.owns_agency


class EventQuerySet(models.QuerySet["Event"]):
    def about(self, subject: models.Model) -> "EventQuerySet":
        return self.filter(subject_type=subject._meta.label_lower, subject_id=str(subject.pk))


class Event(models.Model):
    """One line of the log: who did what to which thing, when and why.

    Append-only and hash-chained by database triggers (migration 0002): update, delete and truncate are refused,
    `hash` = SHA-256 over the previous hash and this row. `manage.py verify_log` recomputes the chain. The actor is
    a plain number, not a foreign key, so that erasing a person never touches the log.
    """

    at = models.DateTimeField(_("Zeit"), default=timezone.now, editable=False)
    actor_id = models.BigIntegerField(_("wer"), null=True, editable=False)
    verb = models.CharField(_("was"), max_length=40, editable=False)
    subject_type = models.CharField(_("Art"), max_length=60, editable=False)
    subject_id = models.CharField(_("Nummer"), max_length=40, editable=False)
    before = models.CharField(_("vorher"), max_length=40, blank=True, editable=False)
    after = models.CharField(_("nachher"), max_length=40, blank=True, editable=False)
    reason = models.CharField(_("Grund"), max_length=80, blank=True, editable=False)
    data = models.JSONField(_("Einzelheiten"), default=dict, editable=False)
    previous_hash = models.CharField(max_length=64, blank=True, editable=False)
    hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ereignis")
        verbose_name_plural = _("Protokoll")
        ordering = ["pk"]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="event_subject")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.subject_type} {self.subject_id}"


MAIL_AGE = timedelta(days=3)  # after which a mail that was never sent no longer makes sense


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def owed(self, now: datetime) -> "OutgoingMailQuerySet":
        """Due, neither sent nor refused, and young enough to make sense."""
        return self.filter(sent_at=None, refused_at=None, due_at__lte=now, created_at__gte=now - MAIL_AGE)

    def given_up(self, now: datetime) -> "OutgoingMailQuerySet":
        """Never sent, and nobody will try again."""
        return self.filter(sent_at=None).exclude(refused_at=None, created_at__gte=now - MAIL_AGE)


class OutgoingMail(models.Model):
    """A mail that is owed, written in the transaction that owes it; `accounts.tasks.send_mails` sends it.

    Subject and texts are rendered when it is written, in the recipient's language, and emptied once it is sent. Mails
    of a kind that has a composer (accounts.mail) are written empty and rendered when they are sent. `refused_at` is
    when the mail server refused the address for good (a hard bounce).

    `attempts` counts how often sending began. `in_doubt`: it began, and nobody has noted how it ended, so the server
    may have accepted the mail. `repeats` counts what began in spite of that, under the same Message-ID.
    """

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    in_doubt = models.BooleanField(_("Ausgang unbekannt"), default=False)
    repeats = models.PositiveSmallIntegerField(_("Wiederholungen"), default=0)
    kind = models.CharField(max_length=60)
    to = models.EmailField()
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="mails")
    message_id = models.CharField(max_length=120, unique=True)
    subject = models.CharField(max_length=250, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("ausgehende Mail")
        verbose_name_plural = _("ausgehende Mails")
        indexes = [
            models.Index(fields=["due_at"], name="outgoingmail_owed", condition=models.Q(sent_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class ConsentQuerySet(models.QuerySet["Consent"]):
    def given(self) -> "ConsentQuerySet":
        return self.exclude(confirmed_at=None).filter(withdrawn_at=None)


class Consent(models.Model):
    """A person's consent to one kind of mail that is no service mail, by double opt-in (§ 7 UWG, Art. 7 GDPR).

    Asked for with an unticked box (`asked_at`), confirmed by the link in a mail (`confirmed_at`), withdrawn by one
    click at any time. A later consent is a new row: the old one is the proof of its time.
    """

    class Kind(models.TextChoices):
        CHECK_INS = "check_ins", _("Nachfragen zu meinen Gesprächen")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(_("Art"), max_length=20, choices=Kind)
    text_version = models.CharField(_("Fassung des Textes"), max_length=20)
    asked_at = models.DateTimeField(_("gefragt"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("bestätigt"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("widerrufen"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("Einwilligung")
        verbose_name_plural = _("Einwilligungen")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                condition=models.Q(withdrawn_at=None),
                name="consent_one_open_per_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind}"
