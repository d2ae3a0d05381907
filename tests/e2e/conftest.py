"""The whole site on real parts, once per run: web server, worker, beat, its own database with the demo, a browser.

Nothing is shared with the other tests but the two servers: the site has a database and Valkey numbers of its own, and
is started by the code that `make run` uses. Tests touch it as people do, through the browser and their mail.
"""

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from config.run import Process, is_ready, prepare, processes
from tests import browser, plugin

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "var" / "screenshots"
PICTURES = bool(os.environ.get("PICTURES"))  # make pictures
DATABASE = f"site{plugin.WORKER}"
VALKEY_NUMBERS = 8 + 2 * plugin.WORKER  # and the next one: beyond those of the tests themselves
READY_WITHIN = 60.0


def eventually[T](look: Callable[[], T], what: str, seconds: float = 20) -> T:
    """What `look` finds, asked again until it is true; an AssertionError names what never came."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, f"{what} did not come within {seconds} seconds"
        time.sleep(0.05)
    return found


def picture(page: Page, name: str) -> None:
    """The whole page as it looks, for people who look at it; taking all of them costs a minute or two."""
    if PICTURES:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / name, full_page=True)


def wear(page: Page, theme: Literal["light", "dark"]) -> None:
    """The page in this theme, when all colours have arrived: links of the admin fade from one to the other."""
    page.emulate_media(color_scheme=theme)
    page.evaluate("() => Promise.all(document.getAnimations().map(one => one.finished))")


@dataclass
class Site:
    """A running installation: its address, its mails, its logins, its processes."""

    url: str
    env: dict[str, str]
    mails: Path
    parts: list[Process] = field(default_factory=list)

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=True
        ).stdout

    @property
    def logins(self) -> dict[str, dict[str, str]]:
        file = Path(self.env["VAR_DIR"]) / "demo-logins.json"
        return {login["role"]: login for login in json.loads(file.read_text(encoding="utf-8"))}

    def mails_to(self, address: str) -> list[EmailMessage]:
        found = []
        for file in sorted(self.mails.glob("*.log"), key=lambda path: path.stat().st_mtime):
            for raw in re.split(rb"\n-{70,}\n", file.read_bytes()):
                mail = message_from_bytes(raw.strip(), policy=policy.default)
                if mail["To"] == address:
                    found.append(mail)
        return found

    def link_in_mail_to(self, address: str, path: str) -> str:
        """The first link in the newest mail to this address whose path starts with `path`."""

        def look() -> str:
            texts = [mail.get_body(("plain",)) for mail in self.mails_to(address)]
            links = [
                link for text in texts if text for link in re.findall(r"https?://\S+", text.get_content())
            ]
            return next((link for link in reversed(links) if path in link), "")

        return eventually(look, f"a mail with a link to {path}")

    def part(self, name: str) -> Process:
        return next(part for part in self.parts if part.name == name)

    def ask(self, sql: str, *params: object) -> list[tuple[object, ...]]:
        """Rows of the site's database, for what no page shows."""
        with psycopg.connect(
            host=str(plugin.POSTGRES.sockets), user="postgres", dbname=DATABASE
        ) as connection:
            return connection.execute(sql, params).fetchall()

    def change(self, *statements: str, **params: object) -> None:
        """Change rows behind the site's back, as time would: nothing else does."""
        with psycopg.connect(
            host=str(plugin.POSTGRES.sockets), user="postgres", dbname=DATABASE
        ) as connection:
            for statement in statements:
                connection.execute(statement, params)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(port: int, folder: Path) -> dict[str, str]:
    settings = {
        "DATABASE_URL": f"postgres://postgres@/{DATABASE}?host={quote(str(plugin.POSTGRES.sockets))}",
        "REDIS_DB_BASE": str(VALKEY_NUMBERS),
        "DEMO": "1",
        "SITE_URL": f"http://localhost:{port}",
        "VAR_DIR": str(folder),
        "MAIL_DIR": str(folder / "mail"),
        "OPEN_DATA_DIR": str(folder / "open-data"),
        "STATIC_ROOT": str(folder / "static"),
        "STATIC_MANIFEST": "1",
        "PAGE_CACHE": "1",
        "RATE_LIMITS_FACTOR": "50",
    }
    return {**os.environ, **settings}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port, folder = free_port(), tmp_path_factory.mktemp("site")
    with psycopg.connect(host=str(plugin.POSTGRES.sockets), user="postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    env = environment(port, folder)
    prepare(env)
    running = Site(f"http://localhost:{port}", env, folder / "mail", list(processes(port, env)))
    try:
        for part in running.parts:
            part.start()
        eventually(lambda: is_ready(port), "the site", READY_WITHIN)
        yield running
    finally:
        for part in reversed(running.parts):
            part.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = browser.find()
    assert path, "no Chromium was found; `make test` installs one"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(path), args=browser.ARGUMENTS)
        yield started
        started.close()


class Visitor:
    """One person with one browser profile; notices what must never happen: errors, foreign hosts, CSP violations."""

    def __init__(self, chromium: Browser, site: Site, **options: object) -> None:
        self.context = chromium.new_context(base_url=site.url, **({"locale": "de-DE"} | options))  # type: ignore[arg-type]
        self.context.set_default_timeout(10_000)
        self.page: Page = self.context.new_page()
        self.site = site
        self.problems: list[str] = []
        self.page.on("console", lambda message: self._note(message.type == "error", message.text))
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("request", lambda request: self._note(not self._is_ours(request.url), request.url))

    def _note(self, is_problem: bool, text: str) -> None:
        if is_problem and "status of 4" not in text:
            self.problems.append(text)

    def _is_ours(self, url: str) -> bool:
        return url.startswith((self.site.url, "data:"))

    def log_in(self, role: str, path: str = "/konto/login/") -> str:
        """Type the demo login of this role at the page `path` leads to; give its address."""
        login = self.site.logins[role]
        self.page.goto(path)
        self.page.locator("[name=login]").fill(login["email"])
        self.page.locator("[name=password]").fill(login["password"])
        self.page.keyboard.press("Enter")
        return login["email"]

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors; afterwards none of them may have met an error, a CSP violation or a foreign host."""
    visitors: list[Visitor] = []

    def make(**options: object) -> Visitor:
        visitors.append(Visitor(chromium, site, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        visitor.close()
    assert [problem for visitor in visitors for problem in visitor.problems] == []


@pytest.fixture
def phone(visit: Callable[..., Visitor]) -> Visitor:
    return visit(viewport={"width": 390, "height": 844}, has_touch=True)


@pytest.fixture
def desk(visit: Callable[..., Visitor]) -> Visitor:
    return visit(viewport={"width": 1280, "height": 900})
