"""A mail server that counts: real SMTP on a port of this machine. As a program it only takes mails."""

import asyncio
import contextlib
import random
import re
import signal
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, Envelope, Session

from config import embedded


@dataclass
class Accepted:
    """What the server took. It answers after `pause` seconds at most: in between, nobody knows that it did."""

    pause: float = 0.0
    mails: list[tuple[str, bytes]] = field(default_factory=list)  # recipient, source

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails.append((envelope.rcpt_tos[0], envelope.original_content or b""))
        await asyncio.sleep(random.uniform(0, self.pause))
        return "250 OK"

    def count(self) -> "Count":
        count = Count()
        for recipient, source in self.mails:
            message = message_from_bytes(source, policy=policy.default)
            name, text = str(message["Message-ID"]), message.get_body(("plain",))
            count.deliveries[name] += 1
            count.mails_to[recipient].add(name)
            for token in set(re.findall(r"/nachfrage/([^/\s]+)/", text.get_content() if text else "")):
                count.asked_in[token.partition(":")[0]].add(name)
        return count


@dataclass
class Count:
    """How often each mail came, and which mails (Message-IDs) each question and each person is in."""

    deliveries: Counter[str] = field(default_factory=Counter)
    asked_in: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))  # by the signed question
    mails_to: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def repeated(self) -> int:
        """Deliveries beyond the first of the same Message-ID."""
        return self.deliveries.total() - len(self.deliveries)

    @property
    def doubled(self) -> int:
        """Questions, and people, that are in more than one mail."""
        return sum(len(mails) > 1 for found in (self.asked_in, self.mails_to) for mails in found.values())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def listening(pause: float = 0.0) -> Iterator[tuple[Accepted, int]]:
    """The server, and its port."""
    accepted, port = Accepted(pause), free_port()
    server = Controller(accepted, hostname="127.0.0.1", port=port)
    server.start()
    try:
        yield accepted, port
    finally:
        server.stop()


@contextlib.contextmanager
def in_a_process_of_its_own() -> Iterator[int]:
    """A server that takes everything and keeps nothing; its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.mailserver", str(port)]
    process = embedded.spawn(command, stop=signal.SIGTERM, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        process.stdout.readline()  # it listens
        yield port
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    signal.pause()


if __name__ == "__main__":
    main()
