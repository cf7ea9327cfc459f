"""Hover: what a word means, where a node is, and what was last measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.invented_results import parts

from circuitspec.lsp.fragments import read_node
from circuitspec.lsp.hover import hover
from circuitspec.lsp.plain_places import selection_in_words
from circuitspec.lsp.words import DOCUMENTATION
from circuitspec.model.shipped import load_blueprint
from circuitspec.report.certificate import Certificate, write_certificates
from lsp.made_certificates import certificate, claim, cost
from lsp.texts import CLAIMED, SPEC, cursor, document, in_spec


def shown(before: str, after: str, path: Path | None = None) -> str:
    text = SPEC.replace(before, after, 1)
    assert text != SPEC
    found = hover(*cursor(text, path))
    return "" if found is None else found.text


@pytest.mark.parametrize(
    ("before", "after"),
    [("node first", "node fi|rst"), ("edge first", "edge fi|rst"), ("edge first", "edge first|")],
)
def test_a_node_anywhere(before: str, after: str) -> None:
    assert shown(before, after) == (
        "node `first`: positive on a double quote\n\n"
        "Channel 445 of what attention reads in layer 0; one of 512 in L0.attn.in."
    )


def test_a_circuit_with_and_without_a_description() -> None:
    assert shown("circuit quotes", "circuit quo|tes") == "circuit `quotes`: Close a string."
    assert shown('quotes {\n  "Close a string."', "quo|tes {") == "circuit `quotes`"


def test_a_half_of_a_pair() -> None:
    text = shown("pair.k", "pa|ir.k")
    assert "Channel 4 of the query of head 1 in layer 0, and of the key that it meets" in text
    assert "`pair.q` is the query and `pair.k` the key" in text
    assert text.endswith("`.k`: The key half of a pair of a query and a key.")


@pytest.mark.parametrize(
    ("twice", "index"),
    [
        ("node se|cond = L0.mlp.in[7] node second = L0.h1.v[15]", "Channel 7"),
        ("node second = L0.mlp.in[7] node se|cond = L0.h1.v[15]", "Channel 15"),
    ],
)
def test_of_two_declarations_of_one_name_each_shows_its_own(twice: str, index: str) -> None:
    assert shown("node second = L0.h1.v[15]", twice).split("\n\n")[1].startswith(index)


def test_only_the_word_is_marked() -> None:
    document, offset = in_spec("edge first -> second", "edge first -> sec|ond")
    found = hover(document, offset)
    assert found is not None
    assert document.text[found.start : found.end] == "second"


def test_a_node_while_the_rest_cannot_be_parsed() -> None:
    assert "one of 512" in shown("edge first -> second, pair.k : -", "edge fir|st -> <= {{")


def test_a_node_that_is_wrong_or_unknown_says_nothing() -> None:
    assert shown("node first  = L0.attn.in[445]", "node fi|rst = L0.attn.on[448]") == ""
    assert shown("edge first", "edge un|known") == ""


def test_a_description_is_text_and_not_markdown() -> None:
    text = shown(
        'first  = L0.attn.in[445]  "positive on a double quote"',
        'fi|rst = L0.attn.in[445]  "<b>a_b_</b> [x](http://y)\\n# `z`"',
    )
    assert r"\<b\>a\_b\_\</b\> \[x\](http://y) \# \`z\`" in text


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (
            "L0.h18.k[3]",
            "channel 3 of the key of head 18 in layer 0; one of 16 in this head, 512 in L0.attn.k",
        ),
        (
            "L1.h2.v[0..3]",
            "channels 0 to 3 of the value of head 2 in layer 1; "
            "4 of 16 in this head, 512 in L1.attn.v",
        ),
        ("L1.attn.q[7, 9]", "channels 7 and 9 of the queries of layer 1; 2 of 512 in L1.attn.q"),
        ("L0.mlp.neuron[863]", "neuron 863 of layer 0; one of 1,024 in L0.mlp.neuron"),
        ("L0.mlp.neuron[1, 2..4]", "neurons 1 and 2 to 4 of layer 0; 4 of 1,024 in L0.mlp.neuron"),
        ("embed[3]", "channel 3 of the embedding; one of 512 in embed"),
        (
            "L0.attn.qk[5]",
            "channel 5 of the query of layer 0, and of the key that it meets; "
            "one of 512 in L0.attn.qk",
        ),
        (
            "channel 460 from embed, L0.mlp to L1.attn, final",
            "channel 460 of the residual stream, written by the embedding and the MLP in layer 0 "
            "and read by attention in layer 1 and the unembedding; one of 512",
        ),
    ],
)
def test_places_in_words(written: str, words: str) -> None:
    node = read_node(f"node n = {written}")
    assert node is not None
    (selection,) = node.selections
    assert selection_in_words(selection, load_blueprint("python-small").config) == words
    assert selection_in_words(selection, None) == words.rpartition(";")[0]


def test_many_indices_are_cut_short() -> None:
    node = read_node(f"node n = L0.mlp.in[{', '.join(str(2 * i) for i in range(20))}]")
    assert node is not None
    words = selection_in_words(node.selections[0], None)
    assert words == "channels 0, 2, 4, 6, 8, 10, 12 and 13 more of what the MLP reads in layer 0"


def test_a_place() -> None:
    by_head = shown("L0.h1.v", "L0.h|1.v")
    assert by_head == "`L0.h1.v`: the value channels of head 1\n\n16 elements, 0 to 15."
    assert shown("L0.attn.in", "L0.at|tn.in").endswith("512 elements, 0 to 511.")
    missing = shown("L0.attn.in", "L9.at|tn.in")
    assert missing == "`L9.attn.in`: what attention reads, after the norm"
    assert shown("L0.attn.in", "L0.at|tn.on") == ""


def test_model_and_task() -> None:
    model = shown("python-small", "py|thon-small")
    assert "- 2 layers\n- 512 residual channels\n- 32 heads of 16 channels in each layer" in model
    task = shown("single_double_quote", "single_|double_quote")
    assert "close a string literal with the quote that opened it" in task
    assert "192 pairs to verify on" in task
    assert shown("python-small", "now|here") == ""


@pytest.mark.parametrize("word", ["model", "task", "ablate", "over", "node", "edge", "expect"])
def test_words_of_the_language(word: str) -> None:
    document, offset = in_spec(word, f"{word[0]}|{word[1:]}")
    found = hover(document, offset)
    assert found is not None
    assert found.text == DOCUMENTATION[word]


def test_nothing_in_comments_strings_and_gaps() -> None:
    assert shown("circuitspec 1\n", "circuitspec 1 # no|de\n") == ""
    assert shown('"Close a string."', '"Close a no|de."') == ""
    assert shown("  model ", " | model ") == ""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.circ"


def certified(path: Path, made: Certificate) -> None:
    write_certificates(path.with_name("quotes.json"), [made])


def test_a_claim_shows_its_last_verdict(path: Path) -> None:
    certified(path, certificate())
    for after in ("expect sufficient: lo|ss <= 0.15", "expect sufficient: loss <= 0.1|5"):
        text = shown("expect sufficient: loss <= 0.15", after, path)
        assert "**confirmed**: 0.134 [0.131, 0.136] at 97.5%" in text
        assert f"Measured on 2026-11-20 in python-small: `{path.parent.name}/quotes.json`." in text
        assert "changed" not in text


def test_a_claim_whose_file_has_changed_since_says_so(path: Path) -> None:
    certified(path, certificate(text="another"))
    text = shown("expect sufficient", "expect suffi|cient", path)
    assert text.endswith("**The file has changed since.**")


def test_a_claim_with_another_threshold_is_another_claim(path: Path) -> None:
    certified(path, certificate())
    text = shown("expect sufficient: loss <= 0.15", "expect sufficient: lo|ss <= 0.16", path)
    assert "Not measured yet" in text
    assert "confirmed" not in text


def test_a_percentage_is_a_share(path: Path) -> None:
    made = claim(metric="accuracy", comparison=">=", threshold=0.95, estimate=0.99)
    certified(path, certificate(made))
    text = shown("loss <= 0.15", "acc|uracy >= 95%", path)
    assert "**confirmed**: 0.99" in text


def test_a_vacuous_claim_says_why(path: Path) -> None:
    certified(path, certificate(claim(reason="the model fails", estimate=None, interval=None)))
    assert "**confirmed**: the model fails" in shown("expect suf", "expect |suf", path)


def shown_of_claimed(after: str, path: Path | None = None) -> str:
    found = hover(*cursor(CLAIMED.replace(after.replace("|", ""), after, 1), path))
    return "" if found is None else found.text


@pytest.mark.parametrize(
    ("after", "begins"),
    [
        ("expect fi|rst fires", "node `first`: positive on a double quote"),
        ("swapping first, sec|ond", "node `second`"),
        ("resampling sil|ent", "node `silent`: says nothing"),
        ("outside sil|ent", "node `silent`: says nothing"),
        ("sw|apping", "With the values that these nodes have in the other prompt"),
        ("fi|res on", "The node is higher"),
        ('"mo|del"', "The node is higher"),
        ("in mo|del over", "The full model"),
        ("over ta|sk", "The task's prompts"),
        ("in cir|cuit: share", "The circuit alone"),
        ("out|side", "Gives a name to elements that are not in the circuit"),
        ("al|so zero", "Further ablations"),
        ("also ze|ro", "A value that is taken away is replaced by zero."),
        ("pre|dict", "What the whole model does on another task"),
        ("task with|_as", "task `with_as`: "),
        ('"a node is nev|er', "What the whole model does on another task"),
    ],
)
def test_what_new_claims_are_made_of(after: str, begins: str) -> None:
    assert shown_of_claimed(after).startswith(begins)


def test_circuit_in_a_claim_about_interchange_is_all_its_nodes() -> None:
    text = CLAIMED.replace("swapping first, second flips", "swapping cir|cuit flips", 1)
    found = hover(*cursor(text))
    assert found is not None
    assert found.text.startswith("All nodes of the circuit")


FIRES = 'first fires on "model", "node" in model over task: auc >= 0.95'


def test_a_claim_of_any_kind_is_found_by_what_it_states(path: Path) -> None:
    made = claim(
        kind="fires",
        name=FIRES,
        statement=FIRES,
        metric="auc",
        comparison=">=",
        threshold=0.95,
        verdict="refuted",
        estimate=0.5,
        parts=parts(0.5, 0.97, 0.98, 0.99),
        facts=("A fact.",),
    )
    under = claim(kind="sufficient", name="x", statement="sufficient under zero: loss <= 0.15")
    certified(path, certificate(made, under, text=CLAIMED))
    text = shown_of_claimed("fir|es on", path)
    assert "**refuted**: 0.5 [0.131, 0.136] at 97.5%" in text
    assert "- full model, task: 0.5 [0.4, 0.6]\n- full model, text: 0.97" in text
    assert "A fact." in text
    assert "Not measured yet" in shown_of_claimed("flip|s", path)
    assert "Not measured yet" in shown_of_claimed("pre|dict", path)
    assert "- `sufficient under zero: loss <= 0.15`: **confirmed**" in shown_of_claimed(
        "also ze|ro", path
    )


def test_a_node_shows_what_leaving_it_out_costs(path: Path) -> None:
    costs = (cost("first", 0.3), cost("pair (L0.attn.q[1])", 0.2), cost("pair (L0.attn.k[1])", 0.1))
    certified(path, certificate(claim(), claim("minimal", threshold=0.005, details=costs)))
    assert "Left out of the circuit, it costs 0.3 nats" in shown("node first", "node |first", path)
    pair = shown("node pair", "node |pair", path)
    assert pair.index("`pair (L0.attn.k[1])`: 0.1") < pair.index("`pair (L0.attn.q[1])`: 0.2")
    assert "Measured" not in shown("node second", "node |second", path)


def test_a_circuit_shows_its_report(path: Path) -> None:
    certified(path, certificate())
    text = shown("quotes {", "quo|tes {", path)
    assert "quotes: confirmed" in text
    assert "sufficient: loss <= 0.15" in text
    assert "changed" not in text


@given(st.integers(0, len(SPEC)), st.integers(0, len(SPEC)))
def test_anything_can_be_asked_of_any_part_of_a_spec(length: int, offset: int) -> None:
    found = hover(document(SPEC[:length]), min(offset, length))
    assert found is None or found.start <= offset
