"""The classes that label values name: numbers for names, in the order in which they are met."""

from embedding_bench.core.errors import UserError

MOST = 1000


class Classes:
    """Numbers for label values; values that differ in white space alone are the same class."""

    def __init__(self, place: str) -> None:
        self._place = place
        self._numbers = {"": -1}
        self.names: list[str] = []

    def number(self, value: str) -> int:
        """Return the number of the class that a value names, -1 for an empty one.

        Raises:
            UserError: There are more different values than anything has classes.
        """
        number = self._numbers.get(value)
        return self._add(value) if number is None else number

    def _add(self, value: str) -> int:
        name = class_name(value)
        if name not in self._numbers:
            if len(self.names) == MOST:
                raise too_many(self._place, f"more than {MOST:,}", name)
            self._numbers[name] = len(self.names)
            self.names.append(name)
        self._numbers[value] = self._numbers[name]
        return self._numbers[value]


def class_name(value: str) -> str:
    """Fold white space, and replace what no file can hold, so that a name stays on one line everywhere."""
    return printable(" ".join(value.split()))


def printable(text: str) -> str:
    """Replace lone surrogates, which cannot be printed; undecodable file names bring them."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def too_many(place: str, count: str, example: str) -> UserError:
    """Say that what should hold labels holds something else."""
    return UserError(
        f"{place}: {count} different values, such as '{example[:40]}', are no classes; "
        f"name another label, with {MOST:,} classes at most"
    )
