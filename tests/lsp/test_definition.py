"""Names: where they are declared and used, and what renaming them changes and refuses."""

from __future__ import annotations

import pytest

from circuitspec.language import parse_text
from circuitspec.language.words import RESERVED
from circuitspec.lsp.definition import RenameError, check_renamable, file_at, rename, symbol_at
from circuitspec.model.shipped import find_model
from lsp.texts import CLAIMED, SPEC, cursor, in_spec, marked


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("edge first -> second", "edge fi|rst -> second"),
        ("edge first -> second", "edge |first -> second"),
        ("edge first -> second", "edge first| -> second"),
        ("node first  =", "node firs|t  ="),
    ],
)
def test_a_name_leads_to_its_declaration_and_all_its_uses(before: str, after: str) -> None:
    document, offset = in_spec(before, after)
    symbol = symbol_at(document, offset)
    assert symbol is not None
    assert symbol.declared is not None
    declared = marked(document.text, symbol.declared.start, symbol.declared.end)
    assert declared.startswith("node <first>")
    assert [marked(document.text, t.start, t.end)[:14] for t in symbol.named] == [
        "node <first>  ",
        "edge <first> -",
        "edge <first> -",
    ]


def test_a_part_belongs_to_its_node() -> None:
    document, offset = in_spec("second, pair.k", "second, pair|.k")
    symbol = symbol_at(document, offset)
    assert symbol is not None
    assert symbol.token.text == "pair"
    assert len(symbol.named) == 3
    assert {document.text[t.start : t.end] for t in symbol.named} == {"pair"}


def test_it_works_while_the_rest_cannot_be_parsed() -> None:
    document, offset = in_spec("edge first -> second, pair.k : -", "edge |first -> <= {{{")
    symbol = symbol_at(document, offset)
    assert symbol is not None
    assert symbol.declared is not None


@pytest.mark.parametrize(
    ("cursor_in", "uses"),
    [("swapping fi|rst", 5), ("first, sec|ond flips", 3), ("resampling sil|ent", 2)],
)
def test_claims_name_nodes(cursor_in: str, uses: int) -> None:
    document, offset = cursor(CLAIMED.replace(cursor_in.replace("|", ""), cursor_in))
    symbol = symbol_at(document, offset)
    assert symbol is not None
    assert symbol.declared is not None
    assert len(symbol.named) == uses
    assert {document.text[t.start : t.end] for t in symbol.named} == {symbol.token.text}


@pytest.mark.parametrize("word", ['"mo|del"', "in mo|del", "over ta|sk", "resa|mpling", "fi|res"])
def test_words_of_claims_name_nothing(word: str) -> None:
    assert symbol_at(*cursor(CLAIMED.replace(word.replace("|", ""), word, 1))) is None


def test_renaming_a_node_renames_it_in_claims() -> None:
    document, offset = cursor(CLAIMED.replace("swapping first", "swapping fi|rst"))
    symbol = symbol_at(document, offset)
    assert symbol is not None
    text = document.text
    for token in reversed(rename(symbol, "opened")):
        text = text[: token.start] + "opened" + text[token.end :]
    spec = parse_text(text).unwrap().circuits[0]
    assert [claim.kind for claim in spec.claims] == [
        *("sufficient", "fires", "swapping", "resampling", "predicts")
    ]
    assert "opened fires on" in text


def test_circuits_do_not_share_names() -> None:
    other = "circuit b { node first = L0.mlp.in[1] edge |first -> first }"
    document, offset = cursor(SPEC + other)
    symbol = symbol_at(document, offset)
    assert symbol is not None
    assert all(token.start > len(SPEC) for token in symbol.named)


def test_elsewhere_is_no_name() -> None:
    for before, after in [("0.15", "0.1|5"), ("L0.attn", "L0.at|tn"), ("expect", "exp|ect")]:
        assert symbol_at(*in_spec(before, after)) is None
    assert symbol_at(*cursor("circuit|spec 1")) is None


def renamed(before: str, after: str, new: str) -> str:
    document, offset = in_spec(before, after)
    symbol = symbol_at(document, offset)
    assert symbol is not None
    text = document.text
    for token in reversed(rename(symbol, new)):
        text = text[: token.start] + new + text[token.end :]
    return text


def test_renaming_a_node_leaves_a_valid_spec_with_another_name() -> None:
    old, new = parse_text(SPEC).unwrap(), parse_text(renamed("pair.q", "|pair.q", "match")).unwrap()
    assert new.model_dump_json() == old.model_dump_json().replace('"pair"', '"match"')


def test_renaming_a_circuit() -> None:
    assert renamed("quotes {", "quo|tes {", "closing") == SPEC.replace("quotes {", "closing {")


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("second", "another node called `second`"),
        ("1st", "not a name"),
        ("a b", "not a name"),
        ("", "not a name"),
        ("é", "not a name"),
        *((word, "word of the language") for word in sorted(RESERVED)),
    ],
)
def test_a_name_that_cannot_be_is_refused(new: str, reason: str) -> None:
    with pytest.raises(RenameError, match=reason):
        renamed("edge first ->", "edge |first ->", new)


def test_a_name_may_be_renamed_to_itself() -> None:
    assert renamed("edge first ->", "edge |first ->", "first") == SPEC


def test_a_name_that_is_not_declared_cannot_be_renamed() -> None:
    symbol = symbol_at(*in_spec("edge first", "edge |frist"))
    assert symbol is not None
    assert symbol.declared is None
    with pytest.raises(RenameError, match="no node of this circuit is called `frist`"):
        check_renamable(symbol)


def test_a_model_leads_to_its_config() -> None:
    document, offset = in_spec("python-small", "python|-small")
    assert file_at(document, offset) == find_model("python-small") / "config.json"
    document, offset = in_spec("python-small", "now|here")
    assert file_at(document, offset) is None


def test_a_task_that_is_a_file_leads_there(tmp_path) -> None:
    (tmp_path / "my pairs.jsonl").write_text("")
    text = SPEC.replace("single_double_quote", '"my p|airs.jsonl"')
    assert file_at(*cursor(text, tmp_path / "x.circ")) == tmp_path / "my pairs.jsonl"
    assert file_at(*in_spec("single_double_quote", "single_|double_quote")) is None
    assert file_at(*cursor(text.replace("my p", r"\0\"my p"), tmp_path / "x.circ")) is None


def test_the_task_of_a_prediction_leads_to_its_file(tmp_path) -> None:
    (tmp_path / "pairs.jsonl").write_text("")
    text = CLAIMED.replace("task with_as,", "task ./pa|irs.jsonl,")
    assert file_at(*cursor(text, tmp_path / "x.circ")) == tmp_path / "pairs.jsonl"
