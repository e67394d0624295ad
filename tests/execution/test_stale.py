import pytest

from embedding_bench.execution.graph import Graph
from embedding_bench.execution.stages import NOISE, share

WAITS = {"a": set(), "b": {"a"}, "c": {"a"}, "d": {"b", "c"}, "e": {"c"}}


@pytest.mark.parametrize(
    ("changed", "stale"),
    [
        (set(), {}),
        ({"b"}, {"b": set(), "d": {"b"}}),
        ({"c"}, {"c": set(), "d": {"c"}, "e": {"c"}}),
        ({"a"}, WAITS),
    ],
)
def test_stages_that_follow_a_changed_one_are_stale_and_wait_for_stale_ones_alone(changed, stale):
    assert Graph(WAITS, changed).stale() == stale


def test_the_depth_of_a_stage_is_the_longest_chain_that_waits_for_it():
    assert Graph(WAITS, set()).depths() == {"a": 2, "b": 1, "c": 1, "d": 0, "e": 0}


def test_every_ready_stage_gets_into_a_call():
    ready, calls = 30, []
    while ready:
        calls.append(share(ready, 4))
        ready -= calls[-1]
    assert sum(calls) == 30
    assert calls == sorted(calls, reverse=True)
    assert calls[0] > 1
    assert calls[-1] == 1


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("Running stage 'train@words-random-frozen-mean':", True),
        ("train@x: validation 0.9, test 0.8", True),
        ("error: params.yaml: wrong", True),
        ("> a headline that a stage quotes", True),
        ("ERROR: failed to reproduce 'train@x'", True),
        ("> python -m stages.train --tuning frozen", False),
        ("Stage 'a' didn't change, skipping", False),
        ("Stage 'a' is cached - skipping run, checking out outputs", False),
        ("Updating lock file 'dvc.lock'", False),
        ("\tgit add dvc.lock metrics/leaderboard.json", False),
        ("", False),
    ],
)
def test_what_dvc_says_at_each_call_is_left_out(line, shown):
    assert (NOISE.fullmatch(line) is None) == shown
