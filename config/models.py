"""What the site as a whole remembers."""

from django.db import models
from django.utils import timezone


class Heartbeat(models.Model):
    """When an entry of beat's schedule last did its work, or when beat first knew of it."""

    entry = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.entry} {self.at:%Y-%m-%d %H:%M:%S}"
