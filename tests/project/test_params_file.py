import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from embedding_bench.project.params_file import change, dump
from embedding_bench.settings.complete import load_settings, parse_settings
from tests.conftest import ROOT

PARAMS = (ROOT / "params.yaml").read_text()
ENTRY = {"source": "table", "text": ["a b", "c: d"], "label": None, "splits": {"train": "x.csv"}, "test": 0.25}


def changed_lines(changes: dict) -> tuple[list[str], list[str]]:
    before, after = PARAMS.splitlines(), change(PARAMS, changes).splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


def test_no_change_keeps_every_byte():
    assert change(PARAMS, {}) == PARAMS


def test_a_value_changes_its_line_alone_and_keeps_its_comment():
    removed, added = changed_lines({"training": {"replicates": 4}})
    (line,) = removed
    assert re.fullmatch(r"  replicates: 3 +# \w.*", line)
    assert added == [line.replace("3", "4", 1)]


def test_a_new_entry_stands_at_the_end_of_its_catalogue():
    text = change(PARAMS, {"datasets": {"mine": ENTRY}})
    assert (
        "    deduplicate: true\n  mine:\n    source: table\n    text: [a b, 'c: d']\n    label: null\n"
        "    splits: {train: x.csv}\n    test: 0.25\n\nvectorizers:\n"
    ) in text
    assert YAML(typ="safe").load(text)["datasets"]["mine"] == ENTRY
    assert set(PARAMS.splitlines()) <= set(text.splitlines())
    assert parse_settings(text).datasets["mine"].test == 0.25


@pytest.mark.parametrize("catalogue", ["datasets", "vectorizers", "vectors", "tuning", "encoders", "baselines"])
def test_every_catalogue_takes_entries_twice(catalogue):
    text = change(change(PARAMS, {catalogue: {"one": {"kind": "x"}}}), {catalogue: {"two": {"kind": [1]}}})
    values = YAML(typ="safe").load(text)
    assert list(values[catalogue])[-2:] == ["one", "two"]
    assert list(values) == list(YAML(typ="safe").load(PARAMS))
    assert text.count("#") == PARAMS.count("#")


def test_an_empty_mapping_is_filled_and_a_list_replaced():
    text = change(PARAMS, {"datasets": {"table": {"splits": {"train": "a.csv"}, "text": ["x"]}}})
    table = YAML(typ="safe").load(text)["datasets"]["table"]
    assert (table["splits"], table["text"]) == ({"train": "a.csv"}, ["x"])
    assert re.findall("#.*", text) == re.findall("#.*", PARAMS)


def test_what_is_proposed_is_yaml():
    values = {"dataset": "mine", "input": "a b.csv", "datasets": {"mine": ENTRY}}
    assert YAML(typ="safe").load(dump(values)) == values


def test_the_file_in_git_is_right(monkeypatch):
    monkeypatch.chdir(ROOT)
    assert load_settings(Path("params.yaml")).dataset == "sample"
