"""Why an act of moderation did not happen; the messages are for the person who tried."""


class Refused(Exception):
    """It is not possible, or not for this person; nothing was changed."""


class StaleRevision(Refused):
    """The author has sent a newer version since the moderator looked."""
