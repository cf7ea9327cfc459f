"""Values from text are what the full model says somewhere in the text, all places together."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.small_models import TWO_LAYERS, random_transformer

from circuitspec.engine.resampled import Donors, resampled_values, text_donors
from circuitspec.model.held_out import HeldOut
from circuitspec.model.places import EMBED, Place, all_places
from circuitspec.model.transformer import Tap

TEXT = HeldOut(np.random.default_rng(7).integers(0, 7, size=(40, 6)), "invented")
PLACES = tuple(all_places(TWO_LAYERS.n_layer))


class _All(Tap):
    def __init__(self) -> None:
        self.values: dict[Place, torch.Tensor] = {}

    def activation(self, place: Place, value: torch.Tensor) -> torch.Tensor:
        self.values[place] = value.flatten(0, -2)
        return value


def _donors(seed: int = 0, **settings: int) -> Donors:
    model = random_transformer(TWO_LAYERS, seed=1)
    return text_donors(model, TEXT, PLACES, np.random.default_rng(seed), **settings)


def test_every_donor_is_one_position_of_the_text_at_every_place() -> None:
    model, tap = random_transformer(TWO_LAYERS, seed=1), _All()
    with torch.no_grad():
        model(torch.from_numpy(TEXT.tokens), tap)
    donors = _donors(windows=20, per_window=3)
    assert donors.count == 60
    everywhere = torch.cat([tap.values[place] for place in PLACES], dim=1)
    drawn = torch.cat([donors.values[place] for place in PLACES], dim=1)
    distance = torch.cdist(drawn, everywhere, p=torch.inf)
    assert distance.amin(dim=1).max() < 1e-5


def test_at_most_what_there_is() -> None:
    assert _donors(windows=1000, per_window=1000).count == TEXT.tokens.size


@pytest.mark.parametrize("seed", [0, 1])
def test_a_draw_takes_all_places_from_one_donor(seed: int) -> None:
    donors = _donors()
    drawn = resampled_values(donors, 5, 4, np.random.default_rng(seed))
    assert drawn.kind == "resample"
    chosen = set()
    for batch in range(5):
        for position in range(4):
            matches = torch.ones(donors.count, dtype=torch.bool)
            for place in PLACES:
                assert drawn[place].shape == (5, 4, TWO_LAYERS.width(place))
                matches &= (donors.values[place] == drawn[place][batch, position]).all(dim=1)
            assert matches.any()
            chosen.add(int(matches.nonzero()[0]))
    assert len(chosen) > 10  # each position has a donor of its own


def test_same_seed_same_values() -> None:
    first = resampled_values(_donors(3, windows=8, per_window=2), 2, 4, np.random.default_rng(1))
    again = resampled_values(_donors(3, windows=8, per_window=2), 2, 4, np.random.default_rng(1))
    other = resampled_values(_donors(4, windows=8, per_window=2), 2, 4, np.random.default_rng(1))
    assert torch.equal(first[EMBED], again[EMBED])
    assert not torch.equal(first[EMBED], other[EMBED])
