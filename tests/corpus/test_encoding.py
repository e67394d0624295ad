# ruff: noqa: RUF001  (real text has such characters)
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedding_bench.core.errors import UserError
from embedding_bench.corpus.detection import CANDIDATES, detect
from embedding_bench.corpus.encoding import UTF8, Encoding, find_encoding
from embedding_bench.corpus.lines import read_lines

TEXTS = {
    "cp1252": [
        "café", "El niño comió", "naïve", "Straße", "Der Müller hört schöne Lieder", "It’s a “fine” day – really",
        "São Paulo não é", "smörgåsbord på svenska", "Ærø", "ça coûte 5 €", "año", "à la carte", "l’été",
    ],
    "cp1251": ["Привет, мир", "Это очень хороший фильм, мне понравилось", "плохо", "Новости дня: «рынок» вырос"],
    "cp932": ["こんにちは世界", "この映画はとても面白かったです", "東京", "悪い", "ニュース：株価が上がった"],
    "euc_jp": ["こんにちは世界", "この映画はとても面白かったです", "ニュース：株価が上がった"],
    "gb18030": ["这部电影很好看", "今天天气不错，我们去公园", "新闻：股市上涨", "质量太差，不推荐购买"],
    "big5": ["這部電影很好看", "今天天氣不錯，我們去公園", "新聞：股市上漲", "品質太差，不推薦購買"],
    "cp949": ["이 영화는 정말 재미있어요", "안녕하세요", "나쁘다", "뉴스: 주가가 올랐다"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "text"),
    [(encoding, text) for encoding, texts in TEXTS.items() for text in [*texts, "\n".join(texts)]],
)
@pytest.mark.parametrize("row", ["{}", "an English sentence,good\n{},bad\n"])
def test_short_texts_are_recognised(encoding, text, row):
    assert detect(row.format(text).encode(encoding), Path("x")) == encoding


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", *TEXTS])
def test_a_file_is_read_as_it_was_written(tmp_path, encoding):
    lines = [f"{text},{n}\n" for n, text in enumerate(TEXTS.get(encoding, ["Zürich 東京 🙂", "plain"]) * 50)]
    path = tmp_path / "x.csv"
    path.write_bytes("".join(lines).encode(encoding))
    encoding_found = find_encoding(path, None)
    assert encoding_found.detected == (encoding in TEXTS)
    assert list(read_lines(path, encoding_found.name)) == lines


@pytest.mark.parametrize(
    ("declared", "name"), [("UTF8", UTF8), ("utf-8-sig", UTF8), ("latin-1", "iso8859-1"), ("utf-16", "utf-16")]
)
def test_a_declared_encoding_is_used(tmp_path, declared, name):
    path = tmp_path / "x.csv"
    path.write_bytes("é\n".encode(declared))
    assert find_encoding(path, declared) == Encoding(name)
    assert list(read_lines(path, name)) == ["é\n"]


def test_lines_valid_as_utf8_by_accident_do_not_make_a_file_mixed(tmp_path):
    path = tmp_path / "x.csv"
    accident = b"\xc4\xa3"  # a common Chinese character in GB 18030, and a Latin letter in UTF-8
    path.write_bytes(accident + b",a\n" + ",b\n".join(TEXTS["gb18030"]).encode("gb18030"))
    assert accident.decode() == "ģ"
    assert find_encoding(path, None) == Encoding("gb18030", detected=True)


def test_bytes_of_an_unknown_encoding_are_refused(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"\xff\x98\x81 " * 9)
    with pytest.raises(UserError, match=r"x\.csv: .*declare its `encoding`|x\.csv: line 1 is not"):
        list(read_lines(path, find_encoding(path, None).name))


def test_one_long_line_is_a_sufficient_sample(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(("안녕하세요 " * 20_000).encode("cp949"))
    assert find_encoding(path, None).name == "cp949"


def test_detection_reads_beyond_ascii_lines(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b"plain\n" * 300_000 + "naïve\n".encode("cp1252"))
    assert find_encoding(path, None).name == "cp1252"


@given(st.binary(min_size=1))
def test_any_bytes_are_detected_or_refused(data):
    with suppress(UserError):
        assert detect(data, Path("x")) in CANDIDATES
