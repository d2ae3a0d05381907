"""Where moderators work. Nobody can change a review's text here: no field, no permission, not even for superusers."""

from moderation.admin import agencies, people, queue, records, recruiters

__all__ = ["agencies", "people", "queue", "records", "recruiters"]
