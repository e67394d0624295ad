import json

import pytest
import vl_convert

from embedding_bench.reporting import figures
from embedding_bench.reporting.page import draw


def test_every_figure_compiles_without_a_warning(report, capfd):
    for name, spec in draw(report).items():
        assert vl_convert.vegalite_to_vega(figures.still(spec, 300), show_warnings=True)["marks"], name
    assert "WARN" not in capfd.readouterr().err


def test_effects_are_in_points_and_say_which_are_clear(report):
    values = figures.effects(report["analysis"]["effects"], 0.95)["data"]["values"]
    assert [(value["mean"], value["clear"]) for value in values] == [(-2.5, True), (2.5, False)]


def test_the_learning_curves_that_are_told_are_lifted_out(report):
    board = report["board"]
    assert figures.learning(board)["params"] == figures.lifting("words-b-frozen-mean", "tfidf")
    board["learning"] = [{"one": "tfidf", "other": "words-a-frozen-mean"}]
    assert figures.learning(board)["params"] == figures.lifting("tfidf", "words-a-frozen-mean")


@pytest.mark.parametrize(
    ("among", "chosen"),
    [
        (["tfidf", "words-a-frozen-mean", "words-b-frozen-mean"], ("words-b-frozen-mean", "tfidf")),
        (["words-a-frozen-mean", "words-b-frozen-mean"], ("words-b-frozen-mean", "words-a-frozen-mean")),
        (["words-a-frozen-mean"], ("words-a-frozen-mean", "words-a-frozen-mean")),
    ],
)
def test_the_selected_row_stands_beside_the_best_baseline(report, among, chosen):
    assert figures.pair(report["board"], among) == chosen


def test_a_row_without_parameters_has_a_place_on_the_logarithmic_axis(report):
    spec = figures.frontier(report["board"], "parameters", "parameters")
    assert {value["variant"]: value["parameters"] for value in spec["data"]["values"]}["tfidf"] == 1


@pytest.mark.parametrize(("classes", "layers"), [(2, 3), (30, 1)])
def test_cells_of_many_classes_bear_no_figures(report, classes, layers):
    names = [str(label) for label in range(classes)]
    matrix = {"names": names, "shares": [[1.0] * classes] * classes, "counts": [[1.0] * classes] * classes}
    assert len(figures.confusion(report["board"], {"tfidf": matrix})["layer"]) == layers


def test_points_keep_their_shape_in_the_unit_square():
    assert figures.unit([[-10, 0], [10, 5], [0, 10]]) == [(0, 0.75), (1, 0.5), (0.5, 0.25)]
    assert figures.unit([[3, 4], [3, 4]]) == [(0.5, 0.5), (0.5, 0.5)]


def test_labels_go_to_frequent_words_that_lean_to_a_class():
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
    labelled = figures.map_picture(word_map, "before")["data"][1]["values"]
    assert [value["word"] for value in labelled] == ["awful", "rare", "the"]


def test_no_figure_holds_a_text_of_the_corpus(report):
    hostile = report["wrong"][0]["text"]
    assert json.dumps(hostile) not in json.dumps(draw(report))


def test_rows_far_below_the_others_are_left_out_of_the_picture_and_counted(report):
    rows = report["board"]["rows"]
    reached = [0.9, *[0.89] * (len(rows) - 2), 0.2]
    for row, mean in zip(rows, reached, strict=True):
        row["accuracy"]["mean"] = mean
    rows[0]["selected"], rows[-1]["selected"] = True, False
    shown = figures.leaderboard_picture(report["board"])
    assert figures.names(shown["data"]["values"]) == figures.names(rows[:-1])
    assert shown["title"]["subtitle"][1] == "1 row below 0.870 left out"
    rows[-1]["selected"] = True
    assert len(figures.leaderboard_picture(report["board"])["data"]["values"]) == len(rows)
