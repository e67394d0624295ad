import unicodedata
from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embedding_bench.corpus.cleaning import clean


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("Italy #39;s next", "Italy's next"),
        ("It #146;s a win", "It's a win"),
        ("declared:  quot;London quot;", 'declared: "London "'),
        ("oil  amp; gas", "oil & gas"),
        ("( #36;12.09 a share)", "( $12.09 a share)"),
        ("ends here.\\Then \\$500", "ends here. Then $500"),
        ("good<br /><br />bad", "good bad"),
        ('Deere &lt;A HREF="x"&gt;DE.N&lt;/A&gt; up', "Deere DE.N up"),
        ("AT&amp;T", "AT&T"),
        ("&amp;lt;b&amp;gt;twice", "twice"),
        ("cafe\u0301", "caf\u00e9"),
        ("a < b and c > d", "a < b and c > d"),
        ("wait\x96what", "wait\u2013what"),
        ("  many\n\twhite\u00a0spaces ", "many white spaces"),
        ("half a \ud800 character \udfff", "half a \ufffd character \ufffd"),
        ("a\0b\x01c\x1b[0md\x7fe", "a b c [0md e"),
        ("<b\0r>", ""),
        ("&#xd800;&#0;", "\ufffd\ufffd"),
        ("", ""),
        ("<br />", ""),
    ],
)
def test_raw_text_becomes_clean(raw, cleaned):
    assert clean(raw) == cleaned


@given(st.text(st.characters()) | st.text(st.sampled_from("&#x;<>a1 \0\x1f\x7f\x85\x96\u0301\ud800\\")))
@example("&amp;amp;lt;b&gt;")
@example("&#60;p&#62; #39;x")
@example("\x96\x85")
def test_cleaning_is_idempotent(text):
    once = clean(text)
    assert clean(once) == once
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in once)
    assert once.encode().decode() == once


def test_steps_count_the_texts_that_they_change():
    changed: Counter[str] = Counter()
    for text in ("plain", "a<br />b", "x &amp; y", "&lt;i&gt;both"):
        clean(text, changed)
    assert changed == {"tags": 2, "entities": 2, "spaces": 1}
