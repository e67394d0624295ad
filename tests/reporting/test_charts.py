import json
from typing import Any

import pytest
import vl_convert

from embedding_bench.artifacts.leaderboard import LearningPair
from embedding_bench.reporting.charts.blocks import default_pair, highlight_params, names, still
from embedding_bench.reporting.charts.confusion import ConfusionMatrix, confusion
from embedding_bench.reporting.charts.contrasts import effects
from embedding_bench.reporting.charts.frontier import frontier
from embedding_bench.reporting.charts.leaderboard import leaderboard_picture
from embedding_bench.reporting.charts.learning import learning
from embedding_bench.reporting.charts.word_map import map_picture, unit_square
from embedding_bench.reporting.page import chart_specs
from tests.reporting.conftest import with_rows


def test_every_chart_compiles_without_a_warning(content, capfd):
    for name, spec in chart_specs(content).items():
        assert vl_convert.vegalite_to_vega(still(spec, 300), show_warnings=True)["marks"], name
    assert "WARN" not in capfd.readouterr().err


def test_effects_are_in_points_and_significant_ones_are_marked(content):
    values = effects(content.analysis["effects"], 0.95)["data"]["values"]
    assert [(value["mean"], value["clear"]) for value in values] == [(-2.5, True), (2.5, False)]


def test_the_learning_curves_of_the_first_sentence_are_highlighted(content):
    board = content.leaderboard
    assert learning(board)["params"] == highlight_params("words-b-frozen-mean", "tfidf")
    pair = LearningPair(first="tfidf", second="words-a-frozen-mean", points=[], sentence="")
    board = board.model_copy(update={"learning": [pair]})
    assert learning(board)["params"] == highlight_params("tfidf", "words-a-frozen-mean")


@pytest.mark.parametrize(
    ("among", "pair"),
    [
        (["tfidf", "words-a-frozen-mean", "words-b-frozen-mean"], ("words-b-frozen-mean", "tfidf")),
        (["words-a-frozen-mean", "words-b-frozen-mean"], ("words-b-frozen-mean", "words-a-frozen-mean")),
        (["words-a-frozen-mean"], ("words-a-frozen-mean", "words-a-frozen-mean")),
    ],
)
def test_the_selected_row_is_shown_beside_the_best_baseline(content, among, pair):
    assert default_pair(content.leaderboard, among) == pair


def test_a_row_without_parameters_is_on_the_logarithmic_axis(content):
    spec = frontier(content.leaderboard, "parameters", "parameters")
    assert {value["variant"]: value["parameters"] for value in spec["data"]["values"]}["tfidf"] == 1


@pytest.mark.parametrize(("classes", "layers"), [(2, 3), (30, 1)])
def test_cells_of_many_classes_have_no_numbers(content, classes, layers):
    ones = [[1.0] * classes] * classes
    matrix = ConfusionMatrix([str(label) for label in range(classes)], ones, ones)
    assert len(confusion(content.leaderboard, {"tfidf": matrix})["layer"]) == layers


def test_points_keep_their_shape_in_the_unit_square():
    assert unit_square([[-10, 0], [10, 5], [0, 10]]) == [(0, 0.75), (1, 0.5), (0.5, 0.25)]
    assert unit_square([[3, 4], [3, 4]]) == [(0.5, 0.5), (0.5, 0.5)]


def test_labels_go_to_frequent_words_of_one_class():
    word_map = {
        "variant": "v",
        "method": "PCA",
        "classes": ["bad", "good"],
        "words": ["the", "awful", "rare"],
        "counts": [1000, 100, 1],
        "affinity": [0, 0, 1],
        "affinity_share": [0.5, 0.9, 1.0],
        "before": [[0, 0], [1, 0], [0, 1]],
        "after": None,
    }
    labelled = map_picture(word_map, "before")["data"][1]["values"]
    assert [value["word"] for value in labelled] == ["awful", "rare", "the"]


def test_no_chart_contains_a_text_of_the_corpus(content):
    assert json.dumps(content.wrong[0].text) not in json.dumps(chart_specs(content))


def test_rows_far_below_the_others_are_left_out_of_the_picture_and_counted(content):
    def changed(mean: float, selected: bool) -> dict[str, Any]:
        accuracy = content.leaderboard.rows[0].accuracy
        return {"accuracy": accuracy.model_copy(update={"mean": mean}), "selected": selected}

    board = with_rows(content, changed(0.9, True), changed(0.89, False), changed(0.2, False)).leaderboard
    spec = leaderboard_picture(board)
    assert names(spec["data"]["values"]) == board.names[:-1]
    assert spec["title"]["subtitle"][1] == "1 row below 0.870 left out"
    board = with_rows(content, changed(0.9, False), changed(0.89, False), changed(0.2, True)).leaderboard
    assert names(leaderboard_picture(board)["data"]["values"]) == board.names
