"""The tokenizer: a small byte-level BPE in which every quote and every bracket is its own token."""

from __future__ import annotations

from collections.abc import Iterable

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

SEPARATOR = "<|file|>"

# Pieces that merges do not cross: a quote or bracket alone; a line break with the indentation
# after it; a word, number or run of other signs with the space before it; other white space.
_PIECES = r"""['"()\[\]{}]|\n *| ?[^\W\d]\w*| ?\d+| ?[^\w\s'"()\[\]{}]+|\s"""


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> Tokenizer:
    """A BPE of `vocab_size` tokens learnt from `texts`; same texts, same tokenizer."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), behavior="isolated"),
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
