"""The command `embedding-bench`: every command with a sentence, an example and completion."""

import signal
import sys

import typer

from embedding_bench.cli import (
    answer,
    champion,
    explore,
    leaderboard,
    pr_comment,
    predict,
    preset,
    project,
    publish,
    report,
    results,
    ui,
)
from embedding_bench.core import errors
from embedding_bench.core.errors import UserError, one_line

# The base of typer's own errors, which it does not export.
ClickError: type[Exception] = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="embedding-bench",
    help="Which word embedding should my text classifier use, by how much, and how sure is that?",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
COMMANDS = (
    (answer.answer, "embedding-bench answer reviews.csv --label stars"),
    (project.init, "embedding-bench init my-project"),
    (project.upgrade, "embedding-bench upgrade"),
    (project.check, "embedding-bench check"),
    (project.repro, "embedding-bench repro"),
    (leaderboard.leaderboard, "embedding-bench leaderboard"),
    (predict.predict, 'embedding-bench predict "a text" "another one"'),
    (preset.preset, "embedding-bench preset ag_news"),
    (report.report, "embedding-bench report"),
    (results.results, "embedding-bench results --name imdb_ngrams"),
    (publish.publish, "embedding-bench publish"),
    (champion.champion, "embedding-bench champion 3 --dataset sample"),
    (pr_comment.pr_comment, "embedding-bench pr-comment origin/main"),
    (ui.ui, "embedding-bench ui --port 5001"),
    (ui.projector, "embedding-bench projector"),
)
for function, example in COMMANDS:
    app.command(epilog=f"Example: {example}")(function)
app.add_typer(explore.app, name="explore")


def main() -> None:
    """Run the command line; a mistake ends in one line and exit code 2."""
    for ended in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C does: what is half-written is removed
        signal.signal(ended, lambda number, _: sys.exit(128 + number))
    errors.run(run_command)


def run_command(arguments: list[str] | None = None) -> None:
    """Run a command with its arguments, by default those of the process.

    Raises:
        UserError: An argument is not allowed, or the command's own.
        BrokenPipeError: The reader of standard output has ended.
    """
    try:
        code = app(args=arguments, standalone_mode=False)
        sys.stdout.flush()  # here, because Python's flush at its exit would print a closed pipe's error
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # which typer turns into exit code 1
            raise end.__context__ from None
        raise
    except ClickError as error:
        if type(error).__name__ == "NoArgsIsHelpError":  # its message is the help, and no mistake
            print(error.format_message(), flush=True)  # type: ignore[attr-defined]  # every ClickError has it
            return
        context = getattr(error, "ctx", None)
        command = context.command_path if context else app.info.name
        message = one_line(error.format_message())  # type: ignore[attr-defined]  # as above
        raise UserError(f"{message.rstrip('.')}; {command} --help lists what is allowed") from None
    except typer.Abort:
        raise SystemExit(130) from None
    if code:
        raise SystemExit(code)


if __name__ == "__main__":
    main()
