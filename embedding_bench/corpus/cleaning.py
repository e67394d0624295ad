"""Raw text -> clean text: the one function that download, prediction and a served model share."""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable

# AG News lost the ampersand of its entities, and left a space there: "Italy #39;s", " quot;So", "oil  amp; gas".
_APOSTROPHE = re.compile(r" ?#0?(?:39|146|8217);(?=\w)")
_NUMBERED = re.compile(r"(?<!&)#(\d{2,5});")
_NAMED = re.compile(r"(?<![&\w])(quot|amp|lt|gt|nbsp|apos);")
_C1 = re.compile("[\x80-\x84\x86-\x9f]")  # U+0085 is a line break
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")  # white space is left to the step that folds it
_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, which JSON can spell and no file can hold
# A tag begins with a letter: "a < b > c" is no tag.
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
    """Compose accents, read C1 controls as the Windows-1252 dashes and quotes that they once were, drop others."""
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
    """Resolve HTML entities and their AG News residues, drop tags, backslashes and controls, compose, fold white space.

    Clean text stays as it is: `clean(clean(x)) == clean(x)`. `changed` counts the texts that each step altered.
    """
    steps: set[str] = set()
    while True:
        before = text
        for name, step in STEPS.items():
            result = step(text)
            if result != text:
                steps.add(name)
                text = result
        if text == before:  # an entity may have hidden a tag, or another entity
            break
    if changed is not None:
        changed.update(steps)
    return text
