"""Class numbers of label values, in order of first occurrence."""

from embedding_bench.core.errors import UserError

MOST_CLASSES = 1000  # more distinct values suggest a column of texts or ids


class Classes:
    """Numbers of label values; values that differ only in white space are the same class."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._numbers = {"": -1}
        self.names: list[str] = []

    def number(self, value: str) -> int:
        """Return the class number of a label value, -1 for an empty one; a new class gets the next number.

        Raises:
            UserError: There are more than MOST_CLASSES classes.
        """
        number = self._numbers.get(value)
        return self._add(value) if number is None else number

    def _add(self, value: str) -> int:
        name = class_name(value)
        if name not in self._numbers:
            if len(self.names) == MOST_CLASSES:
                raise too_many_classes(self._location, f"more than {MOST_CLASSES:,}", name)
            self._numbers[name] = len(self.names)
            self.names.append(name)
        self._numbers[value] = self._numbers[name]
        return self._numbers[value]


def class_name(value: str) -> str:
    """Collapse white space and replace lone surrogates, so that a name is printable on one line."""
    return printable(" ".join(value.split()))


def printable(text: str) -> str:
    """Replace lone surrogates, which come from undecodable file names and cannot be printed."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def too_many_classes(location: str, count: str, example: str) -> UserError:
    """Return the error for a label with too many distinct values."""
    return UserError(
        f"{location}: {count} different values, such as '{example[:40]}', are not classes; "
        f"name another label, with at most {MOST_CLASSES:,} classes"
    )
