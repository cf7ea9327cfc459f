"""Runs with frozen norm scales equal the plain reference, and freezing is not without effect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from hypothesis import given, settings
from support.plain_reference import reference_logits
from support.random_runs import Case, cases
from support.small_models import TWO_LAYERS, random_means, random_transformer

from circuitspec.engine.ablation import mean_ablation, zero_ablation
from circuitspec.engine.frozen_norms import norm_scales, run_frozen
from circuitspec.engine.masked import run_masked
from circuitspec.engine.masks import Masks
from circuitspec.model.places import FINAL, Place, all_places


@given(cases())
@settings(max_examples=100)
def test_a_frozen_run_is_that_of_the_plain_reference(case: Case) -> None:
    scales = norm_scales(case.model, case.tokens)
    logits = run_frozen(case.model, case.tokens, case.masks, case.ablation, scales)
    expected = reference_logits(case.model, case.tokens, case.masks, case.ablation, scales)
    np.testing.assert_allclose(logits.numpy(), expected, rtol=1e-9, atol=1e-9)


@given(cases())
@settings(max_examples=40)
def test_the_full_model_frozen_at_its_own_scales_is_the_full_model(case: Case) -> None:
    scales = norm_scales(case.model, case.tokens)
    logits = run_frozen(case.model, case.tokens, Masks(), case.ablation, scales)
    torch.testing.assert_close(logits, case.model(case.tokens), rtol=1e-9, atol=1e-9)


def test_there_is_a_scale_for_every_norm() -> None:
    model = random_transformer(TWO_LAYERS, seed=1)
    scales = norm_scales(model, torch.tensor([[0, 1, 2], [3, 4, 5]]))
    blocks = {Place(layer, part) for layer in (0, 1) for part in ("attn.in", "mlp.in")}
    assert set(scales) == {*blocks, FINAL}
    assert {scale.shape for scale in scales.values()} == {(2, 3, 1)}
    without = random_transformer(TWO_LAYERS.model_copy(update={"norm": "none"}), seed=1)
    assert norm_scales(without, torch.tensor([[0]])) == {}


def test_a_live_norm_amplifies_what_is_left() -> None:
    """With all blocks silent the residual is the embedding alone; scales twice as large halve it,
    and live norms do not notice."""
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    ablation = zero_ablation(TWO_LAYERS)
    silent = {
        place: torch.zeros(TWO_LAYERS.width(place), dtype=torch.bool)
        for place in all_places(TWO_LAYERS.n_layer)
        if place.layer is not None
    }
    case = Case(model, torch.tensor([[0, 1, 2]]), Masks(silent), ablation)
    live = run_masked(model, case.tokens, case.masks, ablation)
    embedded = model.embed[case.tokens]
    own = (embedded.square().mean(-1, keepdim=True) + TWO_LAYERS.norm_eps).sqrt()
    frozen = run_frozen(model, case.tokens, case.masks, ablation, {FINAL: 2 * own})
    torch.testing.assert_close(frozen, live / 2, rtol=1e-12, atol=1e-12)


def test_each_prompt_has_its_own_scales() -> None:
    model = random_transformer(TWO_LAYERS, seed=1, dtype=torch.float64)
    case = Case(
        model,
        torch.tensor([[0, 1, 2], [3, 4, 5]]),
        Masks({Place(0, "mlp.out"): torch.zeros(TWO_LAYERS.d_model, dtype=torch.bool)}),
        mean_ablation(random_means(TWO_LAYERS, seed=2)),
    )
    scales = norm_scales(model, case.tokens)
    together = run_frozen(model, case.tokens, case.masks, case.ablation, scales)
    second = replace(case, tokens=case.tokens[1:])
    alone = run_frozen(
        model, second.tokens, case.masks, case.ablation, norm_scales(model, second.tokens)
    )
    torch.testing.assert_close(together[1:], alone, rtol=1e-12, atol=1e-12)
