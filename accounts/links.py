"""Links in mails that need no login: they carry a number, and are good for one purpose and one mailbox.

A link proves who reads the mailbox it was sent to. So it ends when that is no longer the person's: whoever left an
address, such as one at work, leaves its links behind. The address is part of the signature and stands in no link.
"""

import json
import re
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner


def token_of(number: int, *, purpose: str, mailbox: str) -> str:
    return _signer(purpose, mailbox).sign(str(number))


def number_in(token: str) -> int:
    """What the link carries, to be believed after is_good only; 0 if it is none of ours."""
    number = re.match(r"[0-9]{1,18}:", token)
    return int(number[0][:-1]) if number else 0


def is_good(token: str, *, purpose: str, mailbox: str, max_age: timedelta) -> bool:
    """Whether it was made for this purpose and mailbox, no longer ago than `max_age`."""
    try:
        _signer(purpose, mailbox).unsign(token, max_age=max_age)
    except BadSignature:
        return False
    return True


def _signer(purpose: str, mailbox: str) -> TimestampSigner:
    return TimestampSigner(salt=json.dumps([purpose, mailbox.lower()]))
