"""Pages: how many in a second, how soon a decision shows in them, how they grow with the data and in memory.

Uncached means that every request makes its page (PAGE_CACHE=0), from fragments that the web process has drawn before
where their values are the same (agencies.remembered). Anew means that nothing at all is kept (REMEMBER=0). Addresses
are asked for in turns, so that no single one is measured. Cached is what visitors without a session get in production,
on addresses that were asked for before.
"""

import contextlib
import random
import re
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import batched, cycle
from pathlib import Path
from statistics import quantiles

import psycopg
from django.db import connection, connections
from django.db.models import Exists, OuterRef
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from accounts.models import User
from agencies.choices import Field, Kind
from agencies.models import Agency
from config import embedded
from config.run import QUEUES
from moderation.actions import publish
from reviews.models import Review
from reviews.recompute import recompute_stale
from reviews.states import Status
from tests.bench.data import SCALE, Data
from tests.bench.lines import Line, alternating
from tests.bench.load import Site, site, static_files

MANY = 100  # different pages of one kind; a web process keeps four times as many
UNCACHED, CACHED = {"PAGE_CACHE": "0"}, {"PAGE_CACHE": "1"}
ANEW = {**UNCACHED, "REMEMBER": "0"}
FLOOR = "tests.bench.floor_settings"


# ---- addresses ---------------------------------------------------------------------------------------------


def directory() -> list[str]:
    """The list, in each order, with each field and each kind of service."""
    asked = ["", *(f"?sort={sort}" for sort in ("score", "reviews", "name"))]
    asked += [f"?fach={field}" for field in Field.values] + [f"?form={kind}" for kind in Kind.values]
    return [f"/agenturen/{query}" for query in asked]


def agency() -> list[str]:
    return [f"/agenturen/{slug}/" for slug in _slugs()]


def compare() -> list[str]:
    return [f"/vergleich/?{'&'.join(f'a={slug}' for slug in slugs)}" for slugs in batched(_slugs(), 3)]


