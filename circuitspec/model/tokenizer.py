"""The tokenizer: a small byte-level BPE in which every quote and opening bracket stands alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeAlias

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SEPARATOR = "<|file|>"

Brackets: TypeAlias = Literal["single", "closing-runs"]

# Pieces that merges do not cross: a quote or bracket alone; a line break with the indentation
# after it; a word, number or run of other signs with the space before it; other white space.
_PIECES: dict[Brackets, str] = {
    "single": r"""['"()\[\]{}]|\n *| ?[^\W\d]\w*| ?\d+| ?[^\w\s'"()\[\]{}]+|\s""",
    "closing-runs": r"""['"(\[{]|[)\]}]+[,:]?|\n *| ?[^\W\d]\w*| ?\d+| ?[^\w\s'"()\[\]{}]+|\s""",
}


def train_tokenizer(
    texts: Iterable[str], vocab_size: int, *, brackets: Brackets = "single"
) -> Tokenizer:
    """A BPE of `vocab_size` tokens learnt from `texts`; same texts, same tokenizer.

    Args:
        brackets: `single` keeps every bracket a token of its own. `closing-runs` lets closing
            brackets merge with each other and with one comma or colon after them, so that `]]`,
            `],` and `):` can be tokens. What closes then depends on what is open, in one token:
            after `[[1, 2` comes `]]` or `],`, after `[1, 2` comes `]`, as in the tokenizer of Gao
            et al. 2025. Quotes and opening brackets stay single, so that what opened a string or
            a list is always the same token; a line break stays apart from the bracket before it,
            so that indentation is a prediction of its own.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES[brackets]), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[AddedToken(SEPARATOR, normalized=False)],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer
