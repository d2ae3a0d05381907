"""What a line of the bench says, and one measurement from end to end on very little data."""

import json
import os
import subprocess
import sys

import pytest

from tests.bench.lines import Line, alternating


@pytest.mark.parametrize(
    ("ours", "goal", "ok"),
    [(7, ">= 0.7", True), (6.9, ">= 0.7", False), (20, "<= 2.0", True), (20.1, "<= 2.0", False)],
)
def test_the_goal_is_about_the_ratio(ours: float, goal: str, *, ok: bool) -> None:
    assert Line("speed", ours, 10, goal).ok is ok


def test_a_line_is_json_with_four_digits_that_count() -> None:
    assert json.loads(Line("speed", 0.00123456, 0.004, ">= 0.3").json()) == {
        "name": "speed",
        "ours": 0.001235,
        "floor": 0.004,
        "ratio": 0.3086,
        "goal": ">= 0.3",
        "ok": True,
    }


def test_ours_and_the_floor_take_turns_and_the_median_counts() -> None:
    turns: list[str] = []

    def measured(name: str, values: list[float]) -> float:
        turns.append(name)
        return values[len(turns) // 2 % len(values)]

    ours, floor = alternating(
        lambda: measured("ours", [1, 100, 3]), lambda: measured("floor", [5, 7]), rounds=3
    )
    assert turns == ["ours", "floor"] * 3
    assert (ours, floor) == (3, 7)


def test_measurements_share_their_data_and_say_a_line_each() -> None:
    names = ["recompute_one", "recompute_largest", "search"]
    command = [sys.executable, "-m", "tests.bench", *names]
    run = subprocess.run(
        command, env=os.environ | {"BENCH_SCALE": "tiny"}, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line["name"] for line in lines] == names, run.stderr
    assert all(line["ours"] > 0 and line["floor"] > 0 for line in lines)
    assert run.stderr.count("ready") == 1
    assert run.returncode == (0 if all(line["ok"] for line in lines) else 1)


def test_a_measurement_that_is_not_there_is_named() -> None:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench", "memroy"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert "there is no measurement memroy" in run.stderr
