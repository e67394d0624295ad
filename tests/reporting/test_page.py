import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from embedding_bench.artifacts.leaderboard import Interval
from embedding_bench.reporting.page import as_json, build_page, insert_provenance, shorten
from embedding_bench.reporting.table import filters, tabulate, whiskers
from tests.reporting.conftest import with_rows


class Read(HTMLParser):
    """The elements of a page, the text that a reader sees, and what its scripts hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.named, self.text, self.scripts, self.inside = [], [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside = tag
        self.named += [value for name, value in attrs if name == "id"]

    @property
    def ids(self):
        return set(self.named)

    def handle_data(self, data):
        (self.scripts if self.inside == "script" else self.text).append(data)

    def handle_endtag(self, tag):
        self.inside = ""


def test_the_same_content_gives_the_same_page(make_content):
    assert build_page(make_content()) == build_page(make_content())


def test_texts_of_the_corpus_are_text(content):
    read = Read(build_page(content))
    assert read.tags.count("script") == 4
    assert "img" not in read.tags
    assert content.wrong[0].text in read.text
    assert content.wrong[2].text in read.text


def test_every_element_has_an_id_of_its_own(content):
    named = Read(build_page(content)).named
    assert sorted(set(named)) == sorted(named)


def test_what_a_search_chose_is_told(content):
    shown = " ".join(" ".join(Read(build_page(content)).text).split())
    assert "encoder.learning_rate 0.003 (at the edge of its space)" in shown
    assert "encoder.learning_rate 75 %, encoder.batch_size 25 %" in shown
    assert "Settings of 3 rows are the best of 2 drawn ones and those of params.yaml, on validation." in shown
    assert "At an end of their space, which may be too narrow: encoder.learning_rate of words-b-frozen-mean." in shown


def test_fresh_seeds_and_a_gap_of_validation_are_shown(content):
    score = Interval(mean=0.93, low=0.91, high=0.95)
    rows = with_rows(content, {"as_selected": score}, {}, {})
    board = rows.leaderboard.model_copy(update={"validation_gap": Interval(mean=0.031, low=0.01, high=0.05)})
    shown = " ".join(" ".join(Read(build_page(replace(rows, leaderboard=board))).text).split())
    assert "as selected" in tabulate(board).columns
    assert "0.930" in shown
    assert "3.1 points better on validation than on test" in shown
    assert "points better on validation" not in " ".join(Read(build_page(content)).text)
    assert "as selected" not in tabulate(content.leaderboard).columns


def test_sections_without_data_are_absent(content):
    single = with_rows(content, *({"learning_curve": row.learning_curve[-1:]} for row in content.leaderboard.rows))
    empty = replace(
        single,
        analysis={"effects": [], "interactions": [], "rows": []},
        coverage={"rows": []},
        epochs=[],
        confusions={},
        drift=[],
        wrong=[],
        disagreements=[],
        map=None,
        settings={},
    )
    sections = {"leaderboard", "learning", "effects", "confusion", "groups", "calibration", "frontier", "coverage"}
    sections |= {"drift", "wrong", "disagreements", "map", "made", "settings"}
    assert Read(build_page(empty)).ids & sections == {"leaderboard", "frontier", "made"}


def test_a_map_of_frozen_vectors_has_no_after(content):
    page = build_page(replace(content, map=content.map | {"after": None, "neighbours_after": None}))
    assert "whose vectors are frozen" in page
    assert 'name="which"' not in page


def test_a_map_of_five_thousand_words_fits(make_content):
    assert len(build_page(make_content(words=5000)).encode()) < 8_000_000


def test_provenance_is_inserted_and_replaced(content, provenance):
    page = build_page(content)
    complete = insert_provenance(page, provenance)
    assert json.dumps(provenance["commit"]) in complete
    assert complete.replace(as_json(provenance), "null") == page
    other = {**provenance, "commit": "def"}
    assert insert_provenance(complete, other) == insert_provenance(page, other)
    assert insert_provenance(complete, None) == page


def test_a_page_without_an_element_for_provenance_is_refused():
    with pytest.raises(ValueError, match="found 0 elements"):
        insert_provenance("<html></html>", None)


def test_json_cannot_end_its_script():
    value = {"text": "</script><!-- & \u2028\u2029"}
    assert not set(as_json(value)) & set("<>&\u2028\u2029")
    assert json.loads(as_json(value)) == value
    with pytest.raises(ValueError, match="not JSON compliant"):
        as_json(float("nan"))


def test_long_texts_are_cut_between_words():
    assert shorten("a" * 600) is None
    assert shorten("b" * 601) == "b" * 600 + "…"
    assert shorten("word " * 200) == ("word " * 120).strip() + "…"


def test_axes_with_one_value_have_no_filter(content):
    assert filters(content.leaderboard) == {"vectors": ["a", "b"]}


def test_whiskers_of_a_column_share_a_scale():
    cells = whiskers([Interval(mean=-0.5, low=-1, high=0), None, Interval(mean=2, low=1, high=3)], "{:+.1f}")
    assert cells[0].interval == (0, 12.5, 25, 25)
    assert cells[1].sort is None
    assert (cells[2].text, cells[2].note, cells[2].interval) == ("+2.0", "+1.0 to +3.0", (50, 75, 100, 25))


def test_facets_have_columns(content):
    board = with_rows(content, *[{"facets": {"plain": 0.5}}] * 3).leaderboard
    assert tabulate(board).columns[-1] == "plain"
