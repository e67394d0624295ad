"""Encoding detection: charset_normalizer proposes encodings, character frequencies choose among them."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import charset_normalizer

from embedding_bench.core.errors import UserError

# Usual encodings of text that is not UTF-8; ties go to the first.
CANDIDATES = ("cp1252", "cp1251", "cp949", "cp932", "euc_jp", "gb18030", "big5")
DOUBLE_BYTE = CANDIDATES[2:]

QUOTES = "\u2018\u2019\u201c\u201d\u201e\u2013\u2014\u2026\xab\xbb\u20ac\u2116"
CYRILLIC = "\u0401\u0451\u0404\u0454\u0406\u0456\u0407\u0457\u0490\u0491\u040e\u045e"  # letters outside U+0410-U+044F

Scorer = Callable[[str, str, str], float]  # previous, this and next character -> 0 unusual ... 1 usual


def detect(sample: bytes, location: Path) -> str:
    """Return the candidate encoding with the most usual characters, among those plausible to charset_normalizer.

    The ranking of charset_normalizer itself mistakes short Western texts for Chinese, and Japanese for Korean.

    Raises:
        UserError: No candidate is plausible.
    """
    matches = charset_normalizer.from_bytes(sample, cp_isolation=list(CANDIDATES), threshold=0.5)
    plausible = {name for match in matches for name in match.could_be_from_charset}
    candidates = [name for name in CANDIDATES if name in plausible]
    if not candidates:
        raise UserError(f"{location}: neither UTF-8 nor another encoding that can be detected; declare its `encoding`")
    return max(candidates, key=lambda name: usual_share(sample, name))


def usual_share(sample: bytes, encoding: str) -> float:
    """Return the share of non-ASCII characters that are usual in texts of this encoding."""
    text = f" {sample.decode(encoding, 'ignore')} "
    score = _SCORERS[encoding]
    scores = [score(*text[i - 1 : i + 2]) for i in range(1, len(text) - 1) if not text[i].isascii()]
    return sum(scores) / max(len(scores), 1)


def _western(before: str, character: str, after: str) -> float:
    """Accented letters occur among ASCII letters."""
    return float((before.isascii() and after.isascii()) or character in QUOTES)


def _cyrillic(before: str, character: str, after: str) -> float:
    """Cyrillic letters occur among Cyrillic letters, and no capital follows a small letter."""
    if "\u0410" <= character <= "\u044f" or character in CYRILLIC:
        beside_latin = any(neighbour.isascii() and neighbour.isalpha() for neighbour in (before, after))
        return float(not beside_latin and not (before.islower() and character.isupper()))
    return float(character in QUOTES)


def _hangul(_before: str, character: str, _after: str) -> float:
    """The usual syllables are those of EUC-KR."""
    return float("\uac00" <= character <= "\ud7a3" and len(character.encode("euc_kr", "ignore")) == 2)


def _japanese(_before: str, character: str, _after: str) -> float:
    """Kana distinguish Japanese from Chinese, so they score higher."""
    if "\u3041" <= character <= "\u30ff":
        return 1.2
    if _is_wide_punctuation(character):
        return 1.0
    return 0.6 if "CJK UNIFIED" in unicodedata.name(character, "") else 0.0


def _chinese(encoding: str, first: int, last: int) -> Scorer:
    """Score common characters, which these character sets list first: their lead byte is in [first, last]."""

    def score(_before: str, character: str, _after: str) -> float:
        lead = character.encode(encoding, "ignore")[:1]
        return float(
            _is_wide_punctuation(character) or character in QUOTES or (bool(lead) and first <= lead[0] <= last)
        )

    return score


def _is_wide_punctuation(character: str) -> bool:
    """Tell whether a character is ideographic punctuation or in the full-width block."""
    return "\u3000" <= character <= "\u301c" or "\uff01" <= character <= "\uff5e"


_SCORERS: dict[str, Scorer] = {
    "cp1252": _western,
    "cp1251": _cyrillic,
    "cp949": _hangul,
    "cp932": _japanese,
    "euc_jp": _japanese,
    "gb18030": _chinese("gb2312", 0xB0, 0xD7),
    "big5": _chinese("big5", 0xA4, 0xC6),
}
