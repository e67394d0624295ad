from collections.abc import Iterator

import pytest

from embedding_bench.execution.progress import EVERY, Progress

STAGES = ["check", "download", *(f"train@{name}" for name in "abcde"), "confirm"]


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Iterator[Clock]:
    return Clock()


def test_a_line_says_what_is_done_what_runs_and_how_long_it_may_take(clock):
    progress = Progress(STAGES, clock)
    assert progress.describe() == "0 of 8 stages done"
    progress.begin("check", STAGES[:2])
    assert progress.describe() == "0 of 8 stages done; running: check"
    progress.begin("download", STAGES[:2])
    assert progress.describe() == "1 of 8 stages done; running: download; about a minute left"
    progress.end(STAGES[:2])
    for name in STAGES[2:7]:
        progress.begin(name, [name])
    clock.now += 20
    # Two units took 20 seconds; five trainings of 8 and one of 16 are left.
    assert progress.describe() == (
        "2 of 8 stages done; running: train@a, train@b, train@c and 2 more; about 9 min left"
    )
    for name in STAGES[2:7]:
        progress.end([name])
    assert progress.describe() == "7 of 8 stages done; about a minute left"
    progress.begin("confirm", ["confirm"])
    progress.end(["confirm"])
    assert progress.describe() == "8 of 8 stages done"


def test_without_a_terminal_a_line_comes_now_and_then(clock, capsys):
    progress = Progress(STAGES, clock)
    for name in STAGES[:4]:
        clock.now += EVERY / 2
        progress.end([name])
    lines = capsys.readouterr().out.splitlines()
    assert [line[:28] for line in lines] == ["progress: 2 of 8 stages done", "progress: 4 of 8 stages done"]


def test_on_a_terminal_the_last_line_is_overwritten(clock, capsys, monkeypatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    progress = Progress(STAGES, clock)
    progress.end(["check"])
    progress.show()
    assert capsys.readouterr().err == 2 * "\r\033[K1 of 8 stages done; about a minute left"
