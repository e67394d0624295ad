"""Help, examples, mistakes and completion of every command."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import typer

from embedding_bench.artifacts import vectors
from embedding_bench.artifacts.layout import Layout
from embedding_bench.artifacts.vectors import WordVectors
from embedding_bench.cli.main import app
from tests.conftest import ROOT

GROUP = typer.main.get_command(app)
EXPLORE = GROUP.commands["explore"]
COMMANDS = {(name,): command for name, command in GROUP.commands.items() if command is not EXPLORE}
COMMANDS |= {("explore", name): command for name, command in EXPLORE.commands.items()}
EXAMPLE = "Example: embedding-bench "
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def process(*arguments: str, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as the installed command does."""
    code = "import sys; sys.argv[0] = 'embedding-bench'; from embedding_bench.cli.main import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_all_commands_are_there():
    assert len(COMMANDS) >= 21
    assert {("answer",), ("init",), ("repro",), ("predict",), ("explore", "near")} <= set(COMMANDS)


@each_command
def test_help_begins_with_one_sentence(words):
    sentence = COMMANDS[words].help.split("\n\n")[0]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    assert ". " not in sentence


@pytest.mark.parametrize(("group", "commands"), [((), GROUP.commands), (("explore",), EXPLORE.commands)])
def test_the_list_of_commands_has_all_sentences_in_full(run, group, commands):
    lines = run(*group, "--help").splitlines()
    for name, command in commands.items():
        assert [name, *command.help.split("\n\n")[0].split()] in [line.split() for line in lines]


@each_command
def test_help_ends_with_an_example(run, words):
    example = run(*words, "--help").strip().splitlines()[-1].strip()
    assert example.startswith(EXAMPLE + " ".join(words))


@each_command
def test_an_example_is_a_command_with_arguments_that_it_takes(words):
    arguments = shlex.split(COMMANDS[words].epilog.removeprefix(EXAMPLE))
    assert tuple(arguments[: len(words)]) == words
    COMMANDS[words].make_context(" ".join(words), arguments[len(words) :])  # raises for a wrong argument


@each_command
def test_every_option_has_a_help(words):
    options = [parameter for parameter in COMMANDS[words].params if parameter.param_type_name == "option"]
    assert [option.name for option in options if not option.help] == []


def test_help_imports_no_library_that_takes_seconds():
    helps = [[*words, "--help"] for words in [(), ("explore",), *COMMANDS]]
    code = (
        "import sys; from embedding_bench.cli.main import run_command;"
        f"[run_command(words) for words in {helps!r}];"
        "heavy = {'tensorflow', 'keras', 'numpy', 'pandas', 'pyarrow', 'mlflow', 'gensim', 'scipy', 'sklearn'};"
        "print('imported', heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.count("Usage: ") == len(helps)
    assert done.stdout.splitlines()[-1] == "imported set()"


@pytest.mark.parametrize("group", [(), ("explore",)])
def test_without_a_command_the_commands_are_listed(run, group):
    assert run(*group) == run(*group, "--help")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["answer", "x.csv", "--labl", "y"], "No such option: --labl"),
        (["explore", "near", "--count", "3"], "No such option: --count"),
        (["champion"], "Missing argument 'version'"),
        (["explore", "near", "words-word2vec"], "Missing argument 'word'"),
        (["check", "params.yaml"], "unexpected extra argument"),
        (["ui", "--port", "0"], "Invalid value for '--port'"),
        (["predict", "--format", "xml"], "Invalid value for '--format'"),
        (["anwser"], "No such command 'anwser'"),
        (["explore", "naer"], "No such command 'naer'"),
    ],
    ids=" ".join,
)
def test_a_wrong_argument_ends_in_one_line_that_names_the_help(arguments, message):
    done = process(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert message in line
    command = " ".join(["embedding-bench", *(word for word in arguments[:2] if word in ("explore", "near"))])
    assert f"; {command}" in line
    assert line.endswith(" --help lists what is allowed")


def test_the_module_runs_as_the_command_does():
    command = [sys.executable, "-m", "embedding_bench.cli.main", "preset", "nowhere"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("error: no preset 'nowhere'; allowed: ")


@pytest.fixture
def many_words(tmp_path) -> Path:
    """A project whose neighbours of `a0` fill more than a pipe."""
    words = [f"a{number}" for number in range(20_000)]
    folder = Layout(tmp_path).vectors("words", "given")
    folder.mkdir(parents=True)
    vectors.write(folder, [WordVectors(pa.array(words), np.ones((len(words), 1), np.float32))], 1, {})
    return tmp_path


@pytest.mark.parametrize("reader", ["true", "head -1"])
@pytest.mark.parametrize("arguments", ["explore near words-given a0 -n 20000", "explore vector words-given a0", ""])
def test_a_reader_that_ends_early_is_no_mistake(many_words, arguments, reader):
    command = f"set -o pipefail; '{sys.executable}' -m embedding_bench.cli.main {arguments} | {reader}"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", command], cwd=many_words, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# --- completion -------------------------------------------------------------------------------------------------------


def complete(line: str, folder: Path) -> list[str]:
    """Complete the last word of a command line as bash does."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    done = process(cwd=folder, _EMBEDDING_BENCH_COMPLETE="complete_bash", **words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_names_of_presets_are_completed(tmp_path):
    (tmp_path / "presets").mkdir()
    for name in ("news", "new_films", "films"):
        (tmp_path / "presets" / f"{name}.yaml").touch()
    assert complete("embedding-bench preset new", tmp_path) == ["new_films", "news"]
    assert complete("embedding-bench preset x", tmp_path) == []


def test_names_of_sources_are_completed(tmp_path):
    for name in ("words-given", "pieces-given"):
        folder = Layout(tmp_path).vectors(*name.split("-"))
        folder.mkdir(parents=True)
        vectors.write(folder, [WordVectors(pa.array(["a"]), np.ones((1, 2), np.float32))], 2, {})
    assert complete("embedding-bench explore near wo", tmp_path) == ["words-given"]
    assert complete("embedding-bench explore odd ", tmp_path) == ["pieces-given", "words-given"]


def test_completion_outside_a_project_offers_nothing(tmp_path):
    assert complete("embedding-bench preset ", tmp_path) == []
    assert complete("embedding-bench explore near ", tmp_path) == []
