import os

import pytest

from embedding_bench.project.running import default_jobs


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({}, os.cpu_count()),
        ({"cpu.max": "max 100000", "memory.max": "max"}, os.cpu_count()),
        ({"cpu.max": "100000 100000"}, 1),
        ({"memory.max": "2100000000"}, 1),
        ({"cpu.max": "10000 100000", "memory.max": "1000"}, 1),
    ],
)
def test_jobs_keep_to_the_limits_of_a_container(tmp_path, limits, most):
    for name, text in limits.items():
        (tmp_path / name).write_text(f"{text}\n")
    assert 1 <= default_jobs(tmp_path) <= most
