import itertools

import pytest

from embedding_bench.project.estimate import estimate_seconds, in_words
from embedding_bench.project.plan import make_plan, merged
from embedding_bench.project.proposal import Size
from embedding_bench.project.speeds import Speeds
from embedding_bench.settings.complete import Settings, load_settings
from tests.conftest import ROOT

SETTINGS = load_settings(ROOT / "params.yaml")
SIZE = Size(30_000, 40_000)
SECONDS = {"mean": 4e-5, "ngrams": 8e-5, "cnn": 1e-3, "bilstm": 4e-3}
MINUTES = [1, 3, 5, 10, 20, 40, 90, 600, 6000]


def speeds(slower: float = 1.0, words: int = 40) -> Speeds:
    lengths = [words // 2, words, 3 * words // 2]
    most = {name: SETTINGS.encoders[name].max_tokens for name in SECONDS}
    return Speeds({name: slower * value for name, value in SECONDS.items()}, 3e-6, lengths, most)


def planned(minutes: float, size: Size = SIZE, speed: Speeds | None = None, cores: int = 2):
    plan = make_plan(SETTINGS, size, speed or speeds(), cores, minutes)
    return plan, Settings.model_validate(merged(SETTINGS.model_dump(), plan.changes))


def test_more_of_anything_takes_longer():
    base = estimate_seconds(SETTINGS, SIZE, speeds(), 2)
    assert estimate_seconds(SETTINGS, Size(60_000, 70_000), speeds(), 2) > base
    assert estimate_seconds(SETTINGS, Size(30_000, 400_000), speeds(), 2) > base
    assert estimate_seconds(SETTINGS, SIZE, speeds(2.0), 2) > base
    fewer = SETTINGS.model_copy(update={"training": SETTINGS.training.model_copy(update={"replicates": 2})})
    assert estimate_seconds(fewer, SIZE, speeds(), 2) < base
    times = [estimate_seconds(SETTINGS, SIZE, speeds(), cores) for cores in (1, 2, 16)]
    assert times == sorted(times, reverse=True)


def test_cores_do_not_shorten_what_one_task_takes():
    """word2vec is one task, and so is a replicate."""
    many, more = (estimate_seconds(SETTINGS, SIZE, speeds(), cores) for cores in (500, 1000))
    assert many == more > 60


def test_shorter_texts_of_an_encoder_are_faster_and_of_others_not():
    cut = merged(SETTINGS.model_dump(), {"encoders": {"bilstm": {"max_tokens": 100}}})
    long = speeds(words=400)
    assert estimate_seconds(Settings.model_validate(cut), SIZE, long, 2) < estimate_seconds(SETTINGS, SIZE, long, 2)
    assert estimate_seconds(Settings.model_validate(cut), SIZE, speeds(), 2) == estimate_seconds(
        SETTINGS, SIZE, speeds(), 2
    )


def test_a_plan_fits_and_more_time_never_gives_less():
    found = [planned(minutes) for minutes in MINUTES]
    for minutes, (plan, settings) in zip(MINUTES, found, strict=True):
        assert plan.seconds == pytest.approx(estimate_seconds(settings, SIZE, speeds(), 2))
        assert plan.seconds <= 60 * minutes or len(settings.variants) == 1
        assert settings.run.baselines == SETTINGS.run.baselines
    for (_, less), (_, more) in itertools.pairwise(found):
        assert len(less.variants) <= len(more.variants)
    _, settings = found[-1]
    assert settings.variants == SETTINGS.variants
    assert settings.training.replicates == 5


def test_what_is_left_out_would_not_have_fitted():
    plan, _ = planned(10)
    assert plan.left_out
    assert all(plan.seconds + seconds > 600 for _, seconds in plan.left_out)
    assert planned(10_000)[0].left_out == []


def test_where_nothing_fits_the_least_is_run_and_said():
    plan, settings = planned(0.5, speed=speeds(50.0))
    assert [variant.name for variant in settings.variants] == ["words-random-finetuned-ngrams"]
    assert any("more than asked" in line for line in plan.describe(0.5, 2))


def test_dear_encoders_give_way_first():
    _, settings = planned(12, speed=speeds(2.0))
    assert "ngrams" in settings.run.encoders
    assert "bilstm" not in settings.run.encoders


def test_long_texts_are_cut_before_an_encoder_is_dropped():
    _, settings = planned(30, Size(8_000, 8_000), speeds(words=600))
    assert "cnn" in settings.run.encoders
    assert settings.encoders["cnn"].max_tokens < 400


def test_budgets_need_twice_as_many_labels():
    assert planned(1000, Size(900, 900))[1].training.label_budgets == []
    assert planned(1000, Size(3000, 3000))[1].training.label_budgets == [100, 500]


@pytest.mark.parametrize(
    ("seconds", "words"), [(20, "about 1 minute"), (290, "about 5 minutes"), (9000, "about 2.5 hours")]
)
def test_a_time_in_words(seconds, words):
    assert in_words(seconds) == words
