"""Places: their order, their names, and the matrices between them."""

from __future__ import annotations

import pytest

from circuitspec.model.places import (
    EMBED,
    FINAL,
    Place,
    all_places,
    layer_places,
    matrix_places,
    parse_place,
)


def test_all_places_are_in_forward_order() -> None:
    places = list(all_places(3))
    assert places == sorted(places, key=lambda place: place.order)
    assert (places[0], places[-1]) == (EMBED, FINAL)
    assert len(set(places)) == 2 + 3 * 8


def test_the_layers_come_without_the_ends() -> None:
    assert list(layer_places(2)) == list(all_places(2))[1:-1]


@pytest.mark.parametrize("place", list(all_places(2)), ids=str)
def test_a_place_can_be_read_back_from_its_name(place: Place) -> None:
    assert parse_place(str(place)) == place


@pytest.mark.parametrize(
    "text", ["", "L0", "0.attn.in", "L0.attn", "L-1.attn.in", "Lx.attn.in", "L0.embed", "logits"]
)
def test_other_words_name_no_place(text: str) -> None:
    with pytest.raises(ValueError, match="names no place"):
        parse_place(text)


@pytest.mark.parametrize(("layer", "part"), [(None, "attn.in"), (0, "embed"), (3, "final")])
def test_a_place_has_a_layer_unless_it_is_an_end(layer: int | None, part: str) -> None:
    with pytest.raises(ValueError, match="does not go with"):
        Place(layer, part)


def test_matrices_join_places_of_one_layer() -> None:
    joined = {str(target): str(target.source) for target in matrix_places(1)}
    assert joined == {
        "L0.attn.q": "L0.attn.in",
        "L0.attn.k": "L0.attn.in",
        "L0.attn.v": "L0.attn.in",
        "L0.attn.out": "L0.attn.v",
        "L0.mlp.neuron": "L0.mlp.in",
        "L0.mlp.out": "L0.mlp.neuron",
    }


def test_no_matrix_computes_a_read_or_an_end() -> None:
    assert [place.source for place in (EMBED, FINAL, Place(0, "mlp.in"))] == [None] * 3
