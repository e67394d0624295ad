import copy
import json
from html.parser import HTMLParser

import pytest

from embedding_bench.reporting.page import as_json, build_page, filters, join_made, shorten, tabulate, whiskers


class Read(HTMLParser):
    """The elements of a page, the text that a reader sees, and what its scripts hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.ids, self.text, self.scripts, self.inside = [], set(), [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside = tag
        self.ids.add(dict(attrs).get("id"))

    def handle_data(self, data):
        (self.scripts if self.inside == "script" else self.text).append(data)

    def handle_endtag(self, tag):
        self.inside = ""


def test_the_same_report_gives_the_same_page(report):
    again = copy.deepcopy(report)
    again["board"] = dict(reversed(again["board"].items()))
    assert build_page(report) == build_page(again)


def test_texts_of_the_corpus_are_text(report):
    read = Read(build_page(report))
    assert read.tags.count("script") == 4
    assert "img" not in read.tags
    assert report["wrong"][0]["text"] in read.text
    assert report["wrong"][2]["text"] in read.text


def test_sections_without_data_are_absent(report):
    for name in ("epochs", "confusions", "drift", "wrong", "disagreements", "settings", "told"):
        report[name] = type(report[name])()
    report["map"] = None
    report["coverage"] = {"rows": []}
    report["analysis"] = {"effects": [], "interactions": [], "rows": []}
    for row in report["board"]["rows"]:
        row["learning_curve"] = row["learning_curve"][-1:]
    sections = {"leaderboard", "learning", "effects", "confusion", "groups", "calibration", "frontier", "coverage"}
    sections |= {"drift", "wrong", "disagreements", "map", "made", "settings"}
    assert Read(build_page(report)).ids & sections == {"leaderboard", "frontier", "made"}


def test_a_map_of_frozen_vectors_has_no_after(report):
    report["map"] |= {"after": None, "neighbours_after": None}
    page = build_page(report)
    assert "whose vectors are frozen" in page
    assert 'name="which"' not in page


def test_a_map_of_five_thousand_words_fits(make_report):
    assert len(build_page(make_report(words=5000)).encode()) < 8_000_000


def test_what_made_the_page_is_joined_and_replaced(report, made):
    page = build_page(report)
    joined = join_made(page, made)
    assert json.dumps(made["commit"]) in joined
    assert joined.replace(as_json(made), "null") == page
    assert join_made(joined, {**made, "commit": "def"}) == join_made(page, {**made, "commit": "def"})
    assert join_made(joined, None) == page


def test_a_page_without_the_place_for_what_made_it_is_refused():
    with pytest.raises(ValueError, match="0 places"):
        join_made("<html></html>", None)


def test_json_cannot_end_its_script(report):
    value = {"text": "</script><!-- & \u2028\u2029"}
    assert not set(as_json(value)) & set("<>&\u2028\u2029")
    assert json.loads(as_json(value)) == value
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json(float("nan"))


def test_long_texts_are_cut_between_words():
    assert shorten("a" * 600) is None
    assert shorten("b" * 601) == "b" * 600 + "…"
    assert shorten("word " * 200) == ("word " * 120).strip() + "…"


def test_axes_with_one_value_have_no_filter(report):
    assert filters(report["board"]) == {"vectors": ["a", "b"]}


def test_whiskers_of_a_column_share_a_scale():
    cells = whiskers([{"mean": -0.5, "low": -1, "high": 0}, None, {"mean": 2, "low": 1, "high": 3}], "{:+.1f}")
    assert cells[0].interval == (0, 12.5, 25, 25)
    assert cells[1].sort is None
    assert (cells[2].text, cells[2].note, cells[2].interval) == ("+2.0", "+1.0 to +3.0", (50, 75, 100, 25))


def test_facets_have_columns(report):
    for row in report["board"]["rows"]:
        row["facets"] = {"plain": 0.5}
    assert tabulate(report["board"])["columns"][-1] == "plain"
