import subprocess
import sys

import pytest

from embedding_bench.core.errors import UserError
from embedding_bench.probing.question_sets import read_analogies, read_sets, read_similarity
from tests.conftest import ROOT


def test_the_sets_of_gensim_are_found_by_name():
    sets = read_sets(["questions-words"], ["wordsim353", "simlex999"])
    assert sum(map(len, sets.analogies["questions-words"].values())) == 19_544
    assert {name: len(pairs) for name, pairs in sets.similarity.items()} == {"wordsim353": 353, "simlex999": 999}


def test_sets_are_found_without_importing_gensim():
    code = (
        "import sys; from embedding_bench.probing.question_sets import read_sets; read_sets(['questions-words'], []);"
        "assert 'gensim' not in sys.modules and 'scipy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_files_are_read_by_path(tmp_path):
    (tmp_path / "q.txt").write_text("\ufeff: towns and more\nParis France  Rome Italy\n\n: none\n")
    (tmp_path / "p.txt").write_text("# a comment\nCup\tMug\t9.5\nsun rain 1e-1\nnew york\tcity\t7\n")
    sets = read_sets([str(tmp_path / "q.txt")], [str(tmp_path / "p.txt")])
    assert sets.analogies == {"q": {"towns and more": [("paris", "france", "rome", "italy")], "none": []}}
    assert sets.similarity == {"p": [("cup", "mug", 9.5), ("sun", "rain", 0.1), ("new york", "city", 7.0)]}


@pytest.mark.parametrize(
    ("read", "content", "message"),
    [
        (read_analogies, b": a\nb c d\n", "line 2: found 3 words, expected four, or ': a section'"),
        (read_analogies, b"a b c d\n", "line 1: a question before the first section; begin with ': a name'"),
        (read_analogies, b": a\n", "holds no question; expected four words"),
        (read_analogies, b": \xff\n", r"not UTF-8 \(invalid start byte\); convert it"),
        (read_similarity, b"# x\n\na b\n", "line 3: expected two words and a number"),
        (read_similarity, b"a b c\n", "line 1: expected two words and a number"),
        (read_similarity, b"a b nan\n", "line 1: expected two words and a number"),
        (read_similarity, b"a\tb\tc\t1\n", "line 1: expected two words and a number"),
        (read_similarity, b"# x\n", "holds no pair"),
    ],
)
def test_a_malformed_line_is_named(tmp_path, read, content, message):
    (tmp_path / "set.txt").write_bytes(content)
    with pytest.raises(UserError, match=f"set.txt: {message}"):
        read(tmp_path / "set.txt")


def test_the_error_for_an_unknown_set_names_the_known_sets(tmp_path):
    with pytest.raises(UserError, match=r"intrinsic.similarity: 'wordsim': no such file; .* wordsim353, simlex999"):
        read_sets([], ["wordsim"])


def test_two_sets_with_the_same_name_are_refused(tmp_path):
    (tmp_path / "wordsim353.txt").write_text("a b 1\n")
    with pytest.raises(UserError, match="two sets would be called 'wordsim353'"):
        read_sets([], ["wordsim353", str(tmp_path / "wordsim353.txt")])
