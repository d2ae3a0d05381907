"""`make prove-reminders`: nothing lost and nothing doubled, whoever is killed.

Two Celery workers dispatch and send, as in production, to a real SMTP server that counts. Again and again one of them
is killed with SIGKILL at a random moment and another started; PostgreSQL and Valkey are restarted in between. In place
of beat, which wakes them every minute and every five seconds, they are woken twice a second. Prints one JSON line.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from config import embedded
from tests.bench.mailserver import Accepted, Count, listening
from tests.bench.servers import own_servers

ROOT = Path(__file__).parents[2]
TASKS = ("journeys.tasks.dispatch_check_ins", "accounts.tasks.send_mails")
QUEUES = "default,mail"
LEASE = 3  # seconds; in production 45
PAUSE = 0.02  # seconds at most that the mail server takes to say that it has a mail
PATIENCE = 900.0  # seconds for everything


@dataclass(frozen=True)
class Outcome:
    """What the mail server says. `sent` counts questions; `retried_same_id` is the gap that SMTP leaves."""

    due: int
    sent: int
    kills: int
    restarts: int
    lost: int
    retried_same_id: int
    doubled_other: int
    mails: int
    counted_repeats: int  # by ourselves, in the outbox
    seconds: float

    @property
    def holds(self) -> bool:
        return self.lost == 0 and self.doubled_other == 0 and self.counted_repeats >= self.retried_same_id


@dataclass
class Workers:
    """Two workers that are replaced when they are killed."""

    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    started: int = 0

    def start(self) -> None:
        self.started += 1
        command = [str(Path(sys.executable).with_name("celery")), "--quiet", "-A", "config", "worker"]
        command += ["--concurrency=1", "--without-gossip", "--without-mingle", "--loglevel=CRITICAL"]
        command += [f"--queues={QUEUES}", f"--hostname=prove{os.getpid()}-{self.started}@localhost"]
        self.running.append(
            embedded.spawn(
                command,
                stop=signal.SIGTERM,
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )

    def revive(self) -> None:
        """Start again what ended by itself, as every supervisor does: without a database a worker does not start."""
        for process in [one for one in self.running if one.poll() is not None]:
            self.running.remove(process)
            self.start()

    def kill_one(self) -> None:
        victim = random.choice(self.running)
        self.running.remove(victim)
        _kill(victim)

    def stop(self) -> None:
        for process in self.running:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With its children: a worker runs tasks in a process of its own."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def prove(*, due: int, kills: int, restarts: Sequence[Callable[[], None]] = (), database: str) -> Outcome:
    """Make so many questions, and send them while workers are killed. Django is set up, on `database`."""
    from tests.bench import crowd

    crowd.make(due)
    began = time.monotonic()
    with listening(PAUSE) as (accepted, port):
        environment = os.environ | {
            "DATABASE_URL": database,
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "MAIL_LEASE": str(LEASE),
            "LOG_LEVEL": "CRITICAL",
        }
        workers = Workers(environment)
        try:
            workers.start()
            workers.start()
            killed = _disturb(workers, accepted, mails=due * 4 // 5, kills=kills, restarts=list(restarts))
            _until(_all_is_sent, workers)
        finally:
            workers.stop()
    return _outcome(due, killed, len(restarts), accepted.count(), time.monotonic() - began)


def _disturb(
    workers: Workers, accepted: Accepted, *, mails: int, kills: int, restarts: list[Callable[[], None]]
) -> int:
    """Kill a worker each time some more mails have arrived, at a moment of chance; return how many were killed."""
    step = mails / (kills + 2)
    for killed in range(1, kills + 1):
        _until(lambda: len(accepted.mails) >= step * killed, workers)  # noqa: B023 - called at once
        time.sleep(random.uniform(0, 0.1))
        workers.kill_one()
        workers.start()
        if restarts and killed * (len(restarts) + 1) >= kills:
            restarts.pop()()
    while restarts:
        restarts.pop()()
    return kills


def _until(is_so: Callable[[], bool], workers: Workers) -> None:
    """Wake the workers until it is so."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        workers.revive()
        _wake()
        time.sleep(0.05)


_woken = 0.0


def _wake() -> None:
    """Twice a second, whoever is away."""
    from celery import current_app

    global _woken  # noqa: PLW0603 - one clock for all
    if time.monotonic() - _woken < 0.5:
        return
    _woken = time.monotonic()
    for task in TASKS:
        try:
            current_app.send_task(task, retry=False, ignore_result=True)
        except (OSError, *current_app.connection().recoverable_connection_errors):
            return


def _all_is_sent() -> bool:
    from django.db import InterfaceError, OperationalError, connection
    from django.utils import timezone

    from accounts.models import OutgoingMail
    from journeys.models import CheckIn

    try:
        waits = CheckIn.objects.due(timezone.now()).exists()
        return not waits and not OutgoingMail.objects.filter(sent_at=None).exists()
    except (InterfaceError, OperationalError):
        connection.close()
        return False


def _outcome(due: int, kills: int, restarts: int, count: Count, seconds: float) -> Outcome:
    from django.db.models import Sum

    from accounts.models import OutgoingMail

    return Outcome(
        due=due,
        sent=len(count.asked_in),
        kills=kills,
        restarts=restarts,
        lost=due - len(count.asked_in),
        retried_same_id=count.repeated,
        doubled_other=count.doubled,
        mails=len(count.deliveries),
        counted_repeats=OutgoingMail.objects.aggregate(total=Sum("repeats", default=0))["total"],
        seconds=round(seconds, 1),
    )


def _restart(server: embedded.Server) -> Callable[[], None]:
    def restart() -> None:
        server.stop()
        server.start()

    return restart


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--due", type=int, default=2000)
    parser.add_argument("--kills", type=int, default=24)
    wanted = parser.parse_args()
    with own_servers() as (postgres, valkey):
        restarts = [_restart(postgres), _restart(valkey)]
        outcome = prove(
            due=wanted.due, kills=wanted.kills, restarts=restarts, database=os.environ["DATABASE_URL"]
        )
    sys.stdout.write(json.dumps(asdict(outcome)) + "\n")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    sys.exit(main())
