"""Reference means are the means of what the nodes say, over examples and positions alike."""

from __future__ import annotations

import hashlib
import struct

import pytest
import torch
from support.small_models import TWO_LAYERS, random_transformer

from circuitspec.model.config import ModelConfig
from circuitspec.model.places import EMBED, FINAL, Place, all_places
from circuitspec.model.reference_means import measure_reference_means

TOKENS = torch.tensor([[0, 1, 2, 3], [4, 5, 6, 0], [1, 1, 2, 2]])


def variant(**switches: object) -> ModelConfig:
    return ModelConfig(**(TWO_LAYERS.model_dump() | switches))


def test_every_node_of_every_place_has_a_mean() -> None:
    measured = measure_reference_means(random_transformer(TWO_LAYERS, seed=0), [TOKENS], source="")
    assert list(measured.means) == list(all_places(TWO_LAYERS.n_layer))
    for place, mean in measured.means.items():
        assert mean.shape == (TWO_LAYERS.width(place),)
        assert mean.dtype == torch.float32


def test_means_are_over_all_positions_of_all_sequences() -> None:
    model = random_transformer(TWO_LAYERS, seed=0)
    means = measure_reference_means(model, [TOKENS], source="").means
    torch.testing.assert_close(means[EMBED], model.embed[TOKENS].mean(dim=(0, 1)))

    # Without a norm the logits are linear in the last residual, and so are their means.
    plain = random_transformer(variant(norm="none"), seed=0)
    means = measure_reference_means(plain, [TOKENS], source="").means
    expected = plain(TOKENS).mean(dim=(0, 1))
    torch.testing.assert_close(means[FINAL] @ plain.unembed.T, expected)


def test_a_sparsified_activation_is_averaged_after_sparsification() -> None:
    model = random_transformer(variant(activation_fraction=0.1), seed=0)
    means = measure_reference_means(model, [TOKENS[:1, :1]], source="").means
    assert int(means[Place(0, "mlp.neuron")].count_nonzero()) == 1


def test_unequal_batches_count_by_their_tokens() -> None:
    model = random_transformer(TWO_LAYERS, seed=0)
    whole = measure_reference_means(model, [TOKENS], source="")
    parts = measure_reference_means(model, [TOKENS[:1], TOKENS[1:]], source="")
    assert (whole.n_tokens, whole.tokens_sha256) == (parts.n_tokens, parts.tokens_sha256)
    for place, mean in whole.means.items():
        torch.testing.assert_close(parts.means[place], mean)


def test_the_tokens_are_hashed_in_order_as_64_bit_integers() -> None:
    model = random_transformer(TWO_LAYERS, seed=0)
    measured = measure_reference_means(model, [TOKENS.int()], source="three lines")
    flat = TOKENS.flatten().tolist()
    expected = hashlib.sha256(struct.pack(f"<{len(flat)}q", *flat)).hexdigest()
    assert measured.tokens_sha256 == expected
    assert (measured.source, measured.n_tokens) == ("three lines", 12)


def test_no_tokens_have_no_mean() -> None:
    with pytest.raises(ValueError, match="at least one token"):
        measure_reference_means(random_transformer(TWO_LAYERS, seed=0), [], source="")
