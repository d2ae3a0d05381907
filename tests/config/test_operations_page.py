"""docs/operations.md says what the code does: its tables are compared with the settings, the schedule, the queues."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from celery.schedules import crontab
from django.conf import settings

from config import run
from config.celery import app
from config.health import ReadyView

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
REQUIRED = "required"

# Defaults that are worked out, and what the page says of them.
WORKED_OUT = {
    "_servers.database": "the PostgreSQL of this checkout",
    "_servers.redis": "the Valkey of this checkout",
    "not INSECURE_HTTP": "the opposite of `INSECURE_HTTP`",
    "not DEBUG": "the opposite of `DEBUG`",
    "int(BEHIND_TLS_PROXY)": "one with `BEHIND_TLS_PROXY`",
    "str(BASE_DIR / 'var')": "`var/` in the checkout",
    "str(VAR_DIR / 'mail')": "`mail/` in `VAR_DIR`",
    "str(VAR_DIR / 'open-data')": "`open-data/` in `VAR_DIR`",
    "str(VAR_DIR / 'static')": "`static/` in `VAR_DIR`",
}


def table(heading: str) -> dict[str, list[str]]:
    """The rows of the first table below a heading, by the first cell (without its backquotes)."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line.strip("|") for line in section.splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)] for line in lines[2:]]
    return {row[0].strip("`"): row[1:] for row in rows}


# ---- environment -----------------------------------------------------------------------------------------


def readings() -> Iterator[tuple[str, str]]:
    """Each variable that the settings read, with its default as the page writes it."""
    for node in ast.walk(ast.parse((ROOT / "config" / "settings.py").read_text(encoding="utf-8"))):
        match node:
            case ast.Call(ast.Attribute(ast.Name("env")), [ast.Constant(str(name))], keywords):
                yield name, default_of(keywords)


def default_of(keywords: list[ast.keyword]) -> str:
    value = next((keyword.value for keyword in keywords if keyword.arg == "default"), None)
    if value is None:
        return REQUIRED
    try:
        return in_words(ast.literal_eval(value))
    except ValueError:
        return WORKED_OUT[ast.unparse(value)]


def in_words(value: object) -> str:
    match value:
        case bool():
            return f"`{value:d}`"
        case "" | []:
            return "none"
        case list():
            return f"`{','.join(value)}`"
    return f"`{value}`"


def test_every_variable_of_the_settings_is_on_the_page_with_its_default() -> None:
    read: dict[str, set[str]] = {}
    for name, default in readings():
        read.setdefault(name, set()).add(default)
    # What is read a second time without a default was found to be set before.
    known = {name: (defaults - {REQUIRED} or defaults) for name, defaults in read.items()}
    assert known == {name: {row[0]} for name, row in table("Environment").items()}


# ---- queues, schedule, retention, health -------------------------------------------------------------------


def test_every_queue_is_on_the_page_and_has_a_worker() -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    queues = {settings.CELERY_TASK_DEFAULT_QUEUE, *routed}
    assert set(table("Queues")) == queues
    assert set(run.QUEUES.split(",")) == queues
    compose = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"--queues=(\S+)", compose)[0].split(",")) == queues


def moment(schedule: float | crontab) -> str:
    if not isinstance(schedule, crontab):
        return f"every {schedule:.0f} seconds"
    [hour], [minute] = schedule.hour, schedule.minute
    return f"{hour:02}:{minute:02}" + (" on Sundays" if schedule.day_of_week == {0} else "")


def test_the_schedule_on_the_page_is_that_of_beat() -> None:
    entries = {name: moment(entry["schedule"]) for name, entry in app.conf.beat_schedule.items()}
    assert {name: row[0] for name, row in table("Schedule").items()} == entries
    assert settings.CELERY_TIMEZONE in PAGE


def test_the_retention_on_the_page_is_that_of_the_settings() -> None:
    days = {name: str(days) for name, days in settings.RETENTION_DAYS.items()}
    assert {name: row[0] for name, row in table("Retention").items()} == days


def test_the_limits_on_the_page_are_those_of_the_settings() -> None:
    assert settings.RATE_LIMITS_FACTOR == 1
    rates = {name: f"`{rate}`" for name, rate in settings.ACCOUNT_RATE_LIMITS.items()}
    assert {name: row[0] for name, row in table("Limits").items()} == rates


def test_the_page_names_every_part_that_readiness_asks() -> None:
    asked = [check.rpartition(".")[2].lower() for check in ReadyView.checks]
    said = table("Health")["/readyz"][0]
    assert [part for part in asked if part not in said] == []


@pytest.mark.parametrize("event", table("Log"))
def test_every_event_on_the_page_is_written_somewhere(event: str) -> None:
    apps = ("accounts", "agencies", "config", "journeys", "moderation", "reviews")
    sources = (path for app in apps for path in (ROOT / app).rglob("*.py"))
    assert any(f'"{event}"' in path.read_text(encoding="utf-8") for path in sources)


def test_every_command_is_on_the_page() -> None:
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")} - {"__init__"}
    said = " ".join(table("Commands"))
    assert [command for command in sorted(commands) if command not in said] == []


# ---- links -------------------------------------------------------------------------------------------------


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_between_the_pages_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_decisions_are_numbered_without_a_gap_and_all_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    decisions = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in decisions] == list(range(1, len(decisions) + 1))
    index = (folder / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\((\d{4}-[\w-]+\.md)\)", index) == decisions
