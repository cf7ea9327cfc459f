"""Claims about roles of known transformers through the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuitspec.circuit.compile import compile_spec
from circuitspec.circuit.locate import locate
from circuitspec.language.load import parse_text
from circuitspec.report.report import ClaimResult
from circuitspec.validation.core import in_order
from circuitspec.validation.known_verdicts import Mistake, called, model_of, written
from circuitspec.validation.pairs import task_of
from circuitspec.validation.presentation import Presentation, present
from circuitspec.validation.roles import Fact, RoleVariant
from circuitspec.verdict.judge import Resources, verify_circuit


@dataclass(frozen=True)
class RoleOutcome:
    """One claim about a role, and what the product said of it."""

    variant: RoleVariant
    fact: Fact
    result: ClaimResult

    @property
    def mistake(self) -> Mistake | None:
        """A false claim must not be confirmed, nor a true one refuted."""
        match self.result.verdict, self.fact.true:
            case "error", _:
                return "error"
            case "confirmed", False:
                return "false confirmation"
            case "refuted", True:
                return "false refutation"
        return None


def judge_roles(variant: RoleVariant) -> tuple[RoleOutcome, ...]:
    """Write the spec of a variant, and verify it.

    Raises:
        ValueError: the language or the compiler finds a mistake in it, which has none.
    """
    known = variant.known
    shown = present(known, variant.style, np.random.default_rng([*variant.seed, 1]))
    (spec,) = parse_text(role_text(variant, shown)).unwrap().circuits
    model = model_of(known, shown)
    compiled = compile_spec(spec, model)
    if compiled.circuit is None:
        raise ValueError(f"{variant.seed}: {compiled.diagnostics}")
    report = verify_circuit(
        spec,
        compiled.circuit,
        task_of(known, variant.pairs, exact=variant.exact),
        seed=variant.seed[0],
        resources=Resources(outside=locate(spec, model).outside),
    )
    return tuple(
        RoleOutcome(variant, fact, result)
        for fact, result in zip(variant.facts, report.claims, strict=True)
    )


def role_text(variant: RoleVariant, shown: Presentation) -> str:
    """The spec of a variant; what is not in the circuit is looked at in the model alone."""
    d_head = shown.config.d_head
    lines = ["  model known", "  task domain", "  ablate mean over pretraining"]
    for word, nodes in (("node", variant.part.nodes), ("outside", variant.outside)):
        for node in in_order(map(shown.node, nodes)):
            lines.append(f"  {word} {called(node)} = {written(node, d_head, by_head=True)}")
    lines += [f"  expect {_said(fact, variant, shown)}" for fact in variant.facts]
    return "\n".join(["circuitspec 1", "circuit known {", *lines, "}", ""])


def _said(fact: Fact, variant: RoleVariant, shown: Presentation) -> str:
    names: Sequence[str] = [called(shown.node(node)) for node in fact.nodes]
    inside = variant.part.nodes.issuperset(fact.nodes)
    return fact.text.format(names=", ".join(names), run="" if inside else " in model")
