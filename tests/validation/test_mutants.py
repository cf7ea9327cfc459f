"""Mutants of a spec whose circuit was made by hand: it is known what catches each of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner
from verify import toy
from verify.toy import toy_circuit, toy_model, toy_spec, toy_task

from circuitspec.circuit.nodes import Node
from circuitspec.cli.app import app
from circuitspec.language.load import parse_text
from circuitspec.language.spec import Spec
from circuitspec.model.folder import save_folder
from circuitspec.model.places import Place
from circuitspec.report.report import ClaimResult
from circuitspec.validation import mutants as mutants_module
from circuitspec.validation.mutant_ground import Ground
from circuitspec.validation.mutant_run import Journal, SpecMutants, UnsoundError, judge_mutants
from circuitspec.validation.mutants import MutantOutcome, judge_mutant
from circuitspec.validation.mutants_page import mutants_page
from circuitspec.validation.mutate import MUTANT_KINDS, Mutant, MutantKind, Mutator

NODES = """
  node is_a   = L0.attn.in[0]
  node is_b   = L0.attn.in[1]
  node filler = L0.attn.in[3]
  node carry  = L0.attn.v[0]
  node noise  = L0.attn.v[1]
  node answer = L0.attn.out[2]
"""
EDGES = """
  edge is_a -> carry : +
  edge is_b -> carry : -
  edge filler -> noise
  edge carry, noise -> answer : +
