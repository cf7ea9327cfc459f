"""Texts as tokens that know where they stand."""

from __future__ import annotations

import numpy as np
import pytest
from support.small_models import word_tokenizer
from tokenizers import Tokenizer

from circuitspec.inspection.texts import (
    Document,
    TextError,
    text_of_documents,
    text_of_task,
)
from circuitspec.model.tokenizer import SEPARATOR, train_tokenizer
from circuitspec.tasks.shipped import load_task
from circuitspec.tasks.task import Task

FIRST = 'x = "é"\nprint(x)\n'
SECOND = "if x:\n    y = 1\n"


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer([FIRST, SECOND], 280)


def test_every_token_knows_its_piece_of_its_document(tokenizer: Tokenizer) -> None:
    documents = [Document("a.py", FIRST), Document("b.py", SECOND)]
    text = text_of_documents("both", documents, tokenizer, window=8, most=1000)
    separator = tokenizer.token_to_id(SEPARATOR)
    assert np.flatnonzero(text.ids == separator).tolist() == [
        0,
        1 + len(tokenizer.encode(FIRST).ids),
    ]
    for at, token in enumerate(text.ids.tolist()):
        piece = documents[text.document[at]].text[text.start[at] : text.end[at]]
        decoded = tokenizer.decode([token])
        assert piece == decoded or "\ufffd" in decoded or token == separator
    lines = {text.line(at) for at in np.flatnonzero(text.document == 0)}
    assert lines == {1, 2}
    assert text.sequences[0] == (0, 8)
    assert [a for a, _ in text.sequences[1:]] == [b for _, b in text.sequences[:-1]]
    assert text.sequences[-1][1] == len(text.ids)
    assert set(range(len(text.ids))) - set(text.followed.tolist()) == {
        b - 1 for _, b in text.sequences
    }


def test_a_long_text_is_sampled_evenly() -> None:
    words = " ".join(f"w{i}" for i in range(100))
    documents = [Document("words", words)]
    text = text_of_documents("words", documents, word_tokenizer(100), window=10, most=39)
    assert text.ids.tolist() == [*range(10), *range(40, 50), *range(90, 100)]
    assert text.sequences == ((0, 10), (10, 20), (20, 30))
    short = text_of_documents("words", documents, word_tokenizer(100), window=10, most=4)
    assert short.ids.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("documents", [[], [Document("empty", "")]])
def test_no_text_is_an_error(documents: list[Document]) -> None:
    with pytest.raises(TextError, match="there is no text in nothing"):
        text_of_documents("nothing", documents, word_tokenizer(3), window=4, most=9)


def test_the_prompts_of_a_task_stay_apart() -> None:
    task = load_task("single_double_quote")
    tokenizer = train_tokenizer((t for pair in task.finding for t in pair.prompts), 300)
    text = text_of_task(task, tokenizer, most=10**6)
    assert len(text.pairs) == len(task.finding)
    assert len(text.sequences) == len(text.documents) == 2 * len(task.finding)
    for asked in text.pairs:
        for number, prompt in zip(asked.sequences, asked.pair.prompts, strict=True):
            first, last = text.sequences[number]
            assert tokenizer.decode(text.ids[first:last].tolist()) == prompt
            assert text.documents[text.document[first]].name == asked.pair.template
    few = text_of_task(task, tokenizer, most=100)
    assert 0 < len(few.pairs) < 20
    assert len(few.ids) <= 100


def test_a_task_without_pairs_for_finding_is_an_error() -> None:
    task = load_task("single_double_quote")
    only = Task("mine", "", (), task.verifying)
    with pytest.raises(TextError, match="`mine` has no pairs for finding"):
        text_of_task(only, word_tokenizer(3), most=10)
