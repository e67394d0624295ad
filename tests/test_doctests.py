"""The examples in docstrings print what they say."""

import doctest
import importlib

import pytest

from embedding_bench.imports import PACKAGE
from tests.conftest import ROOT

EXAMPLES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text().count(">>> ")
    for path in sorted(PACKAGE.rglob("*.py"))
    if ">>> " in path.read_text()
}


def test_there_are_examples():
    assert len(EXAMPLES) > 10


@pytest.mark.parametrize("module", EXAMPLES)
def test_examples_print_what_they_say(module):
    results = doctest.testmod(importlib.import_module(module))
    assert results.failed == 0
    assert results.attempted == EXAMPLES[module]