"""
CLAIMS = """sufficient: loss <= 0.3
necessary: loss >= 0.5"""


def write_pairs(folder: Path) -> None:
    """The toy's task as a file, which `check` finds."""
    pairs = {pair.prompts: pair.answers for pair in toy_task(60).verifying}
    lines = [json.dumps({"prompts": p, "answers": answers}) for p, answers in pairs.items()]
    (folder / "first_word.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


def text_of(
    claims: str = CLAIMS, *, model: str = "toy", nodes: str = NODES, edges: str = EDGES
) -> str:
    lines = "".join(f"  expect {line}\n" for line in claims.splitlines())
    head = f"  model {json.dumps(model)}\n  task first_word.jsonl\n  ablate mean over pretraining\n"
    return f"circuitspec 1\ncircuit toy {{\n{head}{nodes}{edges}{lines}}}\n"


@pytest.fixture
def ground(tmp_path: Path) -> Callable[..., Ground]:
    write_pairs(tmp_path)

    def make(claims: str = CLAIMS, **others: str) -> Ground:
        name = str(tmp_path / "toy.circ")
        (spec,) = parse_text(text_of(claims, **others), name).unwrap().circuits
        from circuitspec.tasks.shipped import load_task

        task = load_task("first_word.jsonl", base=tmp_path)
        return Ground(spec, toy_circuit(spec, toy_model()), task)

    return make


def mutants_of(ground: Ground, *, tasks: tuple[str, ...] = (), seed: int = 0) -> list[Mutant]:
    rng = np.random.default_rng(seed)
    return Mutator(ground.spec, ground.circuit, ground.alive, tasks, rng).mutants(10)


def outcomes(ground: Ground, kind: MutantKind) -> dict[str, MutantOutcome]:
    mutants = [mutant for mutant in mutants_of(ground) if mutant.kind == kind]
    return {mutant.what: judge_mutant(mutant, ground) for mutant in mutants}


def test_what_is_constant_on_the_task_is_not_alive(ground: Callable[..., Ground]) -> None:
    alive = set(ground().alive)
    assert Node(Place(0, "attn.in"), 0) in alive
    assert Node(Place(0, "attn.in"), 2) not in alive
    assert not any(node.place.part.startswith("mlp.neuron") for node in alive)


def test_leaving_out_what_is_needed_is_caught_and_what_is_idle_survives(
    ground: Callable[..., Ground],
) -> None:
    found = outcomes(ground(), "node left out")
    needed = found["is_a: L0.attn.in[0]"]
    assert (needed.fate, needed.by) == ("caught", "sufficient")
    # Without noise, the filler leads nowhere.
    assert found["noise: L0.attn.v[1]"].by == "a node that does nothing"
    spare = found["filler: L0.attn.in[3]"]
    assert spare.fate == "survived"
    assert spare.why.startswith("the bounds leave room for what it costs; loss alone ")


def test_an_edge_left_out_leaves_a_node_that_does_nothing(ground: Callable[..., Ground]) -> None:
    found = outcomes(ground(), "edge left out")
    assert set(found) == {
        "is_a -> carry",
        "is_b -> carry",
        "filler -> noise",
        "carry -> answer",
        "noise -> answer",
    }
    assert {(o.fate, o.by) for o in found.values()} == {("caught", "a node that does nothing")}


def test_a_sign_turned_round_is_found_without_a_run(ground: Callable[..., Ground]) -> None:
    found = outcomes(ground(), "sign turned round")
    assert set(found) == {"is_a -> carry", "is_b -> carry", "carry -> answer", "noise -> answer"}
    assert {(o.fate, o.by) for o in found.values()} == {("static", "sign-contradicts-weight")}


def test_an_exchange_is_found_by_check_if_arrows_stay_and_by_claims_if_they_do_not(
    ground: Callable[..., Ground],
) -> None:
    """Of the toy's other nodes, two are alive: the filler's channel, and what reads it."""
    bare = ground(nodes=toy.NODES, edges=toy.EDGES)
    stay = outcomes(bare, "node exchanged")
    assert {what.partition(" becomes ")[2] for what in stay} == {"[1]", "[3]"}
    for what, outcome in stay.items():
        # Both values are written to the answer, and the edge is not signed.
        expected = ("static", "zero-weight")
        assert (outcome.fate, outcome.by) == expected, what
    redrawn = outcomes(bare, "node exchanged, weights redrawn")
    assert redrawn["is_a: L0.attn.in[0] becomes [3]"].by == "a node that does nothing"
    assert redrawn["carry: L0.attn.v[0] becomes [1]"].fate == "caught"


def test_names_are_told_apart_by_a_claim_about_a_role_alone(ground: Callable[..., Ground]) -> None:
    kind: MutantKind = "names exchanged, edges follow"
    silent = outcomes(ground(), kind)
    assert silent
    assert {outcome.fate for outcome in silent.values()} == {"equivalent"}
    role = CLAIMS + '\nis_a fires on "a" in model over task: auc >= 0.9'
    told = outcomes(ground(role), kind)
    with_is_a = {what: o for what, o in told.items() if "is_a" in what.split(" and ")}
    assert with_is_a
    assert all(outcome.fate == "caught" for outcome in with_is_a.values())
    assert all(o.fate == "equivalent" for what, o in told.items() if what not in with_is_a)


def test_every_kind_is_made_and_nothing_twice(ground: Callable[..., Ground]) -> None:
    mutants = mutants_of(ground(), tasks=("another.jsonl",))
    bare = mutants_of(ground(nodes=toy.NODES, edges=toy.EDGES))
    assert {mutant.kind for mutant in (*mutants, *bare)} >= set(MUTANT_KINDS) - {"edge moved"}
    assert len({mutant.spec for mutant in mutants}) == len(mutants)
    again = mutants_of(ground(), tasks=("another.jsonl",))
    assert [mutant.what for mutant in again] == [mutant.what for mutant in mutants]
    assert all(mutant.spec != ground().spec for mutant in mutants)


def test_what_the_strictest_level_does_not_decide_is_judged_as_a_whole(
    ground: Callable[..., Ground], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that is inconclusive alone may be refuted by Holm's procedure; both are asked."""
    mutant = next(m for m in mutants_of(ground()) if m.what == "is_a: L0.attn.in[0]")
    asked: list[int] = []
    judge = mutants_module.judge_claims

    def undecided(claims: tuple[object, ...], *rest: object) -> tuple[ClaimResult, ...]:
        asked.append(len(claims))
        results = judge(claims, *rest)  # type: ignore[arg-type]
        if len(claims) > 1:
            return results
        return tuple(result.model_copy(update={"verdict": "inconclusive"}) for result in results)

    monkeypatch.setattr(mutants_module, "judge_claims", undecided)
    outcome = judge_mutant(mutant, ground())
    assert asked == [1, 1, 2]
    assert (outcome.fate, outcome.by) == ("caught", "sufficient")


def test_a_journal_goes_on_where_it_stopped(tmp_path: Path) -> None:
    outcome = MutantOutcome(kind="another task", what="x", fate="survived", why="because")
    path = tmp_path / "journal"
    assert Journal(path).get("a", lambda: outcome) == outcome
    with path.open("a", encoding="utf-8") as file:
        file.write('{"key": "b", "outc')  # the run was stopped while it wrote

    def never() -> MutantOutcome:
        raise AssertionError("it is known")

    again = Journal(path)
    assert again.get("a", never) == outcome
    assert again.get("b", lambda: outcome) == outcome
    again.remove()
    assert not path.exists()


def test_the_page_counts_and_lists(tmp_path: Path) -> None:
    spec = toy_spec("sufficient: loss <= 0.1")

    def made(fate: str, by: str = "", why: str = "") -> MutantOutcome:
        fields = {"kind": "edge moved", "what": fate, "fate": fate, "by": by, "why": why}
        return MutantOutcome.model_validate(fields)

    page = mutants_page(
        [
            SpecMutants(
                spec,
                (
                    made("static", "zero-weight"),
                    made("caught", "sufficient"),
                    made("caught", "a node that does nothing"),
                    made("inconclusive", "necessary"),
                    made("equivalent"),
                    made("survived", why="the bounds leave room"),
                ),
            )
        ],
        "a command",
    )
    assert "Of the other 5, 3 are caught (60.0%), 1 undecided, and 1 survive." in page
    assert "- edge moved: survived (the bounds leave room)" in page
    assert "- edge moved: inconclusive (necessary)" in page
    assert "- edge moved: equivalent" in page
    assert "What could not be judged" not in page


def test_a_spec_with_a_mistake_has_no_mutants(tmp_path: Path) -> None:
    broken: Spec = toy_spec("sufficient: loss <= 0.1")
    journal = Journal(tmp_path / "journal")

    def tell(done: int, total: int | None, what: str) -> None:
        pass

    with pytest.raises(UnsoundError, match="toy has a mistake"):
        list(judge_mutants([broken], journal, seed=0, least=5, on_progress=tell))


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    write_pairs(tmp_path)
    model = toy_model()
    save_folder(tmp_path / "toy", model.transformer, model.tokenizer, model.reference)
    (tmp_path / "toy.circ").write_text(text_of(model="./toy"), encoding="utf-8")
    page = tmp_path / "page.md"
    command = ["validate", "mutants", str(tmp_path / "toy.circ"), "--out", str(page)]
    result = CliRunner().invoke(app, [*command, "--least", "20"])
    assert result.exit_code == 0, result.output
    assert "mutants of 1 spec, " in result.output
    text = page.read_text(encoding="utf-8")
    assert "| toy | " in text
    assert list(tmp_path.glob(".*journal")) == []
    again = CliRunner().invoke(app, [*command, "--least", "20"])
    assert again.exit_code == 0
    assert page.read_text(encoding="utf-8") == text
