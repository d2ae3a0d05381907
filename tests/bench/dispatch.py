"""How quickly due questions become sent mails, and whether memory stays flat.

The floor is the same process rendering the same mails and pushing them through the same mail server, with nothing else
to do: no claims, no leases, no notes. Ours and the floor take turns of some seconds, so that a busy machine slows both.
Rates are mails in a second, memory is the resident set in MB.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench import mailserver
from tests.bench.data import SCALE
from tests.bench.lines import ROUNDS, Line, alternating
from tests.bench.servers import own_servers

ROUND = 500  # questions, in 400 mails


def dispatch() -> Iterator[Line]:
    few, many = (ROUNDS, 10) if SCALE != "full" else (25, 250)  # rounds: 10,000 and 100,000 mails
    with mailserver.in_a_process_of_its_own() as port:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
        with own_servers():
            yield Line("dispatch", *alternating(_ours, _floor, rounds=few), ">= 0.5")
            before = _resident()
            for _ in range(many - few):
                _ours()
            yield Line("dispatch_memory", _resident(), before, "<= 1.1")


def _ours() -> float:
    """Mails in a second, for one round of questions."""
    from accounts.sending import send_owed
    from journeys.dispatch import dispatch
    from tests.bench import crowd

    _forget()
    crowd.make(ROUND)
    begin = time.perf_counter()
    dispatch()
    return send_owed() / (time.perf_counter() - begin)


def _floor() -> float:
    """Mails in a second, rendering and sending the same ones again; what they say is in memory before."""
    from django.core.mail import mailers

    from accounts.models import Consent, OutgoingMail
    from accounts.sending import message
    from journeys.models import CheckIn
    from journeys.reminders import mail_about

    consents = {consent.user_id: consent for consent in Consent.objects.all()}
    asked = CheckIn.objects.select_related("interview__journey__agency", "mail__user").order_by("pk")
    questions: dict[OutgoingMail, list[CheckIn]] = {}
    for question in asked:
        if question.mail:
            questions.setdefault(question.mail, []).append(question)
    begin = time.perf_counter()
    with mailers["default"] as server:
        for mail, about in questions.items():
            if mail.user:
                server.send_messages([message(mail, mail_about(about, mail.user, consents[mail.user.pk]))])
    return len(questions) / (time.perf_counter() - begin)


def _forget() -> None:
    """Leave only the people behind: the next round's mails are its own."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE journeys_journey, accounts_outgoingmail CASCADE")


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000
