"""What a transformer's switches do; its numbers are held against the plain reference elsewhere."""

from __future__ import annotations

import pytest
import torch
from support.small_models import TWO_LAYERS, random_transformer

from circuitspec.engine.ablation import zero_ablation
from circuitspec.model.config import ModelConfig
from circuitspec.model.places import EMBED, FINAL, Place, all_places, matrix_places
from circuitspec.model.transformer import Tap, Transformer

TOKENS = torch.tensor([[0, 1, 2, 3, 4, 5]])


def model_with(**switches: object) -> Transformer:
    config = ModelConfig(**(TWO_LAYERS.model_dump() | switches))
    return random_transformer(config, seed=0, dtype=torch.float64)


def test_a_causal_model_does_not_see_what_comes_after() -> None:
    changed = TOKENS.clone()
    changed[0, 4] = 0
    causal, open_ = model_with(causal=True), model_with(causal=False)
    assert causal(changed)[:, :4].equal(causal(TOKENS)[:, :4])
    assert not torch.allclose(causal(changed)[:, 4:], causal(TOKENS)[:, 4:])
    assert not torch.allclose(open_(changed)[:, :4], open_(TOKENS)[:, :4])


def test_without_positions_or_mask_order_does_not_matter() -> None:
    order = [3, 0, 5, 1, 4, 2]
    plain = model_with(causal=False, positions="none")
    torch.testing.assert_close(plain(TOKENS[:, order]), plain(TOKENS)[:, order])
    learned = model_with(causal=False, positions="learned")
    assert not torch.allclose(learned(TOKENS[:, order]), learned(TOKENS)[:, order])


@pytest.mark.parametrize("sink", [True, False])
def test_attention_sums_to_one_unless_a_sink_takes_some(sink: bool) -> None:
    attention = model_with(sink=sink).layers[0].attn
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 1, 6, TWO_LAYERS.d_attn, generator=generator, dtype=torch.float64)
    pattern = attention.pattern(q, k)
    assert pattern.shape == (1, TWO_LAYERS.n_head, 6, 6)
    assert (pattern.triu(1) == 0).all()
    total = pattern.sum(-1)
    assert (total < 1 - 1e-6).all() if sink else torch.allclose(total, torch.ones_like(total))


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("sink", [True, False])
def test_values_are_mixed_by_the_pattern(sink: bool, causal: bool) -> None:
    attention = model_with(sink=sink, causal=causal).layers[0].attn
    generator = torch.Generator().manual_seed(0)
    shape = 3, 2, 6, TWO_LAYERS.d_attn
    q, k, v = torch.randn(shape, generator=generator, dtype=torch.float64)
    by_head = [x.unflatten(-1, (TWO_LAYERS.n_head, -1)).transpose(1, 2) for x in (q, k, v)]
    expected = attention.pattern(q, k) @ by_head[2]
    torch.testing.assert_close(attention.mixed(*by_head), expected)


def test_the_pattern_of_some_heads_is_theirs_among_all() -> None:
    model = model_with(sink=True)
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(2, 2, 6, TWO_LAYERS.d_attn, generator=generator, dtype=torch.float64)
    width = TWO_LAYERS.d_head
    alone = model.pattern(1, q[..., width:], k[..., width:], slice(1, 2))
    torch.testing.assert_close(alone, model.pattern(1, q, k)[:, 1:])


def test_a_position_table_ends() -> None:
    model = model_with(positions="learned")
    model(TOKENS)
    with pytest.raises(ValueError, match="7 positions, the model has 6"):
        model(torch.zeros(1, 7, dtype=torch.long))


def test_the_outputs_can_be_fewer_than_the_tokens() -> None:
    assert model_with(n_output=3)(TOKENS).shape == (1, 6, 3)
    assert model_with()(TOKENS).shape == (1, 6, 7)


def test_a_tap_sees_every_place_once_in_forward_order() -> None:
    tap = _Listening()
    model_with()(TOKENS, tap)
    assert tap.places == list(all_places(TWO_LAYERS.n_layer))
    assert tap.shapes == [(1, 6, TWO_LAYERS.width(place)) for place in tap.places]
    assert sorted(tap.matrices, key=str) == sorted(matrix_places(TWO_LAYERS.n_layer), key=str)


@pytest.mark.parametrize("target", list(matrix_places(TWO_LAYERS.n_layer)), ids=str)
def test_a_matrix_is_as_wide_as_the_places_that_it_joins(target: Place) -> None:
    assert target.source is not None
    weight = model_with().matrix(target).weight
    assert weight.shape == (TWO_LAYERS.width(target), TWO_LAYERS.width(target.source))


class _Listening(Tap):
    def __init__(self) -> None:
        self.places: list[Place] = []
        self.shapes: list[tuple[int, ...]] = []
        self.matrices: list[Place] = []

    def activation(self, place: Place, value: torch.Tensor) -> torch.Tensor:
        self.places.append(place)
        self.shapes.append(tuple(value.shape))
        return value

    def kept_weights(self, target: Place) -> None:
        self.matrices.append(target)

    def ablation_value(self, place: Place) -> torch.Tensor:
        return zero_ablation(TWO_LAYERS)[place]


@pytest.mark.parametrize("place", [EMBED, FINAL, Place(0, "attn.in"), Place(1, "mlp.in")], ids=str)
def test_what_no_matrix_computes_has_none(place: Place) -> None:
    with pytest.raises(ValueError, match=f"no matrix computes {place}"):
        random_transformer(TWO_LAYERS, seed=0).matrix(place)
