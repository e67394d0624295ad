"""What a person reads, whole: a board of four rows, and one of an older commit."""

from typing import Any

import pytest

from embedding_bench.artifacts.leaderboard import Leaderboard
from embedding_bench.evaluation.rendering import (
    notes,
    plain_name,
    probability,
    to_comment,
    to_markdown,
    to_sentence,
    to_text,
)

BEST, SECOND, THIRD = "words-glove-frozen-bilstm", "words-random-finetuned-mean", "words-random-frozen-mean"


def interval(mean: float, half: float = 0.02, **others: Any) -> dict[str, Any]:
    return {"mean": mean, "low": mean - half, "high": mean + half, **others}


def row(name: str, rank: int, accuracy: float, **changes: Any) -> dict[str, Any]:
    axes = name.split("-") if name.count("-") == 3 else [None] * 4
    return {
        "variant": name,
        **dict(zip(("vectorizer", "vectors", "tuning", "encoder"), axes, strict=True)),
        "replicates": 3 if axes[0] else 1,
        "parameters": 1234 * rank,
        "validation_accuracy": accuracy + 0.01,
        "validation_macro_f1": accuracy - 0.1,
        "validation_log_loss": 0.5 + rank / 10,
        "validation_scaled_log_loss": 0.4 + rank / 10,
        "validation_rank": rank,
        "accuracy": interval(accuracy, sd=0.01),
        "macro_f1": interval(accuracy - 0.05, sd=0.01),
        "log_loss": 0.3,
        "calibration_error": 0.02,
        "facets": {"plain": accuracy, "rare": accuracy / 2},
        "selected": rank == 1,
        "behind_selected": None if rank == 1 else interval(0.9 - accuracy, 0.03, p_value=0.01 * rank),
        **changes,
    }


def board(**changes: Any) -> Leaderboard:
    rows = [
        row(BEST, 1, 0.9, as_selected=interval(0.93, sd=0.01)),
        row(SECOND, 2, 0.85, as_selected=interval(0.84, sd=0.01)),
        row("tfidf", 3, 0.8, behind_selected=interval(0.1, 0.03, p_value=0.00001)),
        row(THIRD, 4, 0.3),
    ]
    values = {"dataset": "tiny", "confidence": 0.95, "select_by": "accuracy", "rows": rows}
    return Leaderboard.model_validate(values | changes)


def older() -> Leaderboard:
    """As a commit wrote it that neither scaled the log loss nor confirmed."""
    rows = [
        {
            key: value
            for key, value in each.items()
            if key not in ("validation_scaled_log_loss", "as_selected", "facets")
        }
        for each in board().plain()["rows"]
    ]
    return Leaderboard.model_validate({"dataset": "tiny", "confidence": 0.9, "rows": rows})


TABLE = """\
    variant                      validation  scaled log loss  test    interval          as selected  macro-F1  difference                    p         parameters  plain  rare
-------------------------------------------------------------------------------------------------------------------------------------------------------------------------------
->  words-glove-frozen-bilstm    0.9100      0.5000           0.9000  0.8800 to 0.9200  0.9300       0.8500                                            1,234       0.900  0.450
    words-random-finetuned-mean  0.8600      0.6000           0.8500  0.8300 to 0.8700  0.8400       0.8000    +0.0500 (+0.0200 to +0.0800)  0.0200    2,468       0.850  0.425
    tfidf                        0.8100      0.7000           0.8000  0.7800 to 0.8200               0.7500    +0.1000 (+0.0700 to +0.1300)  < 0.0001  3,702       0.800  0.400
    words-random-frozen-mean     0.3100      0.8000           0.3000  0.2800 to 0.3200               0.2500    +0.6000 (+0.5700 to +0.6300)  0.0400    4,936       0.300  0.150"""  # noqa: E501  # as it is printed

MARKDOWN = """\
| variant | validation | scaled log loss | test | interval | as selected | macro-F1 | difference | p | parameters | plain | rare |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
| **words-glove-frozen-bilstm** | **0.9100** | **0.5000** | **0.9000** | **0.8800 to 0.9200** | **0.9300** | **0.8500** |  |  | **1,234** | **0.900** | **0.450** |
| words-random-finetuned-mean | 0.8600 | 0.6000 | 0.8500 | 0.8300 to 0.8700 | 0.8400 | 0.8000 | +0.0500 (+0.0200 to +0.0800) | 0.0200 | 2,468 | 0.850 | 0.425 |
| tfidf | 0.8100 | 0.7000 | 0.8000 | 0.7800 to 0.8200 |  | 0.7500 | +0.1000 (+0.0700 to +0.1300) | < 0.0001 | 3,702 | 0.800 | 0.400 |
| words-random-frozen-mean | 0.3100 | 0.8000 | 0.3000 | 0.2800 to 0.3200 |  | 0.2500 | +0.6000 (+0.5700 to +0.6300) | 0.0400 | 4,936 | 0.300 | 0.150 |

Test accuracy on tiny, 3 replicates, 95% intervals for new texts and seeds; selected on validation by accuracy and, within its standard error, log loss after temperature scaling; difference: selected minus this row, paired, interval and p by Holm.
Rows with a value in `as selected` were trained anew with seeds that had no part in selecting; that value is what the other seeds gave.
The variants are 3.0 points better on validation than on test (1.0 to 5.0), more than the sampling of texts explains: epochs were chosen on validation, and its texts may resemble train more than test does.
An oracle reaches 0.970 on these texts; the best bag of words, which ignores word order, 0.870.
"""  # noqa: E501  # as it is printed

