"""`embedding-bench answer`: the question answered for one's own texts."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from embedding_bench.project.proposal import Own


def answer(
    data: Annotated[
        Path,
        typer.Argument(help="A table (CSV, TSV, JSON lines, parquet), a folder of tables, or one folder per class."),
    ],
    text: Annotated[list[str] | None, typer.Option(help="A column with text; several are joined.")] = None,
    label: Annotated[str | None, typer.Option(help="The column with the label.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Of the files, where detection errs.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="Of CSV, where detection errs.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the dataset to params.yaml and select it.")] = False,
    dry: Annotated[bool, typer.Option("--dry", help="Only look at the data and propose settings.")] = False,
) -> None:
    """Answer the question for your own texts.

    The result is a leaderboard, a page, a model, and one sentence. Outside a project, one is created beside the data.
    """
    from embedding_bench.core.errors import UserError
    from embedding_bench.corpus.opening import propose
    from embedding_bench.project.template import is_project

    start, data = Path.cwd(), data.expanduser()
    dataset = propose(data, text or [], label, encoding, delimiter)
    if not is_project(Path()):
        if not dry:
            data, write = _enter_project(data), True
        elif write:
            raise UserError("--write: this folder holds no project; drop --dry, which creates one, or --write")
    answer_question(data, dataset, write, dry, start)


def answer_question(data: Path, dataset: "Own", write: bool, dry: bool, start: Path = Path()) -> None:
    """Describe the data and propose settings; then, unless `dry`, run the experiment and print the answer.

    `write` keeps the settings in params.yaml; without it they are those of a DVC experiment. `start` is the folder of
    the user's shell.
    """
    from embedding_bench.core.params import PARAMS
    from embedding_bench.project.estimate import estimate_seconds, in_words
    from embedding_bench.project.params_file import change, dump
    from embedding_bench.project.proposal import changes_for, describe, entry_name, inspect
    from embedding_bench.settings.complete import parse_settings

    inspection = inspect(dataset, data)
    print("\n".join(describe(data, dataset, inspection)))
    before = _params_text(write, dry)
    name = entry_name(data, dataset, parse_settings(before))
    changes = changes_for(name, dataset, data, inspection.characters)
    print(f"\nproposed for {PARAMS}:\n{dump(changes)}")
    changed = change(before, changes)
    settings = parse_settings(changed)
    print(
        f"{len(settings.run.variants)} variants x {settings.training.replicates} replicates and "
        f"{len(settings.run.baselines)} baselines: {in_words(estimate_seconds(settings, inspection.size))} on 2 cores"
    )
    if write:
        PARAMS.write_text(changed, encoding="utf-8")
        print(f"written to {PARAMS}")
    if not dry:
        _run(None if write else changes, start)


def _params_text(write: bool, dry: bool) -> str:
    from embedding_bench.core.params import PARAMS
    from embedding_bench.project.experiment import committed_params
    from embedding_bench.project.template import is_project, template

    if dry and not is_project(Path()):
        return (template() / PARAMS).read_text(encoding="utf-8")
    return PARAMS.read_text(encoding="utf-8") if write else committed_params()


def _enter_project(data: Path) -> Path:
    """Create a project beside the data, or find it there, and change into it; return the data's path from there."""
    from embedding_bench.project.proposal import slug
    from embedding_bench.project.template import create_project, is_project

    folder = data.resolve().parent / f"{slug(data.resolve())}-bench"
    if is_project(folder):
        print(f"project: {folder}, which is there already")
    else:
        create_project(folder)
        print(f"project: {folder} created, since this folder holds none")
    relative = Path(os.path.relpath(data.resolve(), folder))
    os.chdir(folder)
    return relative


def _run(changes: dict[str, object] | None, start: Path) -> None:
    from embedding_bench.artifacts import leaderboard
    from embedding_bench.artifacts.layout import Layout
    from embedding_bench.cli.leaderboard import print_leaderboard
    from embedding_bench.cli.publish import publish_pending
    from embedding_bench.cli.report import write_report
    from embedding_bench.evaluation.rendering import to_sentence
    from embedding_bench.project.experiment import BACK, run_current, run_experiment

    if changes is None:
        run_current()
    else:
        run_experiment(changes)
    publish_pending()
    write_report()
    board = leaderboard.read(Layout().leaderboard)
    print_leaderboard(board)
    back = [] if changes is None else [BACK, ""]
    folder = os.path.relpath(Path.cwd(), start.resolve())
    enter = "" if folder == "." else f"cd {shlex.quote(folder)} && "
    lines = [f'The model is in {Layout().export}: {enter}embedding-bench predict "a text"', *back]
    print("\n" + "\n".join([*lines, *(pair.sentence for pair in board.learning), to_sentence(board)]))
