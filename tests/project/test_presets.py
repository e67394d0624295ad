from pathlib import Path

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.project.params_file import change
from embedding_bench.project.presets import describe_preset, preset_names, read_preset
from embedding_bench.settings.complete import parse_settings
from tests.conftest import ROOT

PRESETS = sorted(path.stem for path in (ROOT / "presets").glob("*.yaml"))


@pytest.fixture
def root(monkeypatch) -> Path:
    monkeypatch.chdir(ROOT)
    return ROOT


def test_an_unknown_preset_names_the_known_ones(root):
    with pytest.raises(UserError, match=r"no preset 'imbd'; did you mean 'imdb'\? allowed: .*ag_news, imdb"):
        read_preset("imbd")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_makes_right_params(name, root):
    assert parse_settings(change(Path("params.yaml").read_text(), read_preset(name))).variants


def test_presets_are_listed_with_what_they_teach(root):
    assert preset_names() == PRESETS
    assert all(describe_preset(name).lesson.endswith((".", "?")) for name in PRESETS)


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("presets").mkdir()
    return Path("presets")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found None; expected a mapping"),
        (b"# A lesson.\n", "found None; expected a mapping"),
        (b"- sample\n", r"found \['sample'\]; expected a mapping"),
        (b"dataset: !mine sample\n", "not valid YAML: .*!mine"),
        (b"dataset: [sample\n", "not valid YAML: "),
        (b"dataset: \xff\n", "not UTF-8: "),
    ],
)
def test_a_preset_that_is_no_mapping_is_refused(folder, content, message):
    (folder / "mine.yaml").write_bytes(content)
    with pytest.raises(UserError, match=rf"^presets/mine\.yaml: {message}"):
        read_preset("mine")


@pytest.mark.parametrize("content", [b"", b"dataset: sample\n", b"dataset: sample\nrun: {}\n", b"\xff"])
def test_a_preset_without_a_lesson_is_refused_in_the_list(folder, content):
    (folder / "mine.yaml").write_bytes(content)
    with pytest.raises(UserError, match=r"^presets/mine\.yaml: no lesson; begin its first line with `# `"):
        describe_preset("mine")


def test_a_preset_of_one_value_runs_and_one_of_one_comment_is_listed(folder):
    (folder / "value.yaml").write_text("dataset: sample\n")
    assert read_preset("value") == {"dataset": "sample"}
    (folder / "comment.yaml").write_text("# A lesson.")
    assert describe_preset("comment") == ("A lesson.", "")


def test_a_preset_says_what_its_lesson_is_known_to_reach(tmp_path, monkeypatch):
    monkeypatch.setattr("embedding_bench.project.presets.FOLDER", tmp_path)
    (tmp_path / "known.yaml").write_text("# A lesson.\n# Known to reach: 0.78 (a notebook)\ndataset: sample\n")
    (tmp_path / "new.yaml").write_text("# Another one.\ndataset: sample\nrun: {}\n")
    assert describe_preset("known") == ("A lesson.", "0.78 (a notebook)")
    assert describe_preset("new") == ("Another one.", "")