SENTENCE = (
    "Use glove vectors, frozen, with the bilstm encoder (words-glove-frozen-bilstm): test accuracy 0.900 with fresh "
    "seeds (95% interval 0.880 to 0.920), +5.0 points against the runner-up, random vectors, finetuned, with the mean "
    "encoder (words-random-finetuned-mean) (+2.0 to +8.0, p value 0.0200), a significant difference."
)

COMMENT = f"""\
{SENTENCE}

Selected: words-glove-frozen-bilstm, at main words-random-finetuned-mean.

| variant | validation | test | interval | test at main | difference |
| --- | --- | --- | --- | --- | --- |
| **words-glove-frozen-bilstm** | **0.9100** | **0.9000** | **0.8800 to 0.9200** | new |  |
| words-random-finetuned-mean | 0.8600 | 0.8500 | 0.8300 to 0.8700 | 0.8100 (0.7900 to 0.8300) | +0.0400 |
| tfidf | 0.8100 | 0.8000 | 0.7800 to 0.8200 | new |  |
| words-random-frozen-mean | 0.3100 | 0.3000 | 0.2800 to 0.3200 | new |  |

Test accuracy on tiny, 3 replicates, 95% intervals for new texts and seeds; selected on validation by accuracy and, within its standard error, log loss after temperature scaling; each difference is of two means with an interval each, not a test.
"""  # noqa: E501  # as it is printed


def test_the_table_of_a_terminal():
    assert to_text(board()) == TABLE


def test_markdown_with_all_notes():
    noted = board(validation_gap=interval(0.03), ceiling={"oracle": 0.97, "bag": 0.87})
    assert to_markdown(noted) == MARKDOWN


def test_the_sentence():
    assert to_sentence(board()) == SENTENCE


@pytest.mark.parametrize(
    ("p_value", "said"), [(0.0499, "a significant difference."), (0.0501, "may be due to chance.")]
)
def test_what_is_significant_is_below_the_level(p_value, said):
    rows = board().plain()["rows"]
    rows[1]["behind_selected"]["p_value"] = p_value
    assert to_sentence(board(rows=rows)).endswith(said)


def test_the_sentence_names_a_baseline_that_is_better():
    rows = board().plain()["rows"]
    for each, rank in zip(rows, (2, 3, 1, 4), strict=True):
        each["validation_rank"] = rank
    assert to_sentence(board(rows=rows)) == (
        "No embedding beats the baseline tfidf on validation; the best is glove vectors, frozen, with the bilstm "
        "encoder (words-glove-frozen-bilstm): test accuracy 0.900 with fresh seeds (95% interval 0.880 to 0.920), "
        "+10.0 points against that baseline (+7.0 to +13.0, p value < 0.0001), a significant difference."
    )


def test_a_comment_on_a_pull_request():
    before = Leaderboard.model_validate(
        {"dataset": "tiny", "confidence": 0.95, "rows": [row(SECOND, 1, 0.81)]},
    )
    assert to_comment(board(), before, "main") == COMMENT


def test_macro_f1_that_selected_is_shown():
    text = to_markdown(board(select_by="macro_f1"))
    assert "| validation macro-F1 | scaled log loss |" in text
    assert "| **0.8000** | **0.5000** |" in text
    assert "selected on validation by macro-F1 and, within its standard error" in text


def test_a_board_of_an_older_commit_says_its_own_rule():
    text = to_markdown(older())
    assert "| variant | validation | log loss | test |" in text
    assert "| **0.9100** | **0.6000** | **0.9000** |" in text
    assert text.endswith(
        "Test accuracy on tiny, 3 replicates, 90% intervals for new texts and seeds; selected on validation, by "
        "accuracy and, within its error, log loss; difference: selected minus this row, paired, p by Holm.\n"
    )
    rows = [{k: v for k, v in each.items() if not k.startswith("validation_")} for each in older().plain()["rows"]]
    oldest = [{**each, "validation_accuracy": 0.5} for each in rows]
    text = to_markdown(Leaderboard.model_validate({"dataset": "tiny", "confidence": 0.9, "rows": oldest}))
    assert "| variant | validation | test |" in text
    assert "seeds; selected on validation accuracy; difference" in text


def test_a_missing_difference_is_an_error():
    rows = board().plain()["rows"]
    rows[1]["behind_selected"] = None
    with pytest.raises(ValueError, match=r"^words-random-finetuned-mean: the leaderboard has no difference to the sel"):
        to_sentence(board(rows=rows))


@pytest.mark.parametrize(("p", "shown"), [(0.00009, "< 0.0001"), (0.0001, "0.0001"), (0.5, "0.5000")])
def test_p_values(p, shown):
    assert probability(p) == shown


def test_names_in_words():
    assert [plain_name(each) for each in board().rows[:3:2]] == [
        "glove vectors, frozen, with the bilstm encoder (words-glove-frozen-bilstm)",
        "the baseline tfidf",
    ]


def test_averages_of_models_are_told_with_their_number_and_gain():
    gains = [
        {"members": [BEST], "models": 3, "accuracy": interval(0.91, 0.01), "gain": interval(0.004, 0.003)},
        {"members": [BEST, "tfidf"], "models": 4, "accuracy": interval(0.92, 0.01), "gain": interval(0.02, 0.005)},
    ]
    alone, both = (line for line in notes(board(together=gains)) if line.startswith("The average of"))
    assert alone == (
        f"The average of the 3 models of {BEST} reaches 0.910 (95% interval for new texts 0.900 to 0.920), "
        f"+0.4 points against one model of {BEST} (+0.1 to +0.7)."
    )
    assert both.startswith(f"The average of the 4 models of {BEST} and tfidf, chosen on validation, reaches 0.920")
