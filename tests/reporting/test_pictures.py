import json
import struct
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from embedding_bench.reporting import figures
from embedding_bench.reporting.pictures import PALETTES, to_png, to_svg

SVG = "{http://www.w3.org/2000/svg}"


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("text", ["ink", "muted", "accent"])
@pytest.mark.parametrize("ground", ["paper", "surface"])
def test_text_can_be_read_on_its_ground(theme, text, ground):
    deep, pale = sorted(luminance(PALETTES[theme][name]) for name in (text, ground))
    assert (pale + 0.05) / (deep + 0.05) >= 4.5


def test_every_picture_is_the_same_each_time(report):
    board = report["board"]
    many = {"names": list("abcdefghijklm"), "shares": [[0.5] * 13] * 13, "counts": [[1.0] * 13] * 13}
    for spec in (
        figures.leaderboard_picture(board),
        figures.learning_picture(board),
        figures.map_picture(report["map"], "after"),
        figures.still(figures.confusion(board, {"tfidf": many}), 300),  # with a gradient, which Vega numbers
    ):
        assert to_svg(spec) == to_svg(spec)


def test_another_process_draws_the_same_bytes(report):
    spec = figures.leaderboard_picture(report["board"])
    script = (
        "import json, sys; from embedding_bench.reporting.pictures import to_svg; print(to_svg(json.load(sys.stdin)))"
    )
    command = [sys.executable, "-c", script]
    there = subprocess.run(command, input=json.dumps(spec), capture_output=True, check=True, text=True).stdout
    assert there == to_svg(spec) + "\n"


def test_the_leaderboard_names_every_row_and_the_selected_one_in_bold(report):
    texts = list(ET.fromstring(to_svg(figures.leaderboard_picture(report["board"]))).iter(f"{SVG}text"))
    weights = {text.text: text.get("font-weight") for text in texts}
    assert {row["variant"] for row in report["board"]["rows"]} <= weights.keys()
    assert [text for text, weight in weights.items() if weight == "bold" and text.startswith("words")] == [
        "words-b-frozen-mean"
    ]


def test_a_png_has_as_many_pixels_as_its_scale_asks(report):
    spec = figures.learning_picture(report["board"])
    widths = [struct.unpack(">II", to_png(spec, scale)[16:24])[0] for scale in (1, 2)]
    assert widths[1] == pytest.approx(2 * widths[0], abs=2)


def test_labels_of_the_map_do_not_lie_over_each_other(report):
    word_map = report["map"]
    crowded = {**word_map, "after": [[-1, -1], [1, 1], *[[0, 0]] * (len(word_map["words"]) - 2)]}
    assert len(shown(word_map)) > 50
    assert 1 <= len(shown(crowded)) <= 6


def shown(word_map: dict) -> list[str]:
    texts = ET.fromstring(to_svg(figures.map_picture(word_map, "after"))).iter(f"{SVG}text")
    return [text.text for text in texts if text.text in word_map["words"] and text.get("opacity") != "0"]
