import re
import sys

import pytest

from embedding_bench.cli.output import counting, print_pairs, print_table

HEADER = ["", "variant", "test", "interval"]
ROWS = [["->", "first", "0.9", "0.85 to 0.95"], ["", "second [b]", "0.8", "0.75 to 0.85"]]


@pytest.fixture
def terminal(monkeypatch):
    """Make standard output a terminal of so many columns."""

    def set_width(columns: int) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.delenv("NO_COLOR", raising=False)

    return set_width


def lines(capsys) -> list[str]:
    """The printed lines without their style."""
    return [re.sub(r"\x1b\[[\d;]*m", "", line).rstrip() for line in capsys.readouterr().out.splitlines()]


def show_table() -> None:
    print_table(HEADER, ROWS, [True, False], "a plain table")


def test_pairs_in_a_pipe_are_separated_by_tabs(capsys):
    print_pairs([("one", "1 [b]"), ("three", "3")], ("word", "value"))
    assert capsys.readouterr().out == "one\t1 [b]\nthree\t3\n"


def test_pairs_in_a_terminal_are_aligned_below_a_header(capsys, terminal):
    terminal(80)
    print_pairs([("one", "1 [b]"), ("three", "3")], ("word", "value"))
    assert lines(capsys) == ["word   value", "one    1 [b]", "three  3"]


def test_a_table_in_a_pipe_is_the_plain_one(capsys):
    show_table()
    assert capsys.readouterr().out == "a plain table\n"


def test_a_wide_terminal_shows_all_columns(capsys, terminal):
    terminal(80)
    show_table()
    assert lines(capsys) == [
        "    variant     test  interval",
        "->  first       0.9   0.85 to 0.95",
        "    second [b]  0.8   0.75 to 0.85",
    ]


@pytest.mark.parametrize(
    ("columns", "shown", "dropped"),
    [
        (34, "->  first       0.9", "(interval: in a wider terminal)"),
        (20, "->  first", "(test, interval: in a wider terminal)"),
    ],
)
def test_a_narrow_terminal_drops_the_last_columns_and_names_them(capsys, terminal, columns, shown, dropped):
    terminal(columns)
    show_table()
    header, first, _, *note = lines(capsys)
    assert header.split() == HEADER[1 : len(first.split())]
    assert first == shown
    assert " ".join(note) == dropped


def test_marked_rows_are_bold(capsys, terminal):
    terminal(80)
    show_table()
    bold = ["\x1b[1m" in line and "variant" not in line for line in capsys.readouterr().out.splitlines()]
    assert bold == [False, True, False]


def test_a_count_is_shown_in_a_terminal_alone(capsys, monkeypatch):
    with counting("texts") as advance:
        advance(3)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with counting("texts") as advance:
        advance(1234)
    assert "1,234 texts" in capsys.readouterr().err
