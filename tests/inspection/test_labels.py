"""What tokens and nodes are called."""

from __future__ import annotations

from support.small_models import TWO_LAYERS
from tokenizers import pre_tokenizers

from circuitspec.inspection import labels
from circuitspec.inspection.labels import Labels, token_text
from circuitspec.model.tokenizer import SEPARATOR, train_tokenizer
from inspection.test_wiring import node


def test_a_token_is_called_by_its_text() -> None:
    tokenizer = train_tokenizer(["x = 'é'\n" * 9], 300)
    texts = {token_text(tokenizer, token) for token in range(tokenizer.get_vocab_size())}
    assert {"x", " =", "\n", SEPARATOR, "é", r"\xc3", r"\xa9", "\x00"} <= texts
    assert len(texts) == tokenizer.get_vocab_size()
    assert token_text(tokenizer, 5000) == "token 5000"


def test_the_bytes_are_those_of_the_library() -> None:
    assert set(labels._BYTES) == set(pre_tokenizers.ByteLevel.alphabet())
    assert sorted(labels._BYTES.values()) == list(range(256))


def test_channels_of_heads_are_called_by_their_head() -> None:
    place = Labels(TWO_LAYERS).place
    assert place(node("L1.attn.v", 5)) == "L1.h1.v[2]"
    assert place(node("L1.attn.out", 5)) == "L1.attn.out[5]"
    assert place(node("final", 5)) == "final[5]"
