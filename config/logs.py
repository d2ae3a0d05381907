"""What must never stand in a log: the signed tokens of links, which a failing page would quote with its path."""

import re
from typing import Any

# The part of an address that is a token: of claims, of questions and consents in mails, of profiles of recruiters, of
# confirmations and password resets.
TOKEN = re.compile(
    r"(/(?:bestaetigen|abbestellen|nachfrage|beratung/[a-z]+|confirm-email|reset/key)/)[^/\s\"']+"
)


def mask_tokens(logger: Any, method: str, event: dict[str, Any]) -> dict[str, Any]:
    """A structlog processor: every text of the event without tokens."""
    return {
        key: TOKEN.sub(r"\1…", value) if isinstance(value, str) else value for key, value in event.items()
    }
