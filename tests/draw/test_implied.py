"""What a drawing shows besides listed weights."""

from __future__ import annotations

from dataclasses import replace

import torch

from circuitspec.drawing.implied import (
    Product,
    Wire,
    attends_evenly,
    attention_heads,
    constant_other_side,
    logit_weights,
    residual_wires,
    weights_between,
)
from circuitspec.engine.ablation import mean_ablation
from circuitspec.model.places import EMBED, FINAL, layer_places
from draw.sample_circuits import CONFIG, circuit_of, node, quote_closing, unlisted_weights


def _wires(circuit):
    return {(w.channel, str(w.source), str(w.target)) for w in residual_wires(circuit)}


def test_a_line_starts_at_the_first_write_and_runs_on_through_all_that_follows():
    circuit = circuit_of(
        {"c": "L0.attn.in[3] L0.attn.out[3] L0.mlp.out[3] L1.mlp.in[3] L2.mlp.out[3] L1.attn.in[4]"}
    )
    assert _wires(circuit) == {
        (3, "L0.attn.out[3]", "L0.mlp.out[3]"),
        (3, "L0.mlp.out[3]", "L1.mlp.in[3]"),
        (3, "L1.mlp.in[3]", "L2.mlp.out[3]"),
    }


def test_a_line_starts_at_the_embedding_if_that_writes_what_is_read_first():
    circuit = circuit_of(
        {"c": "L0.attn.in[3] L0.attn.out[3] L1.mlp.in[3] L1.mlp.in[4] L1.mlp.out[5]"},
        embedded=(3, 5),
    )
    assert _wires(circuit) == {
        (3, "embedding", "L0.attn.in[3]"),
        (3, "L0.attn.in[3]", "L0.attn.out[3]"),
        (3, "L0.attn.out[3]", "L1.mlp.in[3]"),
    }


def test_a_line_that_is_written_and_unembedded_leads_to_the_logits():
    circuit = circuit_of(
        {"c": "L0.attn.out[3] L2.mlp.out[3] L2.mlp.out[4] L2.mlp.in[5]"}, unembedded=(3, 5)
    )
    assert _wires(circuit) == {
        (3, "L0.attn.out[3]", "L2.mlp.out[3]"),
        (3, "L2.mlp.out[3]", "logits"),
    }


def test_with_embed_and_final_in_scope_only_their_kept_channels_speak():
    circuit = circuit_of(
        {"c": "embed[1] L0.mlp.in[1] L0.mlp.in[2] L2.mlp.out[3] final[3] L2.mlp.out[4] final[5]"},
        embedded=(1, 2),
        unembedded=(3, 4, 5),
        scope=(EMBED, *layer_places(CONFIG.n_layer), FINAL),
    )
    assert _wires(circuit) == {
        (1, "embed[1]", "L0.mlp.in[1]"),
        (3, "L2.mlp.out[3]", "final[3]"),
        (3, "final[3]", "logits"),
        (5, "final[5]", "logits"),
    }


def test_wires_of_the_quote_circuit():
    assert residual_wires(quote_closing()) == (
        Wire(4, node("L0.mlp.out[4]"), node("L2.attn.in[4]")),
        Wire(5, "embedding", node("L0.mlp.in[5]")),
        Wire(7, "embedding", node("L0.mlp.in[7]")),
        Wire(8, node("L0.mlp.out[8]"), node("L2.attn.in[8]")),
        Wire(11, node("L2.attn.out[11]"), "logits"),
    )


def test_channels_are_sorted_into_heads():
    circuit = circuit_of({"c": "L1.attn.q[3] L1.attn.q[4] L1.attn.k[7] L0.attn.v[11]"})
    heads = attention_heads(circuit)
    assert [(head.layer, head.index) for head in heads] == [(0, 2), (1, 0), (1, 1)]
    assert heads[2].keys == (node("L1.attn.k[7]"),)
    assert heads[2].products == ()
    assert heads[2].lone == (node("L1.attn.q[4]"), node("L1.attn.k[7]"))


def test_a_query_and_a_key_of_one_channel_make_a_product():
    circuit = circuit_of({"match": "L1.attn.q[5] L1.attn.k[5]", "more": "L1.attn.k[6]"})
    (head,) = attention_heads(circuit)
    assert head.products == (Product(node("L1.attn.q[5]"), node("L1.attn.k[5]")),)
    assert head.lone == (node("L1.attn.k[6]"),)


def test_a_key_without_a_query_meets_a_constant_if_the_query_is_ablated():
    key = node("L1.attn.k[6]")
    circuit = circuit_of({"key": "L1.attn.k[6]"})
    means = {place: torch.full((CONFIG.width(place),), 0.25) for place in circuit.scope}
    circuit = replace(circuit, ablation=mean_ablation(means))
    assert constant_other_side(circuit, key) == 0.25
    live = tuple(place for place in circuit.scope if place.part != "attn.q")
    assert constant_other_side(replace(circuit, scope=live), key) is None


def test_a_head_without_queries_and_keys_attends_evenly_if_they_are_ablated():
    circuit = circuit_of({"value": "L1.attn.v[6]"})
    (head,) = attention_heads(circuit)
    assert attends_evenly(circuit, head)
    live = tuple(place for place in circuit.scope if place.part != "attn.k")
    assert not attends_evenly(replace(circuit, scope=live), head)


def test_what_a_channel_does_to_logits():
    circuit = circuit_of({"c": "L2.mlp.out[3]"}, unembedded=(3,))
    circuit.model.transformer.unembed[2, 3] = -0.5
    assert logit_weights(circuit, 3, (1, 2)) == (1.0, -0.5)
    assert logit_weights(circuit, 4, (1, 2)) == (0.0, 0.0)


def test_unlisted_weights_are_those_between_kept_nodes():
    circuit = unlisted_weights()
    assert {str(edge): edge.weight for edge in weights_between(circuit)} == {
        "L0.attn.in[1] -> L0.attn.v[6]": 0.5,
        "L0.attn.in[2] -> L0.attn.v[6]": 0.25,
        "L0.attn.v[6] -> L0.attn.out[3]": -1.0,
        "L1.mlp.in[3] -> L1.mlp.neuron[0]": 0.125,
    }
    fewer = circuit.without_node(node("L0.attn.v[6]"))
    assert [str(edge) for edge in weights_between(fewer)] == ["L1.mlp.in[3] -> L1.mlp.neuron[0]"]
