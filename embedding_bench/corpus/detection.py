"""Which encoding are these bytes in? charset_normalizer says what is plausible, usual characters decide among that."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import charset_normalizer

from embedding_bench.core.errors import UserError

# What texts are saved in where not in UTF-8; of equals, the first one is taken.
CANDIDATES = ("cp1252", "cp1251", "cp949", "cp932", "euc_jp", "gb18030", "big5")
TWO_BYTES = CANDIDATES[2:]

QUOTES = "\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2026\xab\xbb\u20ac\u2116"
CYRILLIC = "\u0401\u0451\u0404\u0454\u0406\u0456\u0407\u0457\u0490\u0491\u040e\u045e"  # beside those in order

Weigh = Callable[[str, str, str], float]  # the characters before, at and after a place -> 0 unusual ... 1 usual


def detect(sample: bytes, place: Path) -> str:
    """Take of the candidates that charset_normalizer finds plausible the one whose characters are the most usual.

    Its own order takes short Western texts for Chinese, and Japanese for Korean.

    Raises:
        UserError: None is plausible.
    """
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(CANDIDATES), threshold=0.5)
    plausible = {name for match in matches for name in match.could_be_from_charset}
    found = [name for name in CANDIDATES if name in plausible]
    if not found:
        raise UserError(f"{place}: neither UTF-8 nor another encoding that is known here; declare its `encoding`")
    return max(found, key=lambda name: usual(sample, name))


def usual(sample: bytes, encoding: str) -> float:
    """Return the share of the characters beyond ASCII that text in this encoding usually has."""
    text = f" {sample.decode(encoding, 'ignore')} "
    weigh = _WEIGHTS[encoding]
    weights = [weigh(*text[at - 1 : at + 2]) for at in range(1, len(text) - 1) if not text[at].isascii()]
    return sum(weights) / max(len(weights), 1)


def _western(before: str, character: str, after: str) -> float:
    """Accented letters stand among plain ones."""
    return float((before.isascii() and after.isascii()) or character in QUOTES)


def _cyrillic(before: str, character: str, after: str) -> float:
    """Letters stand among their own, and capitals before small ones."""
    if "\u0410" <= character <= "\u044f" or character in CYRILLIC:
        foreign = any(other.isascii() and other.isalpha() for other in (before, after))
        return float(not foreign and not (before.islower() and character.isupper()))
    return float(character in QUOTES)


def _hangul(_before: str, character: str, _after: str) -> float:
    """The syllables of the old standard are the usual ones."""
    return float("\uac00" <= character <= "\ud7a3" and len(character.encode("euc_kr", "ignore")) == 2)


def _japanese(_before: str, character: str, _after: str) -> float:
    """Kana tell Japanese from Chinese, so they count for more."""
    if "\u3041" <= character <= "\u30ff":
        return 1.2
    if _punctuation(character):
        return 1.0
    return 0.6 if "CJK UNIFIED" in unicodedata.name(character, "") else 0.0


def _chinese(encoding: str, first: int, last: int) -> Weigh:
    """Character sets begin with the common characters: those whose first byte is between the two."""

    def weigh(_before: str, character: str, _after: str) -> float:
        lead = character.encode(encoding, "ignore")[:1]
        return float(_punctuation(character) or character in QUOTES or (bool(lead) and first <= lead[0] <= last))

    return weigh


def _punctuation(character: str) -> bool:
    """Tell ideographic and full-width marks."""
    return "\u3000" <= character <= "\u301c" or "\uff01" <= character <= "\uff5e"


_WEIGHTS: dict[str, Weigh] = {
    "cp1252": _western,
    "cp1251": _cyrillic,
    "cp949": _hangul,
    "cp932": _japanese,
    "euc_jp": _japanese,
    "gb18030": _chinese("gb2312", 0xB0, 0xD7),
    "big5": _chinese("big5", 0xA4, 0xC6),
}
