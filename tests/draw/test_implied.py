"""What a drawing shows besides listed weights."""

from __future__ import annotations

from circuitspec.drawing.implied import Wire, attention_heads, residual_wires, weights_between
from circuitspec.model.places import EMBED, FINAL, layer_places
from draw.sample_circuits import CONFIG, circuit_of, node, quote_closing, unlisted_weights


def _wires(circuit):
    return {(w.channel, str(w.source), str(w.target)) for w in residual_wires(circuit)}


def test_read_hangs_on_every_write_before_it_and_on_no_later_one():
    circuit = circuit_of(
        {"c": "L0.attn.in[3] L0.attn.out[3] L0.mlp.out[3] L1.mlp.in[3] L2.mlp.out[3] L1.attn.in[4]"}
    )
    assert _wires(circuit) == {
        (3, "L0.attn.out[3]", "L1.mlp.in[3]"),
        (3, "L0.mlp.out[3]", "L1.mlp.in[3]"),
    }


def test_read_without_a_write_hangs_on_the_embedding_if_that_writes_there():
    circuit = circuit_of(
        {"c": "L0.attn.in[3] L0.attn.out[3] L1.mlp.in[3] L1.mlp.in[4]"}, embedded=(3,)
    )
    assert _wires(circuit) == {
        (3, "embedding", "L0.attn.in[3]"),
        (3, "L0.attn.out[3]", "L1.mlp.in[3]"),
    }


def test_writes_to_a_channel_that_is_unembedded_lead_to_the_logits():
    circuit = circuit_of(
        {"c": "L0.attn.out[3] L2.mlp.out[3] L2.mlp.out[4] L2.mlp.in[5]"}, unembedded=(3, 5)
    )
    assert _wires(circuit) == {(3, "L0.attn.out[3]", "logits"), (3, "L2.mlp.out[3]", "logits")}


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
    assert [(h.layer, h.index, h.has_pattern) for h in attention_heads(circuit)] == [
        (0, 2, False),
        (1, 0, True),
        (1, 1, True),
    ]
    assert attention_heads(circuit)[2].keys == (node("L1.attn.k[7]"),)


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
