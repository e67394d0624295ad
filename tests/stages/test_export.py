import shutil

import pytest

from embedding_bench.artifacts.layout import Layout
from embedding_bench.core.errors import UserError
from embedding_bench.settings.export import Export
from stages.export import export
from tests.conftest import ROOT


@pytest.fixture
def layout(tmp_path) -> Layout:
    """A project with a leaderboard and nothing else."""
    layout = Layout(tmp_path)
    layout.metrics.mkdir()
    shutil.copyfile(Layout(ROOT).leaderboard, layout.leaderboard)
    return layout


def test_a_baseline_is_not_exported(layout):
    with pytest.raises(UserError, match=r"export\.variant: found 'tfidf', a baseline; name a variant, or null"):
        export(Export(variant="tfidf"), layout)
    assert not layout.export.exists()


def test_a_variant_that_was_not_compared_is_not_exported(layout):
    with pytest.raises(UserError, match=r"has no row 'words-random-frozen-lstm', which params\.yaml names; run `dvc"):
        export(Export(variant="words-random-frozen-lstm"), layout)
    assert not layout.export.exists()
