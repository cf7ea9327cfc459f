"""What a spec names, found in its model before anything is run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import circuitspec as cs
from circuitspec.circuit.bind import bind_spec
from circuitspec.circuit.check import check_spec
from circuitspec.diagnostics import Code, Diagnostic
from circuitspec.language.claims import Claim, Predicts
from circuitspec.language.selections import IndexRange, PlaceRef, Selection
from circuitspec.language.spec import NodeDecl, Spec

QUOTES = Path(__file__).parents[2] / "specs" / "quote_closing.circ"


@cache
def quotes() -> Spec:
    return cs.load(QUOTES)


def neurons(name: str, first: int, last: int) -> NodeDecl:
    place = PlaceRef(layer=0, part="mlp.neuron")
    return NodeDecl(
        name=name,
        selections=(Selection(place=place, indices=(IndexRange(first=first, last=last),)),),
    )


def changed(*claims: Claim, outside: tuple[NodeDecl, ...] = (), **others: object) -> Spec:
    return quotes().model_copy(update={"claims": claims, "outside": outside, **others})


def found(spec: Spec) -> tuple[Diagnostic, ...]:
    return check_spec(spec).diagnostics


def prediction(task: str) -> Predicts:
    return Predicts(text="so", task=task, metric="loss", comparison="<=", threshold=1)


def test_what_is_outside_is_found_and_handed_on() -> None:
    bound = bind_spec(changed(outside=(neurons("silent", 2, 4),)))
    assert bound.circuit is not None
    assert [group.name for group in bound.outside] == ["silent"]
    assert [str(node) for node in bound.outside[0].nodes] == [
        f"L0.mlp.neuron[{index}]" for index in (2, 3, 4)
    ]
    assert "silent" not in [group.name for group in bound.circuit.groups]


def test_what_is_outside_must_exist() -> None:
    (diagnostic,) = found(changed(outside=(neurons("silent", 2, 99999),)))
    assert diagnostic.code is Code.INDEX_OUT_OF_RANGE


def test_a_node_is_in_the_circuit_or_outside_of_it() -> None:
    spec = quotes()
    mine = spec.nodes[0]
    (diagnostic,) = found(changed(outside=(mine.model_copy(update={"name": "other"}),)))
    assert diagnostic.code is Code.NODE_LISTED_TWICE
    assert "in the circuit and outside of it" in diagnostic.message
    assert diagnostic.label == "outside as `other`"


def test_an_element_has_one_name_outside_too() -> None:
    (diagnostic,) = found(changed(outside=(neurons("one", 2, 4), neurons("two", 4, 5))))
    assert diagnostic.message == "`L0.mlp.neuron[4]` is listed twice"


def test_the_tasks_of_predictions_are_found_and_handed_on() -> None:
    bound = bind_spec(changed(prediction("single_double_quote")))
    assert bound.diagnostics == ()
    assert [task.name for task in bound.predicted.values()] == ["single_double_quote"]


def test_the_task_of_a_prediction_must_exist() -> None:
    (diagnostic,) = found(changed(prediction("with_is"), prediction("with_is")))
    assert diagnostic.code is Code.UNKNOWN_TASK
    assert diagnostic.help == "did you mean `with_as`?"


def test_the_task_of_a_prediction_must_be_one_that_the_model_can_be_asked() -> None:
    (diagnostic,) = found(changed(prediction("bracket_counting")))
    assert diagnostic.code is Code.UNUSABLE_TASK
