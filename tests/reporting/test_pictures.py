import json
import struct
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from embedding_bench.reporting.charts.blocks import still
from embedding_bench.reporting.charts.confusion import ConfusionMatrix, confusion
from embedding_bench.reporting.charts.leaderboard import leaderboard_picture
from embedding_bench.reporting.charts.learning import learning_picture
from embedding_bench.reporting.charts.word_map import map_picture
from embedding_bench.reporting.drawing import to_png, to_svg
from embedding_bench.reporting.theme import PALETTES

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_text_can_be_read_on_its_ground(theme, text, ground):
    deep, pale = sorted(luminance(PALETTES[theme][name]) for name in (text, ground))
    assert (pale + 0.05) / (deep + 0.05) >= 4.5


def test_every_picture_is_the_same_each_time(content):
    board = content.leaderboard
    many = ConfusionMatrix(list("abcdefghijklm"), [[1.0] * 13] * 13, [[0.5] * 13] * 13)
    for spec in (
        leaderboard_picture(board),
        learning_picture(board),
        map_picture(content.map, "after"),
        still(confusion(board, {"tfidf": many}), 300),  # with a gradient, which Vega numbers
    ):
        assert to_svg(spec) == to_svg(spec)


def test_another_process_draws_the_same_bytes(content):
    spec = leaderboard_picture(content.leaderboard)
    script = (
        "import json, sys; from embedding_bench.reporting.drawing import to_svg; print(to_svg(json.load(sys.stdin)))"
    )
    command = [sys.executable, "-c", script]
    output = subprocess.run(command, input=json.dumps(spec), capture_output=True, check=True, text=True).stdout
    assert output == to_svg(spec) + "\n"


def test_the_order_of_keys_does_not_matter(content):
    for spec in (leaderboard_picture(content.leaderboard), map_picture(content.map, "after")):
        assert to_svg(json.loads(json.dumps(spec, sort_keys=True))) == to_svg(spec)


def test_the_leaderboard_names_every_row_and_the_selected_one_in_bold(content):
    texts = list(ET.fromstring(to_svg(leaderboard_picture(content.leaderboard))).iter(f"{SVG}text"))
    weights = {text.text: text.get("font-weight") for text in texts}
    assert set(content.leaderboard.names) <= weights.keys()
    assert [text for text, weight in weights.items() if weight == "bold" and text.startswith("words")] == [
        "words-b-frozen-mean"
    ]


def test_a_png_has_as_many_pixels_as_its_scale_asks(content):
    svg = to_svg(learning_picture(content.leaderboard))
    widths = [struct.unpack(">II", to_png(svg, scale)[16:24])[0] for scale in (1, 2)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=2)


def test_labels_of_the_map_do_not_lie_over_each_other(content):
    word_map = content.map
    crowded = {**word_map, "after": [[-1, -1], [1, 1], *[[0, 0]] * (len(word_map["words"]) - 2)]}
    assert len(shown(word_map)) > 50
    assert 1 <= len(shown(crowded)) <= 6


def shown(word_map: dict) -> list[str]:
    texts = ET.fromstring(to_svg(map_picture(word_map, "after"))).iter(f"{SVG}text")
    return [text.text for text in texts if text.text in word_map["words"] and text.get("opacity") != "0"]
