"""Raw text -> clean text, the same for download, prediction and the served model."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

# In AG News, the ampersand of HTML entities became a space: "Italy #39;s", " quot;So", "oil  amp; gas".
_APOSTROPHE = re.compile(r" ?#0?(?:39|146|8217);(?=\w)")
_NUMBERED = re.compile(r"(?<!&)#(\d{2,5});")
_NAMED = re.compile(r"(?<![&\w])(quot|amp|lt|gt|nbsp|apos);")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")  # U+0085 is a line break
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")  # without white space, which `_spaces` collapses
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character: valid in JSON escapes, but not in UTF-8
# A tag begins with a letter: "a < b > c" is not a tag.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--.*?-->", re.DOTALL)


def _entities(text: str) -> str:
    if ";" not in text:
        return text
    text = html.unescape(text)
    if "#" in text:
        text = _NUMBERED.sub(r"&#\1;", _APOSTROPHE.sub("'", text))
    return html.unescape(_NAMED.sub(r"&\1;", text))


def _tags(text: str) -> str:
    return _TAG.sub(" ", text) if "<" in text else text


def _backslashes(text: str) -> str:
    return text.replace("\\", " ")


def _unicode(text: str) -> str:
    """Compose accents, read C1 controls as the Windows-1252 dashes and quotes they encode, replace other controls."""
    text = _CONTROL.sub(" ", text)
    if text.isascii():
        return text
    text = _SURROGATE.sub("\ufffd", text)
    if _C1.search(text):
        text = _C1.sub(lambda control: control.group().encode("latin-1").decode("cp1252", "replace"), text)
    return unicodedata.normalize("NFC", text)


def _spaces(text: str) -> str:
    return " ".join(text.split())


STEPS: dict[str, Callable[[str], str]] = {
    "entities": _entities,
    "tags": _tags,
    "backslashes": _backslashes,
    "unicode": _unicode,
    "spaces": _spaces,
}


def clean(text: str, changed: Counter[str] | None = None) -> str:
    """Resolve HTML entities, remove tags, backslashes and control characters, compose Unicode, collapse white space.

    Idempotent. `changed` counts the texts that each step altered.

    >>> clean("caf&eacute; <b>Roma</b>")
    'café Roma'
    """
    applied: set[str] = set()
    while True:
        before = text
        for name, step in STEPS.items():
            result = step(text)
            if result != text:
                applied.add(name)
                text = result
        if text == before:  # repeated, since a resolved entity may reveal a tag or another entity
            break
    if changed is not None:
        changed.update(applied)
    return text
