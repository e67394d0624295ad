import pytest

from embedding_bench.project.estimate import Size, estimate_seconds, in_words
from embedding_bench.settings.complete import load_settings
from tests.conftest import ROOT


def test_more_of_anything_takes_longer():
    settings = load_settings(ROOT / "params.yaml")
    low, high = estimate_seconds(settings, Size(2000, 20_000, 25), 2)
    assert low < high
    for size in (Size(4000, 20_000, 25), Size(2000, 40_000, 25), Size(2000, 20_000, 50)):
        assert estimate_seconds(settings, size, 2)[0] > low
    fewer = settings.model_copy(update={"training": settings.training.model_copy(update={"replicates": 2})})
    assert estimate_seconds(fewer, Size(2000, 20_000, 25), 2)[1] < high
    times = [estimate_seconds(settings, Size(2000, 20_000, 25), jobs)[1] for jobs in (1, 2, 16)]
    assert times[0] > times[1] > times[2]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [((20, 50), "about 1 minute"), ((110, 290), "about 2 to 5 minutes"), ((3600, 9000), "about 1.0 to 2.5 hours")],
)
def test_a_range_of_time_in_words(seconds, words):
    assert in_words(seconds) == words