def _slugs() -> list[str]:
    """Of agencies of all sizes that have numbers to show, evenly spread."""
    found = Agency.objects.listed().filter(score__is_shown=True, score__waits_shown=True)
    slugs = list(found.order_by("-score__n").values_list("slug", flat=True))
    return slugs[:: max(1, len(slugs) // MANY)][:MANY]


PAGES = {"directory": directory, "agency": agency, "compare": compare}


# ---- requests in a second ----------------------------------------------------------------------------------


def uncached() -> Iterator[Line]:
    yield from _against_floor(UNCACHED, "{}", ">= 0.7")


def anew() -> Iterator[Line]:
    """For comparison; no goal depends on it."""
    yield from _against_floor(ANEW, "{}_anew", ">= 0.0")


def _against_floor(environment: Mapping[str, str], name: str, goal: str) -> Iterator[Line]:
    static_files()
    with site(environment) as ours, site(UNCACHED, settings=FLOOR) as floor:
        for page, addresses in PAGES.items():
            paths = addresses()
            yield Line(name.format(page), *_rates(ours, paths, floor, [_floor_of(paths)]), goal)


def cached() -> Iterator[Line]:
    static_files()
    with site(CACHED) as ours, site(CACHED, settings=FLOOR) as floor:
        for name, addresses in PAGES.items():
            if name != "compare":
                yield Line(f"{name}_cached", *_rates(ours, addresses(), floor, ["/smallest/"]), ">= 0.7")


def _rates(ours: Site, paths: Sequence[str], floor: Site, floor_paths: Sequence[str]) -> tuple[float, float]:
    ours.warm(paths)
    floor.warm(floor_paths)
    return alternating(lambda: ours.load(paths).rate, lambda: floor.load(floor_paths).rate)


@override_settings(PAGE_CACHE=False, ALLOWED_HOSTS=["testserver"])
def _floor_of(paths: Sequence[str]) -> str:
    """The page of the floor with as many queries and bytes as the median of these."""
    costs = sorted(_cost(path) for path in paths[:21])
    queries, size = costs[len(costs) // 2]
    return f"/page/{queries}/{size}/"


def _cost(path: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        page = Client().get(path)
    return len(captured), len(page.content)


# ---- growth ------------------------------------------------------------------------------------------------


def growth() -> Iterator[Line]:
    """The 95th percentile of list and profile in seconds, at full scale and at a tenth, with few requests at a time."""
    static_files()
    tenth = {**Data.TENTH.environment(), **UNCACHED}
    with site(UNCACHED) as full, site(tenth) as small:
        pages, few = directory() + agency(), directory() + _smaller()
        full.warm(pages)
        small.warm(few)
        p95 = alternating(
            lambda: full.load(pages, connections=2).p95, lambda: small.load(few, connections=2).p95
        )
    yield Line("growth", *p95, "<= 1.3")


def _smaller() -> list[str]:
    """The same mixture of agencies from the smaller data."""
    with psycopg.connect(Data.TENTH.environment()["DATABASE_URL"]) as session:
        rows = session.execute(
            "SELECT slug FROM agencies_agency JOIN agencies_agencyscore ON agency_id = id"
            " WHERE is_shown AND waits_shown ORDER BY n DESC"
        ).fetchall()
    return [f"/agenturen/{slug}/" for (slug,) in rows[:: max(1, len(rows) // MANY)][:MANY]]


# ---- memory ------------------------------------------------------------------------------------------------


def memory() -> Iterator[Line]:
    """Resident memory (MB) of one worker after 20,000 mixed requests and after 1,000."""
    few, many = {"full": (1000, 20_000), "small": (300, 3000), "tiny": (30, 60)}[SCALE]
    static_files()
    pages = [path for addresses in PAGES.values() for path in addresses()]
    mixed = random.Random(1).choices(pages, k=many)
    with site(CACHED, workers=1) as ours:
        before = _resident_after(ours, mixed[:few])
        yield Line("memory", _resident_after(ours, mixed[few:]), before, "<= 1.1")


def _resident_after(running: Site, paths: Sequence[str]) -> float:
    for path in paths:
        running.read(path)
    return running.resident()


# ---- freshness ---------------------------------------------------------------------------------------------

A_SECOND, PAGES_A_SECOND = 20, 50
READERS, PUBLISHERS = 4, 2  # threads; the pool of a process has three connections
LATEST = 30.0  # seconds after which a number counts as never seen


@dataclass
class Watch:
    """Which agencies have a decision whose number no page has shown yet, and how long it took for the others."""

    running: Site
    waiting: deque[tuple[str, int, float]] = field(
        default_factory=deque
    )  # slug, number of reviews, since when
    took: list[float] = field(default_factory=list)
    is_over: bool = False  # somebody failed, so that nobody waits for ever
    others: Iterator[str] = field(default_factory=lambda: cycle(_slugs()))

    def look(self) -> None:
        """Ask for one page: of an agency that is waited for, or of any other."""
        try:
            slug, number, since = self.waiting.popleft()
        except IndexError:
            self.running.read(f"/agenturen/{next(self.others)}/")
            return
        shown = re.search(r"aus (\d+) Bewertungen", self.running.read(f"/agenturen/{slug}/"))
        now = time.perf_counter() - since
        if (shown and int(shown[1]) >= number) or now > LATEST:
            self.took.append(now)
        else:
            self.waiting.append((slug, number, since))


def freshness() -> Iterator[Line]:
    """After how many seconds 99 of 100 decisions show, at 20 decisions and 50 pages a second; the floor is 1 s."""
    static_files()
    recompute_stale()
    count = A_SECOND * {"full": 20, "small": 5, "tiny": 1}[SCALE]
    moderator = User.objects.create(email="bench@my-recruiter.example", is_staff=True, is_superuser=True)
    reviews = _undecided(count)
    with site(CACHED) as ours, _workers():
        ours.warm(agency())  # of others: a server that is up has its templates ready
        watch = Watch(ours)

        def decide(review: Review) -> None:
            begin = time.perf_counter()
            publish(review_id=review.pk, revision_id=review.revisions.get().pk, by=moderator)
            watch.waiting.append((review.agency.slug, review.agency.score.n + 1, begin))

        deciding = [_pace(A_SECOND / PUBLISHERS, iter(part), decide) for part in _dealt(reviews, PUBLISHERS)]
        looks = [
            _pace(PAGES_A_SECOND / READERS, _until(watch, len(reviews)), lambda _: watch.look())
        ] * READERS
        connection.close()
        _all_at_once([*deciding, *looks], watch)
    yield Line("freshness", quantiles(watch.took, n=100)[98], 1.0, "<= 1.0")


def _undecided(count: int) -> list[Review]:
    """One review that waits for a moderator, of somebody new there, for each of so many agencies."""
    same_voice = Review.objects.counted().filter(agency=OuterRef("agency"), voice=OuterRef("voice"))
    waiting = Review.objects.filter(
        ~Exists(same_voice), status=Status.IN_MODERATION, agency__score__is_shown=True
    )
    first = waiting.order_by("agency", "pk").distinct("agency").select_related("agency__score")
    return list(first[:count])


def _until(watch: Watch, count: int) -> Iterator[None]:
    while len(watch.took) < count and not watch.is_over:
        yield None


def _dealt[T](things: Sequence[T], hands: int) -> list[Sequence[T]]:
    return [things[hand::hands] for hand in range(hands)]


def _pace[T](a_second: float, things: Iterator[T], work: Callable[[T], None]) -> Callable[[], None]:
    """Do the work for each thing, so many in a second, or as quickly as it goes."""

    def run() -> None:
        begin = time.perf_counter()
        for number, thing in enumerate(things):
            time.sleep(max(0.0, begin + number / a_second - time.perf_counter()))
            work(thing)
        connections.close_all()

    return run


def _all_at_once(jobs: Sequence[Callable[[], None]], watch: Watch) -> None:
    with ThreadPoolExecutor(len(jobs)) as pool:
        running = [pool.submit(job) for job in jobs]
        wait(running, return_when=FIRST_EXCEPTION)
        watch.is_over = True
        for done in running:
            done.result()


@contextlib.contextmanager
def _workers() -> Iterator[None]:
    """Worker and beat, as config.run starts them."""
    celery = [str(Path(sys.executable).parent / "celery"), "--quiet", "--app", "config"]
    worker = ["worker", "--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
    with contextlib.ExitStack() as stack:
        for command in (
            [*celery, *worker, "--queues", QUEUES],
            [*celery, "beat", "--loglevel", "WARNING"],
        ):
            process = embedded.spawn(command, stop=signal.SIGTERM)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        time.sleep(5)  # until they are ready: work that is announced before waits for the sweep
        yield
