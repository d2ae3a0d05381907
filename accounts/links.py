"""Links in mails that need no login. They carry a number, are good for one purpose, and bound to what they are about.

What a link is bound to is part of the signature and stands in no link. Bound to a mailbox it proves who reads that one,
and ends when it is no longer the person's: whoever left an address, such as one at work, leaves its links behind.
"""

import json
import re
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner


def token_of(number: int, purpose: str, *bound_to: str) -> str:
    return _signer(purpose, bound_to).sign(str(number))


def number_in(token: str) -> int:
    """What the link carries, to be believed after is_good only; 0 if it is none of ours."""
    number = re.match(r"[0-9]{1,18}:", token)
    return int(number[0][:-1]) if number else 0


def is_good(token: str, purpose: str, *bound_to: str, max_age: timedelta | None) -> bool:
    """Whether it was made for this purpose and bound to just this, no longer ago than `max_age`, if there is one."""
    try:
        _signer(purpose, bound_to).unsign(token, max_age=max_age)
    except BadSignature:
        return False
    return True


def _signer(purpose: str, bound_to: tuple[str, ...]) -> TimestampSigner:
    return TimestampSigner(salt=json.dumps([purpose, *bound_to]))
